import pytest
from PIL import Image

from auscult.construction import USUAL, generating
from auscult.corpora._bundles import drafted, seal
from auscult.errors import UserError
from auscult.items.images import take_image
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case

CHEST = {"modality": "X-ray", "anatomy": "chest"}


def built(out, *cases, items=(), generators=("presence",)):
    bundles = []
    for number, fields in enumerate(cases):
        file = out.parent / f"{number}.png"
        Image.new("L", (8, 6), number).save(file)
        case = Case(id="", source="made", source_key=str(number), tags=CHEST, **fields)
        bundles.append(seal(case, items, [take_image(file, file.name, "row 1")]))
    write_item_set(bundles, out, source=SourceNote(reader="made", path="-"), add=generating(generators))
    return ItemSet(out)


def asked(items):
    return {(case.source_key, i.target): i.reference for case, group in items.groups() for i in group}


def test_labels_and_reports_give_questions_for_what_they_state_and_deny_and_none_for_what_they_pass_over(tmp_path):
    made = built(
        tmp_path / "set",
        {"findings": {"pleural effusion": "present", "hernia": "absent", "mass": "uncertain"}},
        {"annotation": "Endotracheal tube in place. No pneumothorax. Possible consolidation."},
    )
    assert asked(made) == {
        ("0", "pleural effusion"): "yes",
        ("0", "hernia"): "no",
        ("1", "endotracheal tube"): "yes",
        ("1", "pneumothorax"): "no",
    }
    assert made.manifest.counts["presence"]["yes"] == 2
    assert made.manifest.counts["presence"]["no"] == 2


def test_the_words_of_a_question_do_not_depend_on_its_answer(tmp_path):
    made = built(tmp_path / "set", {"findings": {"hernia": "present"}}, {"findings": {"hernia": "absent"}})
    texts = [i.question for _, group in made.groups() for i in group]
    assert len(texts) == 2 and len(set(texts)) == 1


def test_a_study_that_a_report_calls_normal_has_none_of_the_usual_findings(tmp_path):
    made = built(tmp_path / "set", {"annotation": "Chest radiograph: normal study."})
    assert asked(made)["0", "pneumothorax"] == "no"


def test_a_caption_of_several_panels_is_not_read(tmp_path):
    two = {"annotation": "(A) Day 1: left pleural effusion. (B) Day 9: no pleural effusion."}
    made = built(tmp_path / "set", two, {"findings": {"hernia": "present"}})
    assert asked(made) == {("1", "hernia"): "yes"}
    assert made.manifest.counts["presence"]["images without a known finding"] == 1


def test_words_that_are_read_as_more_than_they_say_are_not_asked_about(tmp_path):
    made = built(tmp_path / "set", {"annotation": "Bronchial wall thickening. There is a left pleural effusion."})
    assert asked(made) == {("0", "pleural effusion"): "yes"}


def test_what_the_data_set_asks_itself_is_not_asked_again(tmp_path):
    own = drafted(source_id="q", question="Is there a hernia?", reference="yes", answer_type="yes_no")
    made = built(tmp_path / "set", {"findings": {"hernia": "present", "mass": "absent"}}, items=[own])
    assert asked(made) == {("0", "hernia"): "yes", ("0", "mass"): "no"}


def test_where_nothing_is_known_the_error_says_which_columns_would_give_questions(tmp_path):
    with pytest.raises(UserError, match=r"nothing says of any image .* captions or reports .* labels .* yes or no"):
        built(tmp_path / "set", {"annotation": "Figure 3."})


def test_captions_labels_and_reports_are_asked_without_being_told_to():
    assert [USUAL[name] for name in ("captions", "labels", "iu-reports")] == [("presence",)] * 3


def test_where_no_premise_can_be_made_the_error_says_which_columns_or_images_would_give_some(tmp_path):
    unknown = seal(Case(id="", source="made", source_key="x"), [])
    note = SourceNote(reader="made", path="-")
    with pytest.raises(UserError, match=r"nothing is known of any image.*--from captions.*--from labels.*modality"):
        write_item_set([unknown], tmp_path / "set", source=note, add=generating(["premises"]))
    labelled = {"source": "made", "findings": {"hernia": "present"}}
    alike = [seal(Case(id="", source_key=str(n), **labelled), []) for n in range(20)]
    with pytest.raises(UserError, match=r"of no image is it known which kind it is .* --map modality==X-ray"):
        write_item_set(alike, tmp_path / "set", source=note, add=generating(["premises"]))
    kinds = [seal(Case(id="", source="made", source_key=str(n), tags={"modality": "X-ray"}), []) for n in range(9)]
    with pytest.raises(UserError, match=r"known which part of the body it shows.* column anatomy .* anatomy==chest"):
        write_item_set(kinds, tmp_path / "set", source=note, add=generating(["premises"]))
    alike = [seal(Case(id="", source_key=str(n), tags={"modality": "X-ray"}, **labelled), []) for n in range(20)]
    with pytest.raises(UserError, match=r"'hernia' for example is true on .* images and nowhere false. Images without"):
        write_item_set(alike, tmp_path / "set", source=note, add=generating(["premises"]))
