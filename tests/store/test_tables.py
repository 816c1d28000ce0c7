from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from auscult.errors import UserError
from auscult.records import Answer, Box, Case, ImageFile, Item, Score, Trace
from auscult.store.tables import RowWriter, read_columns, read_fields, read_rows, read_where, table_schema, write_rows

CASE = Case(
    id="c",
    source="s",
    source_key="k",
    images=(ImageFile(path="images/a.png", sha256="0" * 64, width=3, height=4),),
    findings={"effusion": "present"},
    boxes=(Box(label="mass", x_min=1, y_min=2, x_max=3, y_max=4),),
    tags={"modality": "CT"},
)
ITEM = Item(id="i", case_id="c", source_id="q1", question="é?", reference="b", answer_type="choice", options=("a", "b"))
TRACED = replace(ITEM, id="j", trace=Trace(visual_recognition="a", knowledge_recall="b", reasoning="é", answer="b"))
ANSWER = Answer(id="a", item_id="i", case_id="c", model="m", protocol="p", text="yes", trace="[A]", tokens_cached=3)
LEANING = replace(ANSWER, yes_margin=-0.25)
SCORE = Score(id="s", answer_id="a", item_id="i", case_id="c", scorer="x", version="1", values={"correct": 1.0})


@pytest.mark.parametrize("row", [CASE, ITEM, TRACED, ANSWER, LEANING, SCORE], ids=lambda r: type(r).__name__)
def test_every_noun_survives_a_round_trip(tmp_path: Path, row: object) -> None:
    write_rows(tmp_path / "t.parquet", type(row), [row, row])
    assert list(read_rows(tmp_path / "t.parquet", type(row))) == [row, row]


def test_rows_are_picked_from_many_row_groups(tmp_path: Path) -> None:
    rows = [replace(CASE, id=f"c{n:02}") for n in range(40)]
    with RowWriter(tmp_path / "t.parquet", Case, row_group=7) as writer:
        for row in rows:
            writer.write(row)
    assert list(read_where(tmp_path / "t.parquet", Case, "id", {"c03", "c39", "gone"})) == [rows[3], rows[39]]


def test_a_failed_writer_leaves_neither_a_half_file_nor_its_temporary(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), RowWriter(tmp_path / "t.parquet", Item) as writer:
        writer.write(ITEM)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_empty_table_has_the_schema(tmp_path: Path) -> None:
    write_rows(tmp_path / "t.parquet", Item, [])
    assert list(read_rows(tmp_path / "t.parquet", Item)) == []


@pytest.mark.parametrize("skip", [0, 1, 4, 7, 9, 10, 12])
def test_skip_leaves_out_exactly_the_first_rows(tmp_path: Path, skip: int) -> None:
    rows = [
        Item(id=str(n), case_id="c", source_id="", question="", reference="", answer_type="open") for n in range(10)
    ]
    with RowWriter(tmp_path / "t.parquet", Item, row_group=4) as writer:
        for row in rows:
            writer.write(row)
    assert list(read_rows(tmp_path / "t.parquet", Item, batch=3, skip=skip)) == rows[skip:]


def test_a_missing_or_foreign_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 not really")
    write_rows(tmp_path / "answers.parquet", Answer, [ANSWER])
    for name, said in [
        ("none.parquet", "no such file"),
        ("bad.parquet", "not a readable"),
        ("answers.parquet", "question"),
    ]:
        with pytest.raises(UserError, match=said) as error:
            list(read_rows(tmp_path / name, Item))
        assert "\n" not in str(error.value)


def test_a_table_of_an_older_version_says_that_it_is_and_what_to_do(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.parquet")
    seal_table = table_schema(Item)
    older = [f if f.name != "options" else pa.field("options", pa.string()) for f in seal_table]
    pq.write_table(pa.schema(older).empty_table(), tmp_path / "old.parquet")
    for name, what in (("t.parquet", "are missing"), ("old.parquet", "column options holds another type")):
        with pytest.raises(UserError, match=rf"{what}; an older version wrote it.*build the item set again"):
            list(read_rows(tmp_path / name, Item))


def test_a_table_from_before_a_field_was_added_reads_as_if_it_held_the_default(tmp_path: Path) -> None:
    older = replace(ANSWER, trace="", tokens_cached=0)
    for row, added in ((ITEM, ["trace"]), (older, ["trace", "tokens_cached", "yes_margin"])):
        path, cls = tmp_path / "t.parquet", type(row)
        write_rows(path, cls, [row, row])
        pq.write_table(pq.read_table(path).drop_columns(added), path)
        assert list(read_rows(path, cls)) == list(read_where(path, cls, "id", {row.id})) == [row, row]
        default = None if cls is Item else ""
        assert list(read_fields(path, cls, ["id", "trace"])) == [(row.id, default)] * 2
        assert read_columns(path, cls, ["trace", "id"]).to_pydict() == {"trace": [default] * 2, "id": [row.id] * 2}


def test_rows_with_and_without_a_trace_stand_beside_each_other(tmp_path: Path) -> None:
    rows = [ITEM, TRACED, ITEM]
    write_rows(tmp_path / "t.parquet", Item, rows)
    assert list(read_rows(tmp_path / "t.parquet", Item)) == rows
    assert list(read_where(tmp_path / "t.parquet", Item, "id", {"i", "j"})) == rows


def test_schemas_name_every_field() -> None:
    assert table_schema(Item).names[:3] == ["id", "case_id", "source_id"]
