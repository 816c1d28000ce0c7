"""Figures made of several shares: balanced accuracy, and ratios of totals such as precision and F1."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import (
    Codes,
    Labels,
    Mask,
    checked_labels,
    checked_mask,
    checked_values,
    residual_correlation,
    totals,
)
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats, square_and_add
from auscult.statistics.mean import mean, with_interval
from auscult.statistics.missing import completions, over_missing

METHOD = "square-and-add of the cluster intervals of sensitivity and specificity (MOVER)"
Residuals = tuple[Floats, Codes]


@guarded
def balanced_accuracy(
    correct: ArrayLike,
    positive: ArrayLike,
    clusters: Labels,
    *,
    name: str = "balanced accuracy",
    unusable: ArrayLike | None = None,
    missing: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Estimate:
    """Mean of sensitivity and specificity.

    The limits recover the variance of each share from its own cluster interval and add them in squares, with the
    correlation of the two over clusters. So a share of 0 or 1 still brings its exact bound.

    Args:
        correct: 1 where the answer is right, shape (items,).
        positive: whether the reference is positive, shape (items,).
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        unusable: as in `mean`.
        missing: as in `mean`.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing items, among positives or among negatives, above which the value is withheld and
            the limits stand alone.

    Raises:
        UserError: lengths differ, or a value lies outside [0, 1].

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (MOVER); Newcombe 1998, ibid. 17, 873-890.
    """
    right = as_numbers(name, correct)
    codes = checked_labels(name, clusters, len(right))
    sick = checked_mask(name, "positive", positive, len(right))
    lost = checked_mask(name, "missing", missing, len(right))
    silent = checked_mask(name, "unusable", unusable, len(right))
    about = Estimate(name=name, level=level, unit=unit, instrument=instrument)
    found = _of_both(about, right, sick, codes, silent, lost, max_missing)
    if not lost.any():
        return found
    least, most = (np.where(lost, end, right) for end in (0.0, 1.0))
    return over_missing(
        found,
        [
            _of_both(about, filled, sick, codes, silent, np.zeros_like(lost), max_missing)
            for filled in completions(least, most, 2 * codes + sick)
        ],
    )


@dataclass(frozen=True)
class Shares:
    """What a figure of two shares is made of: that of positive items, that of the others.

    Attributes:
        whole: counts of both, without a value; withheld where one share is.
        halves: the two shares.
        rho: their correlation over clusters.
    """

    whole: Estimate
    halves: tuple[Estimate, Estimate]
    rho: float = 0.0


@guarded
def two_shares(
    about: Estimate,
    names: tuple[str, str],
    values: Floats,
    positive: Mask,
    codes: Codes,
    silent: Mask,
    lost: Mask,
    max_missing: float,
) -> Shares:
    """Both shares, at the level of ``about``; limits of what is there alone."""
    first, second = (
        mean(
            values[rows],
            codes[rows],
            name=name,
            unusable=silent[rows],
            missing=lost[rows],
            level=about.level,
            instrument=about.instrument,
            unit=about.unit,
            max_missing=max_missing,
        )
        for name, rows in zip(names, (positive, ~positive), strict=True)
    )
    whole = replace(
        about,
        n=first.n + second.n,
        clusters=len(np.unique(codes[~lost])),
        missing=first.missing + second.missing,
        unusable=first.unusable + second.unusable,
        coverage=float(1 - (silent & ~lost).sum() / (~lost).sum()) if not lost.all() else None,
        withheld="; ".join(f"{h.name}: {h.withheld}" for h in (first, second) if h.withheld),
    )
    if whole.withheld:
        return Shares(whole, (first, second))
    one, other = positive & ~lost, ~positive & ~lost
    return Shares(whole, (first, second), residual_correlation(values[one], codes[one], values[other], codes[other]))


def _of_both(
    about: Estimate, right: Floats, sick: Mask, codes: Codes, silent: Mask, lost: Mask, max_missing: float
) -> Estimate:
    """The mean of sensitivity and specificity, named and at the level of ``about``; limits of what is there alone."""
    names = ("sensitivity", "specificity")
    found = two_shares(about, names, right, sick, codes, silent, lost, max_missing)
    whole, halves = found.whole, found.halves
    if lost.any():
        worst, best = ([getattr(h, end) if h.missing else h.value for h in halves] for end in ("worst", "best"))
        whole = replace(whole, worst=_middle(worst), best=_middle(best))
    if whole.withheld:
        return whole
    whole = replace(whole, value=_middle(h.value for h in halves), usable_value=_middle(h.usable_value for h in halves))
    return _combined(whole, halves, found.rho, METHOD)


def middle_of(
    whole: Estimate, halves: tuple[Estimate, Estimate], residuals: tuple[Residuals, Residuals], method: str
) -> Estimate:
    """``whole`` as the mean of two shares, with limits from theirs.

    Args:
        whole: counts of both.
        halves: the two shares, with value and limits.
        residuals: of each, what its items lie off its value, weighted, and the clusters of the items.
        method: of the limits.
    """
    rho = residual_correlation(*residuals[0], *residuals[1])
    return _combined(replace(whole, value=_middle(h.value for h in halves)), halves, rho, method)


@guarded
def ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    clusters: Labels,
    *,
    name: str,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
) -> Estimate:
    """Sum of numerators over sum of denominators, with the cluster interval of `mean`.

    Precision: 1 where a positive answer is right over 1 where the answer is positive. F1: 2 TP over 2 TP + FP + FN.

    Args:
        numerator: shape (items,), each from 0 to its denominator.
        denominator: shape (items,), not below 0.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.

    Raises:
        UserError: lengths differ, a denominator is below 0, or a numerator lies beyond it.
    """
    top, bottom = as_numbers(name, numerator), as_numbers(name, denominator)
    codes = checked_labels(name, clusters, len(bottom))
    if top.shape != bottom.shape:
        raise UserError(
            f"{name}: {top.size} numerators and {bottom.size} denominators; give one of each for every item"
        )
    counted = checked_values(name, bottom, np.ones_like(bottom, dtype=bool), (0.0, None)) > 0
    if (wrong := ~((top >= 0) & (top <= bottom * (1 + 1e-12)))).any():
        row = int(np.flatnonzero(wrong)[0])
        raise UserError(f"{name}: numerator {top[row]:g} of item {row} does not lie between 0 and its {bottom[row]:g}")
    sums, sizes = totals(top[counted] / bottom[counted], codes[counted], bottom[counted])
    whole = Estimate(name=name, level=level, n=int(counted.sum()), clusters=len(sums), unit=unit, instrument=instrument)
    if not whole.n:
        return replace(whole, withheld="the denominator is 0")
    return with_interval(whole, sums, sizes)


def _middle(shares: Iterable[float | None]) -> float | None:
    """Mean of the shares; None where one is unknown."""
    known = list(shares)
    found = [s for s in known if s is not None]
    return sum(found) / len(found) if len(found) == len(known) else None


def _combined(whole: Estimate, halves: tuple[Estimate, Estimate], rho: float, method: str) -> Estimate:
    """``whole`` with limits from those of its halves."""
    reach: list[tuple[float, float]] = []
    for half in halves:
        if half.value is None or half.low is None or half.high is None:
            return replace(whole, method="none", note=f"{half.name}: {half.note}")
        reach.append((half.value - half.low, half.high - half.value))
    (down_a, up_a), (down_b, up_b) = reach
    middle = whole.value or 0.0
    down, up = square_and_add(down_a, down_b, rho) / 2, square_and_add(up_a, up_b, rho) / 2
    notes = "; ".join(f"{half.name}: {half.note}" for half in halves if half.note)
    return replace(
        whole,
        low=max(0.0, middle - down),
        high=min(1.0, middle + up),
        method=method,
        note=notes,
    )
