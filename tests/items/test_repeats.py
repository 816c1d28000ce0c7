"""What is asked of an image again is marked, whatever its words, its kind, or the data set that it stands in."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.items.test_writer import build, study

from auscult.api.building import build as built
from auscult.corpora._bundles import drafted
from auscult.items.item_set import ItemSet
from auscult.records import Item


def asked(name: str, text: str, reference: str = "yes", **fields) -> Item:
    kind = fields.pop("answer_type", "yes_no" if reference in ("yes", "no") else "open")
    return drafted(source_id=name, question=text, reference=reference, answer_type=kind, **fields)


def marked(folder: Path) -> set[tuple[str, str]]:
    """Each repeat, with what it repeats."""
    names = {item.id: item.source_id for item in ItemSet(folder)}
    return {(item.source_id, names[item.duplicate_of]) for item in ItemSet(folder) if item.duplicate_of}


OTHERS = [
    asked("side", "Is there a left pleural effusion?"),
    asked("premise", "There is a pleural effusion, isn't there?", premise_form="tag", premise="There is an effusion."),
    asked("paraphrase", "Is any pleural effusion visible?", paraphrase_group="g"),
    asked("another", "Is there a mass?"),
    asked("no", "What is not seen?", "mass"),
]


@pytest.mark.parametrize(
    ("again", "repeats"),
    [
        (asked("b", "Is a pleural effusion visible?"), True),
        (asked("b", "Is there a pleural effusion?", premise_form="neutral"), True),
        *((other, False) for other in OTHERS),
    ],
)
def test_two_questions_for_one_finding_of_an_image_are_one_asked_twice(tmp_path, picture, again, repeats) -> None:
    one = study("1", asked("a", "Is there a pleural effusion?"), again, image=picture("a.png"))
    made = build([replace(one, own=True)], tmp_path / "set")
    assert (marked(tmp_path / "set"), made.duplicates) == ({("b", "a")} if repeats else set(), int(repeats))


def test_a_choice_and_an_open_question_with_one_content_are_one_asked_twice(tmp_path, picture) -> None:
    plane = {"answer_type": "choice", "reference": "Axial"}
    one = study(
        "1",
        asked("a", "Which plane is this?", options=("Axial", "Coronal"), **plane),
        asked("b", "What is the plane?", "axial"),
        asked("c", "Which plane is this?", options=("Axial", "Sagittal"), **plane),
        asked("d", "What is the plane of the mass?", "axial"),
        image=picture("a.png"),
    )
    build([replace(one, own=True)], tmp_path / "set")
    assert marked(tmp_path / "set") == {("b", "a")}, "other options are another question"


def test_a_question_of_the_same_pixels_in_another_data_set_is_a_repeat_and_of_other_pixels_none(
    tmp_path, picture
) -> None:
    text = "Is there a pleural effusion?"
    bundles = [
        study("1", asked("a", text), image=picture("a.png")),
        study("2", asked("b", "Is a pleural effusion seen?"), image=picture("b.png")),
        study("3", asked("c", text), image=picture("c.png", shade=9)),
        study("4", asked("d", text)),
        study("5", asked("e", text)),
    ]
    build([replace(bundle, own=True) for bundle in bundles], tmp_path / "set")
    assert marked(tmp_path / "set") == {("b", "a")}
    build(bundles, tmp_path / "published")
    assert not marked(tmp_path / "published"), "the benchmark is what was published"


def test_a_presence_question_and_the_neutral_twin_of_a_premise_about_its_finding_are_one_asked_twice(
    tmp_path, picture
) -> None:
    said = ("Left pleural effusion.", "No pleural effusion.")
    rows = [f"{picture(f'{n}.png', 9 * n).name},{text},X-ray" for n, text in enumerate(said)]
    (tmp_path / "c.csv").write_text("\n".join(["image,caption,modality", *rows, ""]))
    made = built("captions", tmp_path / "c.csv", tmp_path / "set", generate=["presence", "premises"])
    twins = [item for item in made if item.premise_form == "neutral"]
    assert twins and all(item.duplicate_of for item in twins)
    assert made.manifest.duplicates == len(twins)
