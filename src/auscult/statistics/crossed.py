"""Means and ratios over seeds crossed with clusters: every seed answers about the same images."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import optimize, special

from auscult.statistics.guard import guarded
from auscult.statistics.interval import CLUSTER_T, Floats, Interval, difference_of_means, proportion, ratio_limits
from auscult.statistics.seeds import Components, Variance

Side = Literal["below", "above", "within"]
FEWEST_CLUSTERS: Final = 24
"""Fewest clusters that the certificate draws for seeds crossed with them; below, no claim is decided."""
FAR: Final = 1e6
"""Beyond this a limit of a ratio is none."""
CROSSED, IMAGES, SHARE, RELATIVE, GUARDED, SPARSE, NONE = (
    "seeds crossed with clusters (two-way random effects, t of either)",
    "clusters alone: there is one seed",
    "a share over clusters, and the variance of seeds beside it",
    "ratio of two shares from the limits of either (MOVER)",
    "ratio of two shares (MOVER), no surer than their difference, as few clusters differ",
    "few clusters differ: cluster beta with one unseen cluster, and the variance of seeds beside it",
    "none",
)


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


@guarded
def crossed(
    part: Floats, whole: Floats | None = None, items: Floats | None = None, *, level: float = 0.95, share: bool = False
) -> Crossed:
    """The ratio of two totals, ``part.sum() / whole.sum()``, with limits that hold for other seeds and clusters.

    A limit is where the hypothesis that the ratio is there is just not refused (Fieller): the mean of
    ``part - ratio * whole`` is held against its own ``Variance``. Where the denominator cannot be told from 0, a side
    has no limit. Where few clusters differ, t would cover too little: a difference of shares then has the limits of
    ``difference_of_means`` over clusters, to whose squares what seeds add is added.

    By what share a rate changed is a ratio of two shares, and has its limits from those of either share and their
    correlation: they are finite wherever something was there before, and narrower where a rate falls to nearly nothing;
    but never surer than the difference of both.

    Args:
        part: total of the numerator in each cluster, shape (seeds, clusters).
        whole: of the denominator; None: of means, every cluster counts 1.
        items: of each cluster, where ``whole`` is how many of them it happened to before, and ``part`` how many more
            it happens to now.
        level: of the interval.
        share: whether the ratio is a share of one, whose limits over clusters are then those of ``proportion``.

    Source: Hillis 2007, Statistics in Medicine 26, 596-619 (variance of readers by cases); Fieller 1954, Journal of
    the Royal Statistical Society B 16, 175-185; Donner and Zou 2012, Statistical Methods in Medical Research 21,
    347-359 (ratios from the limits of their parts).
    """
    given = whole is not None
    whole = np.ones_like(part) if whole is None else whole
    seeds, clusters = part.shape
    total = float(whole.sum())
    if total == 0:
        return Crossed(value=None, low=None, high=None, level=level, seeds=seeds, clusters=clusters, method=NONE)
    value = float(part.sum()) / total
    about = {
        "value": value,
        "level": level,
        "seeds": seeds,
        "clusters": int(((whole if items is None else items).sum(axis=0) != 0).sum()),
    }
    variance = Variance.of((part - value * whole) * (part.size / total))
    if clusters < 2:
        return Crossed(low=None, high=None, method=NONE, **about)
    if share:
        found = _share_with_seeds(proportion(*_sorted(part, whole), level), variance, value, level)
        return Crossed(low=found[0], high=found[1], method=SHARE, components=variance.components, **about)
    if items is not None:
        low, high, method = _relative(part, whole, items, level)
        return Crossed(low=low, high=high, method=method, components=variance.components, **about)
    if given and (sparse := _sparse(part, whole, variance, value, level)):
        return Crossed(low=sparse[0], high=sparse[1], method=SPARSE, components=variance.components, **about)
    low, high = (_limit(part, whole, value, level, side) for side in (-1, 1))
    method = CROSSED if seeds > 1 else IMAGES
    return Crossed(low=low, high=high, method=method, components=variance.components, **about)


@guarded
def p_value(part: Floats, whole: Floats | None, limit: float, side: Side, items: Floats | None = None) -> float:
    """One-sided p-value of the hypothesis that the ratio lies on the other side of a limit, at the smallest on it.

    ``within`` holds it against ``-limit`` and ``limit``, and gives the greater of both (two one-sided tests). It is
    where the interval of ``crossed`` ends in the limit.
    """
    if side == "within":
        return max(p_value(part, whole, -limit, "above", items), p_value(part, whole, limit, "below", items))

    def beyond(tail: float) -> bool:
        found = crossed(part, whole, items, level=1 - 2 * tail)
        end = found.high if side == "below" else found.low
        return end is not None and (end < limit if side == "below" else end > limit)

    found = crossed(part, whole, items)
    if found.value is None or found.method == NONE:
        return 1.0
    if found.method not in (SPARSE, RELATIVE, GUARDED):
        rest = part - limit * (np.ones_like(part) if whole is None else whole)
        mean = float(rest.mean()) * (1 if whole is None or whole.sum() > 0 else -1)
        one_sided = Variance.of(rest).p_value(mean) / 2
        return one_sided if (mean < 0 if side == "below" else mean > 0) else 1 - one_sided
    if not beyond(0.4999):
        return 0.5 if (found.value < limit) == (side == "below") and found.value != limit else 1.0
    least, most = -12.0, float(np.log10(0.4999))
    if beyond(10**least):
        return float(10**least)
    return float(10 ** optimize.brentq(lambda at: beyond(10**at) - 0.5, least, most, xtol=1e-3))


def _limit(part: Floats, whole: Floats, value: float, level: float, side: int) -> float | None:
    """Where the hypothesis that the ratio is there is just not refused, going from the value to one side."""

    def excess(ratio: float) -> float:
        rest = part - ratio * whole
        return abs(float(rest.mean())) - Variance.of(rest).half((1 - level) / 2)

    if excess(value) >= 0:
        return value
    step = max(Variance.of((part - value * whole) * (part.size / float(whole.sum()))).half((1 - level) / 2), 1e-9)
    while excess(value + side * step) < 0:
        step *= 2
        if step > FAR:
            return None
    return float(optimize.brentq(excess, value, value + side * step, xtol=1e-10))


def _relative(more: Floats, before: Floats, items: Floats, level: float) -> tuple[float | None, float | None, str]:
    """Limits of the ratio of two shares of the same items, less 1, and what made them: never surer than the difference.

    Where few clusters differ, both shares seem to go together whatever they would do elsewhere: the limits then reach
    as far as those of the difference, over the share before. Where the difference may be 0, so may the ratio less 1.
    """
    after = more + before
    now, then = (crossed(totals, items, level=level, share=True) for totals in (after, before))
    one, other = (totals - float(totals.sum() / items.sum()) * items for totals in (after, before))
    of_one, of_other, plus, minus = (Variance.of(table).whole for table in (one, other, one + other, one - other))
    scale = 4 * (of_one * of_other) ** 0.5
    rho = min(1.0, max(-1.0, (plus - minus) / scale)) if scale > 0 else 0.0
    limits = ratio_limits(_ends(now), _ends(then), rho)
    low, high = limits[0] - 1, None if limits[1] is None else limits[1] - 1
    difference = crossed(more, items, level=level)
    if difference.low is None or difference.high is None or not then.value:
        return low, high, RELATIVE
    method, reach = RELATIVE, (low, high)
    if difference.method == SPARSE:
        method, reach = GUARDED, (max(-1.0, difference.low / then.value), difference.high / then.value)
    elif difference.low <= 0 <= difference.high:
        reach = 0.0, 0.0
    least, most = reach
    return min(low, least), None if high is None or most is None else max(high, most), method


def _ends(share: Crossed) -> tuple[float, float, float]:
    assert share.low is not None and share.value is not None and share.high is not None, "a share has limits"
    return share.low, share.value, share.high


def _sorted(part: Floats, whole: Floats) -> tuple[Floats, Floats]:
    """Totals over seeds of the clusters that have any, such that their order changes no digit of what follows."""
    sums, sizes = part.mean(axis=0), whole.mean(axis=0)
    sums, sizes = sums[sizes > 0], sizes[sizes > 0]
    order = np.lexsort((sizes, sums))
    return sums[order][None], sizes[order][None]


def _sparse(part: Floats, whole: Floats, variance: Variance, value: float, level: float) -> tuple[float, float] | None:
    """Limits of a difference of shares where few clusters differ; None where t serves."""
    if (np.abs(part) > whole + 1e-12).any() or (whole.sum(axis=0) > 0).sum() < 2:
        return None
    found = difference_of_means(*_sorted(part, whole), level)
    if int(found.method[0]) == CLUSTER_T:
        return None
    return _with_seeds(found, variance, value, level)


def _with_seeds(over_clusters: Interval, variance: Variance, value: float, level: float) -> tuple[float, float]:
    """Limits over clusters, to the squares of whose distances that of what seeds add is added."""
    more = variance.beyond_clusters((1 - level) / 2)
    below, above = value - float(over_clusters.low[0]), float(over_clusters.high[0]) - value
    return max(-1.0, value - (below**2 + more) ** 0.5), min(1.0, value + (above**2 + more) ** 0.5)


def _share_with_seeds(over_clusters: Interval, variance: Variance, value: float, level: float) -> tuple[float, float]:
    """The same of a share, on the logit scale: seeds too move it less towards the near end than away from it."""
    low, high = float(over_clusters.low[0]), float(over_clusters.high[0])
    if not 0 < value < 1:
        return low, high
    more = variance.beyond_clusters((1 - level) / 2) / (value * (1 - value)) ** 2
    least, centre, most = special.logit([low, value, high])
    below, above = ((centre - least) ** 2 + more) ** 0.5, ((most - centre) ** 2 + more) ** 0.5
    return float(special.expit(centre - below)), float(special.expit(centre + above))
