"""By what share did a rate fall? The relative change of two rates on the same items."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.records import Estimate
from auscult.statistics.clusters import Labels, checked_labels, checked_mask
from auscult.statistics.crossed import RELATIVE, crossed
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.mean import mean
from auscult.statistics.missing import joined, too_many

NOTHING_TO_FALL = "the rate before is 0: nothing can fall"


@guarded
def relative_fall(
    before: ArrayLike,
    after: ArrayLike,
    clusters: Labels,
    *,
    name: str = "relative fall",
    missing: ArrayLike | None = None,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Estimate:
    """1 - rate after / rate before: 0.7 is a fall by 70 %, below 0 a rise.

    The limits are those of ``crossed`` for one seed: a rate of 0 afterwards still brings its exact bound, and none is
    surer than the difference of both rates.

    Args:
        before: 1 where it happened, shape (items,).
        after: the same afterwards, same items.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        missing: items without one of the two; left out.
        instrument: what read the answers.
        unit: what a cluster is.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: lengths differ, or a value lies outside [0, 1].
    """
    first, second = as_numbers(name, before), as_numbers(name, after)
    lost = checked_mask(name, "missing", missing, len(first))
    codes = checked_labels(name, clusters, len(first))
    first, second, kept = first[~lost], second[~lost], codes[~lost]
    then, now = (mean(v, kept, name=name, unit=unit, instrument=instrument) for v in (first, second))
    whole = replace(then, missing=int(lost.sum()), value=None, low=None, high=None, usable_value=None, coverage=None)
    held = too_many(int(lost.sum()), len(lost), max_missing) or then.withheld
    if held or not then.value or now.value is None:
        return replace(whole, withheld=held or NOTHING_TO_FALL)
    whole = replace(whole, value=1 - now.value / then.value, method=RELATIVE, note=joined(then.note, now.note))
    if None in (then.low, now.low):
        return replace(whole, method="none")
    rows = np.stack([second - first, first, np.ones(len(kept))])
    more, was, items = (np.bincount(kept, row)[None].astype(np.float64) for row in rows)
    found = crossed(more, was, items)
    return replace(
        whole,
        low=None if found.high is None else -found.high,
        high=None if found.low is None else -found.low,
        method=found.method,
    )
