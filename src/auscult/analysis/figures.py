"""Figures from outcomes: a metric of a scorer over some of the items, under each image condition."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult import statistics
from auscult.analysis.outcomes import Bools, Column, Floats, Ints, Outcomes
from auscult.analysis.summary import Figure
from auscult.records import SHARE_OF, Condition, Estimate
from auscult.statistics.partial import partial_difference, partial_mean

CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")


@dataclass(frozen=True)
class Sample:
    """One metric of one column on some items.

    ``values`` and ``lost`` have shape (items, samples): the value, and whether it is missing; ``unread`` and
    ``unjudged`` say which of these could not be read, or got no verdict of a judge. ``unusable`` has shape (items,):
    the model's own outcome, in at least one sample.

    Where some values are known in part, ``values`` are the least that they can be, ``most`` the greatest, and
    ``weights``, shape (items,), say what an item counts, at least ``light``; elsewhere these three are None.
    """

    values: Floats
    clusters: Ints
    lost: Bools
    unusable: Bools
    most: Floats | None = None
    weights: Floats | None = None
    light: Floats | None = None
    unread: Bools | None = None
    unjudged: Bools | None = None

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

    def at(self, rows: Bools | NDArray[np.integer[Any]]) -> "Sample":
        """The same on some of its items."""
        arrays = (getattr(self, f.name) for f in fields(self))
        return Sample(*(None if a is None else a[rows] for a in arrays))  # type: ignore[arg-type]

    @classmethod
    def joined(cls, parts: Sequence["Sample"]) -> "Sample":
        """Samples of the same metric one after the other."""

        def every(name: str) -> Any:
            arrays = [getattr(p, name) for p in parts]
            return None if any(a is None for a in arrays) else np.concatenate(arrays)

        return cls(*(every(f.name) for f in fields(cls)))


def sample(outcomes: Outcomes, column: Column, metric: str, items: Bools, worst: float = 0.0) -> Sample:
    """Takes a metric of the asked items among ``items``; an unusable answer without a value counts as ``worst``."""
    chosen = items & column.asked
    status = column.status[chosen]
    lost = np.asarray((status > 2) | (status == 0))
    values = column.values[metric][chosen].copy() if metric in column.values else np.full(status.shape, np.nan)
    values[(status == 2) & np.isnan(values)] = worst
    values[lost] = np.nan
    unusable = np.asarray((status == 2).any(axis=1) & ~lost.any(axis=1))
    taken = Sample(
        values,
        outcomes.cluster[chosen],
        lost,
        unusable,
        unread=column.unread[chosen],
        unjudged=column.unjudged[chosen],
    )
    if not column.partial(metric):
        return taken
    most = np.where(lost | (status == 2), values, column.at_most(metric)[chosen])
    weights = column.share_of(metric)[chosen]
    return replace(taken, most=most, weights=weights, light=weights)


def valued(column: Column, metric: str, items: Bools) -> Bools:
    """Those of ``items`` whose answers, where they were read, have a value: a range has no error."""
    none = (column.status == 1) & np.isnan(column.value(metric))
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

    def of_kind(name: str) -> Bools:
        masks = [m if (m := getattr(a, name)) is not None else np.zeros_like(a.lost) for a in arms]
        return np.asarray(np.logical_or.reduce([m & a.lost for m, a in zip(masks, arms, strict=True)]))

    def counted(mask: Bools) -> Bools:
        return mask if by_answer else np.asarray(mask.any(axis=1))

    lost, unread, unjudged = (of_kind(name) for name in ("lost", "unread", "unjudged"))
    failed = counted(lost & ~unread & ~unjudged)
    of_judge = counted(unjudged) & ~failed
    return replace(found, unjudged=int(of_judge.sum()), unread=int((counted(unread) & ~failed & ~of_judge).sum()))


def estimate(
    outcomes: Outcomes,
    taken: Sample,
    name: str,
    instrument: str,
    max_missing: float,
    *,
    bounds: tuple[float, float | None] = (0.0, 1.0),
    higher_is_better: bool = True,
) -> Estimate | None:
    """Mean of a metric with its interval; None where there is no item."""
    if not len(taken.values):
        return None
    if taken.most is not None:
        return _partial(outcomes, taken, name, instrument, max_missing, higher_is_better)
    if taken.values.shape[1] > 1 and bounds == (0.0, 1.0):
        repeated = statistics.mean_with_repeats(
            taken.values,
            taken.clusters,
            missing=taken.lost,
            name=name,
            instrument=instrument,
            unit=outcomes.unit,
            max_missing=max_missing,
            higher_is_better=higher_is_better,
        )
        return with_kinds(_with_decoding(repeated, taken), taken, by_answer=True)
    found = statistics.mean(
        taken.means,
        taken.clusters,
        missing=taken.missing,
        unusable=taken.unusable,
        name=name,
        instrument=instrument,
        unit=outcomes.unit,
        max_missing=max_missing,
        bounds=bounds,
        higher_is_better=higher_is_better,
    )
    return with_kinds(found, taken)


def _partial(
    outcomes: Outcomes, taken: Sample, name: str, instrument: str, max_missing: float, higher_is_better: bool
) -> Estimate:
    """What references decide in part, over all answers."""
    least, most = taken.ends()
    assert taken.light is not None and taken.weights is not None, "they come together"
    found = partial_mean(
        least,
        most,
        taken.clusters,
        name=name,
        weights=(taken.light, taken.weights),
        missing=taken.missing,
        unusable=taken.unusable,
        instrument=instrument,
        unit=outcomes.unit,
        max_missing=max_missing,
        higher_is_better=higher_is_better,
    )
    found = with_kinds(found, taken)
    return found if taken.values.shape[1] < 2 else replace(found, variance=("items", "images", "decoding"))


def paired(a: Sample, b: Sample, name: str, instrument: str, unit: str, max_missing: float, **more: Any) -> Estimate:
    """``a`` minus ``b`` on the same items, of what is known in part; ``more``: clusters, level.

    Where it is not known whether an item counts, either arm may have any value.
    """
    found = partial_difference(
        _known_ends(a),
        _known_ends(b),
        **{"clusters": a.clusters, **more},
        name=name,
        weights=b.weights if a.weights is None else a.weights,
        missing=a.missing | b.missing,
        instrument=instrument,
        unit=unit,
        max_missing=max_missing,
    )
    return with_kinds(found, a, b)


def _of_things(column: Column, value: str, taken: Sample) -> str:
    """Says what the denominator is where findings count and not answers."""
    if taken.weights is None or f"{value}{SHARE_OF}" not in column.values:
        return ""
    return f"a share of the {taken.weights.sum():,.0f} findings that the references name, not of the answers"


def _known_ends(taken: Sample) -> tuple[Floats, Floats]:
    least, most = taken.ends()
    unsure = taken.light < taken.weights if taken.light is not None and taken.weights is not None else False
    return np.where(unsure, 0.0, least), np.where(unsure, 1.0, most)


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
    said = f"{share:.0%} of the variance is decoding ({taken.values.shape[1]} samples a question)"
    return replace(found, note="; ".join(n for n in (found.note, said) if n))


@dataclass(frozen=True)
class Metric:
    """A metric as it stands in a table: its name there, its name among a scorer's values, and its scale."""

    name: str
    value: str
    scorer: str
    higher_is_better: bool = True
    bounds: tuple[float, float] = (0.0, 1.0)


