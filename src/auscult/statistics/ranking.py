"""Does a score rank what is true above what is false? Its area under the ROC curve, and how that differs between arms.

The score is a margin: how far an answer leans to yes. No constant added to it changes the area; within a question's own
words (``strata``), no constant for each question does. There the area is the share of pairs with the same question,
true of one image and false of the other, in which the true one is ahead: two-alternative forced choice, ties by half.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import CERTIFIED_CLUSTERS, Floats
from auscult.statistics.missing import joined, too_many
from auscult.statistics.seeds import Variance, with_seeds

ENOUGH = 50
"""Items of the rarer class under which an area is called insufficient."""
METHOD = "placements of each cluster (DeLong, Obuchowski), t"
ALL_ONE_WAY = "nothing but pairs in one order in one arm: how far from the end it lies, these items cannot show"
NO_PAIR = "no item is true where another one is false"


@dataclass(frozen=True)
class Placed:
    """An area and what each cluster moves it by, shape (clusters,)."""

    value: float
    moves: Floats


@guarded
def area(
    margin: ArrayLike,
    truth: ArrayLike,
    clusters: Labels,
    *,
    strata: Labels | None = None,
    missing: ArrayLike | None = None,
    name: str = "AUROC of the yes-margin",
    level: float = 0.95,
    unit: str = "image",
    instrument: str = "",
    max_missing: float = 0.05,
) -> Estimate:
    """The share of pairs of a true and a false item in which the true one has the greater margin, ties by half.

    Args:
        margin: of each item, shape (items,), or of several models, shape (seeds, items): their mean area.
        truth: whether yes is right, shape (items,).
        clusters: image or patient of each item, shape (items,).
        strata: pairs are made within each of these alone (the words of the question), shape (items,).
        missing: items without a margin; left out.
        name: of the figure.
        level: confidence level.
        unit: what a cluster is.
        instrument: what made the margins.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: lengths differ, or a margin that is there is no number.

    Source: DeLong et al. 1988, Biometrics 44, 837-845; Obuchowski 1997, Biometrics 53, 567-578 (clusters).
    """
    nothing = np.zeros(np.atleast_2d(np.asarray(margin)).shape[-1])
    found = area_change(
        nothing,
        margin,
        truth,
        clusters,
        strata=strata,
        missing=missing,
        name=name,
        level=level,
        unit=unit,
        instrument=instrument,
        max_missing=max_missing,
    )
    # a constant margin has the area one half, and nothing moves it
    value, low, high = (None if end is None else end + 0.5 for end in (found.value, found.low, found.high))
    if low is None or high is None or value in (0.0, 1.0):
        return replace(found, value=value, low=None, high=None, p_value=None, method="none")
    return replace(found, value=value, low=max(0.0, low), high=min(1.0, high), p_value=None)


@guarded
def area_change(
    before: ArrayLike,
    after: ArrayLike,
    truth: ArrayLike,
    clusters: Labels,
    *,
    strata: Labels | None = None,
    missing: ArrayLike | None = None,
    name: str = "change of the AUROC of the yes-margin",
    level: float = 0.95,
    unit: str = "image",
    instrument: str = "",
    max_missing: float = 0.05,
) -> Estimate:
    """How much greater the area of ``after`` is than that of ``before``, on the same items.

    Args:
        before: margins, shape (items,).
        after: margins, shape (items,), or of several models, shape (seeds, items): their mean area.
        truth: whether yes is right, shape (items,).
        clusters: image or patient of each item, shape (items,).
        strata: pairs are made within each of these alone (the words of the question), shape (items,).
        missing: items without a margin before or after, shape (items,).
        name: of the figure.
        level: confidence level.
        unit: what a cluster is.
        instrument: what made the margins.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: lengths differ, or a margin that is there is no number.
    """
    first, others = as_numbers(name, before), np.atleast_2d(as_numbers(name, after))
    items = len(first)
    codes, true = checked_labels(name, clusters, items), checked_mask(name, "truth", truth, items)
    lost = checked_mask(name, "missing", missing, items)
    groups = np.zeros(items, np.int64) if strata is None else checked_labels(name, strata, items)
    refuse_no_number(name, (first, *others), lost)
    kept = ~lost
    true, codes, groups = true[kept], np.unique(codes[kept], return_inverse=True)[1], groups[kept]
    count = int(codes.max(initial=-1)) + 1
    rarer = int(min(true.sum(), (~true).sum()))
    whole = Estimate(
        name=name,
        level=level,
        unit=unit,
        instrument=instrument,
        n=int(kept.sum()),
        clusters=count,
        missing=int(lost.sum()),
        withheld=too_many(int(lost.sum()), items, max_missing),
        note=f"insufficient: {rarer} items of the rarer class (under {ENOUGH})" if rarer < ENOUGH else "",
        method=METHOD,
    )
    if whole.withheld:
        return whole
    start = placed(first[kept], true, codes, groups, count)
    if start is None:
        return replace(whole, withheld=NO_PAIR)
    ends = [one for row in others if (one := placed(row[kept], true, codes, groups, count))]
    if any(one.value in (0.0, 1.0) for one in (start, *ends)):
        whole = replace(whole, note=joined(whole.note, ALL_ONE_WAY))
    by_seed = np.array([end.value - start.value for end in ends])
    value = float(by_seed.mean())
    df = min(len(np.unique(codes[true])), len(np.unique(codes[~true]))) - 1
    if df + 1 < CERTIFIED_CLUSTERS:
        few = f"{df + 1} {unit}s of the rarer class: no interval"
        return replace(whole, value=value, method="none", note=joined(whole.note, few))
    moves = count * np.array([end.moves - start.moves for end in ends])
    return with_seeds(whole, value, Variance.of(by_seed[:, None] + moves, df))


def placed(score: Floats, true: Mask, codes: Codes, groups: Codes, count: int) -> Placed | None:
    """Area over all pairs of a true and a false item of the same group; None where there is no pair.

    Args:
        score: of each item, shape (items,).
        true: whether it is true.
        codes: its cluster, 0 to ``count`` - 1.
        groups: pairs are made within each alone.
        count: clusters.
    """
    won, pairs = np.zeros(len(score)), np.zeros(len(score))
    for rows in stretches(groups):
        high, low = rows[true[rows]], rows[~true[rows]]
        if not (len(high) and len(low)):
            continue
        pairs[high], pairs[low] = len(low), len(high)
        won[high] = _below(score[high], np.sort(score[low]))
        won[low] = len(high) - _below(score[low], np.sort(score[high]))
    total = pairs[true].sum()
    if not total:
        return None
    value = float(won[true].sum() / total)
    moves = np.bincount(codes, weights=(won - value * pairs) / total, minlength=count)
    return Placed(value, np.asarray(moves, np.float64))


def _below(values: Floats, ordered: Floats) -> Floats:
    """How many of some ordered numbers lie below each value, equal ones by half."""
    return np.asarray((np.searchsorted(ordered, values) + np.searchsorted(ordered, values, "right")) / 2)


def stretches(groups: Codes) -> Iterator[Codes]:
    """The rows of each group."""
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    yield from (rows for rows in np.split(order, edges) if len(rows))


def refuse_no_number(name: str, scales: tuple[Floats, ...], lost: Mask) -> None:
    """Refuses scores of another length than the mask, or that are no numbers where they are not missing.

    Raises:
        UserError: naming the item.
    """
    for scale in scales:
        if scale.shape != lost.shape:
            raise UserError(f"{name}: {scale.size} margins for {lost.size} items; give one for each")
        if (wrong := ~np.isfinite(scale) & ~lost).any():
            row = int(np.flatnonzero(wrong)[0])
            raise UserError(f"{name}: margin {scale[row]} of item {row} is no number; correct it or mark it missing")
