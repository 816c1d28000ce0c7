"""One-sided bounds for decisions: how high a mean over clustered items may still be, whatever the images not yet seen.

`interval` gives intervals that cover their level in the usual designs. A decision needs more: where a model fails
wholly on a few images, an interval from the images seen is too narrow on one side (measured: up to 23 % of such data
sets in place of 5 %). The bounds here take one more cluster as unseen, at the very end of the scale.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from auscult.statistics.clusters import Labels, checked_labels, residual_correlation, totals
from auscult.statistics.guard import guarded
from auscult.statistics.interval import Floats, spread, square_and_add

METHOD: Final = "one-sided cluster beta bound with one unseen cluster at the end of the scale"
EXACT_METHOD: Final = "exact one-sided cluster bound: all clusters alike (rule of three on clusters)"
GAP_METHOD: Final = "square-and-add of the one-sided cluster bounds of both groups (MOVER)"
MOST_CLUSTERS: Final = 1_000_000
"""Clusters beyond which no further number is tried."""


@guarded
def upper_limit(sums: Floats, sizes: Floats, confidence: float = 0.95) -> Floats:
    """Upper one-sided bound of a mean of values in [0, 1]; nan never comes out, with one cluster it is near 1.

    The clusters' rates, with an unseen one of rate 1, are averaged with Dirichlet weights (Gaffke's bound); the
    distribution of that average is replaced by the beta of the same mean and variance on its support, widened by t
    over z. The unseen cluster is as large as the cluster that a random item comes from. Where all clusters have the
    same rate ``r`` the bound is exact: with ``G`` clusters without an event, 1 - (1 - confidence) ** (1 / G).
    How many items a cluster has enters by its weight alone, so that asking the same images more often gains nothing.

    Args:
        sums: total of each cluster's items, shape (batch, clusters).
        sizes: number of items of each cluster, same shape, all above 0.
        confidence: one-sided.

    Source: Gaffke 2005, Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative
        variable; Learned-Miller and Thomas 2019, arXiv:1905.06208. The size of the unseen cluster and the beta are
        ours; ``python -m benchmarks.gate`` measures what they hold.
    """
    count, rates = sums.shape[-1], np.clip(sums / sizes, 0.0, 1.0)
    least = rates.min(-1)
    exact = least + (1 - least) * (1 - (1 - confidence) ** (1 / count))
    alike = rates.max(-1) - least < 1e-12
    if count < 2 or alike.all():
        return np.asarray(exact)
    mass = sizes / sizes.mean(-1, keepdims=True)
    own = (mass**2).sum(-1) / count
    above = (rates - least[..., None]) / np.maximum(1 - least, 1e-12)[..., None]
    centre = ((mass * above).sum(-1) + own) / (count + own)
    squares = ((mass * (above - centre[..., None])) ** 2).sum(-1) + (own * (1 - centre)) ** 2
    widen = (stats.t.ppf(confidence, spread(sums, sizes).df) / stats.norm.ppf(confidence)) ** 2
    variance = widen * squares * (count + 1) / (count + 2) / (count + own) ** 2
    weight = np.maximum(centre * (1 - centre) / np.maximum(variance, 1e-30) - 1, 1e-6)
    found = stats.beta.ppf(confidence, np.maximum(centre * weight, 1e-9), np.maximum((1 - centre) * weight, 1e-9))
    mean = sums.sum(-1) / sizes.sum(-1)
    limit = np.where(alike, exact, least + (1 - least) * found)
    return np.asarray(np.clip(np.maximum(limit, mean), 0.0, 1.0))


@guarded
def lower_limit(sums: Floats, sizes: Floats, confidence: float = 0.95) -> Floats:
    """Lower one-sided bound: the mirror image of `upper_limit`."""
    return np.asarray(1 - upper_limit(sizes - sums, sizes, confidence))


@dataclass(frozen=True)
class Sided:
    """A mean with its two one-sided bounds, each at its own confidence.

    Attributes:
        low: where all missing values are the least possible.
        high: where all missing values are the greatest possible.
    """

    low: float
    high: float
    clusters: int
    exact: bool


@guarded
def bounds(least: Floats, most: Floats, clusters: Labels, confidence: float, confidence_low: float) -> Sided:
    """Both bounds of a mean over items of which some are known between limits only.

    Args:
        least: value of each item in [0, 1], 0 where it is missing, shape (items,), at least one.
        most: the same, 1 where it is missing.
        clusters: image or patient of each item.
        confidence: of the upper bound.
        confidence_low: of the lower bound.
    """
    codes = checked_labels("gate", clusters, len(least))
    (low_sums, sizes), (high_sums, high_sizes) = totals(least, codes), totals(most, codes)
    rates = high_sums / high_sizes
    return Sided(
        low=float(lower_limit(low_sums[None], sizes[None], confidence_low)[0]),
        high=float(upper_limit(high_sums[None], high_sizes[None], confidence)[0]),
        clusters=len(sizes),
        exact=float(np.ptp(rates)) < 1e-12,
    )


@dataclass(frozen=True)
class Group:
    """One of two groups that are compared: values that may be missing, as in `bounds`."""

    least: Floats
    most: Floats
    clusters: Labels


@guarded
def gap_limits(high: Group, low: Group, confidence: float, confidence_low: float) -> tuple[float, float]:
    """Lower and upper one-sided bound of the mean of ``high`` minus that of ``low``; the groups may share clusters.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (MOVER).
    """
    labels = np.concatenate([np.asarray(high.clusters), np.asarray(low.clusters)])
    codes, n = np.unique(labels, return_inverse=True)[1], len(high.least)
    # a correlation near 1 from few clusters would make the bound vanish
    rho = min(residual_correlation(high.least, codes[:n], low.least, codes[n:]), 0.9)
    upper = _reach(high.most, high.clusters, low.least, low.clusters, rho, confidence)
    lower = -_reach(low.most, low.clusters, high.least, high.clusters, rho, confidence_low)
    return lower, upper


def _reach(first: Floats, of_first: Labels, second: Floats, of_second: Labels, rho: float, confidence: float) -> float:
    """Upper bound of the mean of ``first`` minus that of ``second``."""
    a, b = float(first.mean()), float(second.mean())
    up = bounds(first, first, of_first, confidence, confidence).high - a
    down = b - bounds(second, second, of_second, confidence, confidence).low
    return min(1.0, a - b + square_and_add(up, down, -rho))


@guarded
def clusters_for(sums: Floats, sizes: Floats, limit: float, confidence: float, *, below: bool) -> int | None:
    """How many clusters like these it would take for the bound to reach ``limit``; None where no number would do.

    Args:
        sums: total of each cluster's items, shape (clusters,).
        sizes: number of items of each cluster.
        limit: on the scale of the values.
        confidence: of the bound.
        below: True: the upper bound must come down to the limit; False: the lower one must come up to it.
    """
    mean = float(sums.sum() / sizes.sum())
    if (mean >= limit if below else mean <= limit) or not len(sums):
        return None
    order = np.argsort(sums / sizes, kind="stable")
    sums, sizes = sums[order], sizes[order]

    def holds(count: int) -> bool:
        # evenly spread over the clusters seen, so that rate and spread stay as they are
        rows = np.floor((np.arange(count) + 0.5) * len(sums) / count).astype(np.intp)
        s, n = sums[rows][None], sizes[rows][None]
        if below:
            return float(upper_limit(s, n, confidence)[0]) <= limit
        return float(lower_limit(s, n, confidence)[0]) > limit

    top = len(sums)
    while not holds(top):
        top *= 2
        if top > MOST_CLUSTERS:
            return None
    bottom = max(top // 2, 1)
    while top - bottom > max(1, top // 200):
        middle = (top + bottom) // 2
        bottom, top = (bottom, middle) if holds(middle) else (middle, top)
    return top