SILENT = "unusable answers are left out: who says nothing makes nothing up"
"""Note of a figure that is better when lower."""
WITHOUT = "read answers that have no such value are left out"


def _unusable(column: Column) -> Bools:
    """Items with an answer that takes no position: empty, refused, no option, ..."""
    return np.asarray((column.status == 2).any(axis=1))


class Board:
    """Makes the figures of one run.

    Args:
        outcomes: of the run.
        max_missing: share of missing data above which a figure is withheld.
    """

    def __init__(self, outcomes: Outcomes, max_missing: float) -> None:
        self.outcomes, self.max_missing = outcomes, max_missing

    def column(self, scorer: str, condition: Condition) -> Column | None:
        """What a scorer said under an image condition, if it was asked."""
        return self.outcomes.columns.get((scorer, condition))

    def one(self, metric: Metric, items: Bools, condition: Condition) -> Estimate | None:
        """A metric under one condition."""
        column = self.column(metric.scorer, condition)
        if column is None:
            return None
        if metric.value == "balanced_accuracy":
            return self._balanced(column, metric, items)
        whole = metric.higher_is_better or column.partial(metric.value)
        having = valued(column, metric.value, items)
        spoken = having if whole else having & ~_unusable(column)
        taken = sample(self.outcomes, column, metric.value, spoken, metric.bounds[0])
        found = estimate(
            self.outcomes,
            taken,
            metric.name,
            metric.scorer,
            self.max_missing,
            bounds=metric.bounds,
            higher_is_better=metric.higher_is_better,
        )
        if found is None:
            return None
        silent, without = int((having & ~spoken & column.asked).sum()), int((items & ~having).sum())
        said = [f"{silent} {SILENT}" if silent else "", f"{without} {WITHOUT}" if without else ""]
        return with_note(found, *said, _of_things(column, metric.value, taken))

    def _balanced(self, column: Column, metric: Metric, items: Bools) -> Estimate | None:
        taken = sample(self.outcomes, column, "correct", items)
        positive = self.outcomes.yes[items & column.asked]
        if not len(positive) or positive.all() or not positive.any():
            return None
        found = statistics.balanced_accuracy(
            taken.means,
            positive,
            taken.clusters,
            missing=taken.missing,
            unusable=taken.unusable,
            name=metric.name,
            instrument=metric.scorer,
            unit=self.outcomes.unit,
            max_missing=self.max_missing,
        )
        return with_kinds(found, taken)

    def gain(self, metric: Metric, items: Bools, control: Condition) -> Estimate | None:
        """Paired difference of a metric, with the image minus ``control``, on the items asked under both."""
        own, other = self.column(metric.scorer, "with"), self.column(metric.scorer, control)
        if own is None or other is None or metric.value == "balanced_accuracy":
            return None
        both = valued(other, metric.value, valued(own, metric.value, items & own.asked & other.asked))
        if not metric.higher_is_better and not own.partial(metric.value):
            both = both & ~_unusable(own) & ~_unusable(other)
        if not both.any():
            return None
        a, b = (sample(self.outcomes, c, metric.value, both, metric.bounds[0]) for c in (own, other))
        name = f"{metric.name}, with minus {control} image"
        if a.most is not None or b.most is not None:
            return paired(a, b, name, metric.scorer, self.outcomes.unit, self.max_missing)
        found = statistics.difference(
            a.means,
            b.means,
            a.clusters,
            missing_a=a.missing,
            missing_b=b.missing,
            name=name,
            instrument=metric.scorer,
            unit=self.outcomes.unit,
            max_missing=self.max_missing,
            bounds=metric.bounds,
        )
        return with_kinds(found, a, b)

    def figure(self, label: str, metric: Metric, items: Bools, **about: object) -> Figure | None:
        """A line of a table; None where nothing was asked."""
        own = self.one(metric, items, "with")
        if own is None:
            return None
        controlled = np.zeros_like(items)
        for condition in ("without", "wrong"):
            column = self.column(metric.scorer, condition)
            if column is not None:
                controlled |= column.asked
        none, wrong = self.gain(metric, items, "without"), self.gain(metric, items, "wrong")
        return Figure(
            label=label,
            metric=metric.name,
            scorer=metric.scorer,
            higher_is_better=metric.higher_is_better,
            with_image=own,
            control_with=self.one(metric, items & controlled, "with") if controlled.any() else None,
            without_image=self.one(metric, items, "without"),
            wrong_image=self.one(metric, items, "wrong"),
            gain_over_none=none,
            gain_over_wrong=wrong,
            **about,  # type: ignore[arg-type]
        )


