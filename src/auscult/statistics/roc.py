"""The ROC curve of a margin, of many resamples at once, and how far the points of other models lie above it."""

import numpy as np

from auscult.statistics.clusters import Mask
from auscult.statistics.interval import Floats


def above_curve(margin: Floats, said: Floats, true: Mask, weights: Floats) -> tuple[Floats, Floats]:
    """How far points lie above the curve, in hits: at equal false alarms, and at as many yes.

    The curve goes straight through ties; where it rises upright it is all that it passes, so that nothing on it is off.

    Args:
        margin: of the curve, shape (items,).
        said: 1 where a model said yes, shape (models, items).
        true: whether yes is right, shape (items,).
        weights: whole numbers, how often a resample has each item, shape (resamples, items).

    Returns:
        Counts of hits, shape (2, resamples, models), and of how many true items, (resamples, 1); 0 of 0 in resamples
        without an item of one kind.
    """
    order = np.argsort(-margin, kind="stable")
    edges = np.flatnonzero(np.r_[True, np.diff(margin[order]) != 0])
    yes = weights[:, order] * true[order]
    up, along = (
        np.pad(np.add.reduceat(w, edges, axis=1).cumsum(1), ((0, 0), (1, 0))) for w in (yes, weights[:, order] - yes)
    )
    hits, alarms = ((weights * rows) @ said.T for rows in (true, ~true))
    both = (up[:, -1:] > 0) & (along[:, -1:] > 0)
    found = np.zeros((2, *hits.shape))
    for model in range(len(said)):
        h, f = hits[:, model], alarms[:, model]
        low, high = _heights(along, up, f)
        found[0, :, model] = np.maximum(h - high, 0) + np.minimum(h - low, 0)
        found[1, :, model] = h - _heights(along + up, up, h + f)[1]
    return np.where(both, found, 0.0), np.where(both, up[:, -1:], 0.0)


def _heights(x: Floats, y: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Least and greatest ``y`` of rising curves, (resamples, points), where ``x`` is ``at``, shape (resamples,)."""
    rows = np.arange(len(at))
    left = np.minimum((x < at[:, None] - 1e-9).sum(1), x.shape[1] - 1)
    right = (x <= at[:, None] + 1e-9).sum(1) - 1
    run = x[rows, left] - x[rows, right]
    part = np.where(run > 0, (at - x[rows, right]) / np.where(run > 0, run, 1.0), 0.0)
    between = y[rows, right] + part * (y[rows, left] - y[rows, right])
    return np.where(run > 0, between, y[rows, left]), np.where(run > 0, between, y[rows, right])
