from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from auscult.corpora import ReadOptions, resolved
from auscult.corpora.hidden_flaws import UNCHOSEN, UNKNOWN, rationales, read
from auscult.errors import UserError


def picture(shade: int) -> bytes:
    raw = BytesIO()
    Image.new("L", (8, 8), shade).save(raw, "PNG")
    return raw.getvalue()


def row(number: int, **said: Any) -> dict[str, Any]:
    usual = {
        "image": {"bytes": picture(number), "path": None},
        "idx": number,
        "question": "What is the diagnosis?",
        "choices": "A. Scurvy\nB. Gout\nC. Lupus",
        "specialty": "Dermatology",
        "p_correct": 61,
        "image_comprehension": "The image shows swollen gums that bleed.",
        "recall_of_mediacl_knowledge": "Scurvy is a lack of vitamin C.",
        "step_by_step_reasoning": "Bleeding gums point to scurvy.",
        "final_answer": "A. Scurvy",
        "image_correctness": 1.0,
        "recall_correctness": 0.0,
        "reason_correctness": None,
        "final_correctness": 1,
        "image_comment": "",
        "recall_comment": "It says nothing of collagen.",
        "reason_comment": None,
    }
    return usual | said


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    (folder / "data").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), folder / "data" / "train-00000-of-00001.parquet")
    return folder


def test_an_item_has_the_stages_that_physicians_found_right_and_their_labels_as_tags(tmp_path: Path) -> None:
    path = written(tmp_path / "H", row(1))
    assert resolved("auto", path) == "hidden-flaws"
    (bundle,) = read(path, ReadOptions())
    (item,) = bundle.items
    assert (item.reference, item.options, item.source_id) == ("Scurvy", ("Scurvy", "Gout", "Lupus"), "1")
    assert item.trace.visual_recognition.startswith("The image shows") and item.trace.answer == "Scurvy"
    assert item.trace.knowledge_recall == item.trace.reasoning == ""
    assert item.tags == {"visual_recognition_right": "1", "knowledge_recall_right": "0", "physicians_right": "61"}
    assert len(bundle.case.images) == 1


def test_all_rationales_come_with_the_labels_of_their_stages_right_or_wrong(tmp_path: Path) -> None:
    wrong = row(2, final_correctness=0, image_correctness=0.5)
    first, second = rationales(written(tmp_path / "H", row(1), wrong))
    assert first.right == {"visual_recognition": 1.0, "knowledge_recall": 0.0} and first.answered
    assert first.comments == {"knowledge_recall": "It says nothing of collagen."}
    assert second.right["visual_recognition"] == 0.5 and not second.answered
    assert second.trace.answer == "A. Scurvy"


def test_questions_whose_right_choice_is_not_known_are_counted_not_taken(tmp_path: Path) -> None:
    rows = row(1), row(2, final_correctness=0), row(3, final_answer="Pellagra"), row(4, final_correctness=0)
    (bundle,) = read(written(tmp_path / "H", *rows), ReadOptions())
    assert bundle.left_out == {UNKNOWN: 2, UNCHOSEN: 1}


LISTED = "['Scurvy', 'Gout', 'Lupus']"
INLINE = "(A) Scurvy (B) Gout (C) Lupus"
COLONS = "A: Scurvy\nB: Gout\nC: Lupus"


@pytest.mark.parametrize("choices", [LISTED, INLINE, COLONS, "Scurvy\nGout\nLupus"])
@pytest.mark.parametrize("answer", ["A", "A. Scurvy", "scurvy", "(A)", "The most likely diagnosis is scurvy."])
def test_choices_and_answers_are_read_however_they_are_written(tmp_path: Path, choices: str, answer: str) -> None:
    (bundle,) = read(written(tmp_path / "H", row(1, choices=choices, final_answer=answer)), ReadOptions())
    assert (bundle.items[0].options, bundle.items[0].reference) == (("Scurvy", "Gout", "Lupus"), "Scurvy")


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no Parquet file with image_comprehension"):
        list(read(tmp_path, ReadOptions()))
    path = written(tmp_path / "H", row(1, image_correctness=3.0))
    with pytest.raises(UserError, match="image_correctness is 3.0, no label from 0 to 1"):
        list(read(path, ReadOptions()))
