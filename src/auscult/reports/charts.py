"""Dots and intervals as inline SVG: text stays text, colours follow the page (light, dark, print)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from auscult.analysis.summary import Figure
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.cells import line_labels
from auscult.reports.format import Scale
from auscult.reports.html import fragment
from auscult.reports.text import one_line

ROWS = 30
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 430, 8, 16, 4, 24
"""Of a drawing and the margins around its rows, in its own units."""
LABEL, LANE, GAP = 19, 11, 9
"""Heights within a row: of its label, of each series, and below."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one kind of dot means; ``colour`` is the name of the page's colour, as in the legend's class."""

    name: str
    sign: str
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a chart: a label, an estimate (or None) for each series, and what guessing gives."""

    label: str
    estimates: tuple[Estimate | None, ...]
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its caption and legend."""

    svg: Markup
    caption: str
    legend: tuple[Series, ...]
    chance: bool
    left_out: int


@dataclass(frozen=True, slots=True)
class Axis:
    """The horizontal axis: which values its ends are, and the ticks with their words."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """Where a value stands."""
        return round(LEFT + (value - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT), 2)


CONDITIONS = (
    Series("with image", "●", "with"),
    Series("without image", "○", "without"),
    Series("wrong image", "◆", "wrong"),
)
GAINS = (Series("with minus without image", "●", "with"), Series("with minus wrong image", "◆", "wrong"))
PREMISES = (
    Series("raw acceptance", "●", "with"),
    Series("knowing acceptance", "◆", "wrong"),
    Series("over-denial", "○", "without"),
)
ERRORS = (Series("fabricated", "◆", "wrong"), Series("missed", "○", "without"))


def condition_chart(figures: Sequence[Figure], caption: str) -> Chart | None:
    """With, without and wrong image side by side. Only lines on the scale of the first; None where nothing is known."""
    return _of_figures(figures, caption, ("with_image", "without_image", "wrong_image"), CONDITIONS, gains=False)


def gain_chart(figures: Sequence[Figure], caption: str) -> Chart | None:
    """What the image buys: differences with their intervals around zero."""
    return _of_figures(figures, caption, ("gain_over_none", "gain_over_wrong"), GAINS, gains=True)


def headline_charts(figures: Sequence[Figure]) -> list[Chart]:
    """What the model gets right under each condition, and what the image buys; of these, what is known."""
    right = condition_chart(figures, "What the model gets right, with the image and without")
    return [c for c in (right, gain_chart(figures, "What the image buys, in points")) if c]


def detection_chart(figures: Sequence[Figure], caption: str) -> Chart | None:
    """Fabrication and miss rate by finding."""
    return _by_metric([(f.label, f) for f in figures], ("fabrication", "miss"), caption, ERRORS)


def premise_chart(figures: Sequence[Figure], caption: str) -> Chart | None:
    """Raw and knowing acceptance of false premises and denial of true ones, by form and category."""
    return _by_metric([(f.group, f) for f in figures], tuple(s.name for s in PREMISES), caption, PREMISES)


def _by_metric(
    named: list[tuple[str, Figure]], metrics: tuple[str, ...], caption: str, series: tuple[Series, ...]
) -> Chart | None:
    """One line a name, one dot a metric."""
    found: dict[str, dict[str, Estimate | None]] = {}
    for name, figure in named:
        found.setdefault(name, {})[figure.metric] = figure.with_image
    return _chart([Line(n, tuple(map(of.get, metrics))) for n, of in found.items()], caption, series, Scale.SHARE)


def _of_figures(
    figures: Sequence[Figure], caption: str, names: tuple[str, ...], series: tuple[Series, ...], *, gains: bool
) -> Chart | None:
    if not figures:
        return None
    scale = say.scale_of(figures[0])
    same = [f for f in figures if say.scale_of(f) is scale]
    lines = [
        Line(label, tuple(getattr(f, n) for n in names), None if gains else f.chance)
        for label, f in zip(line_labels(same), same, strict=True)
    ]
    return _chart(lines, caption, series, say.difference_of(scale) if gains else scale)


def _known(estimate: Estimate | None) -> bool:
    """Whether there is anything to draw: a value, or the limits that stand alone."""
    if estimate is None:
        return False
    given = not estimate.withheld and (estimate.value is not None or estimate.span is not None)
    return given or (estimate.alone is not None and estimate.high is not None)


def _chart(lines: list[Line], caption: str, series: tuple[Series, ...], scale: Scale) -> Chart | None:
    used = [k for k in range(len(series)) if any(ln.estimates[k] is not None for ln in lines)]
    lines = [ln for ln in lines if any(_known(e) for e in ln.estimates)]
    if not used or not lines:
        return None
    shown = [Line(ln.label, tuple(ln.estimates[k] for k in used), ln.chance) for ln in lines[:ROWS]]
    kept = tuple(series[k] for k in used)
    row = LABEL + LANE * len(kept) + GAP
    drawing = fragment(
        "chart.svg.j2",
        described=f"{caption}. The same numbers stand in the table beside it.",
        lines=[(TOP + row * k, one_line(line.label, 70), line) for k, line in enumerate(shown)],
        series=kept,
        axis=_axis(scale, [e for line in shown for e in line.estimates if e and _known(e)]),
        zero=scale is Scale.POINTS,
        known=_known,
        width=WIDTH,
        top=TOP,
        bottom=TOP + row * len(shown),
        label=LABEL,
        lane=LANE,
        margin=BOTTOM,
    )
    return Chart(
        svg=drawing,
        caption=caption,
        legend=kept,
        chance=any(ln.chance is not None for ln in shown),
        left_out=len(lines) - len(shown),
    )


def _axis(scale: Scale, given: Sequence[Estimate]) -> Axis:
    """Shares from 0 to 100 %, differences around zero, other numbers from zero to the greatest."""
    values = [v for e in given for v in (e.low, e.value, e.high) if v is not None]
    if scale is Scale.SHARE:
        return Axis(-0.01, 1.01, tuple((t / 100, f"{t} %" if t else "0") for t in range(0, 101, 20)))
    if scale is Scale.POINTS:
        reach = max(0.05, *map(abs, values)) * 1.08
        return Axis(-reach, reach, tuple((t / 100, f"{t:+g}" if t else "0") for t in _ticks(-reach * 100, reach * 100)))
    low, high = min(0.0, *values) * 1.05, max(0.0, *values) * 1.05 or 1.0
    return Axis(low, high, tuple((t, f"{t:g}") for t in _ticks(low, high)))


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two ends, eight of them at most."""
    rough = (high - low) / 8
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    return [round(k * step, 10) for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
