import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.omnimedvqa import read
from auscult.errors import UserError

ROW = {
    "dataset": "ACRIMA",
    "question_id": "ACRIMA_0000",
    "question_type": "Disease Diagnosis",
    "question": "What is the finding in this image?",
    "gt_answer": "Glaucoma",
    "image_path": "Images/ACRIMA/Im002.png",
    "option_A": "Cataract",
    "option_B": "Glaucoma",
    "option_C": "No disease",
    "option_D": "Drusen",
    "modality_type": "Fundus Photography",
}


def published(root, **files):
    for name, rows in files.items():
        access, _, stem = name.partition("_")
        folder = root / "QA_information" / f"{access}-access"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stem}.json").write_text(json.dumps(rows))
    return root


@pytest.fixture
def root(tmp_path, picture):
    picture("Im002.png", folder=tmp_path / "Images" / "ACRIMA")
    return tmp_path


def test_choices_come_with_type_modality_and_set(root):
    two = {k: v for k, v in ROW.items() if k not in ("option_C", "option_D", "modality_type")}
    two |= {"question_id": "ACRIMA_0001", "gt_answer": "glaucoma ", "modality": "Fundus Photography"}
    (bundle,) = read(published(root, Open_ACRIMA=[ROW, two]), ReadOptions())
    one, other = bundle.items
    assert (one.options, one.reference) == (("Cataract", "Glaucoma", "No disease", "Drusen"), "Glaucoma")
    assert (one.source_id, one.category, one.split) == ("ACRIMA_0000", "disease diagnosis", "")
    assert (other.options, other.reference) == (("Cataract", "Glaucoma"), "Glaucoma")
    assert bundle.case.tags == {"modality": "Fundus Photography", "dataset": "ACRIMA"}


def test_questions_of_restricted_sets_without_image_are_left_out_and_counted(root, picture):
    absent = ROW | {"question_id": "X_1", "image_path": "Images/X/1.png"}
    there = ROW | {"question_id": "X_2", "image_path": "Images/X/2.png"}
    picture("2.png", 50, folder=root / "Images" / "X")
    one, two = read(published(root, Open_ACRIMA=[ROW], Restricted_X=[absent, there]), ReadOptions())
    assert [i.source_id for i in (*one.items, *two.items)] == ["ACRIMA_0000", "X_2"]
    assert one.left_out == {"of a restricted set, its image is not there": 1}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gt_answer": "Myopia"}, "ACRIMA.json, record 1: the answer 'Myopia' is not one of the options"),
        ({"option_B": ""}, "record 1: option B is empty"),
        ({"image_path": "Images/ACRIMA/none.png"}, "record 1: image .*none.png is missing"),
        ({"image_path": "../other.png"}, "lies outside"),
        ({"question": ""}, "record 1: question is empty"),
    ],
)
def test_a_broken_row_is_named(root, change, message):
    with pytest.raises(UserError, match=message):
        list(read(published(root, Open_ACRIMA=[ROW | change]), ReadOptions()))


def test_one_id_for_two_questions_names_both_files(root):
    published(root, Open_ACRIMA=[ROW], Open_Adam=[ROW | {"question": "Which eye?"}])
    with pytest.raises(UserError, match=r"Adam.json, record 1: question id 'ACRIMA_0000' .* than in .*ACRIMA.json"):
        list(read(root, ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds no QA_information"):
        list(read(tmp_path, ReadOptions()))
