import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.iu_reports import read
from auscult.errors import UserError


def test_every_study_is_a_case_and_every_report_an_item(shared_data):
    bundles = list(read(shared_data / "iu-reports", ReadOptions()))
    items = [i for b in bundles for i in b.items]
    sections = [i.tags["sections"] for i in items]
    assert (len(bundles), len(items)) == (3851, 3826)
    assert (sections.count("findings+impression"), sections.count("impression"), sections.count("findings")) == (
        3331,
        489,
        6,
    )
    assert bundles[0].case.annotation.startswith("Findings: The cardiac silhouette")
    assert items[0].reference.endswith("\nNormal chest x-XXXX.")
    assert bundles[1].case.tags["mesh"] == "Cardiomegaly/borderline;Pulmonary Artery/enlarged"
    assert not any(b.case.findings or b.case.exhaustive for b in bundles)


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
