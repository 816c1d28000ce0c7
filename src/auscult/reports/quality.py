"""The section on open answers in words: what a judge and the text metrics say, and what they cannot see."""

from collections.abc import Sequence
from dataclasses import dataclass

from auscult.analysis.summary import Figure, Quality, Summary
from auscult.reports import format as say
from auscult.reports.cells import crossed
from auscult.reports.table import Row, Table, text, titled
from auscult.runs.instruments import brief, instruments_of

BLIND = (
    "What it cannot see: the mean it gives to this run's own references after one change, each against the unchanged "
    "reference"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySection:
    """One instrument as page and terminal show it; ``blind`` is what it cannot see, None where that was not tried.

    ``classes``: how many answers are in each, of a judge that sorts them.
    """

    title: str
    about: str
    table: Table
    blind: Table | None
    classes: Table | None
    remarks: tuple[str, ...]


def section(summary: Summary) -> tuple[QualitySection, ...]:
    """All instruments in words."""
    meanings = {i.id: {v.title: v.about for v in i.values} for i in instruments_of(summary.manifest)}
    return tuple(
        QualitySection(
            title=brief(quality.instrument),
            about=f"{brief(quality.about)} ({quality.low:g} to {quality.high:g}, {quality.high:g} is best)",
            table=_figures(
                quality,
                summary.of("quality", quality.instrument),
                f"quality-{number}",
                meanings.get(quality.instrument, {}),
            ),
            blind=_blind(quality) if quality.blind_spots else None,
            classes=_classes(quality, f"classes-{number}") if quality.classes else None,
            remarks=(*filter(None, (quality.correlation,)), *quality.notes),
        )
        for number, quality in enumerate(summary.quality, 1)
    )


def _figures(quality: Quality, figures: Sequence[Figure], name: str, meanings: dict[str, str]) -> Table:
    """One line a metric, one column a kind of item."""
    lines = {m: {f.label: f for f in figures if f.metric == m} for m in dict.fromkeys(f.metric for f in figures)}
    return crossed(
        name,
        f"{brief(quality.instrument)} by kind of item",
        "Metric",
        {f.label: say.upper(f.label) for f in figures},
        [(Row(label=metric, about=meanings.get(metric, "")), found) for metric, found in lines.items()],
    )


def _blind(quality: Quality) -> Table:
    """One line a metric, one column a change of the references."""
    changes = tuple(dict.fromkeys(s.change for s in quality.blind_spots))
    found = {
        (s.metric, s.change): f"{say.plain(s.mean)} (n{say.NBSP}{say.whole(s.n)})" for s in quality.blind_spots if s.n
    }
    rows = (
        Row(label=metric, cells=tuple(text(found.get((metric, c), "no such reference")) for c in changes))
        for metric in dict.fromkeys(s.metric for s in quality.blind_spots)
    )
    return titled("blind", BLIND, ("Metric", *changes), rows, look="small")


def _classes(quality: Quality, name: str) -> Table:
    """How many answers are in each class."""
    n = sum(quality.classes.values())
    rows = (Row(label=kind, cells=(text(f"{say.whole(k)} of {say.whole(n)}"),)) for kind, k in quality.classes.items())
    return titled(name, f"{brief(quality.instrument)}: answers by kind", ("Kind", "Answers"), rows, look="small")
