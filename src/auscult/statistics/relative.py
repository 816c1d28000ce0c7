"""By what share did a rate fall? The relative change of two rates on the same items."""

from dataclasses import replace
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from auscult.records import Estimate
from auscult.statistics.clusters import Labels, checked_labels, checked_mask, residual_correlation
from auscult.statistics.mean import mean
from auscult.statistics.missing import joined, too_many

METHOD = "square-and-add of the cluster intervals of both rates (MOVER for a ratio)"
NOTHING_TO_FALL = "the rate before is 0: nothing can fall"


def relative_fall(
    before: ArrayLike,
    after: ArrayLike,
    clusters: Labels,
    *,
    name: str = "relative fall",
    missing: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Estimate:
    """1 - rate after / rate before: 0.7 is a fall by 70 %, below 0 a rise.

    The limits recover the variance of each rate from its own cluster interval, with their correlation over clusters, so
    that a rate of 0 afterwards still brings its exact bound.

    Args:
        before: 1 where it happened, shape (items,).
        after: the same afterwards, same items.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        missing: items without one of the two; left out.
        level: confidence level.
        instrument: what read the answers.
        unit: what a cluster is.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: lengths differ, or a value lies outside [0, 1].

    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21, 347-359.
    """
    first, second = np.asarray(before, np.float64), np.asarray(after, np.float64)
    lost = checked_mask(name, "missing", missing, len(first))
    codes = checked_labels(name, clusters, len(first))
    first, second, kept = first[~lost], second[~lost], codes[~lost]
    then, now = (mean(v, kept, name=name, level=level, unit=unit, instrument=instrument) for v in (first, second))
    whole = replace(then, missing=int(lost.sum()), value=None, low=None, high=None, usable_value=None, coverage=None)
    held = too_many(int(lost.sum()), len(lost), max_missing) or then.withheld
    if held or not then.value or now.value is None:
        return replace(whole, withheld=held or NOTHING_TO_FALL)
    whole = replace(whole, value=1 - now.value / then.value, method=METHOD, note=joined(then.note, now.note))
    if then.low is None or then.high is None or now.low is None or now.high is None:
        return replace(whole, method="none")
    rho = residual_correlation(second, kept, first, kept)
    top = (now.low, now.value, now.high)
    bottom = (then.low, then.value, then.high)
    ratio = _ratio(top, bottom, rho)
    return replace(whole, low=None if ratio[1] is None else 1 - ratio[1], high=1 - ratio[0])


def _ratio(
    top: tuple[float, float, float], bottom: tuple[float, float, float], rho: float
) -> tuple[float, float | None]:
    """Limits of a ratio from lower limit, value and upper limit of both; no upper one where the lower may be 0."""
    (low, value, high), (least, of, most) = top, bottom
    product = value * of - rho * (value - low) * (most - of)
    inner = low * (2 * value - low)
    root = sqrt(max(0.0, product**2 - inner * most * (2 * of - most)))
    smallest = inner / (product + root) if product + root > 0 else 0.0
    if least <= 0:
        return smallest, None
    product = value * of - rho * (high - value) * (of - least)
    under = least * (2 * of - least)
    root = sqrt(max(0.0, product**2 - high * (2 * value - high) * under))
    return smallest, (product + root) / under
