"""Agreement of measurements with the truth: bias and 95 % limits of agreement (Bland and Altman, Lancet 1986).

The limits are mean ± 1.96 standard deviations of the differences: between them nineteen of twenty differences are to be
expected where these are about normal. Intervals: jackknife over clusters with Student's t, whose degrees of freedom are
those that the spread of the clusters' parts leaves to their variance.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Labels, checked_labels
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats
from auscult.statistics.missing import too_many

Z: Final = 1.959964
LEAST: Final = 10
"""Clusters below which no interval is given: a standard deviation of fewer says little."""
SKEW_LIMIT: Final = 0.1
"""Skewness of the differences over the root of clusters from which an interval is called approximate."""
SKEWED: Final = "errors are skewed: the interval is approximate (simulated: 90 % and more)"
METHOD: Final = "jackknife over clusters, t; limits of agreement by MOVER"


@dataclass(frozen=True)
class Agreement:
    """Bias, and both limits of agreement; in the unit of the differences."""

    bias: Estimate
    lower: Estimate
    upper: Estimate


@guarded
def limits_of_agreement(
    differences: ArrayLike,
    clusters: Labels,
    *,
    name: str,
    missing: int = 0,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Agreement:
    """Bias and limits of agreement.

    Args:
        differences: what was said minus what is true, shape (items,); finite.
        clusters: image or patient of each item, shape (items,).
        name: of what is measured.
        missing: items without a difference: no answer that could be read. They cannot be bounded, since an error has no
            greatest value: above ``max_missing`` of all nothing is given.
        level: confidence level.
        instrument: that read the answers.
        unit: what a cluster is.
        max_missing: see ``missing``.

    Raises:
        UserError: a difference is no finite number, or lengths differ.
    """
    found = as_numbers(name, differences)
    codes = checked_labels(name, clusters, len(found))
    if not np.isfinite(found).all():
        raise UserError(f"{name}: a difference is no finite number; leave out what was not read")
    groups = len(np.unique(codes))
    why = too_many(missing, len(found) + missing, max_missing) if len(found) else "no answer holds a number"
    note = f"{missing} without a number are left out" if missing and not why else ""
    skewed = SKEWED if groups >= LEAST and not why and _skewness(found) > SKEW_LIMIT * groups**0.5 else ""
    each = [np.bincount(codes, weights=weights) for weights in (found, found**2, np.ones_like(found))]
    mean, spread = _moments(*(part.sum() for part in each))
    reach = _reaches(mean, spread, *_moments(*(part.sum() - part for part in each)), level) if groups >= LEAST else None
    parts = []
    for n, part in enumerate(("bias", "lower limit of agreement", "upper limit of agreement")):
        value = float(mean + (0, -Z, Z)[n] * spread) if len(found) and (n == 0 or np.isfinite(spread)) else None
        low = high = None
        if reach is not None and value is not None:
            low, high = value - reach[n][0], value + reach[n][1]
        few = "" if groups >= LEAST or why else f"fewer than {LEAST} {unit}s: no interval"
        known = not why and value is not None
        parts.append(
            Estimate(
                name=f"{part} of {name}",
                value=value if known else None,
                low=low if known else None,
                high=high if known else None,
                level=level,
                n=len(found),
                clusters=groups,
                unit=unit,
                method=METHOD if low is not None else "",
                instrument=instrument,
                missing=missing,
                withheld=why or ("" if known else "one answer has no spread"),
                note="; ".join(filter(None, (note, few, skewed))),
            )
        )
    return Agreement(*parts)


def _moments(total: Floats, squares: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.divide(total, n)
        return mean, np.sqrt(np.maximum(0.0, squares - n * mean**2) / (n - 1))


def _reaches(mean: Floats, spread: Floats, means: Floats, spreads: Floats, level: float) -> list[tuple[float, float]]:
    """How far the limits of bias and of both limits of agreement lie below and above them.

    Those of the standard deviation are taken on the logarithmic scale, and both put together with the correlation of
    mean and standard deviation over clusters (MOVER: Zou 2013, Stat Methods Med Res 22, 630-642); where that would
    make a limit narrower it is left aside, since few clusters do not tell it well.

    Args:
        mean: of all.
        spread: standard deviation of all.
        means: without each cluster, shape (clusters,).
        spreads: likewise.
        level: confidence level.
    """
    of_mean = _reach(means, level)
    if spread == 0:
        return [(of_mean, of_mean)] * 3
    logs = np.log(np.maximum(spreads, 1e-300))
    factor = np.exp(_reach(logs, level))
    down, up = Z * float(spread) * (1 - 1 / factor), Z * float(spread) * (factor - 1)
    both = means.std() * logs.std()
    together = float(((means - means.mean()) * (logs - logs.mean())).mean() / both) if both > 0 else 0.0

    def joined(of_spread: float, sign: int) -> float:
        return float((of_mean**2 + of_spread**2 + 2 * max(0.0, sign * together) * of_mean * of_spread) ** 0.5)

    return [(of_mean, of_mean), (joined(up, -1), joined(down, -1)), (joined(down, 1), joined(up, 1))]


def _reach(left: Floats, level: float) -> float:
    """How far limits lie from a figure by t, from what it is without each cluster, shape (clusters,).

    The degrees of freedom are Satterthwaite's, of a variance that is estimated from parts of this kurtosis: one less
    than the clusters for normal parts, fewer where few of them make the variance.
    """
    count, off = len(left), left - left.mean()
    total = float((off**2).sum())
    if total == 0:
        return 0.0
    kurtosis = count * float((off**4).sum()) / total**2
    df = max(3.0, min(count - 1.0, 2 * count / (kurtosis - 1))) if kurtosis > 1 else count - 1.0
    return float(stats.t.ppf((1 + level) / 2, df) * np.sqrt((count - 1) / count * total))


def _skewness(values: Floats) -> float:
    """Size of the skewness; 0 where nothing varies."""
    off = values - values.mean()
    spread = float((off**2).mean())
    return abs(float((off**3).mean())) / spread**1.5 if spread > 0 else 0.0
