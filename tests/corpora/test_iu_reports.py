import pytest

from auscult.construction import USUAL, generating
from auscult.corpora import ReadOptions
from auscult.corpora.iu_reports import HALF, LEFT_OUT, read
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set


def test_every_study_is_a_case_and_every_report_that_can_be_read_whole_an_item(shared_data):
    bundles = list(read(shared_data / "iu-reports", ReadOptions()))
    items = [i for b in bundles for i in b.items]
    sections = [i.tags["sections"] for i in items]
    assert (len(bundles), len(items)) == (3851, 2534)
    assert (sections.count("findings+impression"), sections.count("impression"), sections.count("findings")) == (
        2186,
        324,
        24,
    )
    assert bundles[0].case.annotation.startswith("Findings: The cardiac silhouette")
    assert "Normal chest x-XXXX." in bundles[0].case.annotation and not any("XXXX" in i.reference for i in items)
    assert items[0].reference.endswith("no evidence of pneumothorax.")
    assert sum(note == LEFT_OUT for b in bundles for note in b.noted) == 527, "counted for the card"
    assert sum(b.left_out.get(HALF, 0) for b in bundles) == 1_289, "a sentence with words taken out may state a finding"
    lost = {b.case.source_key for b in bundles if not b.items}
    assert {"21", "32", "37", "48", "51", "73"} <= lost, "what is left would call clear what the report does not"
    assert bundles[1].case.tags["mesh"] == "Cardiomegaly/borderline;Pulmonary Artery/enlarged"
    assert not any(b.case.findings or b.case.exhaustive for b in bundles)
    assert bundles[0].case.context == {"indication": "Positive TB test", "comparison": "None."}


def _study(folder, findings, impression=""):
    (folder / "indiana_projections.csv").write_text("uid,filename,projection\n1,a.png,Frontal\n")
    (folder / "indiana_reports.csv").write_text(
        f"uid,MeSH,Problems,findings,impression\n1,x,x,{findings},{impression}\n"
    )
    (bundle,) = read(folder, ReadOptions())
    return bundle


@pytest.mark.parametrize(
    "removed",
    [
        "8mm nodule in the left lower lobe XXXX.",
        "XXXX in the left lower lobe.",
        "The heart and lungs have XXXX XXXX in the interval.",
        "Calcified aortic XXXX.",
        "Right paratracheal stripe is denser and XXXX than normal.",
    ],
)
def test_a_report_of_which_a_sentence_that_may_state_a_finding_would_go_is_no_reference(tmp_path, removed):
    bundle = _study(tmp_path, f"The lungs are clear. {removed}", "No acute disease.")
    assert not bundle.items and bundle.left_out == {HALF: 1} and LEFT_OUT not in bundle.noted
    assert removed in bundle.case.annotation, "which is whole"


@pytest.mark.parametrize(
    "removed",
    [
        "Normal chest x-XXXX.",
        "The XXXX are intact.",
        "No XXXX of pleural effusion.",
        "Heart and pulmonary XXXX are normal.",
    ],
)
def test_a_report_of_which_a_denial_goes_stays_a_reference(tmp_path, removed):
    bundle = _study(tmp_path, f"The lungs are clear. {removed}")
    assert [i.reference for i in bundle.items] == ["The lungs are clear."]
    assert bundle.noted.count(LEFT_OUT) == 1 and not bundle.left_out


def test_published_png_lie_one_folder_deeper_and_those_that_lack_are_counted(tmp_path, picture):
    (tmp_path / "indiana_reports.csv").write_text("uid,MeSH,Problems,findings,impression\n1,x,x,Clear.,Normal.\n")
    (tmp_path / "indiana_projections.csv").write_text("uid,filename,projection\n1,a.png,Frontal\n1,b.png,Lateral\n")
    picture("images/images_normalized/a.png")
    (bundle,) = read(tmp_path, ReadOptions())
    assert [i.path for i in bundle.case.images] == ["a.png"]
    assert bundle.noted.count("images of a study that are not in the folder of the images") == 1


def test_images_are_taken_where_the_folder_has_them(tmp_path, picture):
    (tmp_path / "indiana_reports.csv").write_text(
        "uid,MeSH,Problems,findings,impression\n1,normal,normal,Clear.,Normal.\n"
    )
    (tmp_path / "indiana_projections.csv").write_text("uid,filename,projection\n1,a.png,Frontal\n1,b.png,Lateral\n")
    picture("b.png", folder=tmp_path / "pictures")
    (bundle,) = read(tmp_path, ReadOptions(images=tmp_path / "pictures"))
    assert [i.path for i in bundle.case.images] == ["b.png"]
    assert bundle.case.tags["projections"] == "Lateral"


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(UserError, match=r"indiana_projections.csv: no such file"):
        list(read(tmp_path, ReadOptions()))


def test_reports_with_images_are_asked_about_what_they_state(tmp_path, picture):
    picture("images/1.png")
    (tmp_path / "indiana_projections.csv").write_text("uid,filename,projection\n1,1.png,Frontal\n")
    text = "uid,MeSH,Problems,image,indication,comparison,findings,impression\n"
    (tmp_path / "indiana_reports.csv").write_text(
        text + "1,x,x,x,x,x,No pneumothorax. Left pleural effusion.,Effusion.\n"
    )
    note = SourceNote(reader="iu-reports", path="-")
    bundles = read(tmp_path, ReadOptions())
    write_item_set(bundles, tmp_path / "set", source=note, add=generating(USUAL["iu-reports"]))
    asked = {i.target: i.reference for _, items in ItemSet(tmp_path / "set").groups() for i in items if i.target}
    assert asked == {"pneumothorax": "no", "pleural effusion": "yes"}


def test_a_source_without_any_image_is_asked_about_all_the_same_and_says_so(tmp_path):
    (tmp_path / "indiana_projections.csv").write_text("uid,filename,projection\n1,1.png,Frontal\n")
    (tmp_path / "indiana_reports.csv").write_text(
        "uid,MeSH,Problems,findings,impression\n1,x,x,No pneumothorax.,Clear.\n"
    )
    add, note = generating(USUAL["iu-reports"]), SourceNote(reader="iu-reports", path="-")
    manifest = write_item_set(read(tmp_path, ReadOptions()), tmp_path / "set", source=note, add=add)
    assert {i.target: i.reference for i in ItemSet(tmp_path / "set") if i.target} == {"pneumothorax": "no"}
    (said,) = (line for line in manifest.noted if line.startswith("no images: give --images FOLDER"))
    assert manifest.noted[said] == 1


def test_in_a_source_that_has_images_a_case_without_one_is_not_asked_about(tmp_path, picture):
    picture("images/2.png")
    (tmp_path / "indiana_projections.csv").write_text("uid,filename,projection\n2,2.png,Frontal\n")
    rows = "1,x,x,No pneumothorax.,Clear.\n2,x,x,No effusion.,Clear.\n"
    (tmp_path / "indiana_reports.csv").write_text("uid,MeSH,Problems,findings,impression\n" + rows)
    add, note = generating(USUAL["iu-reports"]), SourceNote(reader="iu-reports", path="-")
    write_item_set(read(tmp_path, ReadOptions()), tmp_path / "set", source=note, add=add)
    assert [i.target for i in ItemSet(tmp_path / "set") if i.target] == ["pleural effusion"]
