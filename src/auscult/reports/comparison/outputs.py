"""A comparison as one page that needs no network and no script, in the terminal, and as LaTeX tables."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.comparison.published import Published
from auscult.records import digest
from auscult.reports.comparison.changed import changed
from auscult.reports.comparison.face import comparison_face
from auscult.reports.comparison.shifts import about_shifts, shift_table
from auscult.reports.comparison.tables import differences, failures, sheets
from auscult.reports.comparison.words import about_published, reading, verdict, wins
from auscult.reports.html import page
from auscult.reports.latex import PREAMBLE, escaped, tabular
from auscult.reports.terminal import Drawn, plain
from auscult.store.files import replace_file

MOST = 12
"""Differences that the terminal lists whether shown or not; of more, only those that are shown."""


def write_comparison_page(comparison: Comparison, published: Published | None, out: Path) -> None:
    """Writes the page, which says at its end of which runs it is."""
    folders = [folder for row in comparison.rows for folder in row.folders]
    replace_file(out, f"{render_comparison(comparison, published)}\n{_of_runs(folders)}\n".encode())


def page_of(runs: Sequence[Path]) -> Path:
    """Where the page of these runs goes where nobody says it: no page of other runs is replaced unasked."""
    own = _of_runs(runs).encode()
    names = (Path(f"comparison{'' if n == 1 else f'-{n}'}.html") for n in count(1))
    return next(p for p in names if not p.exists() or (p.is_file() and p.read_bytes().rstrip().endswith(own)))


def _of_runs(folders: Sequence[Path]) -> str:
    return f"<!-- runs {digest('runs', sorted(str(folder.resolve()) for folder in folders))} -->"


def render_comparison(comparison: Comparison, published: Published | None) -> str:
    """The page as text."""
    return page(
        "comparison.html.j2",
        styles=("report.css", "comparison.css"),
        face=comparison_face(comparison),
        changed=changed(comparison),
        sheets=sheets(comparison, published),
        shift=shift_table(comparison),
        about_shifts=about_shifts(comparison),
        differences=differences(comparison),
        reading=reading(comparison),
        published=about_published(published),
        failures=failures(comparison),
        baseline="" if comparison.baseline is None else comparison.rows[comparison.baseline].label,
    )


def write_comparison_latex(comparison: Comparison, published: Published | None, out: Path) -> None:
    """Writes all tables of a comparison, and the tests as a last one."""
    replace_file(out, (latex(comparison, published) + "\n").encode())


def latex(comparison: Comparison, published: Published | None) -> str:
    """The tables as text."""
    said = [*comparison.cautions, *reading(comparison), *about_published(published)]
    parts = [PREAMBLE]
    for sheet in sheets(comparison, published):
        parts.append(tabular(sheet.table, said=(sheet.lead, *(f"{i}." for i in sheet.instruments))))
    parts += [tabular(shift_table(comparison), said=about_shifts(comparison))] if comparison.shifts else []
    parts += [tabular(differences(comparison))] if comparison.differences else []
    parts.append("\n".join(rf"\par\noindent{{\footnotesize {escaped(text)}}}" for text in said))
    return "\n\n".join(parts)


def terminal(comparison: Comparison, published: Published | None = None) -> RenderableType:
    """The verdict, the cautions, the tables, the tests and how to read them."""
    parts: list[RenderableType] = [Text(plain(verdict(comparison)), "bold")]
    parts += [Text(f"  {plain(w)}") for w in wins(comparison)]
    parts += [Text.assemble(("warn: ", "yellow"), plain(c)) for c in comparison.cautions]
    for sheet in sheets(comparison, published):
        parts += [Text(f"\n{sheet.title}", "bold"), Drawn(sheet.table)]
        parts += [Text(plain(text), "dim") for text in sheet.instruments]
    if comparison.shifts:
        table = shift_table(comparison)
        parts += [Text(f"\n{table.caption}", "bold"), Drawn(table)]
        parts += [Text(plain(text), "dim") for text in about_shifts(comparison)]
    tests = differences(comparison)
    listed = tuple(row for row in tests.rows if row.kind == "shown" or len(tests.rows) <= MOST)
    if listed:
        parts += [Text(f"\n{tests.caption}", "bold"), Drawn(replace(tests, rows=listed))]
    if rest := len(tests.rows) - len(listed):
        said = f"{rest} more differences are not shown to be any, or were withheld; --html and --csv list them."
        parts.append(Text(said))
    parts += [Text(plain(text), "dim") for text in (*reading(comparison), *about_published(published))]
    return Group(*parts)
