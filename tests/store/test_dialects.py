import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.store.dialects import dialect_of
from auscult.store.faults import Faults
from auscult.store.rows import read_rows

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x00\ufeff", exclude_categories=["Zl", "Zp", "Cc"])
)
HEADER = ("Study ID", "Frage", "Expected Answer", "Model output")


def written(rows, delimiter, encoding, path):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([HEADER, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@settings(max_examples=15)
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS).filter(any), min_size=1, max_size=5))
def test_a_table_reads_the_same_in_every_dialect(tmp_path_factory, delimiter, encoding, rows):
    path = written(rows, delimiter, encoding, tmp_path_factory.mktemp("d") / "a.csv")
    assert [tuple(row.values.values()) for row in read_rows(path)] == rows


def test_a_comma_within_a_header_of_semicolons_is_no_delimiter(tmp_path):
    (tmp_path / "a.csv").write_text("ID;Frage, kurz;Antwort\n1;Was, bitte?;ja\n2;Wo, bitte?;nein\n")
    assert dialect_of(tmp_path / "a.csv").delimiter == ";"


def test_excels_own_line_names_the_delimiter(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\r\nq;a\r\nx,y;z\r\n")
    assert [dict(row.values) for row in read_rows(tmp_path / "a.csv")] == [{"q": "x,y", "a": "z"}]


def test_utf_16_without_its_mark_is_known_by_its_zeros(tmp_path):
    (tmp_path / "a.csv").write_bytes("q,a\nIst das Öl?,ja\n".encode("utf-16-le"))
    assert next(read_rows(tmp_path / "a.csv")).text("q") == "Ist das Öl?"


def test_windows_letters_are_read_only_where_that_is_allowed_and_nothing_says_utf_8(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("q,a\nMüller?,ja\n".encode("cp1252"))
    assert dialect_of(path, windows=True).encoding == "cp1252"
    assert next(read_rows(path, windows=True)).text("q") == "Müller?"
    with pytest.raises(UserError, match="not UTF-8"):
        list(read_rows(path))
    path.write_bytes("q,a\nMüller?,ja\n".encode() + b"M\xfcller?,ja\n")
    with pytest.raises(UserError, match="not UTF-8"):
        list(read_rows(path, windows=True))


def test_nameless_columns_at_the_end_are_none_and_others_are_called_by_their_place(tmp_path):
    (tmp_path / "a.csv").write_text(",q,a,,\n0,x,y,,\n1,z,w,,\n")
    assert [dict(row.values) for row in read_rows(tmp_path / "a.csv")] == [
        {"column 1": "0", "q": "x", "a": "y"},
        {"column 1": "1", "q": "z", "a": "w"},
    ]


def test_all_broken_rows_are_said_at_once_the_first_ten_and_a_count(tmp_path):
    (tmp_path / "a.csv").write_text("q,a\n" + "x\n" * 14 + "y,z\n")
    faults = Faults()
    assert [row.number for row in read_rows(tmp_path / "a.csv", faults=faults)] == [15]
    with pytest.raises(UserError) as caught:
        faults.settle()
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("14 rows cannot be used") and "--skip-bad" in lines[0]
    assert len(lines) == 12 and "row 10: 1 cells" in lines[10] and lines[11].strip() == "... and 4 more"


def test_broken_lines_of_json_are_faults_of_their_rows(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"q": 1}\n{"q": \n[2]\n{"q": 3}\n')
    faults = Faults(skip=True)
    assert [row.text("q") for row in read_rows(tmp_path / "a.jsonl", faults=faults)] == ["1", "3"]
    faults.settle()
    assert faults.count == 2 and "line 2: not JSON" in faults.first[0]


def test_a_quote_that_swallows_rows_with_commas_of_their_own_is_refused(tmp_path):
    rows = 'i,q,a\n1,"Wide hilum?,no\n2,Free air?,no\n3,"Air, or fluid?",air\n4,Free,no\n5,x,"y"\n'
    (tmp_path / "a.csv").write_text(rows)
    with pytest.raises(UserError, match="row 1: not CSV .*swallows the rows"):
        list(read_rows(tmp_path / "a.csv"))
