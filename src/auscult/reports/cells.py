"""Estimates → cells, in the words that page and terminal share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from auscult.analysis.summary import Figure
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.reports.places import COLUMNS, GAINS
from auscult.reports.table import Cell, Notes, Part, Row, Table, text, titled
from auscult.statistics.partial import NOT_MEASURABLE

ADJUSTED = "p-values are adjusted after Holm for all differences of their table; the intervals beside them are not."


def method_note(estimate: Estimate) -> str:
    """How the interval was made, by which unit, and what it holds."""
    if estimate.low is None:
        said = "No interval"
    else:
        said = f"{say.level(estimate.level)} interval"
        if estimate.method:
            said += f": {estimate.method}"
    said += f"; independent unit: {estimate.unit}"
    if estimate.variance and estimate.low is not None:
        said += f"; variance held: {say.listed(estimate.variance)}"
    return f"{said}."


def beside(estimate: Estimate, scale: Scale) -> Iterator[str]:
    """What must be read beside a figure: what is unusable, decided or missing, and what the missing leave open."""
    if estimate.unusable:
        yield f"{say.whole(estimate.unusable)} unusable"
    if estimate.usable_value is not None and (estimate.unusable or (estimate.coverage or 1) < 1):
        yield f"usable only: {say.figure(estimate.usable_value, scale)}"
        if estimate.coverage is not None:
            yield f"coverage: {say.figure(estimate.coverage, Scale.SHARE)}"
    if estimate.decided is not None:
        yield say.decided(estimate.decided, estimate.n + estimate.missing)
    if estimate.missing:
        yield say.missing(estimate)
    if estimate.worst is not None and estimate.best is not None and not estimate.span:
        yield f"bounds: {say.bounds(estimate.worst, estimate.best, scale)}"


def remarks(figures: Sequence[Figure]) -> list[str]:
    """What the words in the cells of these figures mean, one sentence or two a word."""
    found = [e for f in figures for n in COLUMNS if (e := getattr(f, n)) is not None]
    said = {
        "Unusable answers take no position (empty, refused, no language); they are in n and count as not correct. "
        "Usable only: the figure among usable answers. Coverage: their share of n.": any(e.unusable for e in found),
        "A range holds what the references leave open: an answer that nobody can decide is right at one end and wrong "
        "at the other. Its interval goes from the lower limit of the one to the upper limit of the other.": any(
            e.span for e in found
        ),
        "Missing answers (request failed, not judged, unread: the answer may say something and could not be read) are "
        "not in n. Bounds: the figure if all of them were the worst, or the best; the interval goes from the lower "
        "limit of the one to the upper limit of the other, and stands alone where too many are missing.": any(
            e.missing for e in found
        ),
        "Controls are asked on a part of the items; a difference compares the same items under both conditions.": any(
            f.control_with is not None for f in figures
        ),
        ADJUSTED: any(e.p_value is not None for e in found),
    }
    return [text for text, needed in said.items() if needed]


def cell(
    estimate: Estimate | None,
    scale: Scale,
    notes: Notes,
    scorer: str = "",
    *,
    usable: bool = True,
    counted: bool = True,
) -> Cell:
    """One estimate in words; of a withheld one its range and why, one that was never made says so.

    Args:
        estimate: what to say.
        scale: of its value.
        notes: of the table; the method goes there.
        scorer: the instrument that the line names already; another one is named in the cell.
        usable: whether to say what is unusable, and the figure without it; not where that has a column of its own.
        counted: whether to say how many items and images stand behind it; not where the line says so already.
    """
    if estimate is None:
        return text("not measured", tone="none")
    if not usable:
        estimate = replace(estimate, unusable=0, usable_value=None, coverage=None)
    known = estimate.value is not None or estimate.span
    reason = estimate.withheld or ("" if known else "the summary gives no value and no reason")
    details = [f"point withheld: {reason}"] if estimate.alone else []
    details += [say.p_value(estimate.p_value)] if estimate.p_value is not None else []
    details += [*beside(estimate, scale), *([estimate.instrument] if estimate.instrument != scorer else [])]
    part = Part(
        value=_value(estimate, reason, scale),
        interval="" if reason else say.limits(estimate.low, estimate.high, scale),
        n=estimate.n if counted else None,
        tone="none" if reason and not estimate.alone else "figure",
        notes=notes.mark(method_note(estimate), estimate.note),
    )
    return Cell(parts=(part,), clusters=say.count(estimate.clusters, estimate.unit), details=tuple(details))


def _value(estimate: Estimate, reason: str, scale: Scale) -> str:
    if reason == NOT_MEASURABLE:
        return reason
    if not reason and estimate.value is not None:
        return say.figure(estimate.value, scale)
    if ends := estimate.span or estimate.alone:
        return say.span(ends, scale)
    return f"withheld: {reason}"


Lines = Iterable[tuple[Row, Mapping[str, Figure]]]
"""Rows with the figures that their first columns hold; the cells that a row has already stand behind these."""


def crossed(
    name: str,
    caption: str,
    head: str,
    titles: Mapping[str, str],
    lines: Lines,
    *,
    more: Sequence[str] = (),
    named: bool = True,
    usable: bool = True,
    counted: bool = True,
) -> Table:
    """A table of figures with the image, a column a metric or a kind of item.

    Args:
        name: of the table.
        caption: what it holds.
        head: heading of the labels.
        titles: key of a figure → heading.
        lines: its rows.
        more: headings of the cells that the rows have already.
        named: whether the lines, or what stands above the table, name the instruments.
        usable: as ``cell``.
        counted: as ``cell``.
    """
    notes, rows = Notes(), []
    for row, figures in lines:
        cells = [
            cell(f.with_image, say.scale_of(f), notes, f.scorer if named else "", usable=usable, counted=counted)
            if (f := figures.get(key))
            else cell(None, Scale.SHARE, notes)
            for key in titles
        ]
        rows.append(replace(row, cells=(*cells, *row.cells)))
    return titled(name, caption, (head, *titles.values(), *more), rows, notes=notes)


def by_metric(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Metric → figure."""
    return {f.metric: f for f in figures}


