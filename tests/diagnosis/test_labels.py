"""What people said of a diagnosis' stages."""

from pathlib import Path

import numpy as np
import pytest

from auscult.diagnosis.labels import LABELS, keep_labels, people, read_labels
from auscult.errors import UserError
from auscult.records import STAGES, Item
from auscult.store.tables import RowWriter


def folder(tmp_path: Path, count: int = 3) -> Path:
    with RowWriter(tmp_path / "items.parquet", Item) as writer:
        for n in range(count):
            writer.write(
                Item(id=f"i{n}", case_id="c", source_id=f"s{n}", question="q", reference="yes", answer_type="yes_no")
            )
    return tmp_path


def table(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "given.csv"
    file.write_text("\n".join(("item,stage,hallucinated", *rows)) + "\n", "utf-8")
    return file


def test_labels_are_found_by_the_items_id_or_its_own_in_its_data_set(tmp_path: Path) -> None:
    made = folder(tmp_path)
    keep_labels(made, table(tmp_path, "i0,visual_recognition,1", "s2,visual_recognition,no"))
    (stage,), found = people(made), people(made)[STAGES[0]]
    assert stage == STAGES[0] and found[0] == 1 and np.isnan(found[1]) and found[2] == 0


def test_readers_who_differ_make_a_share(tmp_path: Path) -> None:
    found = read_labels(table(tmp_path, "a,reasoning,1", "a,reasoning,0"))
    assert found["a", "reasoning"] == 0.5


def test_without_labels_nobody_said_anything(tmp_path: Path) -> None:
    assert people(folder(tmp_path)) == {}


@pytest.mark.parametrize(
    ("row", "told"), [("i0,eyes,1", "stage 'eyes' is none"), ("i0,reasoning,maybe", "neither 1 nor 0")]
)
def test_a_row_that_says_something_else_is_refused_by_its_line(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        read_labels(table(tmp_path, row))


def test_labels_of_other_items_are_refused_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none of its items"):
        keep_labels(folder(tmp_path), table(tmp_path, "x,reasoning,1"))
    assert not (tmp_path / LABELS).exists()
