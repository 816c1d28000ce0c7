import csv

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.mediconfusion import PAIR, read
from auscult.errors import UserError

ROW = {
    "": 0,
    "id": 10001,
    "im_1": "train/radiology/images/ROCO_1.jpg",
    "im_2": "train/radiology/images/ROCO_2.jpg",
    "im_1_local": 11,
    "im_2_local": 12,
    "question": "What is seen?",
    "option_A": "A dilated duct",
    "option_B": "A stone",
    "im_1_correct": "B",
    "im_2_correct": "A",
}


@pytest.fixture
def images(tmp_path, picture):
    for number in (11, 12):
        picture(f"{number}.jpg", number, folder=tmp_path / "images")
    return tmp_path / "images"


def published(root, *rows):
    (root / "data").mkdir(exist_ok=True)
    with open(root / "data" / "dataset.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerows(rows)
    return root


def test_a_pair_gives_one_question_on_each_image_with_another_answer(tmp_path, images):
    one, two = read(published(tmp_path, ROW), ReadOptions(images=images))
    assert [b.items[0].reference for b in (one, two)] == ["A stone", "A dilated duct"]
    assert {b.items[0].tags[PAIR] for b in (one, two)} == {"10001"}
    assert one.items[0].options == two.items[0].options == ("A dilated duct", "A stone")


def test_images_are_found_by_the_names_of_roco_too(tmp_path, picture):
    for number in (1, 2):
        picture(f"train/radiology/images/ROCO_{number}.jpg", number, folder=tmp_path / "roco")
    assert len(list(read(published(tmp_path, ROW), ReadOptions(images=tmp_path / "roco")))) == 2


def test_one_image_of_two_pairs_is_one_case(tmp_path, images):
    other = ROW | {"id": 10002, "question": "Where?"}
    assert [len(b.items) for b in read(published(tmp_path, ROW, other), ReadOptions(images=images))] == [2, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"im_1_correct": "A"}, "both images of pair 10001 have the same right answer"),
        ({"im_1_correct": "C"}, "the answer 'C' is no letter"),
        ({"option_B": ""}, "option_B is empty"),
    ],
)
def test_a_broken_row_is_named(tmp_path, images, change, message):
    with pytest.raises(UserError, match=message):
        list(read(published(tmp_path, ROW | change), ReadOptions(images=images)))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"holds no data/dataset.csv"):
        list(read(tmp_path, ReadOptions()))
