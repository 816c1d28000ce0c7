"""A comparison for the terminal: the same tables as on the page, cut into as many as the width needs."""

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from auscult.analysis.comparison import Comparison
from auscult.analysis.comparison_published import Published
from auscult.reports.comparison import (
    Column,
    DifferenceLine,
    Line,
    Part,
    Sheet,
    about_published,
    difference_lines,
    reading,
    sheets,
    verdict,
    wins,
)
from auscult.reports.text import one_line

_RANKS = {"best": "bold", "second": "underline", "": ""}
LABEL = 28
"""Characters of a label before it is broken into lines."""
MOST = 12
"""Differences that are listed whether shown or not; of more, only those that are shown."""


def terminal(comparison: Comparison, published: Published | None = None) -> RenderableType:
    """The verdict, the cautions, the tables, the tests and how to read them."""
    parts: list[RenderableType] = [Text(one_line(verdict(comparison), 2_000), "bold")]
    parts += [Text(f"  {one_line(w, 2_000)}") for w in wins(comparison)]
    parts += [Text.assemble(("warn: ", "yellow"), one_line(c, 2_000)) for c in comparison.cautions]
    parts += [_Tables(sheet) for sheet in sheets(comparison, published)]
    if lines := difference_lines(comparison):
        parts.append(_Tests(lines))
    said = (*reading(comparison), *(about_published(published) if published else ()))
    parts += [Text(one_line(text, 2_000), "dim") for text in said]
    return Group(*parts)


class _Tables:
    """One sheet as tables that fit; no figure is cut for want of room."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        sheet = self.sheet
        yield Text(f"\n{sheet.title}", "bold")
        room = options.max_width - min(LABEL, max(len(line.label) for line in sheet.lines)) - 2
        for columns in _packed([_width(sheet, n) for n in range(len(sheet.columns))], room):
            yield _table(sheet, columns)
        for text in (*sheet.instruments, *(n for n in sheet.notes)):
            yield Text(one_line(text, 2_000), "dim")


def _packed(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Neighbouring columns together while they fit; each at least alone."""
    together: list[int] = []
    used = 0
    for n, width in enumerate(widths):
        if together and used + width > room:
            yield together
            together, used = [], 0
        together.append(n)
        used += width
    yield together


def _width(sheet: Sheet, n: int) -> int:
    cells = [_cell(line.cells[n], line.published).plain for line in sheet.lines]
    return max(len(t) for text in (_head(sheet.columns[n]), *cells) for t in text.split("\n")) + 2


def _head(column: Column) -> str:
    words = " ".join(t for t in (column.name, column.unit, "↓" if column.lower else "↑") if t)
    scorer = "" if column.measures[0].block == "premise" else column.scorer.partition("@")[0]
    return "\n".join(
        t for t in (one_line(column.group, 24), one_line(words, 24), one_line(scorer, 24), column.parts) if t
    )


def _table(sheet: Sheet, columns: Sequence[int]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold", max_width=LABEL, min_width=min(LABEL, 8))
    for n in columns:
        table.add_column(_head(sheet.columns[n]), overflow="fold")
    typed = False
    for line in sheet.lines:
        if line.published and not typed:
            table.add_row(Text("published, other judge:", "dim"))
            typed = True
        if any(part.present for n in columns for part in line.cells[n]) or not line.published:
            table.add_row(_label(line), *(_cell(line.cells[n], line.published) for n in columns))
        if not line.published:
            table.add_section()
    return table


def _label(line: Line) -> Text:
    return Text(one_line(line.label), "italic" if line.published else "bold")


def _cell(parts: Sequence[Part], published: bool) -> Text:
    text = Text(" & ").join(Text(p.value, "italic" if published else _RANKS[p.rank]) for p in parts)
    if published or not any(p.present for p in parts):
        details: list[str] = [] if published else [d for p in parts for d in p.details]
    else:
        details = [_shorter(p.interval) for p in parts if p.interval]
        details += [f"n {' & '.join(f'{p.n:,}' if p.present else '—' for p in parts)}"]
        details += [d for p in parts for d in p.details]
    return text.append("".join(f"\n{one_line(d, 40)}" for d in details), "dim not bold not underline")


def _shorter(text: str) -> str:
    return text.replace("\u00a0", " ")


class _Tests:
    """The differences: a table where there is room, else line by line."""

    def __init__(self, lines: Sequence[DifferenceLine]) -> None:
        self.lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\nPaired differences on common items", "bold")
        listed = [t for t in self.lines if t.shown or len(self.lines) <= MOST]
        for t in listed:
            text = Text(f"{one_line(t.figure)}: ", "bold" if t.shown else "")
            text.append(f"{one_line(t.pair, 160)} = {t.difference}; ")
            text.append(f"alone {_shorter(t.alone)}, together {_shorter(t.together) or '—'}; ")
            text.append(f"{t.p_value or 'no test'}; {t.counts}: ").append(
                one_line(t.reading), "bold" if t.shown else ""
            )
            yield text
        if rest := len(self.lines) - len(listed):
            yield Text(
                f"{rest} more differences are not shown to be any, or were withheld; --html and --csv list them."
            )
