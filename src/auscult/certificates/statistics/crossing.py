"""Seeds crossed with images, put to the test: drawn grids whose change is known, absolute and relative.

Four questions an image, each answered before tuning and by every seed after it. Log odds of an error are normal: the
images', and an effect of tuning that varies over seeds, over images, and over both.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import expit

from auscult.certificates.cells import Row
from auscult.certificates.statistics.claims import judged
from auscult.statistics.crossed import FEWEST_CLUSTERS, crossed
from auscult.statistics.interval import Floats

PART = "seeds crossed with images"
QUESTIONS = 4
DRAWN = 1_000_000
"""Images of the population of which the truth is the mean."""


@dataclass(frozen=True)
class Effect:
    """A truth: log odds before and of the effect, and the standard deviations of the effect."""

    name: str
    base: float = 0.0
    effect: float = -1.5
    seeds: float = 0.0
    images: float = 0.0
    both: float = 0.0


EFFECTS = (
    Effect("answers alone vary"),
    Effect("seeds vary most", seeds=0.6, images=0.3, both=0.3),
    Effect("images vary most", seeds=0.05, images=1, both=0.3),
    Effect("no effect on average", effect=0, seeds=0.4, images=0.4, both=0.4),
    Effect("rare (1 %), no effect", base=-5, effect=0, seeds=0.2, images=0.3, both=0.3),
    Effect("from .5 to .03", effect=-4.5, seeds=0.6, images=0.3, both=0.3),
)
GRIDS = ((3, 100), (10, 100), (10, 300))
"""Seeds and images."""
SMALL = ((1, FEWEST_CLUSTERS), (3, FEWEST_CLUSTERS), (10, FEWEST_CLUSTERS))
"""The same of the fewest images that a claim is decided by; one seed holds for itself alone."""


def crossed_row(rng: np.random.Generator, effect: Effect, seeds: int, images: int, replicates: int) -> Row:
    """Coverage of a change of a share and of the same relative to the share before, in one kind of grid."""
    if seeds == 1:
        effect = replace(effect, seeds=0.0)
    difference, relative = truths(effect)
    found, ratios, widths = 0, 0, []
    for _ in range(replicates):
        after, before = _drawn(rng, effect, seeds, images)
        part, items = after - before, np.full(after.shape, float(QUESTIONS))
        one = crossed(part, items)
        found += _holds(one.low, one.high, difference)
        widths.append((one.high or 0.0) - (one.low or 0.0))
        other = crossed(part, np.broadcast_to(before, part.shape), items)
        ratios += _holds(other.low, other.high, relative)
    both = found / replicates, ratios / replicates
    return {
        "part": PART,
        "what": effect.name,
        "seeds": seeds,
        "clusters": images,
        "replicates": replicates,
        "coverage": both[0],
        "relative_coverage": both[1],
        "width": float(np.mean(widths)),
    } | judged(min(both), max(both), replicates, "at least 95 %")


def _drawn(rng: np.random.Generator, e: Effect, seeds: int, images: int) -> tuple[Floats, Floats]:
    """Errors after, shape (seeds, images), and before, shape (images,)."""
    level = e.base + rng.normal(0, 1, images)
    effect = e.effect + rng.normal(0, e.seeds, (seeds, 1)) + rng.normal(0, e.images, images)
    effect = effect + rng.normal(0, e.both, (seeds, images))
    after, before = (rng.binomial(QUESTIONS, expit(odds)).astype(np.float64) for odds in (level + effect, level))
    return after, before


@lru_cache
def truths(e: Effect) -> tuple[float, float]:
    """Change of the share, and the same relative to the share before."""
    rng = np.random.default_rng(1)
    level = e.base + rng.normal(0, 1, DRAWN)
    effect = e.effect + rng.normal(0, (e.seeds**2 + e.images**2 + e.both**2) ** 0.5, DRAWN)
    before, after = expit(level).mean(), expit(level + effect).mean()
    return float(after - before), float((after - before) / before)


def _holds(low: float | None, high: float | None, true: float) -> bool:
    """Whether limits, of which one may be none, hold a value."""
    return (low is None or low <= true) and (high is None or true <= high)
