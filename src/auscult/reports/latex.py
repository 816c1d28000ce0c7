"""Tables as LaTeX (booktabs): the best in bold, the second underlined, intervals and counts below."""

from collections.abc import Iterator, Sequence

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
"""Columns from which a table is scaled to the width of the text."""


def escaped(text: str) -> str:
    """A text that LaTeX prints as it is; hidden characters are shown as their code points."""
    return "".join(_SPECIAL.get(c, c) for c in visible(text))


def tabular(table: Table, *, said: Sequence[str] = ()) -> str:
    """A table in its float, with what must be said of it and its notes below."""
    wide = len(table.columns) >= WIDE
    notes = " ".join(escaped(text) for text in said)
    notes += "".join(rf" {_sup((n,))}{escaped(text)}" for n, text in enumerate(table.notes, 1))
    parts = [r"\begin{table*}[tb]", r"\centering", rf"\caption{{{escaped(table.caption)}.}}"]
    parts += [r"\resizebox{\textwidth}{!}{%"] if wide else []
    parts += [rf"\begin{{tabular}}{{l{'c' * len(table.columns)}}}", r"\toprule", *_groups(table)]
    parts += [_line([escaped(table.head), *map(_head, table.columns)]), r"\midrule", *_rows(table.rows)]
    parts += [r"\bottomrule", r"\end{tabular}" + "}" * wide]
    parts += [rf"\par\smallskip\parbox{{\textwidth}}{{\footnotesize {notes}}}"] if notes else []
    return "\n".join([*parts, r"\end{table*}"])


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
    label = escaped(row.label)
    return (rf"\textit{{{label}}}" if row.kind == "published" else label) + _sup(row.notes)


def _part(part: Part, row: Row) -> str:
    tone = r"\textit" if row.kind == "published" else _TONES.get(part.tone, "")
    if row.kind == "shown" and part.tone == "figure":
        tone = r"\textbf"
    return rf"{tone}{{{escaped(part.value)}}}" if tone and part.value else escaped(part.value)


def _limits(part: Part) -> str:
    return f"[{escaped(part.interval)}]{_sup(part.notes)}" if part.interval else escaped("—")


def _sup(numbers: Sequence[int]) -> str:
    return rf"\textsuperscript{{{','.join(map(str, numbers))}}}" if numbers else ""


def _lost(cell: Cell) -> list[str]:
    """What is missing or unusable: the details that a printed table keeps."""
    return [d for d in cell.details if d.endswith("unusable") or " missing" in d]
