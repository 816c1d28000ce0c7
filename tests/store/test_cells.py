import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.store.cells import as_text, delimiter_of, read_cells

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), min_size=1, max_size=12)


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(read_cells(io.StringIO(text, newline=""), delimiter))


@pytest.mark.parametrize("delimiter", [",", "\t"])
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(delimiter, rows):
    raw = io.StringIO(newline="")
    csv.writer(raw, delimiter=delimiter, lineterminator="\n").writerows([("a", "b", "c"), *rows])
    assert read(raw.getvalue(), delimiter)[1:] == [list(row) for row in rows]


def test_a_quote_in_a_table_with_tabs_is_text():
    rows = read('image\tquestion\tanswer\nx\t"Ground" glass?\tno\ny\t"Wide hilum?\tno\nz\tFree air?"\tyes\n', "\t")
    assert [row[1] for row in rows[1:]] == ['"Ground" glass?', '"Wide hilum?', 'Free air?"']


def test_a_cell_that_is_quoted_from_end_to_end_loses_its_quotes():
    assert read('q\ta\n"Is it ""ground"" glass?"\tno\n', "\t")[1] == ['Is it "ground" glass?', "no"]


def test_a_quoted_cell_of_a_table_with_tabs_may_hold_a_tab_or_a_line_break():
    assert read('q\ta\n"two\nlines"\tno\n"a\ttab"\tyes\n', "\t")[1:] == [["two\nlines", "no"], ["a\ttab", "yes"]]
    assert read('q\ta\nx\t"two\nlines"\ny\t"one\n', "\t")[1:] == [["x", "two\nlines"], ["y", '"one']]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ('i,q,a\nx,"Wide hilum?,no\ny,Free air?",yes\n', ","),
        ('i,q,a\nx,"Wide hilum?,no\ny,Free air?,yes\n', ","),
        ('i,q,a\nx,"Wide hilum?,no\ny,Is there "air"?,no\n', ","),
        ('i\tq\ta\nx\t"Wide hilum?\ny\tFree air?"\tyes\n', "\t"),
    ],
)
def test_a_quote_that_swallows_rows_is_refused(text, delimiter):
    with pytest.raises(csv.Error, match="swallows the rows behind it"):
        read(text, delimiter)


def test_prose_over_several_lines_is_one_cell():
    text = 'i,q,a\nx,Findings?,"Heart, lungs and\nbones, all normal."\ny,"Which,\nif any, side?",left\n'
    assert [row[0] for row in read(text)[1:]] == ["x", "y"]


def test_a_quote_within_a_cell_needs_no_partner():
    assert read('q,a\nA 5" scar?,no\n')[1] == ['A 5" scar?', "no"]


def test_text_behind_a_closing_quote_is_an_error():
    with pytest.raises(csv.Error, match="expected after"):
        read('q,a\n"Ground" glass?,no\n')


def test_no_line_is_taken_before_its_row_is_asked_for():
    lines = iter(["a,b\n", "1,2\n", "3,4\n"])
    rows = read_cells(lines)
    assert (next(rows), next(rows), next(lines)) == (["a", "b"], ["1", "2"], "3,4\n")


def test_a_long_cell_over_many_lines_is_read_in_linear_time():
    cell = "line\n" * 200_000
    assert read(f'q,a\n"{cell}",no\n')[1][0] == cell


@pytest.mark.parametrize(("suffix", "delimiter"), [(".csv", ","), (".tsv", "\t"), (".TSV", "\t")])
def test_the_suffix_says_what_parts_the_cells(suffix, delimiter):
    assert delimiter_of(suffix) == delimiter


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (2.5, "2.5"), (7, "7"), (None, ""), (float("nan"), ""), (["left"], "left"), ([["left"]], "left")],
)
def test_a_value_becomes_the_text_that_was_meant(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize("value", [True, ["left", "right"], {}, [], b"left"])
def test_what_is_neither_text_nor_number_is_no_text(value):
    assert as_text(value) is None
