"""Means of what is known only between two values: a claim that no reference decides, a twin that nobody could read.

Every item has a least and a greatest value, and a least and a greatest weight; the mean runs over all that they allow.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.records import Estimate
from auscult.statistics.clusters import Labels, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.comparison import with_limits
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats
from auscult.statistics.mean import with_interval
from auscult.statistics.missing import too_many

NOT_MEASURABLE = "not measurable with these references"
"""Why there is no figure where no item is decided: what nobody can decide is not 0."""


@guarded
def partial_mean(
    least: ArrayLike,
    most: ArrayLike,
    clusters: Labels,
    *,
    name: str,
    weights: tuple[ArrayLike, ArrayLike] | None = None,
    missing: ArrayLike | None = None,
    unusable: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
    higher_is_better: bool = True,
) -> Estimate:
    """Mean between its least and its greatest possible value: lower limit of the one, upper limit of the other.

    Args:
        least: least possible value of each item, in [0, 1], shape (items,).
        most: greatest possible value.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        weights: least and greatest possible weight of each item, not below 0; None: 1. An item of which it is not known
            whether it counts weighs between 0 and 1.
        missing: read by nobody, or with a request that failed: between its ends like all others, and left out of the
            value where the share is small.
        unusable: as in `mean`.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing items above which the range stands alone.
        higher_is_better: which end is the worst.

    Returns:
        ``worst`` and ``best`` are the ends of the range where there is one. There is no ``value`` where an item that is
        not missing is undecided, nor where too much is missing. ``decided`` counts the usable items known exactly,
        where any is not; where none is, nothing can be measured, and ``withheld`` says so.

    Raises:
        UserError: lengths differ, or a value lies outside [0, 1].
    """
    low, high = as_numbers(name, least), as_numbers(name, most)
    codes = checked_labels(name, clusters, len(low))
    lost = checked_mask(name, "missing", missing, len(low))
    silent = checked_mask(name, "unusable", unusable, len(low)) & ~lost
    every = np.ones(len(low), bool)
    low, high = checked_values(name, low, every, (0.0, 1.0)), checked_values(name, high, every, (0.0, 1.0))
    light, heavy = (np.asarray(w, np.float64) for w in (weights or (every, every)))
    counts = heavy > 0
    low, high, light, heavy = low[counts], high[counts], light[counts], heavy[counts]
    codes, lost, silent = codes[counts], lost[counts], silent[counts]
    undecided = ((low < high) | (light < heavy)) & ~lost
    decided = ~undecided & ~lost & ~silent
    whole = Estimate(
        name=name,
        level=level,
        n=int((~lost).sum()),
        clusters=len(np.unique(codes[~lost])),
        unit=unit,
        instrument=instrument,
        missing=int(lost.sum()),
        unusable=int(silent.sum()),
        coverage=float(1 - silent.sum() / (~lost).sum()) if not lost.all() else None,
        decided=int(decided.sum()) if undecided.any() else None,
    )
    if not len(low):
        return replace(whole, withheld="no items")
    if undecided.any() and not decided.any():
        return replace(whole, withheld=NOT_MEASURABLE)
    known = np.where(lost, 0.0, heavy)
    point = None if undecided.any() else with_interval(whole, *totals(low, codes, known)) if known.any() else None
    if point is not None:
        point = replace(point, usable_value=_mean(low, np.where(silent, 0.0, known)))
        if not lost.any():
            return point
    ends = [
        with_interval(whole, *totals(values, codes, mass))
        for values, mass in ((low, _lightest(low, light, heavy)), (high, _heaviest(high, light, heavy)))
    ]
    hidden = _too_many(whole, max_missing) if point is not None or not undecided.any() else ""
    return _between(replace(whole, withheld=hidden), None if hidden else point, ends, higher_is_better)


Ends = tuple[ArrayLike, ArrayLike]
"""Least and greatest possible value of each item, in [0, 1], shape (items,)."""


@guarded
def partial_difference(
    first: Ends,
    second: Ends,
    clusters: Labels,
    *,
    name: str,
    weights: ArrayLike | None = None,
    missing: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
    higher_is_better: bool = True,
) -> Estimate:
    """Mean of ``first - second`` over the same items, between the least and the greatest that it can be.

    Args:
        first: ends of the first arm.
        second: ends of the second.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        weights: of each item in both arms; None: 1.
        missing: missing in either arm, with ends that say so.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing items above which the range stands alone.
        higher_is_better: which end of the difference is the best.

    Returns:
        As `partial_mean`. The p-value is the greater of the two ends', and 1 where these lie on
        both sides of 0.
    """
    (low_a, high_a), (low_b, high_b) = (tuple(np.asarray(e, np.float64) for e in ends) for ends in (first, second))
    codes = checked_labels(name, clusters, len(low_a))
    lost = checked_mask(name, "missing", missing, len(low_a))
    mass = np.ones(len(low_a)) if weights is None else np.asarray(weights, np.float64)
    least, most = low_a - high_b, high_a - low_b
    undecided = (least < most) & ~lost & (mass > 0)
    decided = ~undecided & ~lost & (mass > 0)
    asked = int((mass > 0).sum())
    whole = Estimate(
        name=name,
        level=level,
        n=int((~lost & (mass > 0)).sum()),
        clusters=len(np.unique(codes[~lost & (mass > 0)])),
        unit=unit,
        instrument=instrument,
        missing=asked - int((~lost & (mass > 0)).sum()),
        decided=int(decided.sum()) if undecided.any() else None,
    )
    if not asked:
        return replace(whole, withheld="no items")
    if undecided.any() and not decided.any():
        return replace(whole, withheld=NOT_MEASURABLE)
    hidden = "" if undecided.any() else _too_many(whole, max_missing)
    ends = [with_limits(whole, *totals(e, codes, mass)) for e in (least, most)]
    point = None if undecided.any() or hidden else with_limits(whole, *totals(least, codes, np.where(lost, 0.0, mass)))
    if point is not None and not lost.any():
        return point
    below, above = ends[0].value or 0.0, ends[1].value or 0.0
    p_value = 1.0 if below <= 0 <= above else max(e.p_value or 0.0 for e in ends)
    found = _between(replace(whole, withheld=hidden), point, ends, higher_is_better)
    return replace(found, p_value=None if hidden else p_value)


def _mean(values: Floats, mass: Floats) -> float | None:
    return float((values * mass).sum() / mass.sum()) if mass.any() else None


def _heaviest(values: Floats, light: Floats, heavy: Floats) -> Floats:
    """The weights, each between its ends, that make the weighted mean of the values greatest.

    What lies above the mean weighs as much as it may, all else as little (Dinkelbach 1967, Management Science 13,
    492-498); the mean never falls from step to step, so that this ends.
    """
    mass = heavy
    while True:
        centre = _mean(values, mass) or 0.0
        better = np.where(values > centre, heavy, light)
        if not better.any() or (_mean(values, better) or 0.0) <= centre:
            return np.asarray(mass)
        mass = better


def _lightest(values: Floats, light: Floats, heavy: Floats) -> Floats:
    """The weights that make the weighted mean least."""
    return _heaviest(1 - values, light, heavy)


def _too_many(whole: Estimate, max_missing: float) -> str:
    # where all are missing there is no value, whatever is allowed
    return too_many(whole.missing, whole.n + whole.missing, max_missing if whole.n else min(max_missing, 0.99))


def _between(whole: Estimate, point: Estimate | None, ends: list[Estimate], higher_is_better: bool) -> Estimate:
    """The range of the two ends, with the value where it may be shown."""
    least, most = ends
    methods = dict.fromkeys(e.method for e in ends if e.method)
    notes = dict.fromkeys(part for e in ends for part in e.note.split("; ") if part)
    worst, best = (least, most) if higher_is_better else (most, least)
    known = ends if point is None else [*ends, point]
    return replace(
        whole,
        value=None if point is None else point.value,
        usable_value=None if point is None else point.usable_value,
        low=None if least.low is None else min(e.low for e in known if e.low is not None),
        high=None if most.high is None else max(e.high for e in known if e.high is not None),
        worst=worst.value,
        best=best.value,
        method=" (lower limit), ".join(methods) + (" (upper limit)" if len(methods) > 1 else ""),
        note="; ".join(notes),
    )
