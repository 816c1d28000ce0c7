import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.store import rows
from auscult.store.given import ShallowJson
from auscult.store.rows import read_rows

RECORDS = st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())), min_size=1, max_size=30)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@given(records=RECORDS, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_a_json_array_gives_the_records_that_json_gives(tmp_path_factory, records, indent, ascii_only):
    text = json.dumps(records, indent=indent, ensure_ascii=ascii_only)
    path = write(tmp_path_factory.mktemp("json") / "a.json", text)
    assert [dict(r.values) for r in read_rows(path)] == _as_digits(records)


def _as_digits(value):
    """A number over 64 bits is read as its digits."""
    if isinstance(value, list):
        return [_as_digits(v) for v in value]
    if isinstance(value, dict):
        return {k: _as_digits(v) for k, v in value.items()}
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_the_digits_of_a_long_number_are_kept(tmp_path, suffix):
    rows = ['{"id": 123456789012345678901234567890}', '{"id": 18446744073709551617}', '{"id": 9223372036854775807}']
    path = write(tmp_path / f"a.{suffix}", "[" + ",".join(rows) + "]" if suffix == "json" else "\n".join(rows))
    said = [r.text("id") for r in read_rows(path)]
    assert said == ["123456789012345678901234567890", "18446744073709551617", "9223372036854775807"]


def test_a_json_array_longer_than_one_piece_streams(tmp_path):
    records = [{"n": i, "text": "ü" * (i % 3000)} for i in range(400)]
    path = write(tmp_path / "a.json", json.dumps(records, ensure_ascii=False))
    assert [dict(r.values) for r in read_rows(path)] == records


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1}, {"a": ]', "record 2: not JSON"),
        ('[{"a": 1}', "record 2: .* EOF.*; is the file whole"),
        ('[{"a": "' + "x" * 70_000 + '"}', "record 2: .* EOF.*; is the file whole"),
        ('[{"a": "' + "x" * 70_000, "record 1: not JSON .*; is the file whole"),
        ('[{"a": 1},]', "record 2: not JSON"),
        ('[{"a": 1} {"a": 2}]', "record 2: .* I expect ',' or ']'"),
        ('[{"a": 1}]' + " " * 70_000 + "[2]", "record 2: .*trailing garbage"),
        ('[{"a": 1}] more', "record 2: .*trailing garbage"),
        ('[{"a": NaN}, {"b": }]', "record 1: not JSON"),
        ("[1]", "record 1: not a JSON object"),
        ("[]", "holds no rows"),
        ('{"a": 1}\n{"a": \n', "line 2: not JSON"),
        ('{"a": 1}\n[2]\n', "line 2: not a JSON object"),
        ("", "holds no rows"),
        (b'[{"a": "\xff"}]', "record 1: .*UTF8.*; save the file with UTF-8 encoding"),
    ],
)
def test_broken_json_is_one_line_with_its_place(tmp_path, content, message):
    path = write(tmp_path / "a.json", content)
    with pytest.raises(UserError, match=message) as error:
        list(read_rows(path))
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_byte_that_is_not_utf8_is_named_by_its_record_beyond_the_first_piece(tmp_path):
    head = b'[{"a": "' + "ü".encode() * 50_000
    path = write(tmp_path / "a.json", head + b'"}, {"a": "\xff"}]')
    with pytest.raises(UserError, match="record 2: .*save the file with UTF-8"):
        list(read_rows(path))


@pytest.mark.parametrize(
    "content", ['[{"n": 0}, {"n": NaN}, {"n": -Infinity}]', '{"n": 0}\n{"n": NaN}\n{"n": -Infinity}\n']
)
def test_not_a_number_as_python_writes_it_is_an_empty_text(tmp_path, content):
    rows = list(read_rows(write(tmp_path / "a.json", content)))
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.text("n") for row in rows[:2]] == ["0", ""]


def test_a_list_is_read_with_the_mark_of_a_spreadsheet_and_in_a_file_for_lines(tmp_path):
    path = write(tmp_path / "a.jsonl", b'\xef\xbb\xbf [{"a": 1.5}]')
    assert [dict(row.values) for row in read_rows(path)] == [{"a": 1.5}]


def test_parquet_gives_texts_numbers_and_lists_and_no_images(tmp_path):
    table = {"id": [1, 2], "said": [["yes"], ["no"]], "image": [{"bytes": b"x", "path": "a"}] * 2, "raw": [b"x"] * 2}
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    rows = list(read_rows(tmp_path / "a.parquet"))
    assert [(row.number, dict(row.values)) for row in rows] == [
        (1, {"id": 1, "said": ["yes"]}),
        (2, {"id": 2, "said": ["no"]}),
    ]
    with pytest.raises(UserError, match="b.parquet: not a Parquet file"):
        list(read_rows(write(tmp_path / "b.parquet", "PAR1 no")))


