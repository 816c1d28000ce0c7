"""Mean of scores over items in clusters, with failures counted apart."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Labels, Mask, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import (
    CLUSTER_T,
    METHODS,
    NONE,
    NOTES,
    ONE_ITEM,
    SKEW_LIMIT,
    Floats,
    positive,
    proportion,
    spread,
    uncertified,
)
from auscult.statistics.missing import completions, joined, over_missing, too_many

Bounds = tuple[float, float | None]


@guarded
def mean(
    values: ArrayLike,
    clusters: Labels,
    *,
    name: str,
    unusable: ArrayLike | None = None,
    missing: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
    bounds: Bounds = (0.0, 1.0),
    higher_is_better: bool = True,
) -> Estimate:
    """Mean of one value an item, with a cluster interval; the method is chosen from the data.

    Args:
        values: one score an item, shape (items,), within ``bounds``; ignored where missing.
        clusters: image or patient of each item, integers or strings, shape (items,).
        name: of the figure.
        unusable: the answer takes no position (empty, refused, ...). It stays in ``n`` with its value (0 for a share of
            right answers); where there is no upper bound (an error in mm) it has no value and is left out.
        missing: request failed, judge unusable or answer unread; left out of ``n``. The limits are those of the worst
            and of the best case: missing values at either end of ``bounds``.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing items above which the value is withheld and the limits stand alone.
        bounds: least and greatest possible value; None: no upper limit.
        higher_is_better: which end of the bounds is the worst.

    Raises:
        UserError: lengths differ, or a value lies outside its bounds.
    """
    given = as_numbers(name, values)
    if given.ndim != 1:
        raise UserError(f"{name}: values of shape {given.shape}; give one value for each item")
    codes = checked_labels(name, clusters, len(given))
    lost = checked_mask(name, "missing", missing, len(given))
    silent = checked_mask(name, "unusable", unusable, len(given)) & ~lost
    present = ~lost & ~silent if bounds[1] is None else ~lost
    found = checked_values(name, given, present, bounds)
    sums, sizes = totals(found[present], codes[present])
    estimate = _failures(name, found, lost, silent, present, bounds, higher_is_better, max_missing)
    estimate = replace(estimate, level=level, clusters=len(sums), unit=unit, instrument=instrument)
    whole = estimate if estimate.withheld else with_interval(estimate, sums, sizes, bounds)
    if not lost.any():
        return whole
    asked = present | lost
    least, most = (np.where(lost, bounds[0] if b is None else b, found)[asked] for b in bounds)
    return _over_missing(whole, least, most, codes[asked], bounds)


def _over_missing(
    whole: Estimate, least: Floats, most: Floats, codes: NDArray[np.int64], bounds: Bounds = (0.0, 1.0)
) -> Estimate:
    """The estimate with the limits that all completions of its data allow."""
    codes = np.unique(codes, return_inverse=True)[1]
    completed = [with_interval(whole, *totals(v, codes), bounds) for v in completions(least, most, codes)]
    return over_missing(whole, completed, no_greatest=bounds[1] is None)


def _failures(
    name: str,
    found: Floats,
    lost: Mask,
    silent: Mask,
    present: Mask,
    bounds: Bounds,
    higher_is_better: bool,
    max_missing: float,
) -> Estimate:
    """Everything of the estimate but its interval."""
    n, missing, unusable = int(present.sum()), int(lost.sum()), int(silent.sum())
    asked, usable = int((~lost).sum()), present & ~silent
    worst = best = None
    if missing:
        total = float(found[present].sum())
        least, most = (None if b is None else (total + missing * b) / (n + missing) for b in bounds)
        worst, best = (least, most) if higher_is_better else (most, least)
    withheld = ""
    if not n:
        withheld = "no item has a value" if len(found) else "no items"
    else:
        withheld = too_many(missing, len(found), max_missing)
    return Estimate(
        name=name,
        n=n,
        missing=missing,
        unusable=unusable,
        worst=worst,
        best=best,
        usable_value=float(found[usable].mean()) if usable.any() and not withheld else None,
        coverage=(asked - unusable) / asked if asked else None,
        withheld=withheld,
    )


@guarded
def with_interval(estimate: Estimate, sums: Floats, sizes: Floats, bounds: Bounds = (0.0, 1.0)) -> Estimate:
    """The estimate with value, limits, method and note from cluster totals (in units of ``bounds``)."""
    lowest, highest = bounds
    if highest is None:
        scale, found = 1.0, positive((sums - lowest * sizes)[None], sizes[None], estimate.level)
    else:
        scale = highest - lowest
        found = proportion(((sums - lowest * sizes) / scale)[None], sizes[None], estimate.level)
    method = int(found.method[0])
    wide = NOTES[method]
    if highest is None and method == CLUSTER_T and spread(sums[None], sizes[None]).skew[0] >= SKEW_LIMIT:
        wide = "values are skewed and clusters few: the interval may cover less than its level"
    return replace(
        estimate,
        value=lowest + scale * float(found.value[0]),
        low=None if method == NONE else lowest + scale * float(found.low[0]),
        high=None if method == NONE else lowest + scale * float(found.high[0]),
        clusters=len(sums),
        method=METHODS[method]
        if highest is not None or method == NONE
        else "cluster t on the log scale (CR3, Bell-McCaffrey df)",
        note=care(method, len(sums), wide),
    )


def care(method: int, clusters: int, wide: str) -> str:
    """Why an interval of ``method`` should be read with care, or empty; ``wide`` is what else there is to say of it."""
    if method == NONE:
        return NOTES[NONE] if clusters < 2 else "all values lie on the lower bound: no interval can be given"
    return joined(wide, "" if method in ONE_ITEM else uncertified(clusters))


@dataclass(frozen=True)
class RepeatedMean:
    """A mean over items that were asked several times, and where its variance comes from.

    Attributes:
        estimate: its interval holds items, images and decoding.
        total: variance of the mean.
        decoding: the part that asking each item more often would remove; its share of ``total`` can exceed 1 by chance.
        repeats: answers an item.
    """

    estimate: Estimate
    total: float
    decoding: float
    repeats: int


@guarded
def mean_with_repeats(
    values: ArrayLike,
    clusters: Labels,
    *,
    name: str,
    missing: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
    higher_is_better: bool = True,
) -> RepeatedMean:
    """Mean over items each answered ``k`` times (sampled decoding), with the variance split in two.

    The variance of the mean between clusters holds the decoding variance already, since each repeat was decoded anew;
    the decoding part is the mean of the items' own variances over ``k``.

    Args:
        values: scores in [0, 1], shape (items, k), k at least 2.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        missing: shape (items, k); an item counts with the repeats that it has. Limits as in `mean`.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing answers above which the value is withheld.
        higher_is_better: which end is the worst.

    Raises:
        UserError: the shape is wrong, fewer than two repeats, or a value outside [0, 1].
    """
    given = as_numbers(name, values)
    if given.ndim != 2 or given.shape[1] < 2:
        raise UserError(f"{name}: values of shape {given.shape}; decoding variance needs at least 2 answers an item")
    items, repeats = given.shape
    codes = checked_labels(name, clusters, items)
    flags = None if missing is None else np.asarray(missing).ravel()
    lost = checked_mask(name, "missing", flags, items * repeats)
    found = checked_values(name, given.ravel(), ~lost, (0.0, 1.0))
    estimate = _failures(name, found, lost, np.zeros_like(lost), ~lost, (0.0, 1.0), higher_is_better, max_missing)
    found, seen = found.reshape(items, repeats), (~lost).reshape(items, repeats)
    answers = seen.sum(1)
    estimate = replace(
        estimate,
        level=level,
        n=int((answers > 0).sum()),
        unit=unit,
        instrument=instrument,
        coverage=None,
        usable_value=None,
        variance=("items", "images", "decoding"),
    )
    item_means = found.sum(1) / np.maximum(answers, 1)
    weights = answers / repeats
    sums, sizes = totals(item_means, codes, weights)
    estimate = replace(estimate, clusters=len(sums))
    whole = estimate if estimate.withheld else with_interval(estimate, sums, sizes)
    if lost.any():
        least, most = (np.where(seen, found, end).mean(1) for end in (0.0, 1.0))
        whole = _over_missing(whole, least, most, codes)
    if whole.withheld or len(sums) < 2:
        return RepeatedMean(whole, float("nan"), float("nan"), repeats)
    several = answers > 1
    inner = (seen * (found - item_means[:, None]) ** 2).sum(1)[several] / (answers[several] - 1)
    decoding = float((weights[several] ** 2 * inner / answers[several]).sum() / weights.sum() ** 2)
    total = float(spread(sums[None], sizes[None]).variance[0])
    return RepeatedMean(whole, total, decoding, repeats)
