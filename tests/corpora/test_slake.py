import json
import zipfile
from collections import Counter

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.slake import read
from auscult.errors import UserError

ROW = {
    "img_id": 1,
    "img_name": "xmlab1/source.jpg",
    "question": "Which is bigger, liver or spleen?",
    "answer": "Liver",
    "q_lang": "en",
    "location": "Abdomen",
    "modality": "CT",
    "answer_type": "CLOSED",
    "base_type": "vqa",
    "content_type": "Size",
    "qid": 7,
}


def test_the_questions_alone_become_cases_without_images(shared_data):
    bundles = list(read(shared_data / "slake-questions", ReadOptions()))
    items = [i for b in bundles for i in b.items]
    assert (len(bundles), len(items), len({i.id for i in items})) == (192, 2114, 2114)
    assert Counter(i.answer_type for i in items) == {"open": 1284, "yes_no": 713, "choice": 117}
    assert Counter(i.split for i in items) == {"test": 1061, "validation": 1053}
    assert not any(b.case.images for b in bundles)
    assert bundles[0].case.tags == {"modality": "MRI", "anatomy": "Abdomen"}


def published(folder, **parts):
    for part, rows in parts.items():
        (folder / f"{part}.json").write_text(json.dumps(rows))
    return folder


def test_the_published_folder_is_read_with_its_images_and_english_questions(tmp_path, picture):
    picture("source.jpg", folder=tmp_path / "imgs" / "xmlab1")
    chinese = ROW | {"q_lang": "zh", "question": "哪个更大？", "answer": "肝", "qid": 8}
    (bundle,) = read(published(tmp_path, train=[ROW, chinese]), ReadOptions())
    (item,) = bundle.items
    assert (item.source_id, item.split, item.category) == ("train-7", "train", "size")
    assert (item.answer_type, item.options, item.reference) == ("choice", ("liver", "spleen"), "liver")
    assert bundle.case.images[0].width == 8
    assert bundle.payloads == (tmp_path / "imgs" / "xmlab1" / "source.jpg",)
    assert bundle.left_out == {"not in English": 1}


def test_the_hugging_face_names_and_the_packed_images_are_read(tmp_path, picture):
    file = picture("source.jpg", folder=tmp_path / "elsewhere")
    with zipfile.ZipFile(tmp_path / "imgs.zip", "w") as archive:
        archive.write(file, "imgs/xmlab1/source.jpg")
    (bundle,) = read(published(tmp_path, validation=[ROW]), ReadOptions())
    assert (bundle.items[0].split, bundle.payloads) == ("validation", (file.read_bytes(),))


def test_a_question_without_an_answer_is_left_out_and_counted(tmp_path, picture):
    picture("source.jpg", folder=tmp_path / "imgs" / "xmlab1")
    (bundle,) = read(published(tmp_path, train=[ROW, ROW | {"qid": 8, "answer": ""}]), ReadOptions())
    assert [i.source_id for i in bundle.items] == ["train-7"] and bundle.left_out == {"without an answer": 1}


def test_a_missing_image_names_the_record(tmp_path):
    with pytest.raises(UserError, match=r"test.json, record 1: image .*source.jpg is missing"):
        list(read(published(tmp_path, test=[ROW]), ReadOptions()))


def test_a_set_without_english_questions_is_refused(tmp_path):
    with pytest.raises(UserError, match="no English questions"):
        list(read(published(tmp_path, test=[ROW | {"q_lang": "zh"}]), ReadOptions()))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UserError, match="holds neither qa_en.jsonl nor"):
        list(read(tmp_path, ReadOptions()))
