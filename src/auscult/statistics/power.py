"""What a set of items can show: the smallest difference that a paired comparison on it would see."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from auscult.errors import UserError
from auscult.statistics.clusters import Labels, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import spread


@dataclass(frozen=True)
class Visible:
    """The smallest difference that is seen with the wanted power.

    Attributes:
        difference: on the scale of the scores (0.06 is 6 points); at most 1; infinite with one cluster.
        sentence: for the report, with the assumption that it rests on.
    """

    difference: float
    sentence: str


@guarded
def smallest_visible_difference(
    values: ArrayLike,
    clusters: Labels,
    *,
    other: ArrayLike | None = None,
    missing: ArrayLike | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    unit: str = "image",
    icc: float = 0.2,
) -> Visible:
    """The smallest true difference between two arms on these items that a paired test finds with chance ``power``.

    Args:
        values: scores of one arm in [0, 1], shape (items,); or one expected mean, when nothing has been answered yet.
        clusters: image or patient of each item, shape (items,).
        other: scores of the second arm, where it has been answered: the spread of the differences is then measured.
            Else the arms are taken to err independently, which is the careful end: arms that err on the same items
            show smaller differences.
        missing: items without a score in either arm.
        power: chance to see the difference, between ``alpha`` and 1.
        alpha: two-sided level of the test, between 0 and 1.
        unit: what a cluster is.
        icc: correlation of two items of a cluster; used only with an expected mean.

    Raises:
        UserError: lengths differ, a score lies outside [0, 1], there are no clusters, or power and alpha no chances.

    Source: Bloom 1995, Evaluation Review 19(5), 547-556: (t of alpha/2 + t of power) x standard error.
    """
    if power <= alpha:
        raise UserError(f"power: {power:g} is not over alpha, {alpha:g}, with which a test finds what is not there")
    labels = np.asarray(clusters)
    given = as_numbers("power", values)
    lost = checked_mask("power", "missing", missing, len(labels))
    codes = checked_labels("power", labels, len(labels))[~lost]
    if not len(codes):
        raise UserError("power: no items; give the cluster of each item")
    if given.ndim == 0:
        expected = float(checked_values("power", given[None], np.ones(1, dtype=bool), (0.0, 1.0))[0])
        sizes = totals(np.zeros(len(codes)), codes)[1]
        inflation = 1 + (float((sizes**2).sum() / sizes.sum()) - 1) * icc
        variance, df = 2 * expected * (1 - expected) / len(codes) * inflation, len(sizes) - 1.0
        ground = f"expected mean {expected:.0%}, correlation {icc:g} within one {unit}, arms that err independently"
    else:
        first = checked_values("power", given, ~lost, (0.0, 1.0))[~lost]
        if other is None:
            scores, factor, ground = first, 2.0, "spread as observed, arms that err independently"
        else:
            second = checked_values("power", as_numbers("power", other), ~lost, (0.0, 1.0))[~lost]
            scores, factor, ground = first - second, 1.0, "spread of the paired differences as observed"
        sums, sizes = totals(scores, codes)
        if len(sums) > 1:
            found = spread(sums[None], sizes[None])
            variance, df = factor * float(found.variance[0]), float(found.df[0])
    count = len(sizes)
    if count < 2:
        return Visible(math.inf, f"With one {unit} no difference can be seen.")
    if variance <= 0:
        return Visible(math.nan, f"These {count} {unit}s show no spread: what difference could be seen is unknown.")
    visible = min(1.0, float((stats.t.ppf(1 - alpha / 2, df) + stats.t.ppf(power, df)) * math.sqrt(variance)))
    points = f"{100 * visible:.0f}" if visible >= 0.01 else f"{100 * visible:.1f}"
    return Visible(
        visible,
        f"With these {count} {unit}s a difference under {points} points cannot be seen "
        f"({power:.0%} power, alpha {alpha:g}; {ground}).",
    )
