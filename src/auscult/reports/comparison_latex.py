"""A comparison as LaTeX tables (booktabs): figures, the best in bold, the second underlined, intervals below."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from auscult.analysis.comparison import Comparison
from auscult.analysis.comparison_published import Published
from auscult.reports.comparison import Column, Line, Part, Sheet, about_published, difference_lines, reading, sheets
from auscult.reports.text import visible
from auscult.store.files import replace_file

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "\n": " ", "\t": " ", "\u00a0": "~", "\u2212": r"$-$",
    "\u2013": "--", "\u2014": "---", "\u2191": r"$\uparrow$", "\u2193": r"$\downarrow$", "\u00b7": r"$\cdot$",
    "\u201c": "``", "\u201d": "''", "\u2032": "$'$", "\u27e8": r"$\langle$", "\u27e9": r"$\rangle$",
}  # fmt: skip
PREAMBLE = (
    r"% needs: \usepackage{booktabs} \usepackage{graphicx} \usepackage[T1]{fontenc}; "
    "names in other scripts than Latin need XeLaTeX or LuaLaTeX"
)
WIDE = 5
"""Columns from which a table is scaled to the width of the text."""


def escaped(text: str) -> str:
    """A text that LaTeX prints as it is; hidden characters are shown as their code points."""
    return "".join(_SPECIAL.get(c, c) for c in visible(text))


def write_comparison_latex(comparison: Comparison, published: Published | None, out: Path) -> None:
    """Writes all tables of a comparison, and the tests as a last one."""
    replace_file(out, (latex(comparison, published) + "\n").encode())


def latex(comparison: Comparison, published: Published | None) -> str:
    """The tables as text."""
    said = [*comparison.cautions, *reading(comparison), *(about_published(published) if published else ())]
    parts = [PREAMBLE]
    parts += ["\n".join(_sheet(sheet)) for sheet in sheets(comparison, published)]
    if comparison.differences:
        parts.append("\n".join(_tests(comparison)))
    parts.append("\n".join(rf"\par\noindent{{\footnotesize {escaped(text)}}}" for text in said))
    return "\n\n".join(parts)


def _table(caption: str, columns: str, body: Sequence[str], wide: bool, notes: str = "") -> Iterator[str]:
    yield r"\begin{table*}[tb]"
    yield r"\centering"
    yield rf"\caption{{{caption}}}"
    if wide:
        yield r"\resizebox{\textwidth}{!}{%"
    yield rf"\begin{{tabular}}{{{columns}}}"
    yield from body
    yield r"\end{tabular}" + ("}" if wide else "")
    if notes:
        yield rf"\par\smallskip\parbox{{\textwidth}}{{\footnotesize {notes}}}"
    yield r"\end{table*}"


def _sheet(sheet: Sheet) -> Iterator[str]:
    body = [r"\toprule"]
    groups = sheet.groups
    if groups:
        body.append(" & ".join(["", *(rf"\multicolumn{{{n}}}{{c}}{{{escaped(g)}}}" for g, n in groups)]) + r" \\")
        start = 2
        for _, n in groups:
            body.append(rf"\cmidrule(lr){{{start}-{start + n - 1}}}")
            start += n
    body.append(" & ".join(["Model", *(_head(c) for c in sheet.columns)]) + r" \\")
    body.append(r"\midrule")
    published = False
    for line in sheet.lines:
        if line.published and not published:
            body.append(r"\midrule")
            published = True
        body += _line(line)
    body.append(r"\bottomrule")
    notes = " ".join(escaped(t) for t in (sheet.lead, *(f"{i}." for i in sheet.instruments)))
    notes += "".join(rf" {_sup((n,))}{escaped(t)}" for n, t in enumerate(sheet.notes, 1))
    columns = "l" + "c" * len(sheet.columns)
    yield from _table(f"{escaped(sheet.title)}.", columns, body, len(sheet.columns) >= WIDE, notes)


def _head(column: Column) -> str:
    words = " ".join(t for t in (column.name, column.unit, "↓" if column.lower else "↑") if t)
    return rf"\shortstack{{{escaped(words)}\\ {escaped(column.parts or column.scorer.partition('@')[0])}}}"


def _line(line: Line) -> Iterator[str]:
    label = escaped(line.label)
    cells = [r" \& ".join(_part(p, line.published) for p in cell) for cell in line.cells]
    yield " & ".join([rf"\textit{{{label}}}{_sup(line.notes)}" if line.published else label, *cells]) + r" \\"
    if not line.published:
        below = [r" \& ".join(_below(p) for p in cell) for cell in line.cells]
        yield " & ".join(["", *(rf"{{\scriptsize {b}}}" for b in below)]) + r" \\"
        counts = [_counts(cell) for cell in line.cells]
        yield " & ".join(["", *(rf"{{\scriptsize {escaped(c)}}}" for c in counts)]) + r" \\"


def _part(part: Part, published: bool) -> str:
    value = escaped(part.value)
    if part.rank == "best":
        return rf"\textbf{{{value}}}"
    if part.rank == "second":
        return rf"\underline{{{value}}}"
    return rf"\textit{{{value}}}" if published or not part.present else value


def _below(part: Part) -> str:
    return f"[{escaped(part.interval)}]{_sup(part.notes)}" if part.interval else escaped("—")


def _sup(numbers: Sequence[int]) -> str:
    return rf"\textsuperscript{{{','.join(map(str, numbers))}}}" if numbers else ""


def _counts(cell: Sequence[Part]) -> str:
    """``n = 1,110 & 1,128``, and what is missing or unusable."""
    n = " & ".join(f"{p.n:,}" if p.present else "—" for p in cell)
    details = [d for p in cell for d in p.details if d.endswith("unusable") or " missing" in d]
    return "; ".join([f"n = {n}", *details])


def _tests(comparison: Comparison) -> Iterator[str]:
    body = [r"\toprule", r"Figure & Pair & Difference & alone & together & p (Holm) & Reading \\", r"\midrule"]
    for t in difference_lines(comparison):
        words = (t.figure, t.pair, f"{t.difference} ({t.counts})", t.alone, t.together, t.p_value, t.reading)
        cells = [escaped(w) for w in words]
        body.append(" & ".join([*cells[:2], rf"\textbf{{{cells[2]}}}" if t.shown else cells[2], *cells[3:]]) + r" \\")
    body.append(r"\bottomrule")
    yield from _table("Paired differences on common items.", "lllllll", body, wide=True)
