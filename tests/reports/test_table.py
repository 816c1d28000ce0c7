"""One table, all renderers: the same words on a page, in a terminal of any width, and in LaTeX."""

import io
import re
from html import unescape

import pytest
from rich.console import Console
from tests.reports.test_comparison import check_latex

from auscult.reports import html
from auscult.reports.latex import tabular
from auscult.reports.table import Cell, Column, Notes, Part, Row, Table, count, text, titled
from auscult.reports.terminal import Drawn, lines

NOTES = Notes()
FIGURE = Cell(
    parts=(Part(value="54.1 %", interval="48.1–60.1", n=451, notes=NOTES.mark("95 % interval", "", "few clusters")),),
    clusters="72 images",
    details=("12 unusable", "4 missing"),
)
BOTH = Cell(parts=(Part(value="7.24", interval="6.9–7.5", n=1110, tone="best"), Part(value="—", tone="none")))
ROWS = (
    Row(label="[one] model", about="replay:a", cells=(FIGURE, BOTH, count(12_345))),
    Row(label="a heading", cells=(text("why it is asked", span=2), text("PASS", tone="passed")), kind="group"),
    Row(label="a part", cells=(text("not measured", tone="none"), BOTH, text("")), kind="part"),
    Row(label="typed", cells=(text("44.21"), text("66.58"), text("—", tone="none")), kind="published"),
)
COLUMNS = (
    Column(title="closed", group="slake", better="higher", about=("P & N",)),
    Column(title="open", group="slake", better="lower"),
    Column(title="Answers", group="vqa-rad"),
)
TABLE = Table(name="t", caption="A table", head="Model", columns=COLUMNS, rows=ROWS, notes=NOTES.texts)
SAID = ("54.1 %", "48.1–60.1", "451", "72 images", "12 unusable", "4 missing", "7.24", "12,345", "PASS", "44.21")


def on_page(table: Table) -> str:
    template = '{% from "macros.html.j2" import table %}{{ table(t) }}'
    return html._environment(False).from_string(template).render(t=table)


def in_terminal(table: Table, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(Drawn(table))
    return out.getvalue()


def plain(words: str) -> str:
    return " ".join(words.replace("\u00a0", " ").replace(" %", "%").split())


def test_a_cell_counts_each_of_its_figures() -> None:
    assert plain(FIGURE.counts) == "n 451 · 72 images" and plain(BOTH.counts) == "n 1,110 & —"
    assert (BOTH.value, BOTH.interval) == ("7.24 & —", "6.9–7.5 & —")
    assert text("words").counts == "" and text("words").interval == ""


def test_a_cell_is_present_where_any_of_its_figures_is() -> None:
    assert BOTH.present and not text("not measured", tone="none").present


def test_notes_are_numbered_once_and_an_empty_one_is_none() -> None:
    assert FIGURE.parts[0].notes == (1, 2) and NOTES.texts == ("95 % interval", "few clusters")


def test_neighbours_that_share_a_group_stand_under_one_heading() -> None:
    assert TABLE.groups == (("slake", 2), ("vqa-rad", 1))
    assert titled("t", "c", ("Model", "a", "b"), ROWS).groups == ()


def test_cells_behind_one_that_spans_keep_their_columns() -> None:
    assert [column.title for column, _ in TABLE.placed(ROWS[1])] == ["closed", "Answers"]


@pytest.mark.parametrize("width", [200, 60])
def test_page_terminal_and_latex_say_the_same(width: int) -> None:
    page = plain(unescape(re.sub(r"<[^>]+>", " ", on_page(TABLE))))
    printed = plain(in_terminal(TABLE, width))
    latex = plain(tabular(TABLE).replace(r"\%", "%").replace("~", " ").replace("--", "–"))
    for words in map(plain, SAID):
        assert words in page and words in printed and words in latex, words


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (200, 100, 60, 40):
        assert max(map(len, in_terminal(TABLE, width).splitlines())) <= width


def test_rows_against_each_other_become_several_tables_where_one_does_not_fit() -> None:
    contest = titled("t", "c", ("Model", *(f"column {n}" for n in range(9))), [
        Row(label=f"row {k}", cells=tuple(text(f"{k}.{n}{n}{n}") for n in range(9))) for k in range(3)
    ], look="contest")  # fmt: skip
    narrow = in_terminal(contest, 60)
    assert narrow.count("row 2") > 1 and in_terminal(contest, 200).count("row 2") == 1
    assert all(f"{k}.{n}{n}{n}" in narrow for k in range(3) for n in range(9))


def test_one_line_a_figure_names_the_column_where_there_are_several() -> None:
    said = lines(
        titled("t", "c", ("Metric", "P items", "N items"), [Row(label="recall", cells=(FIGURE, FIGURE))])
    ).plain
    assert said.count("\n") == 1 and "recall · p items" in said and "recall · n items" in said


def test_latex_of_any_table_is_whole_and_no_label_is_taken_for_an_option() -> None:
    check_latex(tabular(TABLE).replace(r"\multicolumn{2}{l}", r"\multicolumn{2}{c}"))
    assert "{[}one]" in tabular(TABLE) and "\n[" not in tabular(TABLE)


def test_on_a_phone_an_empty_cell_and_one_that_spans_have_no_label() -> None:
    page = on_page(TABLE)
    assert '<td role="cell"></td>' in page and '<td role="cell" colspan="2">' in page
    assert page.count('data-label="vqa-rad · Answers"') == 3


def test_small_print_takes_few_bytes() -> None:
    rows = [Row(label=f"{n}", cells=tuple(text("0.1234") for _ in range(10))) for n in range(300)]
    assert len(on_page(titled("t", "c", ("n", *"abcdefghij"), rows, look="small"))) < 25 * 300 * 10
