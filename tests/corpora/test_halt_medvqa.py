import json

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora._borrowed import NOT_THERE
from auscult.corpora.halt_medvqa import read
from auscult.errors import UserError

SWAP = {
    "question": "Is the heart large?",
    "option": {"B": "I do not know", "A": "Yes, by far", "C": "A little"},
    "answer": "I do not know",
    "answer_id": "B",
    "img": "synpic1.jpg",
}
NOTA = {
    "img": "PMC1_Fig1_1.jpg",
    "question": " Which artery? ",
    "choice_A": " A: Aortic ",
    "choice_B": "B: None of the above",
    "choice_C": " C:Renal ",
    "choice_D": " D: Iliac ",
    "answer": "B",
}


@pytest.fixture
def images(tmp_path, picture):
    picture("synpic1.jpg", 1, folder=tmp_path / "images" / "vqa-rad")
    picture("PMC1_Fig1_1.jpg", 2, folder=tmp_path / "images" / "pmc")
    return tmp_path / "images"


def published(root, name, rows):
    (root / "data").mkdir(exist_ok=True)
    (root / "data" / name).write_text(json.dumps(rows))
    return root


def test_both_forms_are_read_with_images_of_several_folders(tmp_path, images):
    published(tmp_path, "swap_img_shuffle.json", {"0": SWAP})
    published(tmp_path, "fake_qa_shuffle.json", {"0": SWAP | {"question": "Which spell?"}})
    published(tmp_path, "pmc_vqa_nota1K.json", [NOTA])
    bundles = list(read(tmp_path, ReadOptions(images=images)))
    found = {item.category: item for bundle in bundles for item in bundle.items}
    assert len(bundles) == 2 and set(found) == {"wrong image", "fake question", "none of the above"}
    assert found["wrong image"].options == ("Yes, by far", "I do not know", "A little")
    assert found["wrong image"].reference == "I do not know"
    assert found["none of the above"].options == ("Aortic", "None of the above", "Renal", "Iliac")


def test_questions_whose_image_is_not_there_are_counted(tmp_path, images):
    published(tmp_path, "swap_img_shuffle.json", {"0": SWAP, "1": SWAP | {"img": "test_1.jpg"}})
    (bundle,) = read(tmp_path, ReadOptions(images=images))
    assert bundle.left_out == {NOT_THERE: 1} and len(bundle.items) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"0": SWAP | {"answer_id": "F"}}, "question 0: the answer 'F' is no letter"),
        ({"0": SWAP | {"option": "A"}}, "question 0: option is no object"),
        ({"0": "no"}, "question 0: no object of question"),
        ([], "holds no questions"),
    ],
)
def test_a_broken_question_is_named(tmp_path, images, rows, message):
    with pytest.raises(UserError, match=message):
        list(read(published(tmp_path, "fake_qa_shuffle.json", rows), ReadOptions(images=images)))


def test_a_folder_of_something_else_or_without_images_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"holds no fake_qa\*.json"):
        list(read(tmp_path, ReadOptions()))
    with pytest.raises(UserError, match="none of the images of its 1 questions is there.*--images"):
        list(read(published(tmp_path, "swap_img_shuffle.json", {"0": SWAP}), ReadOptions()))
