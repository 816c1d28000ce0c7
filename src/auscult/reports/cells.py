"""Figures of a summary → cells, rows and footnotes of a table, as words: what the page shows, apart from its looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from auscult.analysis.summary import Figure
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.statistics.partial import NOT_MEASURABLE


class Notes:
    """Footnotes of one table, numbered in order of first use; the same text keeps its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, text: str) -> int:
        """The number of a footnote."""
        return self._numbers.setdefault(text, len(self._numbers) + 1)

    @property
    def texts(self) -> tuple[str, ...]:
        """All footnotes, in order."""
        return tuple(self._numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure in words: value or why there is none, interval, counts, what is missing, footnote numbers."""

    value: str
    interval: str = ""
    counts: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[int, ...] = ()
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table."""

    label: str
    about: str = ""
    warning: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """A table in words.

    ``columns`` are the headings after the label's own, ``head``.
    """

    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())


COLUMNS = {
    "with_image": "With image",
    "control_with": "With image, control items",
    "without_image": "Without image",
    "wrong_image": "Wrong image",
    "gain_over_none": "With minus without",
    "gain_over_wrong": "With minus wrong",
}
_GAINS = ("gain_over_none", "gain_over_wrong")


def counts(estimate: Estimate) -> str:
    """``n 451 · 72 images``."""
    return f"n{say.NBSP}{say.whole(estimate.n)} · {say.count(estimate.clusters, estimate.unit)}"


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


def _details(estimate: Estimate, scale: Scale) -> Iterator[str]:
    if estimate.p_value is not None:
        yield say.p_value(estimate.p_value)
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
        "p-values are adjusted after Holm for all differences of their table; the intervals beside them are not.": any(
            e.p_value is not None for e in found
        ),
    }
    return [text for text, needed in said.items() if needed]


def cell(estimate: Estimate | None, scale: Scale, notes: Notes, scorer: str = "") -> Cell:
    """One estimate in words; of a withheld one its range and why, one that was never made says so.

    Args:
        estimate: what to say.
        scale: of its value.
        notes: of the table; the method goes there.
        scorer: the instrument that the line names already; another one is named in the cell.
    """
    if estimate is None:
        return Cell(value="not measured", present=False)
    by = estimate.instrument
    marks = [notes.mark(method_note(estimate))]
    if estimate.note:
        marks.append(notes.mark(estimate.note))
    known = estimate.value is not None or estimate.span
    reason = estimate.withheld or ("" if known else "the summary gives no value and no reason")
    said = [f"point withheld: {reason}"] if estimate.alone else []
    return Cell(
        value=_value(estimate, reason, scale),
        interval="" if reason else say.limits(estimate.low, estimate.high, scale),
        counts=counts(estimate),
        details=(*said, *_details(estimate, scale), *([by] if by != scorer else [])),
        notes=tuple(marks),
        present=estimate.alone is not None or not reason,
    )


def _value(estimate: Estimate, reason: str, scale: Scale) -> str:
    if reason == NOT_MEASURABLE:
        return reason
    if not reason and estimate.value is not None:
        return say.figure(estimate.value, scale)
    if estimate.span:
        return say.span(estimate.span, scale)
    return say.span(estimate.alone, scale) if estimate.alone else f"withheld: {reason}"


def pivot(figures: Sequence[Figure], rows: Literal["group", "label"]) -> dict[str, dict[str, Estimate | None]]:
    """Row → metric → the estimate with the image, for tables whose columns are metrics."""
    found: dict[str, dict[str, Estimate | None]] = {}
    for figure in figures:
        found.setdefault(getattr(figure, rows), {})[figure.metric] = figure.with_image
    return found


def line_labels(figures: Sequence[Figure]) -> list[str]:
    """The label of each line, with as much beside it as tells it from the other lines of its table."""
    parts = [[f.label] for f in figures]
    for name in ("metric", "kind", "category", "answer_type"):
        if len({tuple(p) for p in parts}) == len(parts):
            break
        if len({getattr(f, name) for f in figures}) > 1:
            parts = [[*p, getattr(f, name).replace("_", "/")] for p, f in zip(parts, figures, strict=True)]
    return [" · ".join(p for p in line if p) for line in parts]


def _about(figure: Figure) -> str:
    answers = {"yes_no": "yes/no", "": ""}.get(figure.answer_type, figure.answer_type)
    return " · ".join(p for p in (figure.kind, figure.category, answers, figure.metric, figure.scorer) if p)


def _same_items(figure: Figure) -> bool:
    control, all_items = figure.control_with, figure.with_image
    return control is None or (all_items is not None and control.n == all_items.n)


def figure_table(figures: Sequence[Figure], *, head: str, controls: bool = False) -> FigureTable:
    """Lines of a table. Columns that no line fills are left out, except the three conditions where ``controls``."""
    kept = [n for n in COLUMNS if any(getattr(f, n) is not None for f in figures)]
    if all(_same_items(f) for f in figures):
        kept = [n for n in kept if n != "control_with"]
    if controls:
        kept = [n for n in COLUMNS if n in kept or n in ("with_image", "without_image", "wrong_image")]
    chance, notes, rows = any(f.chance is not None for f in figures), Notes(), []
    for figure in figures:
        scale = say.scale_of(figure)
        cells = [
            cell(getattr(figure, n), say.difference_of(scale) if n in _GAINS else scale, notes, figure.scorer)
            for n in kept
        ]
        if chance:
            known = figure.chance is not None
            text = say.figure(figure.chance, scale) if figure.chance is not None else "not known"
            cells.append(Cell(value=text, present=known))
        rows.append(Row(label=figure.label, about=_about(figure), warning=figure.warning, cells=tuple(cells)))
    columns = tuple(COLUMNS[n] for n in kept) + (("Guessing gives",) if chance else ())
    return FigureTable(head=head, columns=columns, rows=tuple(rows), notes=notes.texts)
