"""Samples: what came of one quantity on some items, with what is missing; and the estimates that are made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult import statistics
from auscult.analysis.joined import OK, UNUSABLE, Bools, Column, Floats, Ints, Joined
from auscult.records import SHARE_OF, Estimate, Value
from auscult.statistics.partial import partial_difference, partial_mean

Rows = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Sample:
    """One quantity on some items.

    ``rows``, shape (items,), are those of the run. ``values`` and ``lost`` have shape (items, samples): the value, and
    whether it is missing; ``unread`` and ``unjudged`` say which of these could not be read, or got no verdict of a
    judge. A value that is NaN and not lost does not count. ``unusable`` has shape (items,): the model's own outcome, in
    at least one sample.

    Where some values are known in part, ``values`` are the least that they can be, ``most`` the greatest, and
    ``weights``, shape (items,), say what an item counts, at least ``light``; elsewhere these three are None.
    """

    rows: Rows
    values: Floats
    clusters: Ints
    unit: str
    lost: Bools
    unusable: Bools
    unread: Bools
    unjudged: Bools
    most: Floats | None = None
    weights: Floats | None = None
    light: Floats | None = None

    @property
    def missing(self) -> Bools:
        """Items of which any sample is missing, shape (items,): what a paired comparison leaves out."""
        return np.asarray(self.lost.any(axis=1))

    @property
    def means(self) -> Floats:
        """Mean over samples, shape (items,); NaN where missing."""
        return np.asarray(self.values.mean(axis=1))

    def ends(self) -> tuple[Floats, Floats]:
        """Least and greatest mean over samples, shape (items,): 0 and 1 for what has no value."""
        most = self.values if self.most is None else self.most
        return np.nan_to_num(self.values, nan=0.0).mean(axis=1), np.nan_to_num(most, nan=1.0).mean(axis=1)

    def at(self, chosen: Bools | Rows) -> "Sample":
        """The same on some of its items."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        chosen_ones: dict[str, Any] = {n: a[chosen] for n, a in arrays.items() if isinstance(a, np.ndarray)}
        return replace(self, **chosen_ones)

    def among(self, rows: Rows) -> "Sample":
        """The same on these rows only, which it has, in their order."""
        at = np.flatnonzero(np.isin(self.rows, rows))
        return self.at(at[np.argsort(self.rows[at])])

    def each(self) -> "Sample":
        """Every sample that counts as an item of its own."""
        item, sample = np.nonzero(self.lost | ~np.isnan(self.values))
        own = {n: getattr(self, n)[item, sample][:, None] for n in ("values", "lost", "unread", "unjudged")}
        return replace(self.at(item), **own)

    @classmethod
    def joined(cls, parts: Sequence["Sample"]) -> "Sample":
        """Samples of the same quantity one after the other."""

        def every(name: str) -> Any:
            arrays = [getattr(p, name) for p in parts]
            if name == "unit":
                return arrays[0]
            return None if any(a is None for a in arrays) else np.concatenate(arrays)

        return cls(*(every(f.name) for f in fields(cls)))


def of_column(run: Joined, column: Column, values: Floats, items: Bools) -> Sample:
    """Values of shape (all items, samples) on the asked ones among ``items``, with what the column says is missing."""
    chosen = items & column.asked
    lost = (column.missing | (column.status == 0))[chosen]
    return Sample(
        rows=np.flatnonzero(chosen).astype(np.int32),
        values=np.where(lost, np.nan, values[chosen]),
        clusters=run.cluster[chosen],
        unit=run.unit,
        lost=lost,
        unusable=np.asarray((column.status[chosen] == UNUSABLE).any(axis=1) & ~lost.any(axis=1)),
        unread=column.unread[chosen],
        unjudged=column.unjudged[chosen],
    )


def of_value(run: Joined, column: Column, value: Value, items: Bools, silent: float | None = None) -> Sample:
    """A named value; an unusable answer without one counts as ``silent``, the least value where nothing is said.

    Items whose answers were read and have no such value are left out (a range has no error): see ``valued``.
    """
    name, items = value.name, valued(column, value.name, items)
    values = column.value(name).copy()
    values[(column.status == UNUSABLE) & np.isnan(values)] = value.low if silent is None else silent
    taken = of_column(run, column, values, items)
    if not column.partial(name):
        return taken
    most = np.where(column.status == UNUSABLE, values, column.at_most(name))[taken.rows]
    weights = column.share_of(name)[taken.rows]
    return replace(taken, most=np.where(taken.lost, np.nan, most), weights=weights, light=weights)


def valued(column: Column, name: str, items: Bools) -> Bools:
    """Those of ``items`` whose answers, where they were read, have a value."""
    none = (column.status == OK) & np.isnan(column.value(name))
    return np.asarray(items & ~none.any(axis=1))


def with_note(found: Estimate, *said: str) -> Estimate:
    """The estimate with what more must be read with it."""
    return replace(found, note="; ".join(filter(None, (found.note, *said))))


