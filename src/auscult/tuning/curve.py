"""Losses and acceptance step by step, as a table and as a chart in the colours of the reports."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil

from auscult.tuning.checkpoint import Progress
from auscult.tuning.course import Course, rate
from auscult.tuning.options import TuningOptions

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 150, 64, 16, 36, 32
"""Of a panel, in pixels, and what is left around it."""
MOST = 300
"""Points of a line; more steps than that are drawn as means of some in turn."""
STYLE = """
svg{background:#fbfbf9;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
text{fill:#55616a}.name{fill:#1a2226;font-weight:600}.rule{stroke:#dde1df}.kept{stroke:#55616a;stroke-dasharray:4 4}
.step{stroke:#55616a;opacity:.6}.held{stroke:#0b5f6b;stroke-width:2}.line{fill:none}circle{fill:#0b5f6b}
@media(prefers-color-scheme:dark){svg{background:#12171a}text{fill:#a9b4b8}.name{fill:#e7ebea}.rule{stroke:#313b40}
.step,.kept{stroke:#a9b4b8}.held{stroke:#6cc7d3}circle{fill:#6cc7d3}}"""
Points = Sequence[tuple[float, float]]


def curve(course: Course, state: Progress, options: TuningOptions) -> bytes:
    """A line a step, as CSV."""
    lines = ["step,epoch,learning_rate,loss,held_out_loss,held_out_accepted,held_out_known"]
    for number, loss in enumerate(state.losses, 1):
        held, (accepted, known) = state.held.get(number), state.taken.get(number, (0, 0))
        learnt = rate(number - 1, len(course.steps), options)
        taken = f"{accepted},{known}" if known else ","
        told = "" if held is None else f"{held:.6f}"
        lines.append(f"{number},{course.epoch(number)},{learnt:.6g},{loss:.6f},{told},{taken}")
    return ("\n".join(lines) + "\n").encode()


def chart(state: Progress) -> str:
    """The losses of all steps, what is held out beside them, and how many false premises are accepted, as SVG."""
    shares = {step: 100 * accepted / known for step, (accepted, known) in state.taken.items() if known}
    highest = max((*state.losses, *state.held.values()))
    name = "loss a token: of the steps (grey), on held-out images"
    panels = [_panel(state, name, highest, _means(state.losses), state.held)]
    if shares:
        name = "accepted of 100 false premises whose twin is known, on held-out images"
        panels.append(_panel(state, name, 100.0, (), shares))
    high = len(panels) * (HEIGHT + TOP + BOTTOM)
    drawn = "".join(
        f'<g transform="translate(0 {n * (HEIGHT + TOP + BOTTOM) + TOP})">{panel}</g>' for n, panel in enumerate(panels)
    )
    last = f"; on held-out images {state.held[max(state.held)]:.3f} at last" if state.held else ""
    said = f"Loss a token: {state.losses[0]:.3f} at first, {state.losses[-1]:.3f} at last{last}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}" '
        f'role="img"><title>{said}</title><style>{STYLE}</style>{drawn}</svg>\n'
    )


def _panel(state: Progress, name: str, most: float, line: Points, held: Mapping[int, float]) -> str:
    """One diagram over the steps: its scale, a line of the steps, and points with a line of what is held out."""
    steps = len(state.losses)

    def at(step: float, value: float) -> tuple[float, float]:
        across, down = step / steps, 1 - min(1.0, value / (most or 1.0))
        return round(LEFT + across * (WIDTH - LEFT - RIGHT), 1), round(HEIGHT * down, 1)

    def path(points: Points, kind: str) -> str:
        placed = " ".join(f"{x},{y}" for x, y in (at(*point) for point in points))
        return f'<polyline class="line {kind}" points="{placed}"/>'

    rules = [
        f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at(0, v)[1]}" y2="{at(0, v)[1]}"/>'
        f'<text x="{LEFT - 8}" y="{at(0, v)[1] + 4}" text-anchor="end">{v:.3g}</text>'
        for v in (0.0, most / 2, most)
    ]
    dots = [f'<circle r="3.5" cx="{x}" cy="{y}"/>' for x, y in (at(step, value) for step, value in held.items())]
    kept = ""
    if state.best_step:
        x, _ = at(state.best_step, 0)
        end = "end" if x > WIDTH / 2 else "start"
        beside = x + (-6 if end == "end" else 6)
        kept = f'<line class="kept" x1="{x}" x2="{x}" y1="0" y2="{HEIGHT}"/>' + (
            f'<text x="{beside}" y="12" text-anchor="{end}">kept: step {state.best_step:,}</text>'
        )
    axis = f'<text x="{LEFT}" y="{HEIGHT + 18}">step 0</text>' + (
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT + 18}" text-anchor="end">step {steps:,}</text>'
    )
    title = f'<text class="name" x="{LEFT}" y="-12">{escape(name)}</text>'
    return "".join([title, *rules, path(line, "step"), path(list(held.items()), "held"), *dots, kept, axis])


def _means(losses: Sequence[float]) -> list[tuple[float, float]]:
    """The losses as at most ``MOST`` points; where there are more steps, each is the mean of some in turn."""
    each = ceil(len(losses) / MOST)
    parts = [losses[first : first + each] for first in range(0, len(losses), each)]
    return [(1 + n * each + (len(part) - 1) / 2, sum(part) / len(part)) for n, part in enumerate(parts)]
