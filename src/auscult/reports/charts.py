"""Dots and intervals as inline SVG: text stays text, colours follow the page (light, dark, print)."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from auscult.analysis.summary import Figure
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.cells import line_labels
from auscult.reports.format import Scale
from auscult.reports.text import one_line

ROWS = 30
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 430, 8, 16, 4, 24
_LABEL, _LANE, _GAP = 19, 11, 9
# Stand-ins that are replaced by the page's own colours: a drawing knows no dark mode, the style sheet does.
_INK, _SOFT, _RULE, _PAPER = "#010101", "#020202", "#030303", "#040404"
_FIRST, _SECOND, _THIRD = "#050505", "#060606", "#070707"
_NAMES = ("ink", "soft", "rule", "paper", "with", "without", "wrong")
_VARIABLES = dict(zip((_INK, _SOFT, _RULE, _PAPER, _FIRST, _SECOND, _THIRD), _NAMES, strict=True))
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "auscult", "font.size": 11.5}


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


_LOOKS = {"with": ("o", _FIRST, _FIRST), "without": ("o", _SECOND, _PAPER), "wrong": ("D", _THIRD, _THIRD)}
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
    with matplotlib.rc_context(_STYLE):
        drawing = _draw(shown, kept, scale)
    described = f"{caption}. The same numbers stand in the table beside it."
    return Chart(
        svg=_inline(drawing, described),
        caption=caption,
        legend=kept,
        chance=any(ln.chance is not None for ln in shown),
        left_out=len(lines) - len(shown),
    )


def _draw(lines: list[Line], series: tuple[Series, ...], scale: Scale) -> str:
    row = _LABEL + _LANE * len(series) + _GAP
    inner = row * len(lines)
    height = inner + _TOP + _BOTTOM
    canvas = Canvas(figsize=(_WIDTH / 72, height / 72))
    box = (_LEFT / _WIDTH, _BOTTOM / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, inner / height)
    axes = canvas.add_axes(box)
    axes.set_ylim(inner, 0)
    _axis(axes, lines, scale)
    for k, line in enumerate(lines):
        top = k * row
        axes.text(
            0,
            top + 13,
            one_line(line.label, 70),
            transform=axes.get_yaxis_transform(),
            color=_INK,
            parse_math=False,
            bbox={"facecolor": _PAPER, "edgecolor": "none", "pad": 1},
        )
        if line.chance is not None:
            axes.plot([line.chance * 100] * 2, [top + _LABEL - 2, top + row - _GAP], color=_SOFT, lw=1, ls=(0, (2, 2)))
        for lane, (estimate, one) in enumerate(zip(line.estimates, series, strict=True)):
            if estimate is not None:
                _dot(axes, top + _LABEL + _LANE * (lane + 0.5), estimate, one.colour, scale)
    out = io.StringIO()
    blank = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    canvas.savefig(out, format="svg", transparent=True, metadata=blank)
    return out.getvalue()


def _times(scale: Scale) -> float:
    return 1.0 if scale is Scale.PLAIN else 100.0


def _axis(axes: Axes, lines: list[Line], scale: Scale) -> None:
    values = [
        v * _times(scale)
        for ln in lines
        for e in ln.estimates
        if e is not None and _known(e)
        for v in (e.low, e.value, e.high)
        if v is not None
    ]
    if scale is Scale.SHARE:
        axes.set_xlim(-1, 101)
        axes.set_xticks(range(0, 101, 20), [f"{t} %" if t else "0" for t in range(0, 101, 20)])
    elif scale is Scale.POINTS:
        reach = max(5.0, *(abs(v) for v in values)) * 1.08
        axes.set_xlim(-reach, reach)
        axes.axvline(0, color=_INK, lw=1)
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:+g}".replace("-", say.MINUS) if v else "0")
    else:
        axes.set_xlim(min(0.0, *values) * 1.05, max(*values, 0.0) * 1.05 or 1.0)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0, labelcolor=_SOFT, labelsize=10.5)
    axes.grid(axis="x", color=_RULE, lw=0.7)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _dot(axes: Axes, y: float, estimate: Estimate, colour: str, scale: Scale) -> None:
    marker, line, face = _LOOKS[colour]
    if not _known(estimate):
        axes.text(0, y + 3.5, "withheld", transform=axes.get_yaxis_transform(), color=_SOFT, size=9.5)
        return
    times = _times(scale)
    if estimate.low is not None and estimate.high is not None:
        style = (0, (1, 2)) if estimate.withheld else "-"
        axes.plot([estimate.low * times, estimate.high * times], [y, y], color=line, lw=1.6, ls=style)
    if estimate.span:
        axes.plot([e * times for e in estimate.span], [y, y], color=line, lw=6, solid_capstyle="butt")
    if estimate.value is None:
        return
    size = 6.5 if marker == "o" else 5.5
    axes.plot([estimate.value * times], [y], marker, color=line, mfc=face, mew=1.5, ms=size, clip_on=False)


def _inline(drawing: str, described: str) -> Markup:
    """The ``svg`` element alone: no prolog, no ids or styles that reach beyond it, the page's fonts and colours."""
    body = drawing[drawing.index("<svg") :]
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"font-family: [^;\"]+", "font-family: inherit", body)
    linked = set(re.findall(r"(?:href=\"#|url\(#)([\w.-]+)", body))
    body = re.sub(r' id="([\w.-]+)"', lambda m: m[0] if m[1] in linked else "", body)
    for stand_in, name in _VARIABLES.items():
        body = body.replace(stand_in, f"var(--{name})")
    label = Markup('role="img" aria-label="{}" class="chart" ').format(described)
    return Markup(body.replace("<svg ", f"<svg {label}", 1))