def with_kinds(found: Estimate, *arms: Sample, by_answer: bool = False) -> Estimate:
    """Says how many of the missing could not be read, and how many got no verdict.

    Args:
        found: the estimate.
        arms: what it was made of; an item is missing where it is in any of them.
        by_answer: whether answers are counted rather than items. What is missing for several reasons counts once: as
            failed before unjudged, as unjudged before unread.
    """

    def counted(of_arm: Any) -> Bools:
        masks = [of_arm(a) & a.lost for a in arms]
        return np.asarray(np.logical_or.reduce([m if by_answer else m.any(axis=1) for m in masks]))

    failed = counted(lambda a: ~a.unread & ~a.unjudged)
    unjudged = counted(lambda a: a.unjudged) & ~failed
    unread = counted(lambda a: a.unread) & ~failed & ~unjudged
    return replace(found, unjudged=int(unjudged.sum()), unread=int(unread.sum()))


def estimate(taken: Sample, name: str, instrument: str, max_missing: float, scale: Value) -> Estimate | None:
    """Mean of a quantity with its interval; None where there is no item.

    Args:
        taken: of the quantity.
        name: of the estimate.
        instrument: with its version.
        max_missing: share of missing data above which the value is withheld.
        scale: least and greatest value, and which end is the good one.
    """
    if not len(taken.values):
        return None
    about: dict[str, Any] = {
        "missing": taken.missing,
        "name": name,
        "instrument": instrument,
        "unit": taken.unit,
        "max_missing": max_missing,
        "higher_is_better": scale.higher_is_better,
    }
    several = taken.values.shape[1] > 1
    if taken.most is not None:
        assert taken.light is not None and taken.weights is not None, "they come together"
        weights = taken.light, taken.weights
        found = partial_mean(*taken.ends(), taken.clusters, weights=weights, unusable=taken.unusable, **about)
        found = with_kinds(found, taken)
        return replace(found, variance=("items", "images", "decoding")) if several else found
    if several and (scale.low, scale.high) == (0.0, 1.0):
        repeated = statistics.mean_with_repeats(taken.values, taken.clusters, **about | {"missing": taken.lost})
        return with_kinds(_with_decoding(repeated, taken), taken, by_answer=True)
    bounds = scale.low, scale.high
    found = statistics.mean(taken.means, taken.clusters, unusable=taken.unusable, bounds=bounds, **about)
    return with_kinds(found, taken)


def difference(
    a: Sample, b: Sample, name: str, instrument: str, max_missing: float, scale: Value, level: float = 0.95
) -> Estimate:
    """``a`` minus ``b`` on the same items; where they are grouped differently, the coarser grouping counts.

    Where it is not known whether an item counts, either arm may have any value.
    """
    coarse = min(a, b, key=lambda arm: len(np.unique(arm.clusters)))
    about: dict[str, Any] = {
        "name": name,
        "instrument": instrument,
        "unit": coarse.unit,
        "max_missing": max_missing,
        "level": level,
        "higher_is_better": scale.higher_is_better,
    }
    if a.most is not None or b.most is not None:
        found = partial_difference(
            _known_ends(a),
            _known_ends(b),
            coarse.clusters,
            weights=b.weights if a.weights is None else a.weights,
            missing=a.missing | b.missing,
            **about,
        )
    else:
        found = statistics.difference(
            a.means,
            b.means,
            coarse.clusters,
            missing_a=a.missing,
            missing_b=b.missing,
            bounds=scale.bounds,
            **about,
        )
    return with_kinds(found, a, b)


def _known_ends(taken: Sample) -> tuple[Floats, Floats]:
    least, most = taken.ends()
    unsure = taken.light < taken.weights if taken.light is not None and taken.weights is not None else False
    return np.where(unsure, 0.0, least), np.where(unsure, 1.0, most)


def things_counted(column: Column, name: str, taken: Sample) -> str:
    """Says what the denominator is where findings count and not answers."""
    if taken.weights is None or f"{name}{SHARE_OF}" not in column.values:
        return ""
    return f"a share of the {taken.weights.sum():,.0f} findings that the references name, not of the answers"


def _with_decoding(repeated: statistics.RepeatedMean, taken: Sample) -> Estimate:
    """Says how much of the variance asking more often would remove, and how much was usable."""
    found = repeated.estimate
    known = ~taken.missing
    usable = known & ~taken.unusable
    found = replace(
        found,
        unusable=int(taken.unusable.sum()),
        coverage=float(usable.sum() / known.sum()) if known.any() else None,
        usable_value=float(taken.means[usable].mean()) if usable.any() and not found.withheld else None,
    )
    if not repeated.total > 0:
        return found
    share = min(1.0, repeated.decoding / repeated.total)
    return with_note(found, f"{share:.0%} of the variance is decoding ({taken.values.shape[1]} samples a question)")


def of_rows(run: Joined, rows: Sequence[int], values: Floats, lost: Bools) -> Sample:
    """One value for each of some rows, of which nothing more is known than whether it is missing."""
    none, at = np.zeros((len(rows), 1), bool), np.asarray(rows, np.int32)
    return Sample(
        rows=at,
        values=np.where(lost, np.nan, values)[:, None],
        clusters=run.cluster[at],
        unit=run.unit,
        lost=lost[:, None],
        unusable=none[:, 0],
        unread=none,
        unjudged=none,
    )
