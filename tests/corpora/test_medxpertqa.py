import json
import zipfile

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.medxpertqa import read, without_choices
from auscult.errors import UserError

OPTIONS = {"A": "Liver", "B": "Spleen", "C": "None of the above"}
ROW = {
    "id": "MM-1",
    "question": "Which organ is shown in Figures A and B?\nAnswer Choices: (A) Liver (B) Spleen (C) None of the above",
    "options": OPTIONS,
    "label": "B",
    "images": ["MM-1-a.jpeg", "MM-1-b.jpeg"],
    "medical_task": "Basic Medicine",
    "body_system": "Digestive",
    "question_type": "Understanding",
}


def published(root, **parts):
    (root / "MM").mkdir(exist_ok=True)
    for part, rows in parts.items():
        (root / "MM" / f"{part}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return root


@pytest.fixture
def root(tmp_path, picture):
    for shade, name in enumerate(("MM-1-a.jpeg", "MM-1-b.jpeg", "MM-2-a.jpeg")):
        picture(name, 10 * shade, folder=tmp_path / "images")
    return tmp_path


def test_several_images_a_question_make_one_case_in_their_order(root):
    other = ROW | {"id": "MM-2", "images": ["MM-2-a.jpeg"]}
    bundles = list(read(published(root, test=[ROW, other], dev=[ROW | {"id": "MM-0"}]), ReadOptions()))
    assert [[i.path for i in b.case.images] for b in bundles] == [["MM-1-a.jpg", "MM-1-b.jpg"], ["MM-2-a.jpg"]]
    assert [(i.source_id, i.split) for b in bundles for i in b.items] == [
        ("MM-0", "validation"),
        ("MM-1", "test"),
        ("MM-2", "test"),
    ]


def test_the_choices_stand_once_in_the_options(root):
    (item,) = next(iter(read(published(root, test=[ROW]), ReadOptions()))).items
    assert item.question == "Which organ is shown in Figures A and B?"
    assert (item.options, item.reference, item.category) == (tuple(OPTIONS.values()), "Spleen", "basic medicine")
    assert item.tags == {
        "medical_task": "Basic Medicine",
        "body_system": "Digestive",
        "question_type": "Understanding",
    }


def test_choices_that_are_not_the_options_stay_and_are_tagged(root):
    torn = ROW | {"question": "Which? Answer Choices: (A) Liver (B) Kidney (C) None of the above"}
    (item,) = next(iter(read(published(root, test=[torn]), ReadOptions()))).items
    assert item.question == torn["question"] and item.tags["choices_in_question"] == "yes"
    assert without_choices("Which?", ("a", "b")) == ("Which?", False)


def test_images_are_read_from_the_archive_as_it_is_published(tmp_path, root):
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for file in (root / "images").iterdir():
            archive.write(file, f"images/{file.name}")
            file.unlink()
    (bundle,) = read(published(root, test=[ROW]), ReadOptions())
    assert len(bundle.payloads) == 2 and all(isinstance(p, bytes) for p in bundle.payloads)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "D"}, r"test.jsonl, line 1: the answer 'D' is no letter of an option \(A, B, C\)"),
        ({"options": {"A": "x", "C": "y"}}, "line 1: options A, C are not lettered A, B, C"),
        ({"options": ["x", "y"]}, "line 1: options is no object"),
        ({"images": []}, "line 1: images is no list"),
        ({"images": ["none.jpeg"]}, "line 1: image none.jpeg is missing"),
    ],
)
def test_a_broken_row_is_named(root, change, message):
    with pytest.raises(UserError, match=message):
        list(read(published(root, test=[ROW | change]), ReadOptions()))


def test_one_id_for_two_questions_names_both_lines(root):
    with pytest.raises(UserError, match=r"line 2: question id 'MM-1' has another content than in .*line 1"):
        list(read(published(root, test=[ROW, ROW | {"label": "A"}]), ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds neither MM/dev.jsonl"):
        list(read(tmp_path, ReadOptions()))
