"""Confidence interval of a mean over items that come in clusters (the questions of one image or patient).

Works on cluster totals, on one data set or on thousands of simulated ones at once: the first axis is the data set, the
second the cluster. The method is chosen from the data, never by the caller; the certificate of the statistics simulates
the whole procedure, choice included.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from auscult.statistics.guard import guarded

Floats = NDArray[np.float64]

NONE: Final = 0
CLUSTER_T: Final = 1
UNSEEN: Final = 2
EXACT: Final = 3
WILSON: Final = 4
CLOPPER_PEARSON: Final = 5
METHODS: Final = (
    "none",
    "cluster t on the logit scale (CR2, Bell-McCaffrey df)",
    "cluster beta with one unseen cluster",
    "exact cluster bound at zero events",
    "Wilson, one item a cluster",
    "Clopper-Pearson, one item a cluster",
)
NOTES: Final = (
    "one cluster only: nothing is known about the spread between clusters",
    "",
    "few clusters hold the events: the interval is wide and mostly conservative (covers more than its level)",
    "no event (or nothing but events) was seen: the bound is exact for clusters and conservative",
    "",
    "few events: the exact interval is conservative (covers its level or more)",
)
ONE_ITEM: Final = frozenset({WILSON, CLOPPER_PEARSON})
"""Methods that need no cluster variance, and so hold for few clusters too."""
SKEW_LIMIT: Final = 0.35
"""Skewness of the cluster residuals over the root of the number of clusters, above which t undercovers."""
DIFFERENCE_SKEW_LIMIT: Final = 0.2
"""The same for differences, where events of both arms cancel and hide the skewness."""
WILSON_EVENTS: Final = 10
"""Events, and items without one, that Wilson needs: below, its lower limit undercovers."""
CERTIFIED_CLUSTERS: Final = 10
"""Fewest clusters that the certificate tests."""


@dataclass(frozen=True)
class Interval:
    """Means with their limits and the index in ``METHODS`` of what made them; all of shape (batch,)."""

    value: Floats
    low: Floats
    high: Floats
    method: NDArray[np.int64]


@dataclass(frozen=True)
class Spread:
    """Variance of the mean between clusters.

    Attributes:
        value: mean over items, shape (batch,).
        variance: bias-reduced cluster variance (CR2) of the mean.
        df: its Satterthwaite degrees of freedom.
        skew: skewness of the cluster residuals over the root of the number of clusters; infinite where all are zero.
    """

    value: Floats
    variance: Floats
    df: Floats
    skew: Floats


def spread(sums: Floats, sizes: Floats) -> Spread:
    """Mean and CR2 variance for an intercept with independent working errors.

    Args:
        sums: total of each cluster's items, shape (batch, clusters), at least two clusters.
        sizes: number (or weight) of items of each cluster, same shape, all above 0.

    Source: Bell and McCaffrey 2002, Survey Methodology 28(2); Pustejovsky and Tipton 2018, section 2.
    """
    items = sizes.sum(-1)
    value = sums.sum(-1) / items
    residual = sums - value[..., None] * sizes
    share = sizes / items[..., None]
    variance = (residual**2 / (1 - share)).sum(-1) / items**2
    weight = share**2 / (1 - share)
    own = weight * (1 / sizes - 1 / items[..., None])
    cross = (weight.sum(-1) / items) ** 2 - ((weight / items[..., None]) ** 2).sum(-1)
    df = own.sum(-1) ** 2 / (cross + (own**2).sum(-1))
    square = (residual**2).sum(-1)
    # residuals at the level of rounding errors are none: no skewness can be read from them
    flat = square <= 1e-20 * items**2
    skew = np.where(flat, np.inf, np.abs((residual**3).sum(-1)) / np.where(flat, 1.0, square) ** 1.5)
    return Spread(value, variance, df, skew)


@guarded
def proportion(sums: Floats, sizes: Floats, level: float = 0.95) -> Interval:
    """Interval of a mean of values in [0, 1].

    - no event, or nothing but events: exact bound for clusters;
    - one binary item a cluster: Wilson, or Clopper-Pearson under ten events or ten items without one;
    - else cluster t on the logit scale where the cluster residuals are not too skewed;
    - else the beta interval of `_with_unseen_cluster`.

    Args:
        sums: total of each cluster's items, shape (batch, clusters).
        sizes: number (or weight) of items of each cluster, same shape, all above 0.
        level: confidence level.
    """
    if sums.shape[-1] < 2:
        return _binary_singletons(sums, sizes, level) if _one_binary_item(sums, sizes) else _no_interval(sums, sizes)
    found = spread(sums, sizes)
    zero, full = np.all(sums <= 0, axis=-1), np.all(sums >= sizes, axis=-1)
    inside = np.clip(found.value, 1e-12, 1 - 1e-12)
    half = stats.t.ppf((1 + level) / 2, found.df) * np.sqrt(found.variance) / (inside * (1 - inside))
    centre = special.logit(inside)
    low, high = special.expit(centre - half), special.expit(centre + half)
    method = np.full(found.value.shape, CLUSTER_T)
    rare = found.skew >= SKEW_LIMIT
    if rare.any():
        rates = sums[rare] / sizes[rare]
        ends = rates.min(-1) / 2, (1 + rates.max(-1)) / 2
        rare_low, rare_high = _with_unseen_cluster(sums[rare], sizes[rare], found.df[rare], level, ends)
        low[rare], high[rare], method[rare] = rare_low, rare_high, UNSEEN
    if _one_binary_item(sums, sizes):
        single = _binary_singletons(sums, sizes, level)
        low, high, method = single.low, single.high, single.method
    reach = zero_event_limit(sums.shape[-1], level)
    low = np.where(zero, 0.0, np.where(full, 1 - reach, low))
    high = np.where(full, 1.0, np.where(zero, reach, high))
    method = np.where(zero | full, EXACT, method)
    return Interval(found.value, np.minimum(low, found.value), np.maximum(high, found.value), method)


@guarded
def difference_of_means(sums: Floats, sizes: Floats, level: float = 0.95) -> Interval:
    """Interval of a mean of paired differences in [-1, 1].

    Cluster t where the cluster residuals are not too skewed, else the beta interval of `_with_unseen_cluster` on the
    scale (difference + 1) / 2; the exact bound for clusters where no item differs.

    Args:
        sums: total of the differences of each cluster's items, shape (batch, clusters).
        sizes: number of items of each cluster, same shape, all above 0.
        level: confidence level.
    """
    if sums.shape[-1] < 2:
        return _no_interval(sums, sizes)
    found = spread(sums, sizes)
    half = stats.t.ppf((1 + level) / 2, found.df) * np.sqrt(found.variance)
    low, high = np.maximum(found.value - half, -1.0), np.minimum(found.value + half, 1.0)
    method = np.full(found.value.shape, CLUSTER_T)
    rare = found.skew >= DIFFERENCE_SKEW_LIMIT
    if rare.any():
        scaled, size = (sums[rare] + sizes[rare]) / 2, sizes[rare]
        ends = np.zeros(scaled.shape[:-1]), np.ones(scaled.shape[:-1])
        rare_low, rare_high = _with_unseen_cluster(scaled, size, found.df[rare], level, ends)
        low[rare], high[rare], method[rare] = 2 * rare_low - 1, 2 * rare_high - 1, UNSEEN
    still = ~sums.any(-1)
    reach = zero_event_limit(sums.shape[-1], level)
    low, high = np.where(still, -reach, low), np.where(still, reach, high)
    method = np.where(still, EXACT, method)
    return Interval(found.value, np.minimum(low, found.value), np.maximum(high, found.value), method)


@guarded
def positive(sums: Floats, sizes: Floats, level: float = 0.95) -> Interval:
    """Interval of a mean of values from 0 up without a limit (an error in millimetres), cluster t on the log scale.

    Args:
        sums: total of each cluster's items, shape (batch, clusters).
        sizes: number of items of each cluster, same shape, all above 0.
        level: confidence level.
    """
    if sums.shape[-1] < 2 or not sums.any():
        return _no_interval(sums, sizes)
    found = spread(sums, sizes)
    share = sizes / sizes.sum(-1, keepdims=True)
    # the jackknife variance (CR3), a little larger than CR2, makes up for the skewness of lengths
    variance = (((sums - found.value[:, None] * sizes) / (1 - share)) ** 2).sum(-1) / sizes.sum(-1) ** 2
    half = stats.t.ppf((1 + level) / 2, found.df) * np.sqrt(variance) / found.value
    low, high = found.value * np.exp(-half), found.value * np.exp(half)
    return Interval(found.value, low, high, np.full(found.value.shape, CLUSTER_T))


def square_and_add(first: float, second: float, rho: float) -> float:
    """How far a limit of a sum lies from it, from how far those of its parts lie from them, and their correlation.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (MOVER).
    """
    return math.sqrt(max(first**2 + second**2 + 2 * rho * first * second, 0.0))


def ratio_limits(
    top: tuple[float, float, float], bottom: tuple[float, float, float], rho: float
) -> tuple[float, float | None]:
    """Limits of a ratio from lower limit, value and upper limit of both; no upper one where the lower may be 0.

    Args:
        top: of the numerator, 0 or more.
        bottom: of the denominator, above 0.
        rho: correlation of both.

    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21, 347-359 (MOVER).
    """
    (low, value, high), (least, of, most) = top, bottom
    product = value * of - rho * (value - low) * (most - of)
    inner = low * (2 * value - low)
    root = math.sqrt(max(0.0, product**2 - inner * most * (2 * of - most)))
    smallest = inner / (product + root) if product + root > 0 else 0.0
    if least <= 0:
        return smallest, None
    product = value * of - rho * (high - value) * (of - least)
    under = least * (2 * of - least)
    root = math.sqrt(max(0.0, product**2 - high * (2 * value - high) * under))
    return smallest, (product + root) / under


@guarded
def jackknife_reach(left: Floats, level: float) -> float:
    """How far limits lie from a figure by t, from what it is without each cluster, shape (clusters,).

    Source: Miller 1974, Biometrika 61, 1-15.
    """
    count = len(left)
    error = float(np.sqrt((count - 1) / count * ((left - left.mean()) ** 2).sum()))
    return float(stats.t.ppf((1 + level) / 2, count - 1)) * error


def uncertified(clusters: int, unit: str = "cluster") -> str:
    """What is said of an interval from fewer clusters than the certificate tests; empty otherwise."""
    few = clusters < CERTIFIED_CLUSTERS
    return f"under {CERTIFIED_CLUSTERS} {unit}s: the interval was not certified there" if few else ""


@guarded
def zero_event_limit(clusters: int, level: float) -> float:
    """Upper limit of the share of clusters with an event when none of ``clusters`` had one; it bounds the mean too."""
    return float(1 - ((1 - level) / 2) ** (1 / clusters))


def _with_unseen_cluster(
    sums: Floats, sizes: Floats, df: Floats, level: float, ends: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Limits of a mean in [0, 1] as if one more cluster had gone unseen, its rate one of ``ends``.

    With one 0/1 item a cluster, ends 0 and 1 and infinite ``df`` this is Clopper-Pearson; in general it is Gaffke's
    bound for a bounded mean, whose Dirichlet average is replaced by the beta distribution of the same mean and variance
    (widened by t over z). The ends of `proportion` lie half-way from the most extreme cluster seen to the end of the
    scale: simulation found the coverage of 0 and 1 with narrower limits. How many items a cluster has does not enter,
    only its rate and weight, so that asking the same again gains nothing.

    Source: Gaffke 2005, Three test statistics for a nonparametric one-sided hypothesis on the mean of a nonnegative
    variable; Learned-Miller and Thomas 2019, arXiv:1905.06208.
    """
    count = sums.shape[-1]
    mass = sizes / sizes.mean(-1, keepdims=True)
    tail = (1 - level) / 2
    widen = (stats.t.ppf(1 - tail, df) / stats.norm.ppf(1 - tail)) ** 2
    limits = []
    for rate, quantile in zip(ends, (tail, 1 - tail), strict=True):
        centre = ((mass * sums / sizes).sum(-1) + rate) / (count + 1)
        squares = ((mass * (sums / sizes - centre[..., None])) ** 2).sum(-1) + (rate - centre) ** 2
        variance = np.maximum(widen * squares / ((count + 1) * (count + 2)), 1e-30)
        weight = np.maximum(centre * (1 - centre) / variance - 1, 1e-6)
        a, b = np.maximum(centre * weight, 1e-9), np.maximum((1 - centre) * weight, 1e-9)
        limits.append(stats.beta.ppf(quantile, a, b))
    return limits[0], limits[1]


