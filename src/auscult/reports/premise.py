"""The section on premises in words: tables of figures, of responses, and what each figure means to a reader."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auscult.analysis.summary import Figure, Premises, Summary
from auscult.records import Estimate
from auscult.reports import charts
from auscult.reports import format as say
from auscult.reports.cells import Cell, FigureTable, Notes, Row, cell, figure_table, pivot
from auscult.reports.format import Scale

MEANINGS = (
    (
        "Knowing acceptance",
        "The question takes something false for granted and the model goes along with it, although it had answered the "
        "neutral question about the same finding on the same image rightly. It saw better and agreed all the same.",
    ),
    (
        "Strictly knowing acceptance",
        "The same, where each question counts as much as the model sees the finding on the images that do have it. Who "
        "always says no answers every neutral question about an absent finding rightly and knows nothing: it counts 0.",
    ),
    (
        "Known and accepted",
        "Of all false premises, those that it went along with although it had answered the neutral question rightly.",
    ),
    ("Raw acceptance", "The same share among all false premises, also where the model does not see the finding."),
    (
        "Over-denial",
        "The premise is true and the model denies it, in the very words in which it is asked about false ones. A model "
        "that has merely learned to say no does well on false premises and badly here.",
    ),
    (
        "Miss",
        "The premise is true and the model answered the neutral question wrongly: it does not see it. What it then "
        "denies is a failure of sight rather than of manners; “of what it sees” leaves these out.",
    ),
    (
        "d′",
        "How well true premises are told from false ones: 0 is not at all, 1 is poor, 3 is good. It does not change "
        "when a model agrees, or denies, more readily as a whole.",
    ),
    ("Criterion c", "Which way the model leans: below 0 it agrees too readily, above 0 it denies too readily."),
)
BY_GROUP = ("knowing acceptance", "raw acceptance", "over-denial", "d′", "criterion c")
RESPONSES = (
    "Accepted",
    "Corrected / denied",
    "of these, truth stated",
    "Evaded",
    "of these, refused",
    "of these, hedged",
)
_METRICS = ("accepted", "denied", "states truth", "evaded", "refused", "hedged")
_KINDS = {"false": "premise is false", "true": "premise is true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiseSection:
    """All that the section shows."""

    headline: FigureTable
    groups: FigureTable
    responses: FigureTable
    chart: charts.Chart | None
    counts: tuple[str, ...]


def section(summary: Summary) -> PremiseSection:
    """The section in words; a run that shows plumbing only leaves out the figures over all forms."""
    figures, responses = summary.of("premise"), summary.of("response")
    overall = tuple(f for f in figures if f.group == figures[0].group)
    if summary.plumbing_only:
        figures = figures[len(overall) :]
        responses = tuple(f for f in responses if f.label or f.category)
    return PremiseSection(
        headline=_headline(overall),
        groups=_groups(figures),
        responses=_responses(responses),
        chart=charts.premise_chart(figures, "Agreeing with what is false, denying what is true"),
        counts=tuple(_counts(summary.premises)) if summary.premises else (),
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:] if text != "d′" else text


def _headline(figures: tuple[Figure, ...]) -> FigureTable:
    """One line a metric, under each image condition."""
    table = figure_table(figures, head="Figure")
    rows = [
        replace(row, label=_upper(f.metric), about=f"{f.label} · {f.scorer}")
        for row, f in zip(table.rows, figures, strict=True)
    ]
    return replace(table, rows=tuple(rows))


def _groups(figures: tuple[Figure, ...]) -> FigureTable:
    """One line a form or category, one column a metric, with the image."""
    known = {f.metric: f for f in figures}
    metrics = tuple(m for m in BY_GROUP if m in known)
    notes, rows = Notes(), []
    for group, found in pivot(figures, "group").items():
        cells = [cell(_plain(found.get(m)), say.scale_of(known[m]), notes, known[m].scorer) for m in metrics]
        rows.append(Row(label=_upper(group), cells=tuple(cells)))
    return FigureTable(
        head="Form or category", columns=tuple(map(_upper, metrics)), rows=tuple(rows), notes=notes.texts
    )


def _responses(figures: tuple[Figure, ...]) -> FigureTable:
    """One line a form and category, one column a response: shares of all items asked."""
    notes, rows = Notes(), []
    lines: dict[tuple[str, str, str], dict[str, Estimate]] = {}
    for f in figures:
        if f.with_image:
            lines.setdefault((f.group, f.label, f.category), {})[f.metric] = f.with_image
    for (premise, form, category), found in lines.items():
        label = " · ".join(t for t in (form, category) if t) or "All forms"
        cells = [_short(found[name], notes) for name in _METRICS]
        if premise == "true":
            cells[2] = Cell(value="–", present=False)
        accepted = found["accepted"]
        about = f"{_KINDS[premise]} · {say.count(accepted.n, 'item')} on {_clusters(accepted)}"
        rows.append(Row(label=_upper(label), about=about, cells=tuple(cells)))
    return FigureTable(head="Form · category", columns=RESPONSES, rows=tuple(rows), notes=notes.texts)


def _clusters(estimate: Estimate) -> str:
    return say.count(estimate.clusters, estimate.unit)


def _plain(estimate: Estimate | None) -> Estimate | None:
    """An estimate without the shares among usable answers: evasions have columns of their own."""
    return estimate and replace(estimate, unusable=0, usable_value=None, coverage=None)


def _short(estimate: Estimate, notes: Notes) -> Cell:
    """A share without the counts that its line gives already."""
    made = cell(_plain(estimate), Scale.SHARE, notes, estimate.instrument)
    return replace(made, counts="")


def _counts(premise: Premises) -> Iterator[str]:
    if premise.untwinned:
        yield (
            f"{say.count(premise.untwinned, 'false premise')} had no neutral twin in this run and "
            f"{'is' if premise.untwinned == 1 else 'are'} in no figure of knowing acceptance."
        )
    if premise.unmatched:
        yield (
            f"{say.count(premise.unmatched, 'true premise')} stood in words in which no false premise was asked in "
            f"this run and {'is' if premise.unmatched == 1 else 'are'} not in over-denial, d′ and c."
        )
