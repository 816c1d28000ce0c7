"""A comparison as tables in the shape of the published ones: a row a model, P & N in one cell; and its tests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.comparison.figures import LEVEL, Difference, Entry, comparable
from auscult.analysis.comparison.measures import BLOCKS, Measure
from auscult.analysis.comparison.published import Published, PublishedRow
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.cells import beside, method_note
from auscult.reports.comparison.words import PARTS, joint_level, named, scale_of, signed
from auscult.reports.format import Scale
from auscult.reports.table import NOTHING, Cell, Column, Notes, Part, Row, Table, count, text, titled
from auscult.statistics.partial import NOT_MEASURABLE

TITLES = {
    "findings": "Findings made up and missed",
    "kinds": "Non-hallucination items (P) & hallucination items (N)",
    "sets": "Visual questions by data set",
    "premise": "What questions take for granted",
}
LEADS = {
    "findings": "Inventions: of questions about a finding that is absent, how many are answered that it is there. "
    "Misses: of those about a finding that is present, how many say that it is not. Lower is better in both: "
    "read both. Rows are compared on what all of them took a stand on.",
    "kinds": "Each cell holds two figures, P & N: on questions about what is there, and on questions that suggest what "
    "is not. A model that only learns to say “no” gains in N and loses in P: read both.",
    "sets": "Plain questions, one group of columns a data set.",
    "premise": "Knowing acceptance: how often a model goes along with a false premise although it answers the neutral "
    "question rightly; rows are compared on the premises that all of them see through. Over-denial: how often it "
    "denies a true one. Evasion: how often it does neither (silent, refused, hedged, off the subject). Lower is better "
    "in all; in the first two, rows are compared on what all of them took a stand on, so that silence wins nothing.",
}


Measures = tuple[Measure, ...]
"""What stands in one column: a figure, or that of P items and that of N items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table, what must be read before it, and the instruments of its figures."""

    title: str
    lead: str
    table: Table
    instruments: tuple[str, ...]


def sheets(comparison: Comparison, published: Published | None = None) -> tuple[Sheet, ...]:
    """The tables that have a column, published rows last."""
    found = []
    for block in BLOCKS:
        together: dict[tuple[str, str, str], list[Measure]] = {}
        for m in comparison.measures:
            if m.block == block:
                together.setdefault((m.group, m.scorer, m.value), []).append(m)
        if together:
            found.append(_sheet(block, comparison, published, tuple(map(tuple, together.values()))))
    return tuple(found)


def _sheet(block: str, comparison: Comparison, published: Published | None, of: Sequence[Measures]) -> Sheet:
    notes = Notes()
    rows = (*_rows(comparison, of, notes), *_published_rows(published, of, notes))
    italics = ", italics are published figures that nothing here is compared with" if published else ""
    about = {m.scorer: m.about or (f"rule as published by {m.published}" if m.published else "") for m, *_ in of}
    return Sheet(
        title=TITLES[block],
        lead=LEADS[block],
        table=Table(
            name=block,
            caption=f"{TITLES[block]}: figure, interval, n; bold is the best, underlined the second{italics}",
            head="Model",
            columns=tuple(map(_column, of)),
            rows=rows,
            notes=notes.texts,
            look="contest",
        ),
        instruments=tuple(": ".join(filter(None, pair)) for pair in about.items()),
    )


def _column(measures: Measures) -> Column:
    first = measures[0]
    scorer = "" if first.block in ("findings", "premise") else first.scorer_name
    return Column(
        title=f"{first.name} %" if first.share else first.name,
        better="higher" if first.higher_is_better else "lower",
        group=first.group,
        about=tuple(filter(None, (" & ".join(PARTS[m.part] for m in measures), scorer))),
    )


def _rows(comparison: Comparison, of: Sequence[Measures], notes: Notes) -> Iterator[Row]:
    known = {(e.row, e.measure): e for e in comparison.entries}
    for n, row in enumerate(comparison.rows):
        cells = []
        for measures in of:
            several = [_part(known.get((n, m)), row.plumbing_only, notes) for m in measures]
            details = tuple(_named(m, d) for m, (_, said) in zip(measures, several, strict=True) for d in said)
            cells.append(Cell(parts=tuple(part for part, _ in several), details=details))
        about = f"{row.about} · baseline" if n == comparison.baseline else row.about
        yield Row(label=row.label, about=about, cells=tuple(cells))


def _named(measure: Measure, detail: str) -> str:
    """A detail of a cell with two figures says which of them it belongs to."""
    return f"{part}: {detail}" if (part := PARTS[measure.part]) else detail


def _part(entry: Entry | None, hidden: bool, notes: Notes) -> tuple[Part, list[str]]:
    """One figure, and what stands below it."""
    if entry is None or hidden:
        return Part(value=NOTHING if entry is None else "plumbing only", tone="none"), []
    scale, own, shown = scale_of(entry.measure), entry.own, entry.shown
    details = list(beside(replace(own, usable_value=None), scale))
    if own.withheld == NOT_MEASURABLE:
        return Part(value=NOT_MEASURABLE, tone="none"), details
    if own.alone:
        limits = say.limits(*own.alone, scale)
        return Part(value="withheld", interval=limits, n=own.n, tone="text"), [own.withheld, *details]
    if own.value is None and own.span is None:
        return Part(value="withheld", tone="none"), [own.withheld, *details]
    if shown.n != own.n:
        details.append(f"own {say.whole(own.n)}: {_number(own, scale)}")
    if not comparable(entry):
        details.append("not compared: under half usable")
    level, tested = entry.level_with
    if level:
        details.append(f"not shown better than {level} of {tested}" if tested > 1 else "not shown better")
    limits, marks = say.limits(shown.low, shown.high, scale), notes.mark(method_note(shown), shown.note)
    return Part(
        value=_number(shown, scale), interval=limits, n=shown.n, tone=entry.rank or "text", notes=marks
    ), details


def _number(estimate: Estimate, scale: Scale) -> str:
    if estimate.span:
        return say.interval(*estimate.span, scale)
    return NOTHING if estimate.value is None else say.bare(estimate.value, scale)


def _published_rows(published: Published | None, of: Sequence[Measures], notes: Notes) -> Iterator[Row]:
    for row in published.rows if published else ():
        cells = tuple(Cell(parts=tuple(_typed(row, m) for m in measures)) for measures in of)
        if any(cell.present for cell in cells):
            marks = notes.mark(f"{row.label}: {row.note}" if row.note else "")
            yield Row(label=row.label, about="published, other judge", cells=cells, notes=marks, kind="published")


def _typed(row: PublishedRow, measure: Measure) -> Part:
    value = row.values.get(measure)
    if value is None:
        return Part(value=NOTHING, tone="none")
    return Part(value=f"{value * 100:.2f}" if measure.share else f"{value:.2f}", tone="text")


def differences(comparison: Comparison) -> Table:
    """A line a difference shown, in the order of the tables; what is shown to be one stands out."""
    alone, together = say.level(LEVEL), joint_level(comparison)
    intervals = (f"{alone} interval, this one alone", f"{together} interval each, all together")
    heads = ("Figure", "Compared", "Difference", *intervals, "p after Holm", "Reading")
    rows = (_difference(comparison, test) for test in comparison.differences)
    return titled("differences", "Paired differences on common items", heads, rows)


def _difference(comparison: Comparison, test: Difference) -> Row:
    d, scale = test.difference, say.difference_of(scale_of(test.measure))
    first, second = (comparison.rows[n].label for n in (test.first, test.second))
    counts = [say.count(d.clusters, d.unit)]
    counts += [f"{say.whole(d.missing)} missing in one or both"] if d.missing else []
    counts += [f"{say.whole(max(test.left_out))} items left out"] if max(test.left_out) else []
    value, together = "withheld", ""
    limits = say.limits(d.low, d.high, scale)
    alone = f"{limits}: {d.withheld}" if limits else d.withheld
    if d.value is not None or d.span is not None:
        value = " to ".join(signed(v, scale) for v in d.span or (d.value,) if v is not None)
        alone, together = (_limits(pair, scale) for pair in ((d.low, d.high), test.together or (None, None)))
    cells = (
        text(f"{first} {say.MINUS} {second}"),
        Cell(parts=(Part(value=value, n=d.n),), clusters=" · ".join(counts)),
        text(alone),
        text(together),
        text("" if test.p_adjusted is None else say.p_value(test.p_adjusted)),
        text(_reading(comparison, test)),
    )
    return Row(label=named(test.measure), cells=cells, kind="" if test.better is None else "shown")


def _limits(limits: tuple[float | None, float | None], scale: Scale) -> str:
    low, high = limits
    return "no interval" if low is None or high is None else say.interval(low, high, scale)


def _reading(comparison: Comparison, test: Difference) -> str:
    if test.difference.value is None and test.difference.span is None:
        return "not tested: only this range is known" if test.difference.alone else "not compared"
    return "no difference shown" if test.better is None else f"{comparison.rows[test.better].label} is better"


def failures(comparison: Comparison) -> Table:
    """A line a model: items, answers asked for, and what failed, with the image."""
    heads = ("Model", "Items", "Answers asked for", "Unusable answer", "Unread", "Request failed", "Not judged")
    counts = ((r.items, r.asked, r.unusable, r.unread, r.request_failed, r.judge_unusable) for r in comparison.rows)
    rows = (
        Row(label=row.label, about=row.about, cells=tuple(map(count, numbers)))
        for row, numbers in zip(comparison.rows, counts, strict=True)
    )
    return titled("failures", "Answers and failures by model", heads, rows, look="plain")
