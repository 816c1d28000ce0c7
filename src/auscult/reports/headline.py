"""A run for the terminal, at length: its figures, and what must be read before them."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.analysis.summary import Summary
from auscult.reports import format as say
from auscult.reports import premise, quality
from auscult.reports.cells import ADJUSTED, figure_table
from auscult.reports.places import PLUMBING, SECTIONS, in_order, line_of, places
from auscult.reports.terminal import Drawn, lines, lower, plain
from auscult.statistics.partial import NOT_MEASURABLE

_STYLES = {"stop": "bold red", "warn": "yellow", "note": "dim"}
MOST_WITHHELD = 6
"""Withheld figures that are named; of more there is a count."""


class Alert(NamedTuple):
    """One line of the warnings box. ``weight``: stop (believe nothing), warn, or note."""

    weight: str
    text: str


def headline(summary: Summary) -> RenderableType:
    """The figures with what must be read before them below; a run that is plumbing only shows none."""
    parts: list[RenderableType] = [Text(plain(summary.title), "bold")]
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


def alerts(summary: Summary) -> list[Alert]:
    """What must be read first: plumbing, the run's own warnings, the canary, lines that carry one, withheld values."""
    found = [Alert("stop", PLUMBING)] if summary.plumbing_only else []
    found += [Alert("warn", w) for w in summary.warnings]
    canary, said = summary.canary, any(w.lower().startswith("canary") for w in summary.warnings)
    if not said or canary.status == "failed":
        weight = {"failed": "stop", "inconclusive": "warn", "skipped": "warn"}.get(canary.status, "note")
        detail = f": {canary.detail}" if canary.detail else ""
        found.append(Alert(weight, f"Two-image canary {canary.status.replace('_', ' ')}{detail}."))
    found += [Alert("warn", f"{line_of(f)[0]}, {f.label}: {f.warning}") for f in in_order(summary) if f.warning]
    found += [Alert("warn", text) for text in _withheld(summary)]
    for certificate in summary.certificates:
        if certificate.passed is False:
            found.append(Alert("warn", f"{certificate.instrument} did not pass its test: {certificate.summary}"))
    once = {a.text: Alert(a.weight, say.upper(a.text)) for a in found}
    order = {"stop": 0, "warn": 1, "note": 2}
    return sorted(once.values(), key=lambda a: order[a.weight])


def _withheld(summary: Summary) -> Iterator[str]:
    """The first figures that have no point, with the reason, and how many more there are.

    The shares of one line of responses are withheld together and count once.
    """
    first = [p for p in places(summary) if p.section != SECTIONS["response"] or p.metric == "accepted"]
    held = [place for place in first if place.estimate.withheld not in ("", NOT_MEASURABLE)]
    for place in held[:MOST_WITHHELD]:
        what = "Range only" if place.estimate.alone else "Withheld"
        yield f"{what}: {place.words}: {place.estimate.withheld}"
    if (rest := len(held) - MOST_WITHHELD) > 0:
        yield f"{say.whole(rest)} more figures are withheld or given as a range; each says why where it stands."
