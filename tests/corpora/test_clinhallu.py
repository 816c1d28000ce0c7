from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

from auscult.corpora import Bundle, ReadOptions, resolved
from auscult.corpora.clinhallu import REPLACED, UNTRACED, read
from auscult.errors import UserError
from auscult.records import Trace

COT = {
    "raw": "",
    "visual_recognition": {"text": "A round white area at the left base."},
    "knowledge_recall": {"text": "Fluid gathers at the base."},
    "reasoning": {"text": "So the area is fluid.", "answer": "yes"},
}
YES_NO = {
    "question": "is there an effusion?",
    "answer": "Yes",
    "images": ["vqarad_00012.png"],
    "question_type": "yes_no",
    "source": "vqa-rad",
    "split": "test",
    "original_index": 12,
    "gold_cot": COT,
    "gold_cot_meta": {"method": "natural", "is_correct": True},
    "cot_valid": True,
}
OPEN = YES_NO | {"question": "what is seen?", "answer": "fluid", "question_type": "open_ended", "original_index": 13}
CHOICE = {
    "question": "Which finding changed?",
    "answer": "B. New effusion",
    "answer_letter": "B",
    "options": ["A. None", "B. New effusion"],
    "images": ["abc_1.png", "abc_2.png"],
    "question_type": "multiple_choice",
    "source_id": "abc",
    "split": "test",
    "organ": "lung",
    "modality": "CT",
    "video_id": "v7",
    "gold_cot": COT,
}


def written(folder: Path, key: str, *rows: dict[str, Any], images: bool = True) -> Path:
    file = folder / "results" / key / "gold" / "qwen3.5-plus" / "gold_cot.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    name, _, split = key.rpartition("-")
    pictures = folder / "data" / name / "input" / split / "images"
    for n, image in enumerate({i for row in rows for i in row.get("images", [])} if images else ()):
        pictures.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), n * 20 + len(key)).save(pictures / image)
    return file


def test_the_restored_folder_gives_all_data_sets_with_their_images_and_gold_traces(tmp_path: Path) -> None:
    written(tmp_path, "medframeqa-test", CHOICE)
    written(tmp_path, "vqa-rad-test", YES_NO, OPEN)
    assert resolved("auto", tmp_path) == "clinhallu"
    frames, rad = read(tmp_path, ReadOptions())
    assert [len(b.case.images) for b in (frames, rad)] == [2, 1]
    (choice,), (yes_no, opened) = frames.items, rad.items
    assert (choice.answer_type, choice.options, choice.reference) == (
        "choice",
        ("None", "New effusion"),
        "New effusion",
    )
    assert (yes_no.answer_type, yes_no.reference, opened.answer_type) == ("yes_no", "yes", "open")
    names = ["medframeqa-test:abc", "vqa-rad-test:12", "vqa-rad-test:13"]
    assert [i.source_id for i in (choice, yes_no, opened)] == names
    assert frames.case.tags == {"dataset": "medframeqa-test", "modality": "CT", "organ": "lung"}
    assert (frames.case.group, frames.case.group_kind) == ("medframeqa-test:v7", "study")
    assert {i.split for i in (choice, yes_no, opened)} == {"test"}
    assert yes_no.trace == Trace(
        visual_recognition="A round white area at the left base.",
        knowledge_recall="Fluid gathers at the base.",
        reasoning="So the area is fluid.",
        answer="yes",
    )


def test_one_file_alone_is_read_and_images_are_left_out_where_there_are_none(tmp_path: Path) -> None:
    file = written(tmp_path, "vqa-rad-test", YES_NO, images=False)
    alone = tmp_path / "gold_cot.jsonl"
    alone.write_bytes(file.read_bytes())
    for path in (file, alone):
        (bundle,) = read(path, ReadOptions())
        assert bundle.case.images == () and bundle.items[0].source_id == "vqa-rad-test:12"


def test_of_two_rows_with_one_id_the_later_one_holds_and_the_other_is_counted(tmp_path: Path) -> None:
    again = YES_NO | {"answer": "no"}
    bundle = one(read(written(tmp_path, "vqa-rad-test", YES_NO, OPEN, again), ReadOptions()))
    assert [i.reference for i in bundle.items] == ["fluid", "no"]
    assert bundle.left_out == {REPLACED: 1}


def test_a_gold_trace_without_a_stage_is_none_and_counted_unless_its_raw_text_holds_all(tmp_path: Path) -> None:
    lacking = COT | {"knowledge_recall": {}}
    raw = (
        "[Visual Recognition]\nA white area there.\n[Knowledge Recall]\nFluid is white there.\n[Reasoning]\n"
        "So it is fluid.\n[Answer] fluid"
    )
    rows = YES_NO | {"gold_cot": lacking}, OPEN | {"gold_cot": lacking | {"raw": raw}}
    bundle = one(read(written(tmp_path, "vqa-rad-test", *rows), ReadOptions()))
    assert bundle.noted.count(UNTRACED) == 1
    assert [i.trace == Trace() for i in bundle.items] == [True, False]
    assert bundle.items[1].trace.answer == "fluid"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda row: row.pop("original_index"), "neither source_id nor original_index"),
        (lambda row: row.update(answer=""), "answer is empty"),
        (lambda row: row.update(images="a.png"), "images is no list"),
        (lambda row: row.update(options="A, B"), "options is no list"),
        (lambda row: row.update(images=["none.png"]), "none.png is missing"),
    ],
)
def test_a_broken_row_is_one_line(tmp_path: Path, edit: Callable[[dict[str, Any]], object], words: str) -> None:
    file = written(tmp_path, "vqa-rad-test", YES_NO)
    row = orjson.loads(file.read_bytes())
    edit(row)
    file.write_bytes(orjson.dumps(row) + b"\n")
    with pytest.raises(UserError, match=words) as error:
        list(read(file, ReadOptions()))
    assert str(file) in str(error.value) and "\n" not in str(error.value)


def test_a_folder_without_gold_traces_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no gold_cot\.jsonl"):
        list(read(tmp_path, ReadOptions()))


def one(bundles: Any) -> Bundle:
    (bundle,) = bundles
    assert isinstance(bundle, Bundle)
    return bundle
