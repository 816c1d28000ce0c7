"""What missing data leave open: an interval over their worst and their best case, never over the data at hand alone.

A request that failed, a judge without a verdict and an answer that could not be read are not missing at random.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from auscult.records import Estimate
from auscult.statistics.interval import Floats


def completions(least: Floats, most: Floats, clusters: NDArray[np.int64]) -> list[Floats]:
    """What the data may be in truth: all missing values at their least, all at their greatest, and spread between.

    The two ends give the least and the greatest mean, but not always the furthest limits: clusters may lie further
    apart where some of their missing values are low and others high. Those with the highest known values take the high
    ones here, at several cuts.

    Args:
        least: value of each item, where it is missing the least possible, shape (items,).
        most: the same, where it is missing the greatest possible.
        clusters: code of the cluster of each item, from 0.
    """
    middle = (least + most) / 2
    residuals = np.bincount(clusters, middle - middle.mean())
    open_ = np.unique(clusters[least < most])
    ordered, count = open_[np.argsort(-residuals[open_], kind="stable")], len(open_)
    cuts = sorted({1, 2, 3, count // 4, count // 2, 3 * count // 4, count - 3, count - 2, count - 1})
    spread = [np.where(np.isin(clusters, ordered[:cut]), most, least) for cut in cuts if 0 < cut < count]
    return [least, most, *spread]


def over_missing(found: Estimate, completed: Sequence[Estimate], *, no_greatest: bool = False) -> Estimate:
    """An estimate whose limits hold whatever the missing values were; a withheld one keeps them as a range.

    Args:
        found: from what is not missing; its value is kept, or why it is withheld.
        completed: the same figure from each of the ``completions``.
        no_greatest: missing values may be of any size, so that there is no upper limit.
    """
    known = [e for e in (found, *completed) if e.low is not None and e.high is not None]
    methods = dict.fromkeys(part for e in known for part in e.method.split("; ") if part)
    notes = dict.fromkeys(part for e in (found, *completed) for part in e.note.split("; ") if part)
    return replace(
        found,
        low=min((e.low for e in known if e.low is not None), default=None),
        high=None if no_greatest else max((e.high for e in known if e.high is not None), default=None),
        method="; ".join(methods) or found.method,
        note="; ".join(notes),
    )


def too_many(missing: int, of: int, most: float, what: str = "items are missing") -> str:
    """Why a figure is withheld, where more than a share ``most`` is missing; empty otherwise."""
    share = missing / of if of else 0.0
    return f"{missing} of {of} {what} ({share:.1%}, over {most:.0%})" if share > most else ""


def joined(*notes: str) -> str:
    """Notes as one; empty ones are left out."""
    return "; ".join(filter(None, notes))
