"""One table for all renderers: what a cell says is decided once, and how it looks is left to page, terminal and LaTeX.

A cell holds a figure, a count or a text; two figures where a column has two (P & N). ``auscult.reports.cells`` makes
cells of estimates.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from auscult.reports import format as say

Tone = Literal["figure", "text", "none", "best", "second", "passed", "failed", "open"]
"""How a value stands: as a figure, as plain words, for want of a figure, by its rank, or as a verdict."""
Look = Literal["figures", "plain", "small", "contest"]
"""What a table holds: figures with what belongs to them, counts, small print, or rows against each other."""
AND, NOTHING = " & ", "—"


class Notes:
    """Footnotes of one table, numbered in order of first use; the same text keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, *texts: str) -> tuple[int, ...]:
        """The numbers of footnotes; an empty text is none."""
        return tuple(self._numbers.setdefault(t, len(self._numbers) + 1) for t in texts if t)

    @property
    def texts(self) -> tuple[str, ...]:
        """All footnotes, in order."""
        return tuple(self._numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One figure of a cell in words.

    Attributes:
        value: the figure or text, or why there is none.
        interval: its limits without unit, or empty.
        n: items behind it; None where there is no figure.
        tone: how it stands.
        notes: numbers of the notes of the table that belong to it.
    """

    value: str
    interval: str = ""
    n: int | None = None
    tone: Tone = "figure"
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: its figures, then the independent units behind them, and what stands below.

    ``span`` is the number of columns that it takes.
    """

    parts: tuple[Part, ...]
    clusters: str = ""
    details: tuple[str, ...] = ()
    span: int = 1

    @property
    def present(self) -> bool:
        """Whether there is a figure, or a range that stands alone."""
        return any(p.tone != "none" for p in self.parts)

    @property
    def value(self) -> str:
        """All its values."""
        return AND.join(p.value for p in self.parts)

    @property
    def interval(self) -> str:
        """All its intervals; empty where there is none."""
        return AND.join(p.interval or NOTHING for p in self.parts) if any(p.interval for p in self.parts) else ""

    @property
    def counts(self) -> str:
        """``n 451 · 72 images``, ``n 72 & 71``; empty where nothing is counted."""
        if all(p.n is None for p in self.parts):
            return ""
        n = AND.join(NOTHING if p.n is None else say.whole(p.n) for p in self.parts)
        return f"n{say.NBSP}{n}" + (f" · {self.clusters}" if self.clusters else "")


def text(value: str, *details: str, tone: Tone = "text", span: int = 1) -> Cell:
    """A cell of words."""
    return Cell(parts=(Part(value=value, tone=tone),), details=details, span=span)


def count(n: int, *details: str) -> Cell:
    """A cell that counts."""
    return text(say.whole(n), *details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The heading of a column; ``group`` stands over neighbours that share it, ``about`` below."""

    title: str
    better: Literal["", "higher", "lower"] = ""
    group: str = ""
    about: tuple[str, ...] = ()

    @property
    def arrow(self) -> str:
        """Which way is better."""
        return {"": "", "higher": "↑", "lower": "↓"}[self.better]

    @property
    def label(self) -> str:
        """All of it on one line."""
        about = f" ({', '.join(self.about)})" if self.about else ""
        return " · ".join(filter(None, (self.group, self.title))) + about


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table.

    ``kind``: ``group`` heads the ``part`` lines below it, ``published`` is from a paper, ``shown`` stands out.
    """

    label: str
    about: str = ""
    cells: tuple[Cell, ...] = ()
    notes: tuple[int, ...] = ()
    kind: Literal["", "group", "part", "published", "shown"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in words.

    Attributes:
        name: of the place on a page that its notes are found at.
        caption: what it holds.
        head: heading of the labels.
        columns: after that of the labels.
        rows: in order.
        notes: footnotes, by number from 1.
        look: what it holds.
    """

    name: str
    caption: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    look: Look = "figures"

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """Headings over neighbouring columns and how many each spans; none where no column has one."""
        found = [(name, len(list(those))) for name, those in groupby(self.columns, key=lambda c: c.group)]
        return tuple(found) if any(name for name, _ in found) else ()

    def placed(self, row: Row) -> Iterator[tuple[Column, Cell]]:
        """The cells of a row, each with its column."""
        at = 0
        for cell in row.cells:
            yield self.columns[at], cell
            at += cell.span


def titled(
    name: str,
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    look: Look = "figures",
    notes: Notes | None = None,
) -> Table:
    """A table whose headings, that of the labels first, are titles and nothing else."""
    columns = tuple(Column(title=title) for title in heads[1:])
    texts = notes.texts if notes else ()
    return Table(name=name, caption=caption, head=heads[0], columns=columns, rows=tuple(rows), notes=texts, look=look)


class Folded(NamedTuple):
    """A fold: its name in the page, title, what is in it, how it is to be read, its tables, whether it prints."""

    name: str
    title: str
    about: str
    lead: str
    tables: tuple[Table, ...]
    printed: bool = False
