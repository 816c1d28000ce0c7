"""The figure of a grid: arms against what they do to acceptance and to what was right before, seeds as dots."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from auscult.ablation.measures import BETTER_HIGHER, DETECTION
from auscult.ablation.plan import BASE
from auscult.ablation.study import Line, Study
from auscult.printing import one_line
from auscult.reports import format as say
from auscult.reports.ablation.words import over, scale_of

WIDTH, LEFT, RIGHT, LINE, HEAD, FOOT = 760, 190, 110, 26, 44, 26
"""Of a panel, in pixels: its width, what is left for names and numbers, a line, what stands above and below."""
MOST = 8
USUAL = ("knowing acceptance", "over-denial", "accuracy", "AUROC")
STYLE = """
svg{background:#fbfbf9;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
text{fill:#55616a}.name{fill:#1a2226;font-weight:600}.arm{fill:#1a2226}.rule{stroke:#dde1df}
.base{stroke:#55616a;stroke-dasharray:4 4}.range{stroke:#0b5f6b;stroke-width:2}.seed{fill:#0b5f6b;opacity:.35}
.mean{fill:#0b5f6b}.own{fill:#55616a}
@media(prefers-color-scheme:dark){svg{background:#12171a}text{fill:#a9b4b8}.name,.arm{fill:#e7ebea}.rule{stroke:#313b40}
.base{stroke:#a9b4b8}.range{stroke:#6cc7d3}.seed,.mean{fill:#6cc7d3}.own{fill:#a9b4b8}}"""


def panels(study: Study) -> list[tuple[str, str]]:
    """Sets and measures that are drawn: those of the hypotheses, primary first; without any the usual ones."""
    asked = sorted(study.tested, key=lambda one: not one.hypothesis.primary)
    found: dict[tuple[str, str], None] = {(one.hypothesis.set, one.hypothesis.measure): None for one in asked}
    if not found:
        found = {(s.name, measure): None for s in study.plan.set for measure in USUAL}
    there = {(line.set, line.measure) for line in study.lines if line.own.estimate.value is not None}
    return [panel for panel in found if panel in there][:MOST]


def figure(study: Study) -> str:
    """The figure as SVG: a panel a set and measure, a line an arm with its interval, a dot a seed, base dashed."""
    drawn, at = [], 0
    for of, measure in panels(study):
        lines = [line for arm in study.arms if (line := study.line(of, arm, measure)) is not None]
        drawn.append(f'<g transform="translate(0 {at})">{"".join(_panel(of, measure, lines))}</g>')
        at += HEAD + LINE * len(lines) + FOOT
    said = escape(f"{study.plan.title}: arms of tuning, one dot a seed, with 95 % intervals over {over(study)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(at, 1)}" width="{WIDTH}" '
        f'height="{max(at, 1)}" role="img" aria-label="{said}"><title>{said}</title><style>{STYLE}</style>'
        f"{''.join(drawn)}</svg>\n"
    )


def _panel(of: str, measure: str, lines: Sequence[Line]) -> Iterator[str]:
    low, high = _ends(measure, lines)
    scale = scale_of(measure)

    def x(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    better = "higher is better" if measure in BETTER_HIGHER else "lower is better"
    title = f"{measure}, {of}" + ("" if measure == "criterion" else f" ({better})")
    yield f'<text class="name" x="8" y="20">{escape(title)}</text>'
    bottom = HEAD + LINE * len(lines)
    for value in (low, (low + high) / 2, high):
        yield f'<line class="rule" x1="{x(value)}" x2="{x(value)}" y1="{HEAD - 10}" y2="{bottom}"/>'
        yield f'<text x="{x(value)}" y="{bottom + 16}" text-anchor="middle">{escape(say.bare(value, scale, 0))}</text>'
    base = next((line.own.estimate.value for line in lines if line.arm == BASE), None)
    if base is not None:
        yield f'<line class="base" x1="{x(base)}" x2="{x(base)}" y1="{HEAD - 10}" y2="{bottom}"/>'
    for number, line in enumerate(lines):
        yield from _line(line, HEAD + LINE * number + LINE // 2, x)


def _line(line: Line, y: int, x: Callable[[float], float]) -> Iterator[str]:
    e, scale = line.own.estimate, scale_of(line.measure)
    yield f'<text class="arm" x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(one_line(line.arm, 26))}</text>'
    if line.arm != BASE:
        yield from (f'<circle class="seed" r="3.5" cx="{x(value)}" cy="{y}"/>' for value in line.by_seed)
    if e.low is not None and e.high is not None:
        yield f'<line class="range" x1="{x(e.low)}" x2="{x(e.high)}" y1="{y}" y2="{y}"/>'
    if e.value is not None:
        kind = "own" if line.arm == BASE else "mean"
        yield f'<circle class="{kind}" r="5" cx="{x(e.value)}" cy="{y}"/>'
    told = say.figure(e.value, scale) if e.value is not None else "withheld"
    yield f'<text x="{WIDTH - RIGHT + 12}" y="{y + 4}">{escape(told)}</text>'


def _ends(measure: str, lines: Sequence[Line]) -> tuple[float, float]:
    """Ends of the axis: from 0 to what is needed of a share, of others what is needed."""
    every = [
        v for line in lines for v in (*line.by_seed, line.own.estimate.low, line.own.estimate.high) if v is not None
    ]
    if measure not in DETECTION:
        reach = next((end for end in (0.05, 0.1, 0.2, 0.5) if max(every) <= end), 1.0)
        return (max(0.0, round(min(every) * 10 - 0.5) / 10), 1.0) if measure == "accuracy" else (0.0, reach)
    width = max(max(every) - min(every), 0.1)
    return min(every) - width / 10, max(every) + width / 10
