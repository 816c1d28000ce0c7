"""Pairs of images with the same question, true of one and false of the other: are they told apart?

A right answer to either brings half a pair: both right, the two are told apart; the same answer to both is one right
and one wrong, so half, as a coin gets; each answered as the other should be is none. An answer that takes no side is
not right. So the figure is the mean of sensitivity and specificity within a question's own words, each question
counted as often as it has pairs, and what can be had from the words alone is exactly one half.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.composite import middle_of
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats
from auscult.statistics.mean import with_interval
from auscult.statistics.missing import completions, over_missing, too_many

NAME = "told apart"
METHOD = "square-and-add of the cluster intervals of both halves of the pairs (MOVER)"
HALVES = ("images it is true of", "images it is false of")


@dataclass(frozen=True)
class Pairs:
    """Which items stand in pairs.

    Attributes:
        partners: how many pairs each item is in, shape (items,).
        pairs: of all questions.
        questions: that are true of some images and false of others.
    """

    partners: NDArray[np.int64]
    pairs: int
    questions: int


def pairs_of(positive: ArrayLike, question: NDArray[np.integer]) -> Pairs:
    """Every item with those of the same words and the other truth.

    Args:
        positive: whether yes is right, shape (items,).
        question: code of the words, from 0, shape (items,).
    """
    true = np.asarray(positive, bool)
    size = int(question.max(initial=0)) + 1
    yes, no = (np.bincount(question[rows], minlength=size).astype(np.int64) for rows in (true, ~true))
    return Pairs(np.where(true, no[question], yes[question]), int((yes * no).sum()), int(((yes > 0) & (no > 0)).sum()))


@guarded
def told_apart(
    right: ArrayLike,
    positive: ArrayLike,
    question: NDArray[np.integer],
    clusters: Labels,
    *,
    unusable: ArrayLike | None = None,
    missing: ArrayLike | None = None,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Estimate:
    """Share of pairs told apart, half for the same answer; 0.5 is what a coin gets, and who does not look.

    The limits recover the variance of each half from its own cluster interval and add them in squares, with the
    correlation of the two over clusters. They hold the images, not the choice of questions.

    Args:
        right: 1 where the answer is right, shape (items,); a mean over samples where there are several.
        positive: whether yes is right, shape (items,).
        question: code of the question's words, from 0, shape (items,).
        clusters: image or patient of each item, shape (items,).
        unusable: as in `mean`; not right.
        missing: as in `mean`; the limits are those of the worst and of the best case.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing items in pairs above which the value is withheld and the limits stand alone.

    Raises:
        UserError: lengths differ, or a value lies outside [0, 1].
    """
    given = as_numbers(NAME, right)
    count = len(given)
    codes, true = checked_labels(NAME, clusters, count), checked_mask(NAME, "positive", positive, count)
    lost = checked_mask(NAME, "missing", missing, count)
    silent = checked_mask(NAME, "unusable", unusable, count) & ~lost
    values = checked_values(NAME, given, ~lost, (0.0, 1.0))
    weights = pairs_of(true, question).partners.astype(np.float64)
    kept = weights > 0
    values, weights, codes = values[kept], weights[kept], codes[kept]
    true, lost, silent = true[kept], lost[kept], silent[kept]
    whole = Estimate(
        name=NAME,
        n=int((~lost).sum()),
        clusters=len(np.unique(codes[~lost])),
        unit=unit,
        instrument=instrument,
        missing=int(lost.sum()),
        unusable=int(silent.sum()),
        coverage=float(1 - silent.sum() / (~lost).sum()) if not lost.all() else None,
    )
    if not len(values):
        return replace(whole, withheld="no question is true of one image and false of another")
    found = _of_halves(whole, values, true, codes, weights, ~lost)
    if not lost.any():
        return found
    hidden = too_many(int(lost.sum()), len(lost), max_missing) or found.withheld
    worst, best = np.where(lost, 0.0, values), np.where(lost, 1.0, values)
    every = np.ones_like(lost)
    ends, more = (
        [_of_halves(whole, filled, true, codes, weights, every) for filled in some]
        for some in ((worst, best), completions(worst, best, 2 * codes + true))
    )
    found = replace(
        found, value=None if hidden else found.value, withheld=hidden, worst=ends[0].value, best=ends[1].value
    )
    return over_missing(found, [*ends, *more])


def _of_halves(whole: Estimate, values: Floats, true: Mask, codes: Codes, weights: Floats, known: Mask) -> Estimate:
    """The figure with its limits from the items that are known."""
    halves, residuals = [], []
    for name, rows in zip(HALVES, (true & known, ~true & known), strict=True):
        if not rows.any():
            return replace(whole, withheld=f"nothing is known of the {name}")
        mass = weights[rows] / weights[rows].mean()
        half = with_interval(replace(whole, name=name), *totals(values[rows], codes[rows], mass))
        halves.append(half)
        residuals.append((mass * (values[rows] - (half.value or 0.0)), codes[rows]))
    return middle_of(whole, (halves[0], halves[1]), (residuals[0], residuals[1]), METHOD)
