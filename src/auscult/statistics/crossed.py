"""Means and ratios over seeds crossed with clusters: every seed answers about the same images.

Seeds are to images what readers are to cases in a study of many readers and many cases: both are drawn, and an interval
that is to hold for other seeds *and* other images holds the variance of both, and of their interaction.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import optimize, stats

from auscult.statistics.interval import CLUSTER_T, Floats, Interval, difference_of_means, proportion

Side = Literal["below", "above", "within"]
FAR: Final = 1e6
"""Beyond this a limit of a ratio is none."""
CROSSED, IMAGES, SHARE, SPARSE, NONE = (
    "seeds crossed with clusters (two-way random effects, t of either)",
    "clusters alone: there is one seed",
    "a share over clusters, and the variance of seeds beside it",
    "few clusters differ: cluster beta with one unseen cluster, and the variance of seeds beside it",
    "none",
)


@dataclass(frozen=True, kw_only=True)
class Components:
    """Where the variance of a figure comes from; each as the part of the variance of the figure.

    Attributes:
        seed: more seeds make it less.
        cluster: more images make it less.
        interaction: either does; what a single answer varies beyond both is in it.
    """

    seed: float
    cluster: float
    interaction: float


@dataclass(frozen=True, kw_only=True)
class Crossed:
    """A mean or ratio with limits that hold for other seeds and other clusters.

    Attributes:
        value: None where the denominator is 0.
        low: None where there is none: on this side no value is excluded.
        high: likewise.
        level: of the interval.
        seeds: how many.
        clusters: how many.
        method: of the limits.
        components: of the variance; None for one seed or one cluster.
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    seeds: int
    clusters: int
    method: str
    components: Components | None = None


@dataclass(frozen=True)
class _Squares:
    """Mean squares of a table of seeds and clusters, and what follows from them for its mean."""

    mean: float
    seed: float
    cluster: float
    both: float
    seeds: int
    clusters: int

    @classmethod
    def of(cls, table: Floats) -> "_Squares":
        seeds, clusters = table.shape
        mean = float(table.mean())
        by_seed, by_cluster = table.mean(axis=1), table.mean(axis=0)
        rest = table - by_seed[:, None] - by_cluster[None] + mean
        return cls(
            mean,
            clusters * float(((by_seed - mean) ** 2).sum()) / max(1, seeds - 1),
            seeds * float(((by_cluster - mean) ** 2).sum()) / max(1, clusters - 1),
            float((rest**2).sum()) / max(1, (seeds - 1) * (clusters - 1)),
            seeds,
            clusters,
        )

    def half(self, tail: float) -> float:
        """Half of the width of the interval of the mean that leaves out so much on either side.

        The variance of the mean has two parts, what seeds and what clusters bring to it; each has its own few degrees
        of freedom, and the squares of both half-widths are added.
        """
        cells = self.seeds * self.clusters
        own = max(self.cluster - self.both, 0.0) if self.seeds > 1 else self.cluster
        square = stats.t.isf(tail, self.clusters - 1) ** 2 * own / cells
        if self.seeds > 1:
            square += stats.t.isf(tail, self.seeds - 1) ** 2 * self.seed / cells
        return float(square**0.5)

    @property
    def p_value(self) -> float:
        """Two-sided, of a mean of 0."""
        if self.mean == 0 or self.half(0.25) == 0:
            return 1.0
        least = 1e-12
        if self.half(least) < abs(self.mean):
            return 2 * least
        return 2 * float(10 ** optimize.brentq(lambda at: self.half(10**at) - abs(self.mean), -12, np.log10(0.5)))

    @property
    def components(self) -> Components | None:
        if self.seeds == 1 or self.clusters == 1:
            return None
        cells = self.seeds * self.clusters
        return Components(
            seed=max(self.seed - self.both, 0.0) / cells,
            cluster=max(self.cluster - self.both, 0.0) / cells,
            interaction=self.both / cells,
        )