def test_a_file_of_another_kind_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UserError, match=r"unknown kind of file; known: .jsonl, .*xlsx"):
        list(read_rows(tmp_path / "a.docx"))


def test_a_dotted_path_goes_into_nested_values(tmp_path):
    (row,) = read_rows(write(tmp_path / "a.jsonl", '{"doc": {"q": "?"}, "resps": [["yes", "no"]], "a.b": 1}'))
    assert (
        row.text("doc.q"),
        row.text("resps.0.1"),
        row.text("a.b"),
        row.value("resps.0.7"),
        row.value("doc.q.x"),
    ) == (("?", "no", "1", None, None))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"image,question\na.png,caf\xe9\n", "line 2, byte 10: not UTF-8"),
        ("a,a\n1,2\n", "names 'a' twice"),
        ("a,b\n1\n", "row 1: 1 cells under 2 columns"),
        ("a,b\n", "holds no rows"),
        ("", "holds no rows"),
    ],
)
def test_a_broken_csv_is_one_line_with_its_place(tmp_path, content, message):
    with pytest.raises(UserError, match=message):
        list(read_rows(write(tmp_path / "a.csv", content)))


def test_a_missing_file_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        list(read_rows(tmp_path / "none.jsonl"))


def test_a_csv_of_a_spreadsheet_is_read_with_its_mark_and_line_breaks(tmp_path):
    path = write(tmp_path / "a.csv", b'\xef\xbb\xbfq,a\r\n"two\r\nlines",x\r\n')
    assert [dict(r.values) for r in read_rows(path)] == [{"q": "two\r\nlines", "a": "x"}]


def test_tabs_part_the_cells_of_a_tsv(tmp_path):
    assert dict(next(read_rows(write(tmp_path / "a.tsv", "q\ta\nis it, or not?\tyes\n"))).values)["a"] == "yes"


def test_a_missing_column_names_those_that_are_there_and_the_remedy(tmp_path):
    row = next(read_rows(write(tmp_path / "a.csv", "pic,text\na.png,x\n")))
    with pytest.raises(
        UserError, match=r"row 1: no column 'image'; columns there are: pic, text; .*--map image=COLUMN"
    ):
        row.required("image")


def test_an_empty_or_non_text_field_is_refused(tmp_path):
    row = next(read_rows(write(tmp_path / "a.jsonl", '{"question": " ", "answer": true}')))
    with pytest.raises(UserError, match="question is empty"):
        row.required("question")
    with pytest.raises(UserError, match="answer is 'True', not text"):
        row.required("answer")


def test_a_whole_float_is_the_whole_number_that_it_was(tmp_path):
    row = next(read_rows(write(tmp_path / "a.jsonl", '{"id": 7.0, "answer": [2.0]}')))
    assert (row.text("id"), row.text("answer")) == ("7", "2")


def test_several_texts_are_not_one(tmp_path):
    row = next(read_rows(write(tmp_path / "a.jsonl", '{"answer": ["left", "right"]}')))
    with pytest.raises(UserError, match=r"line 1: answer is .*, not text"):
        row.text("answer")


@pytest.mark.parametrize("value", ["nan", "NULL", "<NA>", "NaT", "#N/A"])
def test_what_programs_write_for_nothing_is_no_truth(tmp_path, value):
    row = next(read_rows(write(tmp_path / "a.csv", f"q,answer\nx,{value}\n")))
    with pytest.raises(UserError, match="row 1: answer is .* missing value"):
        row.truth("answer")


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "LONGEST", 1000)
    with pytest.raises(UserError, match="line 1: longer than"):
        list(read_rows(write(tmp_path / "a.jsonl", "x" * 2000)))


@pytest.mark.parametrize("step", [1, 2, 5, 64])
def test_a_list_is_refused_for_its_depth_alone_whatever_stands_in_its_texts(step):
    def read(text):
        file, parts = ShallowJson(io.BytesIO(text), 3), []
        while part := file.read(step):
            parts.append(part)
        return b"".join(parts)

    for whole in (rb'[{"a": "[[[[", "b\\": ["\\\"[[{{"]}, {}, {"c": [1]}]', rb'[[[]], [[]], "\\", [["]"]]]'):
        assert read(whole) == whole
    for deep in (rb'[{"a": [{}]}]', rb'["\"", "\\", [[[1]]]]', b"[" * 100):
        with pytest.raises(ValueError, match="too deep"):
            read(deep)