def with_warning(figure: Figure) -> Figure:
    """Says so where a figure does not depend on the image; to be asked after the p-values were adjusted."""
    blind, worse, unsure = [], [], []
    gains = ((figure.gain_over_none, "without the image"), (figure.gain_over_wrong, "with another case's image"))
    for gain, words in gains:
        if gain is not None and gain.low is not None and gain.high is not None:
            if gain.high < 0 and gain.p_value is not None and gain.p_value > 1 - gain.level:
                unsure.append(f"{words} (p = {gain.p_value:.2g} after Holm)")
            elif gain.high < 0:
                worse.append(words)
            elif gain.low <= 0:
                blind.append(words)
    said = []
    if worse:
        said.append(f"worse than {' and '.join(worse)}")
    if unsure:
        said.append(f"lower than {' and '.join(unsure)}, which may be chance: many lines are tested together")
    if blind:
        said.append(f"not shown to be better than {' or '.join(blind)}: the interval of the difference includes 0")
    return replace(figure, warning="; ".join(said))


def with_holm(figures: list[Figure]) -> tuple[Figure, ...]:
    """Adjusts the p-values of the gains of one table after Holm, all of them together."""
    places = [
        (n, name)
        for n, figure in enumerate(figures)
        for name in ("gain_over_none", "gain_over_wrong")
        if (gain := getattr(figure, name)) is not None and gain.p_value is not None
    ]
    adjusted = statistics.holm([getattr(figures[n], name).p_value for n, name in places])
    for (n, name), p in zip(places, adjusted, strict=True):
        figures[n] = replace(figures[n], **{name: replace(getattr(figures[n], name), p_value=float(p))})
    return tuple(figures)
