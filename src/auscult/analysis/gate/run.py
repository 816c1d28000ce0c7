"""What the gate reads of a run: how bad each answer was, from 0 to 1, with what is missing left open between both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final

import numpy as np

from auscult.analysis.gate import criteria as of
from auscult.analysis.joined import Bools, Floats, Ints, Joined
from auscult.analysis.quantities import Quantity
from auscult.analysis.samples import Rows, Sample
from auscult.analysis.summary import Summary
from auscult.errors import UserError, known_names
from auscult.records import Condition, Instrument, Value
from auscult.scorers import rules_for
from auscult.scorers.judges import ROOM as JUDGES
from auscult.scorers.selection import SCORERS

EVERY = "all"


class NotMeasured(Exception):
    """Nothing in this run can answer a criterion; the message says what is missing."""


@dataclass(frozen=True)
class Scale:
    """The scale of a figure; ``unit``: share, points (a difference of shares) or plain."""

    low: float = 0.0
    high: float = 1.0
    higher_is_better: bool = False
    unit: str = "share"

    def badness(self, value: Any) -> Any:
        """0 for the best value, 1 for the worst."""
        span = self.high - self.low
        return (self.high - value) / span if self.higher_is_better else (value - self.low) / span

    def check(self, badness: Floats) -> None:
        """Refuses values outside the scale.

        Raises:
            UserError: with one of them.
        """
        outside = badness[(badness < -1e-9) | (badness > 1 + 1e-9)]
        if len(outside):
            value = self.natural(float(outside[0]))
            raise UserError(
                f"a value of {value:g} is outside {self.low:g} to {self.high:g}; give the criterion its scale"
            )

    def natural(self, badness: float) -> float:
        """The value of a badness."""
        share = 1 - badness if self.higher_is_better else badness
        return self.low + share * (self.high - self.low)

    def of_differences(self, *, higher_is_better: bool) -> "Scale":
        """The scale of the difference of two such values."""
        span = self.high - self.low
        unit = "points" if self.unit == "share" else self.unit
        return Scale(-span, span, higher_is_better, unit)


SHARE = Scale()
ARRAYS: Final = ("rows", "least", "most", "clusters", "unusable", "unclear", "lost", "unread", "gone")
"""Of a part, shape (items,)."""


@dataclass(frozen=True)
class Part:
    """One thing that must hold.

    Attributes:
        label: ``all``, a target, a form, or the value of a tag.
        rows: of the outcomes, shape (items,).
        least: badness of each answer, 0 where it is missing.
        most: the same, 1 where it is missing.
        clusters: shape (items,).
        limit: as the criteria give it, on ``scale``.
        scale: of the figure.
        unusable: answers that take no position (empty, refused, no language), shape (items,).
        unclear: answers that hedge or contradict themselves, where these count as errors, shape (items,).
        lost: answers of which a sample is missing, shape (items,).
        unread: of ``gone``, answers that could not be read, shape (items,).
        gone: all missing data, shape (items,): ``lost``, and what is missing elsewhere and counts as a failure here.
    """

    label: str
    rows: Rows
    least: Floats
    most: Floats
    clusters: Ints
    limit: float
    scale: Scale
    unusable: Bools
    unclear: Bools
    lost: Bools
    unread: Bools
    gone: Bools

    def within(self, chosen: Bools, label: str) -> "Part":
        """The items of this part that are chosen; ``chosen`` is a mask over the part."""
        return replace(self, label=label, **{name: getattr(self, name)[chosen] for name in ARRAYS})


@dataclass(frozen=True)
class Run:
    """What the gate reads of a run."""

    joined: Joined
    summary: Summary

    def instrument(self, scorer: str, condition: Condition = "with") -> Instrument:
        """The one version of an instrument that scored the run.

        Raises:
            NotMeasured: there is none.
            UserError: there are several versions, or its rows are no plain figures.
        """
        there = {i.id: i for i, _ in self.joined.scored(condition)}
        found = [name for name in sorted(there) if scorer in (name, name.split("@")[0])]
        if not found:
            ours = {*SCORERS.names(), *JUDGES.names(), *(s.instrument.name for s in rules_for())}
            ours |= {i.name for i in self.joined.instruments.values()}
            if scorer.split("@")[0] not in ours:
                nearest = ", ".join(get_close_matches(scorer, sorted(ours), 3, 0))
                raise UserError(f"unknown scorer '{scorer}'; nearest known: {nearest}")
            where = "" if condition == "with" else f" under the image condition '{condition}'"
            known = ", ".join(sorted(there)) or "none"
            raise NotMeasured(f"no score of '{scorer}'{where} in this run; there is: {known}")
        if len(found) > 1:
            raise UserError(
                f"criteria: '{scorer}' stands for several instruments of this run; name one as scorer, or decide on a "
                f"run that only one of them scored: {', '.join(found)}"
            )
        if there[found[0]].primary.estimator == "powered":
            raise UserError(f"criteria: '{scorer}' is a cascade: its rows are not all the judge's; judge the whole run")
        return there[found[0]]

    def quantity(self, criterion: of.Valued, condition: Condition = "with") -> Quantity:
        """The value of an instrument that a criterion is about, on the scale that the criterion or else it declares.

        Raises:
            NotMeasured: no answer has it.
            UserError: the instrument has no such value.
        """
        instrument = self.instrument(criterion.scorer, condition)
        there = self.joined.columns[instrument.id, condition].values
        value = instrument.value(criterion.value)
        if value is None and criterion.value not in there:
            known = known_names(criterion.value, {*instrument.names, *there})
            raise UserError(f"value: {instrument.id} has no '{criterion.value}'; {known}")
        if criterion.value not in there:
            raise NotMeasured(f"an answer of which {instrument.id} gives '{criterion.value}'; no one here has it")
        value = value or Value(name=criterion.value)
        if criterion.scale:
            low, high = criterion.scale
            value = replace(value, low=low, high=high, share=(low, high) == (0.0, 1.0))
        return Quantity(name=value.title, scorer=instrument.id, value=value)

    def label(self, name: str) -> str:
        """The column of a field or tag.

        Raises:
            NotMeasured: no item has it.
            UserError: one that is spelt nearly so is there.
        """
        labels = {n: codes for n, codes in self.joined.labels.items() if (codes > 0).any()}
        for known in (name, f"tag:{name}"):
            if known in labels:
                return known
        there = sorted(n.removeprefix("tag:") for n in labels)
        if near := get_close_matches(name, there, 1, 0.75):
            raise UserError(f"no item has '{name}'; did you mean '{near[0]}'?")
        raise NotMeasured(f"no item has '{name}'; there is: {', '.join(there)}")

    def where(self, criterion: of.Criterion) -> Bools:
        """The items that a criterion is about."""
        items = np.ones(len(self.joined.ids), bool)
        for name, wanted in criterion.where.items():
            label, one = self.label(name), np.zeros_like(items)
            for value in (wanted,) if isinstance(wanted, str) else wanted:
                one |= self.joined.where(label, value)
            items &= one
        return items


def part(taken: Sample, *, limit: float, scale: Scale, label: str = EVERY) -> Part:
    """A quantity against a limit: a sample's badness, what is missing and what references leave open at both ends.

    Args:
        taken: of the quantity; where it is a share of several things, an answer stands as often as it has some.
        limit: on ``scale``.
        scale: of the figure.
        label: of the part.
    """
    bad = np.asarray(scale.badness(taken.values), np.float64)
    end = bad if taken.most is None else np.asarray(scale.badness(taken.most), np.float64)
    counted = taken.lost | ~np.isnan(bad)
    kept, times = np.asarray(counted.any(axis=1)), np.maximum(counted.sum(axis=1), 1)
    known = [np.where(counted & ~taken.lost, e, 0.0).sum(axis=1) for e in (np.fmin(bad, end), np.fmax(bad, end))]
    least, most = known[0] / times, (known[1] + (counted & taken.lost).sum(axis=1)) / times
    scale.check(least[kept])
    counts = np.ones(len(kept)) if taken.weights is None else taken.weights
    kept = np.repeat(np.flatnonzero(kept), counts[kept].astype(np.intp))
    missing = taken.missing[kept]
    return Part(
        label=label,
        rows=taken.rows[kept],
        least=np.clip(least[kept], 0, 1),
        most=np.clip(most[kept], 0, 1),
        clusters=taken.clusters[kept],
        limit=limit,
        scale=scale,
        unusable=taken.unusable[kept],
        unclear=np.zeros(len(kept), bool),
        lost=missing,
        unread=np.asarray(taken.unread.any(axis=1))[kept],
        gone=missing,
    )


def split(whole: Part, run: Run, name: str) -> Iterator[Part]:
    """A part by the values of a tag."""
    label = run.label(name)
    codes, names = run.joined.labels[label][whole.rows], run.joined.codes[label].names
    for code in sorted(set(codes[codes > 0].tolist()), key=lambda c: names[c]):
        value = f"{name}: {names[code]}"
        yield whole.within(codes == code, value if whole.label == EVERY else f"{whole.label}, {value}")