def crossed(part: Floats, whole: Floats | None = None, *, level: float = 0.95, share: bool = False) -> Crossed:
    """The ratio of two totals, ``part.sum() / whole.sum()``, with limits that hold for other seeds and clusters.

    A limit is where the hypothesis that the ratio is there is just not refused (Fieller): the mean of
    ``part - ratio * whole`` is held against its own variance, that of a two-way table with both factors random: the
    mean square of seeds, and that of clusters beyond the interaction, each with t of its own degrees of freedom. Where
    the denominator cannot be told from 0, a side has no limit. Where few clusters differ, t would cover too little: a
    difference of shares then has the limits of ``difference_of_means`` over clusters, to whose squares those of the
    variance of seeds are added.

    Args:
        part: total of the numerator in each cluster, shape (seeds, clusters).
        whole: of the denominator; None: of means, every cluster counts 1.
        level: of the interval.
        share: whether the ratio is a share of one, whose limits over clusters are then those of ``proportion``.

    Source: Hillis 2007, Statistics in Medicine 26, 596-619 (variance of readers by cases); Fieller 1954, Journal of
    the Royal Statistical Society B 16, 175-185; Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (squares of
    distances to limits; with Satterthwaite's degrees of freedom three seeds covered .90 where these vary most).
    """
    given = whole is not None
    whole = np.ones_like(part) if whole is None else whole
    seeds, clusters = part.shape
    total = float(whole.sum())
    if total == 0:
        return Crossed(value=None, low=None, high=None, level=level, seeds=seeds, clusters=clusters, method=NONE)
    value = float(part.sum()) / total
    about = {"value": value, "level": level, "seeds": seeds, "clusters": int((whole.sum(axis=0) != 0).sum())}
    squares = _Squares.of((part - value * whole) * (part.size / total))
    if clusters < 2:
        return Crossed(low=None, high=None, method=NONE, **about)
    if share:
        found = _with_seeds(proportion(*_sorted(part, whole), level), squares, value, level, (0.0, 1.0))
        return Crossed(low=found[0], high=found[1], method=SHARE, components=squares.components, **about)
    if given and (sparse := _sparse(part, whole, squares, value, level)):
        return Crossed(low=sparse[0], high=sparse[1], method=SPARSE, components=squares.components, **about)
    low, high = (_limit(part, whole, value, level, side) for side in (-1, 1))
    method = CROSSED if seeds > 1 else IMAGES
    return Crossed(low=low, high=high, method=method, components=squares.components, **about)


def p_value(part: Floats, whole: Floats | None, limit: float, side: Side) -> float:
    """One-sided p-value of the hypothesis that the ratio lies on the other side of a limit, at the smallest on it.

    ``within`` holds it against ``-limit`` and ``limit``, and gives the greater of both (two one-sided tests). It is
    where the interval of ``crossed`` ends in the limit.
    """
    if side == "within":
        return max(p_value(part, whole, -limit, "above"), p_value(part, whole, limit, "below"))

    def beyond(tail: float) -> bool:
        found = crossed(part, whole, level=1 - 2 * tail)
        end = found.high if side == "below" else found.low
        return end is not None and (end < limit if side == "below" else end > limit)

    found = crossed(part, whole)
    if found.value is None or found.method == NONE:
        return 1.0
    if found.method != SPARSE:
        squares = _Squares.of(part - limit * (np.ones_like(part) if whole is None else whole))
        sign = 1 if whole is None or whole.sum() > 0 else -1
        holds = squares.mean * sign < 0 if side == "below" else squares.mean * sign > 0
        return squares.p_value / 2 if holds else 1 - squares.p_value / 2
    if not beyond(0.4999):
        return 0.5 if (found.value < limit) == (side == "below") and found.value != limit else 1.0
    least, most = -12.0, float(np.log10(0.4999))
    if beyond(10**least):
        return float(10**least)
    return float(10 ** optimize.brentq(lambda at: beyond(10**at) - 0.5, least, most, xtol=1e-3))


def _limit(part: Floats, whole: Floats, value: float, level: float, side: int) -> float | None:
    """Where the hypothesis that the ratio is there is just not refused, going from the value to one side."""

    def excess(ratio: float) -> float:
        squares = _Squares.of(part - ratio * whole)
        return abs(squares.mean) - squares.half((1 - level) / 2)

    if excess(value) >= 0:
        return value
    step = max(_Squares.of((part - value * whole) * (part.size / float(whole.sum()))).half((1 - level) / 2), 1e-9)
    while excess(value + side * step) < 0:
        step *= 2
        if step > FAR:
            return None
    return float(optimize.brentq(excess, value, value + side * step, xtol=1e-10))


def _sorted(part: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Totals over seeds of the clusters that have any, such that their order changes no digit of what follows."""
    sums, sizes = part.mean(axis=0), whole.mean(axis=0)
    sums, sizes = sums[sizes > 0], sizes[sizes > 0]
    order = np.lexsort((sizes, sums))
    return sums[order][None], sizes[order][None]


def _sparse(part: Floats, whole: Floats, squares: _Squares, value: float, level: float) -> tuple[float, float] | None:
    """Limits of a difference of shares where few clusters differ; None where t serves."""
    if (np.abs(part) > whole + 1e-12).any() or (whole.sum(axis=0) > 0).sum() < 2:
        return None
    found = difference_of_means(*_sorted(part, whole), level)
    if int(found.method[0]) == CLUSTER_T:
        return None
    return _with_seeds(found, squares, value, level, (-1.0, 1.0))


def _with_seeds(
    over_clusters: Interval, squares: _Squares, value: float, level: float, ends: tuple[float, float]
) -> tuple[float, float]:
    """Limits over clusters, to the squares of whose distances those of the variance of seeds are added."""
    more = 0.0
    if squares.seeds > 1:
        extra = max(squares.seed - squares.both, 0.0) / (squares.seeds * squares.clusters)
        more = float(stats.t.ppf((1 + level) / 2, squares.seeds - 1)) * extra**0.5
    below, above = value - float(over_clusters.low[0]), float(over_clusters.high[0]) - value
    return max(ends[0], value - (below**2 + more**2) ** 0.5), min(ends[1], value + (above**2 + more**2) ** 0.5)
