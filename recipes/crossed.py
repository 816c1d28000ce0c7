"""How often intervals over seeds crossed with images hold what they should, in drawn grids; a line a setting.

``python -m recipes.crossed 400`` prints the table of ``docs/how-to/ablate.md``.
"""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from auscult.statistics.crossed import crossed

QUESTIONS = 4


@dataclass(frozen=True)
class Setting:
    """A truth: log odds of base and of the effect, and the standard deviations of the effect."""

    name: str
    base: float
    effect: float
    seeds: float
    images: float
    both: float


SETTINGS = (
    Setting("answers alone vary", 0, -1.5, 0, 0, 0),
    Setting("seeds vary most", 0, -1.5, 0.6, 0.3, 0.3),
    Setting("images vary most", 0, -1.5, 0.05, 1, 0.3),
    Setting("no effect on average", 0, 0, 0.4, 0.4, 0.4),
    Setting("rare (1 %), no effect", -5, 0, 0.2, 0.3, 0.3),
)
SIZES = ((3, 100), (10, 100), (10, 300))


def drawn(rng: np.random.Generator, s: Setting, seeds: int, images: int) -> tuple[Any, Any]:
    """Totals of the answers of the arm, shape (seeds, images), and of base, shape (images,)."""
    level = s.base + rng.normal(0, 1, images)
    effect = s.effect + rng.normal(0, s.seeds, (seeds, 1)) + rng.normal(0, s.images, images)
    effect = effect + rng.normal(0, s.both, (seeds, images))
    return rng.binomial(QUESTIONS, expit(level + effect)) * 1.0, rng.binomial(QUESTIONS, expit(level)) * 1.0


def truth(s: Setting, count: int = 1_000_000) -> tuple[float, float]:
    """Difference and relative difference of the shares."""
    rng = np.random.default_rng(1)
    level = s.base + rng.normal(0, 1, count)
    effect = s.effect + rng.normal(0, (s.seeds**2 + s.images**2 + s.both**2) ** 0.5, count)
    before, after = expit(level).mean(), expit(level + effect).mean()
    return float(after - before), float((after - before) / before)


def held(low: float | None, high: float | None, true: float) -> bool:
    """Whether limits, of which one may be none, hold a value."""
    return (low is None or low <= true) and (high is None or true <= high)


def line(s: Setting, seeds: int, images: int, grids: int) -> str:
    """A line of the table."""
    difference, relative = truth(s)
    rng = np.random.default_rng([seeds, images])
    found, ratios, widths = 0, 0, []
    for _ in range(grids):
        after, before = drawn(rng, s, seeds, images)
        part = after - before
        items = np.full(part.shape, float(QUESTIONS))
        one = crossed(part, items)
        found += held(one.low, one.high, difference)
        widths.append((one.high or 0.0) - (one.low or 0.0))
        other = crossed(part, np.broadcast_to(before, part.shape), items)
        ratios += held(other.low, other.high, relative)
    shares = f"{found / grids:.3f} | {100 * np.mean(widths):.1f} | {ratios / grids:.3f}"
    return f"| {s.name} | {seeds} | {images} | {shares} |"


def main() -> None:
    """Prints the table."""
    grids = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print("| what varies | seeds | images | difference | width, points | relative |\n|---|---|---|---|---|---|")
    for seeds, images in SIZES:
        for setting in SETTINGS:
            print(line(setting, seeds, images, grids), flush=True)


if __name__ == "__main__":
    main()