def _about(figure: Figure) -> str:
    answers = {"yes_no": "yes/no", "": ""}.get(figure.answer_type, figure.answer_type)
    return " · ".join(p for p in (figure.kind, figure.category, answers, figure.metric, figure.scorer) if p)


def _same_items(figure: Figure) -> bool:
    control, all_items = figure.control_with, figure.with_image
    return control is None or (all_items is not None and control.n == all_items.n)


def figure_table(name: str, caption: str, figures: Sequence[Figure], *, head: str, controls: bool = False) -> Table:
    """A line a figure. Columns that no line fills are left out, except the three conditions where ``controls``."""
    kept = [n for n in COLUMNS if any(getattr(f, n) is not None for f in figures)]
    if all(_same_items(f) for f in figures):
        kept = [n for n in kept if n != "control_with"]
    if controls:
        kept = [n for n in COLUMNS if n in kept or n in ("with_image", "without_image", "wrong_image")]
    chance, notes, rows = any(f.chance is not None for f in figures), Notes(), []
    for figure in figures:
        scale = say.scale_of(figure)
        cells = [
            cell(getattr(figure, n), say.difference_of(scale) if n in GAINS else scale, notes, figure.scorer)
            for n in kept
        ]
        if chance:
            known = None if figure.chance is None else say.figure(figure.chance, scale)
            cells.append(text(known or "not known", tone="figure" if known else "none"))
        rows.append(Row(label=figure.label, about=_about(figure), notes=notes.mark(figure.warning), cells=tuple(cells)))
    heads = [head, *(COLUMNS[n] for n in kept), *["Guessing gives"] * chance]
    return titled(name, caption, heads, rows, notes=notes)
