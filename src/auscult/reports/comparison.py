"""A comparison in words: tables in the shape of the published ones, the tests, and what must be read before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from auscult.analysis.comparison import LEVEL, Comparison, Difference, Entry, comparable
from auscult.analysis.comparison_measures import BLOCKS, Measure
from auscult.analysis.comparison_published import Published, PublishedRow
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.cells import Notes, method_note
from auscult.reports.format import Scale
from auscult.statistics.partial import NOT_MEASURABLE

TITLES = {
    "kinds": "Non-hallucination items (P) & hallucination items (N)",
    "sets": "Visual questions by data set",
    "premise": "What questions take for granted",
}
LEADS = {
    "kinds": "Each cell holds two figures, P & N: on questions about what is there, and on questions that suggest what "
    "is not. A model that only learns to say “no” gains in N and loses in P: read both.",
    "sets": "Plain questions, one group of columns a data set.",
    "premise": "Knowing acceptance: how often a model goes along with a false premise although it answers the neutral "
    "question rightly; rows are compared on the premises that all of them see through. Over-denial: how often it "
    "denies a true one. Evasion: how often it does neither (silent, refused, hedged, off the subject). Lower is better "
    "in all; in the first two, rows are compared on what all of them took a stand on, so that silence wins nothing.",
}
_PARTS = {"non-hallucination": "P", "hallucination": "N", "": ""}
NOTHING = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One figure of a cell in words.

    Attributes:
        value: the figure without unit, or ``withheld`` (its interval then stands alone), or a dash where there is none.
        interval: its limits, or empty.
        rank: best, second or empty.
        n: items behind it; 0 where there is no figure.
        details: what stands below: missing, unusable, the figure on the row's own items.
        notes: numbers of the notes on its interval.
        present: whether there is a figure.
    """

    value: str
    interval: str = ""
    rank: str = ""
    n: int = 0
    details: tuple[str, ...] = ()
    notes: tuple[int, ...] = ()
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, its instrument and one or two measures.

    ``unit`` is ``%`` for shares; ``lower`` says that lower is better.
    """

    group: str
    name: str
    scorer: str
    unit: str
    lower: bool
    measures: tuple[Measure, ...]

    @property
    def parts(self) -> str:
        """``P & N``, ``P``, ``N`` or nothing."""
        return " & ".join(_PARTS[m.part] for m in self.measures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table; ``cells`` hold one part a measure of their column."""

    label: str
    about: str
    cells: tuple[tuple[Part, ...], ...]
    published: bool = False
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table in words."""

    block: str
    title: str
    lead: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    instruments: tuple[str, ...]

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """Headings over neighbouring columns and how many each spans; none where no column has one."""
        found = [(name, len(list(those))) for name, those in groupby(self.columns, key=lambda c: c.group)]
        return tuple(found) if any(name for name, _ in found) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """One difference in words."""

    figure: str
    pair: str
    difference: str
    counts: str
    alone: str
    together: str
    p_value: str
    reading: str
    shown: bool


def scale_of(measure: Measure) -> Scale:
    """How a measure is written."""
    return Scale.SHARE if measure.share else Scale.PLAIN


def sheets(comparison: Comparison, published: Published | None = None) -> tuple[Sheet, ...]:
    """The tables that have a column, published rows last."""
    found = []
    for block in BLOCKS:
        columns = _columns([m for m in comparison.measures if m.block == block])
        if columns:
            notes = Notes()
            lines = (*_lines(comparison, columns, notes), *_published_lines(published, columns, notes))
            found.append(
                Sheet(
                    block=block,
                    title=TITLES[block],
                    lead=LEADS[block],
                    columns=columns,
                    lines=lines,
                    notes=notes.texts,
                    instruments=_instruments(columns),
                )
            )
    return tuple(found)


def _columns(measures: Sequence[Measure]) -> tuple[Column, ...]:
    """P and N of one figure side by side."""
    together: dict[tuple[str, str, str], list[Measure]] = {}
    for m in measures:
        together.setdefault((m.group, m.scorer, m.value), []).append(m)
    return tuple(
        Column(
            group=group,
            name=those[0].name,
            scorer=scorer,
            unit="%" if those[0].share else "",
            lower=not those[0].higher_is_better,
            measures=tuple(those),
        )
        for (group, scorer, _), those in together.items()
    )


def _instruments(columns: Sequence[Column]) -> tuple[str, ...]:
    """Each instrument of a table once, with what it is."""
    about = {c.scorer: c.measures[0] for c in columns}
    return tuple(
        ": ".join(t for t in (scorer, m.about or (f"rule as published by {m.published}" if m.published else "")) if t)
        for scorer, m in about.items()
    )


def _lines(comparison: Comparison, columns: Sequence[Column], notes: Notes) -> Iterator[Line]:
    known = {(e.row, e.measure): e for e in comparison.entries}
    for n, row in enumerate(comparison.rows):
        cells = []
        for column in columns:
            parts = [_part(known.get((n, m)), row.plumbing_only, notes) for m in column.measures]
            cells.append(tuple(_named(p, m) for p, m in zip(parts, column.measures, strict=True)))
        about = f"{row.about} · baseline" if n == comparison.baseline else row.about
        yield Line(label=row.label, about=about, cells=tuple(cells))


def _named(part: Part, measure: Measure) -> Part:
    """Says of each detail of a cell with two figures which of them it belongs to."""
    name = _PARTS[measure.part]
    return replace(part, details=tuple(f"{name}: {d}" for d in part.details)) if name else part


def _part(entry: Entry | None, hidden: bool, notes: Notes) -> Part:
    if entry is None:
        return Part(value=NOTHING, present=False)
    if hidden:
        return Part(value="plumbing only", present=False)
    scale, own, shown = scale_of(entry.measure), entry.own, entry.shown
    details = [f"{say.whole(own.unusable)} unusable"] if own.unusable else []
    details += [say.missing(own)] if own.missing else []
    if own.decided is not None:
        details.append(say.decided(own.decided, own.n + own.missing))
    if own.worst is not None and own.best is not None and not own.span:
        least, most = sorted((own.worst, own.best))
        details.append(f"{say.interval(least, most, scale)} by the missing")
    if own.withheld == NOT_MEASURABLE:
        return Part(value=NOT_MEASURABLE, details=tuple(details), present=False)
    if own.alone:
        limits = say.limits(*own.alone, scale)
        return Part(value="withheld", interval=limits, n=own.n, details=(own.withheld, *details))
    if own.value is None and own.span is None:
        return Part(value="withheld", details=(own.withheld, *details), present=False)
    if shown.n != own.n:
        details.append(f"own {say.whole(own.n)}: {_number(own, scale)}")
    if not comparable(entry):
        details.append("not compared: under half usable")
    level, tested = entry.level_with
    if level:
        details.append(f"not shown better than {level} of {tested}" if tested > 1 else "not shown better")
    marks = [notes.mark(text) for text in (method_note(shown), shown.note) if text]
    return Part(
        value=_number(shown, scale),
        interval=say.limits(shown.low, shown.high, scale),
        rank=entry.rank,
        n=shown.n,
        details=tuple(details),
        notes=tuple(marks),
    )


def _number(estimate: Estimate, scale: Scale) -> str:
    if estimate.span:
        return say.interval(*estimate.span, scale)
    return NOTHING if estimate.value is None else say.bare(estimate.value, scale)


def _published_lines(published: Published | None, columns: Sequence[Column], notes: Notes) -> Iterator[Line]:
    for row in published.rows if published else ():
        cells = tuple(tuple(_published_part(row, m) for m in column.measures) for column in columns)
        if any(part.present for cell in cells for part in cell):
            marks = (notes.mark(f"{row.label}: {row.note}"),) if row.note else ()
            yield Line(label=row.label, about="published, other judge", cells=cells, published=True, notes=marks)


def _published_part(row: PublishedRow, measure: Measure) -> Part:
    value = row.values.get(measure)
    if value is None:
        return Part(value=NOTHING, present=False)
    return Part(value=f"{value * 100:.2f}" if measure.share else f"{value:.2f}")


def named(measure: Measure) -> str:
    """A measure in a list of others: ``vqa-rad · closed: accuracy``, ``accuracy (clinical) · N``."""
    scorer = "" if measure.block == "premise" or measure.name.lower() == measure.scorer_name else measure.scorer_name
    name = f"{measure.name} ({scorer})" if scorer else measure.name
    return " · ".join(t for t in (measure.group, name, _PARTS[measure.part]) if t)


def difference_lines(comparison: Comparison) -> tuple[DifferenceLine, ...]:
    """All differences shown, in the order of the tables."""
    return tuple(_difference_line(comparison, t) for t in comparison.differences)


def _difference_line(comparison: Comparison, test: Difference) -> DifferenceLine:
    d, scale = test.difference, say.difference_of(scale_of(test.measure))
    first, second = (comparison.rows[n].label for n in (test.first, test.second))
    counts = [f"n{say.NBSP}{say.whole(d.n)}", say.count(d.clusters, d.unit)]
    counts += [f"{say.whole(d.missing)} missing in one or both"] if d.missing else []
    counts += [f"{say.whole(max(test.left_out))} items left out"] if max(test.left_out) else []
    shown = d.value is not None or d.span is not None
    return DifferenceLine(
        figure=named(test.measure),
        pair=f"{first} {say.MINUS} {second}",
        difference=_signed(d, scale),
        counts=" · ".join(counts),
        alone=_limits((d.low, d.high), scale) if shown else _alone(d, scale),
        together=_limits(test.together or (None, None), scale) if shown else "",
        p_value="" if test.p_adjusted is None else say.p_value(test.p_adjusted),
        reading=_reading(comparison, test),
        shown=test.better is not None,
    )


def _signed(d: Estimate, scale: Scale) -> str:
    if d.span:
        return f"{signed(d.span[0], scale)} to {signed(d.span[1], scale)}"
    return "withheld" if d.value is None else signed(d.value, scale)


def _limits(limits: tuple[float | None, float | None], scale: Scale) -> str:
    low, high = limits
    return "no interval" if low is None or high is None else say.interval(low, high, scale)


def _alone(difference: Estimate, scale: Scale) -> str:
    """Why there is no difference, after the range that what is missing leaves open."""
    limits = say.limits(difference.low, difference.high, scale)
    return f"{limits}: {difference.withheld}" if limits else difference.withheld


def signed(value: float, scale: Scale) -> str:
    """A difference with its sign: ``+0.24``, ``+1.2 points``."""
    text = say.figure(value, scale)
    return f"+{text}" if scale is Scale.PLAIN and value > 0 and not text.startswith("<") else text


def _reading(comparison: Comparison, test: Difference) -> str:
    if test.difference.value is None and test.difference.span is None:
        return "not tested: only this range is known" if test.difference.alone else "not compared"
    if test.better is None:
        return "no difference shown" + ("; borderline" if test.borderline else "")
    better = comparison.rows[test.better].label
    return f"{better} is better" + ("; borderline" if test.borderline else "")


def verdict(comparison: Comparison) -> str:
    """What the tests come to, in a sentence."""
    tested = [d for d in comparison.differences if d.p_adjusted is not None]
    if not tested:
        ranges = any(d.difference.alone is not None for d in comparison.differences)
        return "No difference could be tested" + (": too much is missing; their ranges stand below." if ranges else ".")
    shown = sum(d.better is not None for d in tested)
    many = f"{say.count(len(tested), 'difference')} between {say.whole(len(comparison.rows))} models"
    if not shown:
        return f"None of {many} can be told from chance; that is no proof that there is none."
    return f"{say.whole(shown)} of {many} {'is' if shown == 1 else 'are'} beyond chance (p after Holm at most 0.05)."


def wins(comparison: Comparison) -> tuple[str, ...]:
    """Which model is better than which, and in what."""
    found: dict[tuple[int, int], list[str]] = {}
    for d in comparison.differences:
        if d.better is not None:
            worse = d.second if d.better == d.first else d.first
            found.setdefault((d.better, worse), []).append(named(d.measure))
    return tuple(
        f"{comparison.rows[better].label} is better than {comparison.rows[worse].label} in {_some(names)}."
        for (better, worse), names in found.items()
    )


def _some(names: Sequence[str]) -> str:
    first = ", ".join(names[:4])
    return first if len(names) <= 4 else f"{first} and {len(names) - 4} more"


def reading(comparison: Comparison) -> tuple[str, ...]:
    """How the tables and tests are to be read, one sentence or two each."""
    level, each = say.level(LEVEL), f"{comparison.together_level * 100:.4g}{say.NBSP}%"
    said = [
        "Bold: best; underlined: second (from three rows on). Both are decided on the items that all compared rows "
        "were asked and scored on, and figures that agree in the last digit shown share them. The best figure is not "
        "a proven difference: the tests say which are.",
        f"Intervals in the tables: {level} each, of one figure alone, by clusters. Whether two models differ on the "
        "same items is not seen from whether their intervals overlap, but from the paired test.",
    ]
    if comparison.family:
        said.append(
            "Tests: paired on common items, sign flips of whole clusters; p after Holm over all "
            f"{say.count(comparison.family, 'difference')} shown. A difference is called shown where that p is at "
            f"most {1 - LEVEL:.2g}. The first interval ({level}) is of that difference alone, and may leave out zero "
            f"where p after Holm is large; the second ({each} each) holds for all of them together. Borderline: the "
            "test and the second interval disagree."
        )
    if any(not m.tested for m in comparison.measures):
        said.append(
            "Columns of published rules are shown for the sake of the published rows and not tested; name them in "
            "--columns to test them."
        )
    share = say.level(comparison.max_missing)
    said.append(
        "Missing answers (request failed, judge unusable, answer unread) are in no n; every interval runs over their "
        f"worst and best case, and above {share} the point is withheld and that range stands alone. Unusable answers "
        "(empty, refused, no language) are in n, as not correct or with the worst "
        "score. Where saying nothing would be best (a rate of errors), rows are compared on the items that all of them "
        "answered usably."
    )
    return tuple(said)


def failures(comparison: Comparison) -> tuple[tuple[str, int, int, int, int, int, int], ...]:
    """A row: label, items, answers asked for, unusable, unread, request failed, not judged; with the image."""
    return tuple(
        (r.label, r.items, r.asked, r.unusable, r.unread, r.request_failed, r.judge_unusable) for r in comparison.rows
    )


def about_published(published: Published) -> tuple[str, ...]:
    """What must be known of the published rows."""
    left_out = f"Published columns that no run has: {', '.join(published.left_out)}." if published.left_out else ""
    return tuple(
        t
        for t in (
            f"Rows in italics are published ({published.source}, {published.year}), scored by another judge "
            f"({published.judge}), on other answers and perhaps other items: they are never best and never tested.",
            *published.notes,
            left_out,
        )
        if t
    )
