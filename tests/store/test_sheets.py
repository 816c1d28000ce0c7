import datetime

import openpyxl
import pytest

from auscult.errors import UserError
from auscult.store.rows import read_rows
from auscult.store.sheets import sheet_of


def saved(path, *rows, title="Answers", merged=(), more=()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    for name in more:
        book.create_sheet(name)
    book.save(path)
    return path


def test_numbers_dates_and_truth_values_are_what_the_program_showed(tmp_path):
    day = datetime.date(2026, 3, 1)
    path = saved(tmp_path / "a.xlsx", ["id", "size", "day", "truth"], [3, 2.5, day, True])
    row = next(read_rows(path))
    assert (row.text("id"), row.text("size"), row.text("day"), row.value("truth")) == ("3", "2.5", "2026-03-01", True)


def test_titles_and_blank_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path):
    path = saved(tmp_path / "a.xlsx", ["Results"], [], ["id", "q"], [1, "x"], [], [2, "y"], more=["Empty"])
    assert [(row.number, row.text("q")) for row in read_rows(path)] == [(4, "x"), (6, "y")]


def test_a_table_that_begins_further_in_keeps_its_columns(tmp_path):
    path = saved(
        tmp_path / "a.xlsx",
        [],
        [None, None, "id", "q"],
        [None, None, 1, "x"],
        [None, None, None, "y"],
        merged=["C3:C4"],
    )
    assert [dict(row.values) for row in read_rows(path)] == [{"id": 1.0, "q": "x"}, {"id": 1.0, "q": "y"}]


def test_a_merged_cell_holds_for_each_of_its_rows_and_for_no_other_column(tmp_path):
    rows = [["image", "q", "a"], ["i.png", "x", "1"], [None, "y", None], ["k.png", "z", "3"]]
    path = saved(tmp_path / "a.xlsx", *rows, merged=["A2:A3", "B3:C3"])
    assert [tuple(row.values.values()) for row in read_rows(path)] == [
        ("i.png", "x", "1"),
        ("i.png", "y", ""),
        ("k.png", "z", "3"),
    ]


def test_of_several_sheets_with_rows_one_has_to_be_named(tmp_path):
    path = saved(tmp_path / "a.xlsx", ["q", "a"], ["x", "y"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Second").append(["q", "a"])
    book["Second"].append(["z", "w"])
    book.save(path)
    with pytest.raises(UserError, match=r"several sheets hold rows \(Answers, Second\); name one with --sheet"):
        list(read_rows(path))
    assert next(read_rows(path, sheet="Second")).text("q") == "z"
    with pytest.raises(UserError, match="has no sheet 'third'; there is: Answers, Second"):
        sheet_of(path, "third")


def test_a_formula_that_nobody_worked_out_is_refused_with_its_cell(tmp_path):
    path = saved(tmp_path / "a.xlsx", ["q", "a"], ["x", "=A2"])
    with pytest.raises(UserError, match="sheet 'Answers', cell B2: a formula without a stored value"):
        list(read_rows(path))


def test_what_is_no_spreadsheet_is_one_line(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK no")
    with pytest.raises(UserError, match=r"a.xlsx: cannot be read as a spreadsheet .*; save it anew, or as CSV"):
        list(read_rows(tmp_path / "a.xlsx"))
    with pytest.raises(UserError, match="no such file"):
        list(read_rows(tmp_path / "b.xlsx"))
