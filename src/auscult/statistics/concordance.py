"""Do two orders agree? Kendall's τ-b of two scales, with its cluster interval.

It is made of the pairs of items that the two scales put into the same or the opposite order. The interval leaves out
one cluster (image, patient) at a time, on the scale that has no ends (Fisher z).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Labels, Mask, checked_labels, checked_mask
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats, jackknife_reach
from auscult.statistics.missing import joined, too_many

NAME = "Kendall's tau-b"
ENOUGH_ITEMS = 100
"""Items under which a figure is called insufficient."""
JACKKNIFE = "delete-one-cluster jackknife, t on the Fisher z scale"
ALL_ONE_WAY = "nothing but pairs in one order: how far from the end the truth lies, these items cannot show"


@dataclass(frozen=True)
class _Pairs:
    """Pairs of items: S of concordant minus discordant ones, and those not tied on either scale.

    Each holds the figure of all items first and then those without one cluster each, shape (1 + clusters,).
    """

    s: Floats
    untied_x: Floats
    untied_y: Floats


@guarded
def kendall_tau(
    first: ArrayLike,
    second: ArrayLike,
    clusters: Labels,
    *,
    missing: ArrayLike | None = None,
    unit: str = "image",
    max_missing: float = 0.05,
) -> Estimate:
    """Kendall's τ-b: (concordant − discordant) / √(pairs not tied on the first · pairs not tied on the second).

    Args:
        first: one rating an item, shape (items,); only its order counts.
        second: the other, shape (items,).
        clusters: image or patient of each item, shape (items,).
        missing: items without one of the ratings; left out.
        unit: what a cluster is.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: lengths differ, or a rating that is there is no number.

    Source: Kendall 1945, Biometrika 33, 239-251; Miller 1974, Biometrika 61, 1-15 (jackknife).
    """
    whole, x, y, codes = _read(first, second, clusters, missing, max_missing)
    whole = replace(whole, unit=unit, instrument=NAME, note=_few(whole.n))
    if whole.withheld:
        return whole
    pairs = _pairs(x, y, codes)
    if not (pairs.untied_x[0] and pairs.untied_y[0]):
        return replace(whole, withheld="all ratings of one scale are the same: there is no order to agree on")
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = pairs.s / np.sqrt(pairs.untied_x * pairs.untied_y)
    return _with_limits(whole, tau)


def _read(
    first: ArrayLike, second: ArrayLike, clusters: Labels, missing: ArrayLike | None, max_missing: float
) -> tuple[Estimate, Floats, Floats, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    """The figure so far, and ratings and clusters of the items that have both."""
    x, y = as_numbers(NAME, first), as_numbers(NAME, second)
    if x.ndim != 1 or x.shape != y.shape:
        raise UserError(f"{NAME}: ratings of shapes {x.shape} and {y.shape}; give one of each for every item")
    codes = checked_labels(NAME, clusters, len(x))
    lost = checked_mask(NAME, "missing", missing, len(x))
    _refuse_no_number((x, y), lost)
    n, gone = int((~lost).sum()), int(lost.sum())
    whole = Estimate(name=NAME, n=n, clusters=len(np.unique(codes[~lost])), missing=gone)
    if n < 2:
        whole = replace(whole, withheld="fewer than two items have both ratings")
    else:
        whole = replace(whole, withheld=too_many(gone, len(x), max_missing))
    return whole, x[~lost], y[~lost], codes[~lost]


def _refuse_no_number(scales: Sequence[Floats], lost: Mask) -> None:
    for scale in scales:
        if (wrong := ~np.isfinite(scale) & ~lost).any():
            row = int(np.flatnonzero(wrong)[0])
            raise UserError(f"{NAME}: value {scale[row]} of item {row} is no number; correct it or mark it missing")


def _pairs(x: Floats, y: Floats, codes: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> _Pairs:
    """Totals of all pairs, and of those without each cluster.

    Items with the same two ratings are counted together: with k the counts of a cluster, N those of all and M the order
    of two such cells, the pairs without the cluster are (N − k)ᵀ M (N − k) / 2.
    """
    cells, at = np.unique(np.column_stack([x, y]), axis=0, return_inverse=True)
    held = np.unique(codes, return_inverse=True)[1]
    counts = np.zeros((int(held.max()) + 1, len(cells)))
    np.add.at(counts, (held, at.reshape(-1)), 1.0)
    every = counts.sum(0)
    left = np.vstack([every[None], every[None] - counts])
    by_x = np.sign(np.subtract.outer(cells[:, 0], cells[:, 0]))
    by_y = np.sign(np.subtract.outer(cells[:, 1], cells[:, 1]))

    def total(order: Floats) -> Floats:
        return np.asarray(((left @ order) * left).sum(1) / 2)

    return _Pairs(total(by_x * by_y), total(by_x**2), total(by_y**2))


def _with_limits(whole: Estimate, found: Floats) -> Estimate:
    """Value and jackknife limits; ``found`` as in ``_Pairs``."""
    whole = replace(whole, value=float(found[0]))
    if whole.clusters < 2:
        return replace(whole, method="none", note=joined(whole.note, "one cluster only: no interval"))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.arctanh(found)
    if not np.isfinite(z).all():
        return replace(whole, method="none", note=joined(whole.note, ALL_ONE_WAY))
    reach = jackknife_reach(z[1:], whole.level)
    low, high = (float(np.tanh(z[0] + step)) for step in (-reach, reach))
    return replace(whole, low=low, high=high, method=JACKKNIFE)


def _few(n: int) -> str:
    return f"insufficient: {n} items (under {ENOUGH_ITEMS})" if n < ENOUGH_ITEMS else ""
