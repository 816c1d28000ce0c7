"""Tables for the terminal: the same words as on the page, in as many columns as there is room for."""

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table as Grid
from rich.text import Text

from auscult.printing import one_line
from auscult.reports.table import AND, Cell, Column, Folded, Row, Table, Tone

STYLES: dict[Tone, str] = {
    "figure": "bold",
    "text": "",
    "none": "",
    "best": "bold",
    "second": "underline",
    "passed": "green",
    "failed": "bold red",
    "open": "yellow",
}
LABEL, WORDS = 28, 26
"""Characters of a label, and of what stands below a figure, before they are broken into lines."""


def plain(words: str) -> str:
    """Words on one line, with units that no line break can part from their numbers."""
    return one_line(words, 2_000).replace(" %", "%")


class Drawn:
    """A table as wide as the terminal: no figure is ever cut for want of room.

    Where it does not fit, rows against each other become several tables, and others stand line by line.
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self.table
        widths = [_width(table, n) for n in range(len(table.columns))]
        room = options.max_width - min(LABEL, max((len(plain(r.label)) for r in table.rows), default=0)) - 2
        if table.look == "contest":
            for some in _packed(widths, room):
                yield _grid(table, some)
        elif sum(widths) <= room:
            yield _grid(table, range(len(widths)))
        else:
            yield _stacked(table)
        for note in table.notes:
            yield Text(plain(note), "dim")


def lines(table: Table, most: int | None = None) -> Text:
    """One line a figure, of the first ``most`` columns; the column is named where there are several."""
    found: list[tuple[str, Cell]] = []
    for row in table.rows:
        for column, cell in list(table.placed(row))[:most]:
            label = row.label if len(table.columns[:most]) == 1 else f"{row.label} · {lower(column.title)}"
            found += [(lower(plain(label)), cell)] if cell.present or cell.counts else []
    said, widest = Text(), max((len(label) for label, _ in found), default=0)
    for label, cell in found:
        said.append(f"  {label:<{widest}}  ").append_text(_values(cell)).append(f"  {', '.join(_below(cell))}\n")
    said.right_crop(1)
    return said


def lower(title: str) -> str:
    """A heading amid a line; abbreviations stay as they are."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _values(cell: Cell) -> Text:
    return Text(AND).join(Text(plain(p.value), STYLES[p.tone]) for p in cell.parts)


def _below(cell: Cell) -> list[str]:
    """What stands below or after the values of a cell."""
    return [plain(line) for line in (cell.interval, cell.counts, *cell.details) if line]


def _head(column: Column) -> str:
    title = " ".join(filter(None, (column.title, column.arrow)))
    return "\n".join(one_line(line, 30) for line in (column.group, title, *column.about) if line)


def _width(table: Table, n: int) -> int:
    """Room of a column: values are never broken, other lines are at ``WORDS``."""
    cells = [cell for row in table.rows for column, cell in table.placed(row) if column is table.columns[n]]
    figures = [_values(c).cell_len for c in cells if c.span == 1 and c.parts[0].tone != "text"]
    words = [len(line) for c in cells if c.span == 1 for line in (_values(c).plain, *_below(c))]
    head = [len(line) for line in _head(table.columns[n]).split("\n")]
    return max(max(figures, default=0), min(WORDS, max([*words, *head]))) + 2


def _packed(widths: Sequence[int], room: int) -> Iterator[Sequence[int]]:
    """Neighbouring columns together while they fit; each at least alone."""
    together: list[int] = []
    for n, width in enumerate(widths):
        if together and sum(widths[k] for k in together) + width > room:
            yield together
            together = []
        together.append(n)
    yield together


def _grid(table: Table, shown: Sequence[int]) -> Grid:
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column(table.head, overflow="fold", max_width=LABEL, min_width=8)
    for n in shown:
        grid.add_column(_head(table.columns[n]), overflow="fold", max_width=_width(table, n))
    before: Row | None = None
    for row in table.rows:
        if row.kind not in ("part", "published") or (before and before.kind != row.kind == "published"):
            grid.add_section()
        if row.kind == "published" and (before is None or before.kind != "published"):
            grid.add_row(Text("published, other judge:", "dim"))
        known = {id(column): cell for column, cell in table.placed(row)}
        cells = [known.get(id(table.columns[n])) for n in shown]
        if row.kind != "published" or any(c and c.present for c in cells):
            grid.add_row(
                _label(row, table.look), *("" if c is None or c.span > 1 else _filled(c, row.kind) for c in cells)
            )
        before = row
    return grid


def _label(row: Row, look: str) -> Text:
    indent = "  " if row.kind == "part" else ""
    styles = {"published": "italic", "part": ""}
    label = Text(indent + plain(row.label), styles.get(row.kind, "bold"))
    if row.about and look != "contest":
        label.append(f"\n{indent}{plain(row.about)}", "dim not bold")
    return label


def _filled(cell: Cell, kind: str) -> Text:
    if cell.span > 1:
        return Text()
    below = "".join(f"\n{line}" for line in _below(cell))
    values = Text(cell.value, "italic") if kind == "published" else _values(cell)
    return values.append(below, "dim not bold not underline")


def _stacked(table: Table) -> RenderableType:
    """Line by line: short cells of a row on one line, each with what stands before it."""
    said = Text()
    widest = max(len(c.title) for c in table.columns)
    for row in table.rows:
        start, style = ("  ", "") if row.kind == "part" else ("\n", "bold")
        said.append(f"{start}{plain(row.label)}", style).append(
            f" · {plain(row.about)}\n" if row.about else "\n", "dim"
        )
        short: list[Text] = []
        for column, cell in table.placed(row):
            if cell.span > 1 or not cell.value:
                continue
            if cell.counts or cell.details:
                said.append(f"  {lower(column.title):<{widest}}  ").append_text(_values(cell))
                said.append(f"  {', '.join(_below(cell))}\n")
            else:
                limits = f" ({plain(cell.interval)})" if cell.interval else ""
                short.append(Text(f"{lower(column.title)} ").append_text(_values(cell)).append(limits))
        if short:
            said.append("  ").append_text(Text(" · ").join(short)).append("\n")
    said.right_crop(1)
    return said


def sheet(folds: Iterable[Folded], remarks: Iterable[str]) -> RenderableType:
    """Every table under its titles, and what must be read with them."""
    shown: list[RenderableType] = []
    for fold in folds:
        shown += [Text(f"\n{fold.title}", "bold"), *([Text(plain(fold.lead), "dim")] if fold.lead else [])]
        for table in fold.tables:
            shown += [Text(f"\n{table.caption}"), Drawn(table)]
    return Group(*shown, *(Text(plain(remark), "dim") for remark in remarks))
