import json

import pytest

from auscult.corpora import ReadOptions, read, resolved
from auscult.corpora.recognised import recognised
from auscult.corpora.vqa_rad import sample_path
from auscult.errors import UserError


@pytest.mark.parametrize(
    ("name", "text", "format_"),
    [
        ("a.csv", "image,question,answer\na.png,Is it?,yes\n", "image-folder"),
        ("a.csv", "filename,report\na.png,Clear.\n", "captions"),
        ("a.csv", "Image Index,Finding Labels\na.png,Effusion\n", "labels"),
        ("a.csv", "Path,Pneumothorax\na.png,1\n", "labels"),
        ("a.json", json.dumps([{"id": "1", "image": "a.jpg", "conversations": []}]), "llava-json"),
        ("a.json", json.dumps([{"id": "1", "image": [], "body_part": "x", "conversations": []}]), "pubmedvision"),
        ("a.json", json.dumps({"ct_scan": [{"pair_id": "1", "fig_caption": "x"}]}), "llava-med"),
        ("a.jsonl", json.dumps({"question_id": 1, "text": "x", "gpt4_answer": "y"}), "medhalltune"),
        ("a.csv", "x,y\n1,2\n", ""),
        ("a.bin", "no", ""),
    ],
)
def test_a_file_is_known_by_the_fields_of_its_first_row(tmp_path, name, text, format_):
    (tmp_path / name).write_text(text)
    assert recognised(tmp_path / name) == format_


def test_a_folder_is_known_by_what_lies_in_it(tmp_path, picture):
    assert recognised(sample_path()) == "vqa-rad"
    picture("normal/a.png")
    assert recognised(tmp_path) == "labels"
    picture("b.png")
    (tmp_path / "b.txt").write_text("Clear.")
    assert recognised(tmp_path) == "captions"
    (tmp_path / "indiana_reports.csv").touch()
    assert recognised(tmp_path) == "iu-reports"


def test_a_wrong_format_says_which_one_it_looks_like(tmp_path):
    (tmp_path / "a.csv").write_text("filename,report\na.png,Clear.\n")
    for wrong in ("image-folder", "labels", "vqa-rad"):
        with pytest.raises(UserError, match="looks like another format: --from captions"):
            list(read(wrong, tmp_path / "a.csv", ReadOptions()))


def test_auto_reads_what_is_recognised_and_asks_for_a_name_else(tmp_path, picture):
    picture("a.png")
    (tmp_path / "a.csv").write_text("filename,report\na.png,No effusion today.\n")
    assert resolved("auto", tmp_path / "a.csv") == "captions"
    (made,) = read("auto", tmp_path / "a.csv", ReadOptions())
    assert made.case.annotation == "No effusion today."
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UserError, match=r"nothing: the folder is empty; name the one that the data lie in$"):
        resolved("auto", tmp_path / "nothing")
    (tmp_path / "nothing" / "notes.txt").write_text("none")
    with pytest.raises(UserError, match=r"no known format by its files and columns; name it with --from") as said:
        resolved("auto", tmp_path / "nothing")
    assert len(str(said.value)) < len(str(tmp_path)) + 140, "a raw list of formats is no help"
