"""A run for the terminal: what it comes to, its figures, and what must be read before them."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.analysis.summary import Summary
from auscult.reports import premise, quality
from auscult.reports.cells import ADJUSTED, figure_table
from auscult.reports.terminal import Drawn, lines, lower, plain
from auscult.reports.verdict import alerts, verdict

_STYLES = {"stop": "bold red", "warn": "yellow", "note": "dim"}


def headline(summary: Summary) -> RenderableType:
    """The headline with its warnings below; a run that is plumbing only shows no figure."""
    parts: list[RenderableType] = [Text(plain(summary.title), "bold"), Text(plain(verdict(summary)))]
    if not summary.plumbing_only:
        parts += _figures(summary)
    parts += [Text.assemble((f"{a.weight:>4}: ", _STYLES[a.weight]), plain(a.text)) for a in alerts(summary)]
    return Group(*parts)


def _figures(summary: Summary) -> Iterator[RenderableType]:
    """The headline as a table, then premises, corrected figures and open answers, one line a figure."""
    if figures := summary.of("headline"):
        yield Drawn(figure_table("headline", "", figures, head="Questions"))
        if any(e.p_value is not None for f in figures for e in (f.gain_over_none, f.gain_over_wrong) if e):
            yield Text(ADJUSTED, "dim")
    if overall := premise.overall(summary):
        yield Text("\nPremise response", "bold")
        yield lines(premise.headline(overall), most=1)
        groups = premise.groups(summary.of("premise"))
        for row in groups.rows[1:]:
            said = ", ".join(f"{lower(column.title)} {cell.value}" for column, cell in groups.placed(row))
            yield Text.assemble((f"  by {lower(plain(row.label))}: ", "dim"), plain(said))
    if corrected := summary.of("corrected", ""):
        yield Text("\nCorrected for misreading", "bold")
        yield lines(figure_table("corrected", "", corrected, head="Answers"), most=1)
    for number, found in enumerate(quality.section(summary)):
        yield Text("" if number else "\nOpen answers", "bold")
        yield Text.assemble((f"  {plain(found.title)}  ", "bold"), (plain(found.about), "dim"))
        yield lines(found.table)
        for said in found.remarks:
            yield Text(f"    {plain(said)}", "yellow")
