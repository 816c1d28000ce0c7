"""Tables as LaTeX (booktabs): the best in bold, the second underlined, intervals and counts below."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from auscult.printing import visible
from auscult.reports.table import AND, Cell, Column, Part, Row, Table

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "[": "{[}", "*": "{*}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "\n": " ", "\t": " ",
    "\u00a0": "~", "\u2212": r"$-$",
    "\u2013": "--", "\u2014": "---", "\u2191": r"$\uparrow$", "\u2193": r"$\downarrow$", "\u00b7": r"$\cdot$",
    "\u201c": "``", "\u201d": "''", "\u2032": "$'$", "\u27e8": r"$\langle$", "\u27e9": r"$\rangle$",
}  # fmt: skip
_TONES = {"best": r"\textbf", "second": r"\underline", "none": r"\textit"}
PREAMBLE = (
    r"% needs: \usepackage{booktabs} \usepackage{graphicx} \usepackage[T1]{fontenc}; "
    "names in other scripts than Latin need XeLaTeX or LuaLaTeX"
)
WIDE = 5
"""Columns that a page is wide enough for, in letters that can be read; a table of more stands in several parts."""
MANY = 8
"""Floats from which each is set before the next is read: LaTeX holds a few only."""
LONG = 24
"""Characters of a text without a figure from which it stands in lines."""
LINES = 36
"""Lines that a page is long enough for: a row takes one, two for interval and counts, and more for a long text."""
_BREAKS = re.compile(r"(?<=[/:@._&=<>()-])(?=\S)|(?<=[A-Za-z0-9]{14})(?=[A-Za-z0-9])")
_FITTED = r"\resizebox{\ifdim\width>\textwidth\textwidth\else\width\fi}{!}{%"


def escaped(text: str) -> str:
    """A text that LaTeX prints as it is; hidden characters are shown as their code points."""
    return "".join(_SPECIAL.get(c, c) for c in visible(text))


def tabular(table: Table, *, said: Sequence[str] = ()) -> str:
    """A table in its float, or in several where it is wide; what must be said and its notes stand below the last."""
    notes = " ".join(escaped(text) for text in said)
    notes += "".join(rf" {_sup((n,))}{escaped(text)}" for n, text in enumerate(table.notes, 1))
    parts = [part for wide in _parts(table) for part in _pages(wide)]
    floats = [_float(part, "") for part in parts[:-1]] + [_float(parts[-1], notes)]
    return "\n\n".join(floats) if len(floats) < MANY else "\n\\clearpage\n".join(floats)


def _float(table: Table, notes: str) -> str:
    lines = [r"\begin{table*}[tbp]", r"\centering", rf"\caption{{{escaped(table.caption)}.}}", _FITTED]
    lines += [rf"\begin{{tabular}}{{l{'c' * len(table.columns)}}}", r"\toprule", *_groups(table)]
    lines += [_line([escaped(table.head), *map(_head, table.columns)]), r"\midrule", *_rows(table.rows)]
    lines += [r"\bottomrule", r"\end{tabular}}"]
    lines += [rf"\par\smallskip\parbox{{\textwidth}}{{\footnotesize {notes}}}"] if notes else []
    return "\n".join([*lines, r"\end{table*}"])


def _parts(table: Table) -> list[Table]:
    """The table in parts of at most ``WIDE`` columns, all about as wide."""
    count = len(table.columns)
    several = max(1, math.ceil(count / WIDE))
    ends = [round(count * k / several) for k in range(several + 1)]
    if several == 1:
        return [table]
    return [
        replace(
            table,
            caption=f"{table.caption} ({k} of {several})",
            columns=table.columns[first:end],
            rows=tuple(replace(row, cells=tuple(_cells(row, first, end))) for row in table.rows),
        )
        for k, (first, end) in enumerate(pairwise(ends), 1)
    ]


def _pages(table: Table) -> Iterator[Table]:
    """The table in parts that a page is long enough for."""
    pages: list[list[Row]] = [[]]
    room = LINES
    for row in table.rows:
        cells = [math.ceil(len(p.value) / LONG) for c in row.cells for p in c.parts if len(p.value) > LONG]
        lines = max([math.ceil(len(row.label) / LONG), *cells, 1]) + 2
        if lines > room and pages[-1]:
            pages.append([])
            room = LINES
        pages[-1].append(row)
        room -= lines
    for k, rows in enumerate(pages, 1):
        caption = table.caption + (f", page {k} of {len(pages)}" if len(pages) > 1 else "")
        yield replace(table, caption=caption, rows=tuple(rows))


def _cells(row: Row, first: int, end: int) -> Iterator[Cell]:
    """The cells of a row that stand in some of its columns; one that spans them and others is in each part."""
    at = 0
    for cell in row.cells:
        span = min(end, at + cell.span) - max(first, at)
        if span > 0:
            yield replace(cell, span=span)
        at += cell.span


def _lines(text: str, width: str) -> str:
    """A long text in lines; names without a space break at their marks."""
    if len(text) <= LONG:
        return escaped(text)
    broken = r"\allowbreak{}".join(escaped(piece) for piece in _BREAKS.split(text))
    return rf"\parbox[t]{{{width}}}{{\raggedright {broken}\strut}}"


def _line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _groups(table: Table) -> Iterator[str]:
    if table.groups:
        yield _line(["", *(rf"\multicolumn{{{n}}}{{c}}{{{escaped(name)}}}" for name, n in table.groups)])
        start = 2
        for _, n in table.groups:
            yield rf"\cmidrule(lr){{{start}-{start + n - 1}}}"
            start += n


def _head(column: Column) -> str:
    title = escaped(" ".join(filter(None, (column.title, column.arrow))))
    lines = r"\\ ".join([title, *map(escaped, column.about)])
    return rf"\shortstack{{{lines}}}" if column.about else title


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    for before, row in zip([None, *rows], rows, strict=False):
        if row.kind == "published" and (before is None or before.kind != "published"):
            yield r"\midrule"
        yield _line([_label(row), *(_spanned(c, escaped(AND).join(_part(p, row) for p in c.parts)) for c in row.cells)])
        below = [
            [escaped(AND).join(_limits(p) for p in c.parts) if c.interval else "" for c in row.cells],
            [escaped("; ".join(filter(None, (c.counts, *_lost(c))))) for c in row.cells],
        ]
        yield from (_line(["", *(rf"{{\scriptsize {b}}}" if b else "" for b in some)]) for some in below if any(some))


def _spanned(cell: Cell, text: str) -> str:
    return rf"\multicolumn{{{cell.span}}}{{l}}{{{text}}}" if cell.span > 1 else text


def _label(row: Row) -> str:
    label = _lines(row.label, "38mm")
    return (rf"\textit{{{label}}}" if row.kind == "published" else label) + _sup(row.notes)


def _part(part: Part, row: Row) -> str:
    tone = r"\textit" if row.kind == "published" else _TONES.get(part.tone, "")
    if row.kind == "shown" and part.tone == "figure":
        tone = r"\textbf"
    shown = _lines(part.value, "32mm")
    return rf"{tone}{{{shown}}}" if tone and part.value else shown


def _limits(part: Part) -> str:
    return f"[{escaped(part.interval)}]{_sup(part.notes)}" if part.interval else escaped("—")


def _sup(numbers: Sequence[int]) -> str:
    return rf"\textsuperscript{{{','.join(map(str, numbers))}}}" if numbers else ""


def _lost(cell: Cell) -> list[str]:
    """What is missing or unusable: the details that a printed table keeps."""
    return [d for d in cell.details if d.endswith("unusable") or " missing" in d]
