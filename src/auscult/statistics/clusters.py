"""Items into clusters: labels checked once, totals of each cluster in one pass."""

from collections.abc import Sequence
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auscult.errors import UserError
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats

Mask = NDArray[np.bool_]
Codes = NDArray[np.int64]
Labels = ArrayLike | Sequence[object]
"""Image or patient of each item, integers or strings: a list, an array, a column of a table."""


def checked_labels(name: str, clusters: Labels, items: int) -> Codes:
    """The cluster of each item as a number from 0.

    Raises:
        UserError: there is not one label for each item, one is empty (None, nan, ""), or some are numbers and some not.
    """
    labels = np.asarray(clusters)
    if labels.shape != (items,):
        raise UserError(
            f"{name}: {items} values but cluster labels of shape {labels.shape}; give one label for each value"
        )
    if labels.dtype.kind in "iu":
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    # numpy makes texts of a list of numbers and texts, so that 1 and "1" would be one
    given = clusters if isinstance(clusters, list | tuple) else labels.tolist()
    # sorting strings takes ten times as long as hashing them
    seen: dict[object, int] = {}
    codes = np.fromiter((seen.setdefault(label, len(seen)) for label in given), np.int64, items)
    _refuse_labels(name, seen, codes)
    return codes


def _refuse_labels(name: str, seen: dict[object, int], codes: Codes) -> None:
    """Refuses labels that name nothing, and those of several kinds, where ``1`` and ``"1"`` may mean one patient."""
    kinds: dict[type, object] = {}
    for label, code in seen.items():
        if label is None or label == "" or (isinstance(label, float) and np.isnan(label)):
            row = int(np.flatnonzero(codes == code)[0])
            raise UserError(f"{name}: item {row} has no cluster ({label!r}); give its image or patient")
        kinds.setdefault(Real if isinstance(label, Real) else str if isinstance(label, str) else type(label), label)
    if len(kinds) > 1:
        first, second = list(kinds.values())[:2]
        raise UserError(f"{name}: clusters of several kinds, as {first!r} and {second!r}; give all as texts")


def checked_mask(name: str, what: str, mask: ArrayLike | None, items: int) -> Mask:
    """The mask as booleans; all False where there is none.

    Raises:
        UserError: it has another length than the values, or holds something that is neither true nor false.
    """
    if mask is None:
        return np.zeros(items, dtype=bool)
    found = np.asarray(mask)
    if found.shape != (items,):
        raise UserError(f"{name}: {items} values but '{what}' of shape {found.shape}; give one for each value")
    if found.dtype == bool:
        return found
    if wrong := [value for value in found.tolist() if value not in (0, 1)]:
        raise UserError(f"{name}: '{what}' is true or false of each value (1 or 0), not {wrong[0]!r}")
    return found.astype(bool)


@guarded
def checked_values(name: str, values: ArrayLike, present: Mask, bounds: tuple[float, float | None]) -> Floats:
    """The values as floats, those that are not present set to the lower bound.

    Raises:
        UserError: a present value is no finite number within the bounds.
    """
    found = as_numbers(name, values)
    lowest, highest = bounds[0], np.inf if bounds[1] is None else bounds[1]
    wrong = present & ~(np.isfinite(found) & (found >= lowest) & (found <= highest))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        wanted = f"{lowest:g} to {highest:g}"
        raise UserError(f"{name}: value {found[row]:g} of item {row} is not in {wanted}; correct it or mark it missing")
    return np.where(present, found, lowest)


def totals(values: Floats, codes: Codes, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """Totals and sizes of the clusters that have items.

    Args:
        values: shape (items,).
        codes: cluster of each item, shape (items,).
        weights: what each item counts; None: 1.

    Returns:
        Sum of (weighted) values and number (or weight) of items of each cluster, sorted, so that neither the order of
        items nor the names of clusters change a digit of what follows.
    """
    mass = np.ones_like(values) if weights is None else weights
    sizes: Floats = np.bincount(codes, weights=mass).astype(np.float64)
    sums: Floats = np.bincount(codes, weights=values * mass).astype(np.float64)
    kept = sizes > 0
    sums, sizes = sums[kept], sizes[kept]
    order = np.lexsort((sizes, sums))
    return sums[order], sizes[order]


def residual_correlation(first: Floats, of_first: Codes, second: Floats, of_second: Codes) -> float:
    """Correlation over clusters of what two groups of items sum up to beyond their means; 0 where one has no spread.

    Args:
        first: values of the first group, shape (items,).
        of_first: code of each item's cluster; both groups are coded alike.
        second: values of the second group.
        of_second: their clusters.
    """
    count = int(max(of_first.max(), of_second.max())) + 1
    one, other = (
        np.bincount(codes, weights=values - values.mean(), minlength=count)
        for values, codes in ((first, of_first), (second, of_second))
    )
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / scale if scale > 0 else 0.0