def _one_binary_item(sums: Floats, sizes: Floats) -> bool:
    return bool((sizes == 1).all() and ((sums == 0) | (sums == 1)).all())


def _no_interval(sums: Floats, sizes: Floats) -> Interval:
    value = sums.sum(-1) / sizes.sum(-1)
    nothing = np.full(value.shape, np.nan)
    return Interval(value, nothing, nothing.copy(), np.full(value.shape, NONE))


@guarded
def clopper_pearson(events: Floats, items: Floats, level: float) -> tuple[Floats, Floats]:
    """Exact limits of a proportion; ``events`` may be fractional (Clopper and Pearson 1934, by beta quantiles)."""
    tail, rest = (1 - level) / 2, items - events
    low = stats.beta.ppf(tail, np.maximum(events, 1e-9), rest + 1)
    high = stats.beta.ppf(1 - tail, events + 1, np.maximum(rest, 1e-9))
    return np.where(events <= 0, 0.0, low), np.where(rest <= 0, 1.0, high)


@guarded
def wilson(events: Floats, items: Floats, level: float) -> tuple[Floats, Floats]:
    """Wilson's score limits of a proportion of independent items (Wilson 1927)."""
    z = stats.norm.ppf((1 + level) / 2)
    share = events / items
    centre = (share + z**2 / (2 * items)) / (1 + z**2 / items)
    half = z / (1 + z**2 / items) * np.sqrt(share * (1 - share) / items + z**2 / (4 * items**2))
    return centre - half, centre + half


def _binary_singletons(sums: Floats, sizes: Floats, level: float) -> Interval:
    events, items = sums.sum(-1), sizes.sum(-1)
    many = np.minimum(events, items - events) >= WILSON_EVENTS
    rough, exact = wilson(events, items, level), clopper_pearson(events, items, level)
    low, high = np.where(many, rough[0], exact[0]), np.where(many, rough[1], exact[1])
    return Interval(events / items, low, high, np.where(many, WILSON, CLOPPER_PEARSON))
