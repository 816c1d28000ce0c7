"""Figures from outcomes: a metric of a scorer over some of the items, under each image condition."""

from dataclasses import dataclass, replace

import numpy as np

from auscult import statistics
from auscult.evaluation.outcomes import Bools, Column, Floats, Outcomes
from auscult.evaluation.summary import Figure
from auscult.records import Condition, Estimate

CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")


@dataclass(frozen=True)
class Sample:
    """One metric of one column on some items: arrays of equal length.

    ``values`` has shape (items, samples) and is NaN where missing.
    """

    values: Floats
    clusters: np.ndarray
    missing: Bools
    unusable: Bools


def sample(outcomes: Outcomes, column: Column, metric: str, items: Bools, *, only_usable: bool = False) -> Sample:
    """Takes a metric of the asked items among ``items``.

    An unusable answer counts as 0, unless ``only_usable`` (an error in millimetres has no value for "I cannot tell").
    An item is missing where any of its requests failed or any of its verdicts is missing.
    """
    chosen = items & column.asked
    if only_usable:
        chosen &= (column.status != 2).all(axis=1)
    status = column.status[chosen]
    missing = (status > 2).any(axis=1)
    values = column.values[metric][chosen].copy() if metric in column.values else np.full(status.shape, np.nan)
    values[(status == 2) & np.isnan(values)] = 0.0
    values[missing] = np.nan
    unusable = np.asarray((status == 2).any(axis=1) & ~missing)
    return Sample(values, outcomes.cluster[chosen], np.asarray(missing), unusable)


def estimate(outcomes: Outcomes, taken: Sample, name: str, instrument: str, max_missing: float) -> Estimate | None:
    """Mean of a metric with its interval; None where there is no item."""
    if not len(taken.values):
        return None
    if taken.values.shape[1] > 1:
        repeated = statistics.mean_with_repeats(
            taken.values,
            taken.clusters,
            missing=np.broadcast_to(taken.missing[:, None], taken.values.shape),
            name=name,
            instrument=instrument,
            unit=outcomes.unit,
            max_missing=max_missing,
        )
        return _with_decoding(repeated, taken)
    return statistics.mean(
        taken.values[:, 0],
        taken.clusters,
        missing=taken.missing,
        unusable=taken.unusable,
        name=name,
        instrument=instrument,
        unit=outcomes.unit,
        max_missing=max_missing,
    )


def _with_decoding(repeated: statistics.RepeatedMean, taken: Sample) -> Estimate:
    """Says how much of the variance asking more often would remove."""
    found = repeated.estimate
    share = repeated.decoding / repeated.total if repeated.total > 0 else 0.0
    said = f"{min(1.0, share):.0%} of the variance is decoding ({taken.values.shape[1]} samples a question)"
    note = "; ".join(n for n in (found.note, said) if n)
    return replace(found, unusable=int(taken.unusable.sum()), note=note)


@dataclass(frozen=True)
class Metric:
    """A metric as it stands in a table: its name there, and its name among a scorer's values."""

    name: str
    value: str
    scorer: str


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
        taken = sample(self.outcomes, column, metric.value, items)
        return estimate(self.outcomes, taken, metric.name, metric.scorer, self.max_missing)

    def _balanced(self, column: Column, metric: Metric, items: Bools) -> Estimate | None:
        taken = sample(self.outcomes, column, "correct", items)
        positive = self.outcomes.yes[items & column.asked]
        if not len(positive) or positive.all() or not positive.any():
            return None
        return statistics.balanced_accuracy(
            taken.values.mean(axis=1),
            positive,
            taken.clusters,
            missing=taken.missing,
            unusable=taken.unusable,
            name=metric.name,
            instrument=metric.scorer,
            unit=self.outcomes.unit,
            max_missing=self.max_missing,
        )

    def gain(self, metric: Metric, items: Bools, control: Condition) -> Estimate | None:
        """Paired difference of a metric, with the image minus ``control``, on the items asked under both."""
        own, other = self.column(metric.scorer, "with"), self.column(metric.scorer, control)
        if own is None or other is None or metric.value == "balanced_accuracy":
            return None
        both = items & own.asked & other.asked
        if not both.any():
            return None
        a = sample(self.outcomes, own, metric.value, both)
        b = sample(self.outcomes, other, metric.value, both)
        return statistics.difference(
            a.values.mean(axis=1),
            b.values.mean(axis=1),
            a.clusters,
            missing_a=a.missing,
            missing_b=b.missing,
            name=f"{metric.name}, with minus {control} image",
            instrument=metric.scorer,
            unit=self.outcomes.unit,
            max_missing=self.max_missing,
        )

    def figure(
        self, label: str, metric: Metric, items: Bools, *, warns: bool = False, **about: object
    ) -> Figure | None:
        """A line of a table; None where nothing was asked. ``warns``: says so where it does not hang on the image."""
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
            with_image=own,
            control_with=self.one(metric, items & controlled, "with") if controlled.any() else None,
            without_image=self.one(metric, items, "without"),
            wrong_image=self.one(metric, items, "wrong"),
            gain_over_none=none,
            gain_over_wrong=wrong,
            warning=_warning(none, wrong) if warns else "",
            **about,  # type: ignore[arg-type]
        )


def _warning(none: Estimate | None, wrong: Estimate | None) -> str:
    """What must be said of a figure that does not depend on the image."""
    blind, worse = [], []
    for gain, words in ((none, "without the image"), (wrong, "with another case's image")):
        if gain is not None and gain.low is not None and gain.high is not None:
            if gain.high < 0:
                worse.append(words)
            elif gain.low <= 0:
                blind.append(words)
    said = []
    if worse:
        said.append(f"worse than {' and '.join(worse)}")
    if blind:
        said.append(f"not shown to be better than {' or '.join(blind)}: the interval of the difference includes 0")
    return "; ".join(said)


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
