"""Paired comparison of two arms on the same items: difference, interval, sign-flip test."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Labels, Mask, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import CLUSTER_T, EXACT, NONE, UNSEEN, Floats, difference_of_means
from auscult.statistics.mean import care
from auscult.statistics.missing import completions, over_missing, too_many

LATTICE: Final = 1_000_000
"""Most (distinct totals x points) of the exact null distribution; finer lattices take longer than they are worth."""
BESIDE_ZERO: Final = 1e-9
"""A limit that leaves zero out, and nothing else that any figure shows."""
DIFFERENCE_METHODS = {
    CLUSTER_T: "paired cluster t (CR2, Bell-McCaffrey df); of zero the cluster sign-flip test decides",
    UNSEEN: "paired cluster beta with one unseen cluster; of zero the cluster sign-flip test decides",
    EXACT: "exact cluster bound where no item differs; cluster sign-flip test",
    NONE: "none",
}
DIFFERENCE_NOTES = {
    UNSEEN: "few clusters differ: the interval is wide and mostly conservative (covers more than its level)",
    EXACT: "no item differs: the bound is exact for clusters and conservative",
}


@guarded
def difference(
    a: ArrayLike,
    b: ArrayLike,
    clusters: Labels,
    *,
    name: str,
    missing_a: ArrayLike | None = None,
    missing_b: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
    bounds: tuple[float, float] = (0.0, 1.0),
    higher_is_better: bool = True,
) -> Estimate:
    """Mean of ``a - b`` over the items that both arms have, with cluster interval and sign-flip p-value.

    Test and interval agree: the limits hold 0 exactly where the p-value is above 1 - ``level`` (``around``).

    Args:
        a: scores of the first arm, within ``bounds``, shape (items,); ignored where missing.
        b: of the second arm, same items in the same order.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        missing_a: request failed, judge unusable or answer unread in the first arm.
        missing_b: likewise in the second.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of items missing in either arm above which the value is withheld and the limits stand alone.
        bounds: least and greatest possible score (1 and 10 of a judge). They limit the difference, what missing scores
            can change, and the intervals for few differing clusters; the test needs none.
        higher_is_better: which end of the difference is the best.

    Returns:
        Positive where ``a`` is higher. ``worst`` and ``best`` set missing scores so that the difference is the worst
        and the best that it can be. The limits are those of these cases, and the p-value is the greatest of theirs, 1
        where the difference may lie on either side of 0.

    Raises:
        UserError: lengths differ, a score lies outside its bounds, or the bounds are no two finite numbers in order.
    """
    width = bounds[1] - bounds[0]
    first, second = as_numbers(name, a), as_numbers(name, b)
    if first.ndim != 1 or first.shape != second.shape:
        raise UserError(f"{name}: arms of shape {first.shape} and {second.shape}; give the same items in both")
    items = len(first)
    codes = checked_labels(name, clusters, items)
    lost_a, lost_b = (
        checked_mask(name, "missing_a", missing_a, items),
        checked_mask(name, "missing_b", missing_b, items),
    )
    first = checked_values(name, first, ~lost_a, bounds)
    second = checked_values(name, second, ~lost_b, bounds)
    common = ~lost_a & ~lost_b
    sums, sizes = totals((first - second)[common], codes[common])
    missing = items - int(common.sum())
    least, most = _ends(first, second, lost_a, lost_b, bounds)
    estimate = Estimate(
        name=name,
        level=level,
        n=int(common.sum()),
        clusters=len(sums),
        unit=unit,
        instrument=instrument,
        missing=missing,
        worst=float((least if higher_is_better else most).mean()) if missing else None,
        best=float((most if higher_is_better else least).mean()) if missing else None,
    )
    whole = estimate
    if not estimate.n:
        whole = replace(estimate, withheld="the arms have no item in common")
    elif held := too_many(missing, items, max_missing, "items are missing in one arm or both"):
        whole = replace(estimate, withheld=held)
    else:
        whole = with_limits(estimate, sums, sizes, width)
    if not missing:
        return whole
    completed = [with_limits(estimate, *totals(v, codes), width) for v in completions(least, most, codes)]
    return replace(over_missing(whole, completed), p_value=_greatest_p(whole, completed))


def with_limits(estimate: Estimate, sums: Floats, sizes: Floats, width: float = 1.0) -> Estimate:
    """The estimate with value, limits and p-value from the totals of the differences of each cluster."""
    found = difference_of_means(sums[None] / width, sizes[None], estimate.level)
    method, p_value = int(found.method[0]), sign_flip(sums)
    low, high, value = (width * float(of[0]) for of in (found.low, found.high, found.value))
    low, high = around(low, high, value, p_value <= 1 - estimate.level)
    return replace(
        estimate,
        value=value,
        low=None if method == NONE else low,
        high=None if method == NONE else high,
        method=DIFFERENCE_METHODS[method],
        p_value=p_value,
        note=care(method, len(sums), DIFFERENCE_NOTES.get(method, "")),
    )


def around(low: float, high: float, value: float, told: bool) -> tuple[float, float]:
    """Limits of a difference that leave 0 out exactly where a test tells it from 0.

    They are those of a family of tests, one a possible difference: of 0 the sign-flip test, which is exact however few
    clusters differ, and of all others the test behind the interval. Where the first tells the difference from 0, its
    sign is told as well, and no limit lies on the other side.

    Args:
        low: of the interval.
        high: likewise.
        value: the difference.
        told: whether the test tells it from 0.
    """
    if not told:
        return min(low, 0.0), max(high, 0.0)
    return (max(low, BESIDE_ZERO), high) if value > 0 else (low, min(high, -BESIDE_ZERO))


def _greatest_p(whole: Estimate, completed: Sequence[Estimate]) -> float | None:
    """None where the difference is withheld: nothing is tested then."""
    if whole.p_value is None:
        return None
    ends = [end for end in (whole.worst, whole.best) if end is not None]
    if ends and min(ends) <= 0 <= max(ends):
        return 1.0
    return max(p for e in (whole, *completed) if (p := e.p_value) is not None)


def _ends(
    first: Floats, second: Floats, lost_a: Mask, lost_b: Mask, bounds: tuple[float, float]
) -> tuple[Floats, Floats]:
    """The differences with missing scores set so that they are least, and so that they are greatest."""
    lowest, highest = bounds
    least = np.where(lost_a, lowest, first) - np.where(lost_b, highest, second)
    most = np.where(lost_a, highest, first) - np.where(lost_b, lowest, second)
    return least, most


def sign_flip(sums: Floats | Sequence[float]) -> float:
    """Two-sided p-value of the hypothesis that in each cluster either arm could as well have been the other.

    Flips the sign of whole clusters; the test statistic is the total. All 2^clusters flips are counted, without listing
    them: totals lie on a lattice, and the null distribution of their signed sum is the Fourier inverse of
    prod cos(t * total). Totals of 0/1 scores lie on a lattice of whole numbers; others are rounded to one first, which
    costs a little power and leaves the test exact, since rounding treats both signs alike.

    Args:
        sums: total difference of each cluster, shape (clusters,).

    Raises:
        UserError: one is no finite number.
    """
    given = as_numbers("sign-flip test", sums)
    if (wrong := given[~np.isfinite(given)]).size:
        raise UserError(f"sign-flip test: {wrong[0]:g} is no total; give a finite number for each cluster")
    steps = _on_lattice(np.abs(given))
    signed = np.sign(given) * steps
    observed = int(abs(signed.sum()))
    sizes, counts = np.unique(steps[steps > 0], return_counts=True)
    if observed == 0 or not len(sizes):
        return 1.0
    reach = int((sizes * counts).sum())
    points = 2 * reach + 1
    angles = 2 * np.pi * np.arange(reach + 1) / points
    transform = np.ones(reach + 1)
    for size, count in zip(sizes, counts, strict=True):
        transform *= np.cos(size * angles) ** count
    chances = np.fft.irfft(transform, n=points)[: reach + 1]
    p_value = 2 * float(chances[observed:].sum())
    fewest = 2.0 ** (1 - min(int(counts.sum()), 40))
    return float(min(1.0, max(p_value, fewest)))


def _on_lattice(sizes: Floats) -> Floats:
    """Absolute totals as whole numbers: as they are where they are whole, else rounded to a share of the largest."""
    if not sizes.any() or np.array_equal(sizes, np.rint(sizes)):
        return sizes
    largest = float(sizes.max())
    spread = float(sizes.sum()) / largest
    levels = np.clip(np.sqrt(LATTICE / (2 * spread)), 8, 4096)
    return np.asarray(np.rint(sizes / largest * levels))
