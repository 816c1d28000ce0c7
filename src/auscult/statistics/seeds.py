"""The variance of a mean over seeds crossed with clusters: every seed (a trained model) answers about the same images.

Seeds are to images what readers are to cases in a study of many readers and many cases: both are drawn, and an interval
that is to hold for other seeds *and* other images holds the variance of both, and of their interaction.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, stats

from auscult.records import Estimate
from auscult.statistics.interval import Floats


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
class Variance:
    """Variance of a mean over seeds and clusters: mean squares of the two-way table, each over the number of cells.

    Attributes:
        seed: of seeds and the interaction; 0 for one seed, of which nothing is known about others.
        cluster: of clusters and the interaction: that of the mean over clusters, the seeds as they are.
        both: of the interaction alone.
        seeds: how many.
        df: degrees of freedom of ``cluster``.
    """

    seed: float
    cluster: float
    both: float
    seeds: int
    df: float

    @classmethod
    def of(cls, table: Floats, df: float | None = None) -> "Variance":
        """Of the mean of a table, shape (seeds, clusters); ``df``: clusters - 1 unless given."""
        seeds, clusters = table.shape
        mean, by_seed, by_cluster = table.mean(), table.mean(axis=1), table.mean(axis=0)
        rest = table - by_seed[:, None] - by_cluster[None] + mean
        of_seeds, of_clusters = max(1, seeds - 1), max(1, clusters - 1)
        return cls(
            seed=float(((by_seed - mean) ** 2).sum()) / (of_seeds * seeds),
            cluster=float(((by_cluster - mean) ** 2).sum()) / (of_clusters * clusters),
            both=float((rest**2).sum()) / (of_seeds * of_clusters * table.size),
            seeds=seeds,
            df=clusters - 1 if df is None else df,
        )

    @classmethod
    def of_resamples(cls, by_seed: Floats, resampled: Floats, clusters: int) -> "Variance":
        """Of the mean of figures, shape (seeds,), from those of resamples of clusters, shape (resamples, seeds)."""
        seeds, inflated = len(by_seed), clusters / (clusters - 1)
        cluster = float(resampled.mean(1).var(ddof=1)) * inflated
        # a single seed's variance holds all of the interaction, that of the mean over seeds a part of it
        alone = float(resampled.var(axis=0, ddof=1).mean()) * inflated
        several = seeds > 1
        return cls(
            seed=float(by_seed.var(ddof=1)) / seeds if several else 0.0,
            cluster=cluster,
            both=(alone - cluster) / (seeds - 1) if several else 0.0,
            seeds=seeds,
            df=clusters - 1,
        )

    @property
    def whole(self) -> float:
        """All of it: no part counted twice."""
        return max(self.seed + self.cluster - self.both, 0.0)

    def half(self, tail: float) -> float:
        """Half of the width of the interval of the mean that leaves out so much on either side.

        What seeds and what clusters bring each has t of its own few degrees of freedom, and the squares of both
        half-widths are added.
        """
        return float((self._clusters(tail) * max(self.cluster - self.both, 0.0) + self._seeds(tail)) ** 0.5)

    def beyond_clusters(self, tail: float) -> float:
        """Square of what seeds add to half of a width that clusters alone give."""
        return max(self.half(tail) ** 2 - self._clusters(tail) * self.cluster, 0.0)

    def _clusters(self, tail: float) -> float:
        return float(stats.t.isf(tail, self.df)) ** 2

    def _seeds(self, tail: float) -> float:
        return float(stats.t.isf(tail, self.seeds - 1)) ** 2 * self.seed if self.seeds > 1 else 0.0

    def p_value(self, mean: float) -> float:
        """Two-sided, of a mean of 0; 1 where nothing varies, from which nothing can be told."""
        if mean == 0 or self.half(0.25) == 0:
            return 1.0
        if self.seeds == 1:
            return float(2 * stats.t.sf(abs(mean) / self.cluster**0.5, self.df))
        least = 1e-12
        if self.half(least) < abs(mean):
            return 2 * least
        return 2 * float(10 ** optimize.brentq(lambda at: self.half(10**at) - abs(mean), -12, np.log10(0.5)))

    @property
    def components(self) -> Components | None:
        """None for one seed."""
        if self.seeds == 1:
            return None
        seed, cluster = (max(part - self.both, 0.0) for part in (self.seed, self.cluster))
        return Components(seed=seed, cluster=cluster, interaction=self.both)


def with_seeds(whole: Estimate, value: float, variance: Variance) -> Estimate:
    """The estimate with a value, its limits, and the p-value of its difference from 0.

    Source: Hillis 2007, Statistics in Medicine 26, 596-619 (variance of readers by cases); Zou and Donner 2008,
    Statistics in Medicine 27, 1693-1702 (squares of distances to limits).
    """
    half = variance.half((1 - whole.level) / 2)
    p_value = variance.p_value(value) if half else float(value == 0)
    kinds = ("items", "images") + (("seeds",) if variance.seeds > 1 else ())
    return replace(whole, value=value, low=value - half, high=value + half, variance=kinds, p_value=p_value)
