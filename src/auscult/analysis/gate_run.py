"""What the gate reads of a run: how bad each answer was, from 0 to 1, with what is missing left open between both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from auscult.analysis import gate_criteria as of
from auscult.analysis.outcomes import Bools, Column, Floats, Ints, Outcomes
from auscult.analysis.summary import Summary
from auscult.errors import UserError
from auscult.records import AT_MOST, Condition
from auscult.runs.instruments import of_manifest
from auscult.scorers.judges.cascade import NAME as CASCADE

OK, UNUSABLE = 1, 2
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
ARRAYS: Final = ("rows", "least", "most", "clusters", "unusable", "lost", "unread", "gone")
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
        lost: answers of which a sample is missing, shape (items,).
        unread: of ``gone``, answers that could not be read, shape (items,).
        gone: all missing data, shape (items,): ``lost``, and what is missing elsewhere and counts as a failure here.
    """

    label: str
    rows: Ints
    least: Floats
    most: Floats
    clusters: Ints
    limit: float
    scale: Scale
    unusable: Bools
    lost: Bools
    unread: Bools
    gone: Bools

    def within(self, chosen: Bools, label: str) -> "Part":
        """The items of this part that are chosen; ``chosen`` is a mask over the part."""
        return replace(self, label=label, **{name: getattr(self, name)[chosen] for name in ARRAYS})


@dataclass(frozen=True)
class Run:
    """What the gate reads of a run."""

    outcomes: Outcomes
    summary: Summary

    def column(self, scorer: str, condition: Condition = "with") -> tuple[str, Column]:
        """The scores of one version of a scorer.

        Raises:
            NotMeasured: there are none.
            UserError: there are several versions, or it is a cascade.
        """
        there = sorted({name for name, asked in self.outcomes.columns if asked == condition})
        found = [name for name in there if scorer in (name, name.split("@")[0])]
        if not found:
            where = "" if condition == "with" else f" under the image condition '{condition}'"
            raise NotMeasured(f"no score of '{scorer}'{where} in this run; there is: {', '.join(there) or 'none'}")
        if len(found) > 1:
            raise UserError(
                f"criteria: '{scorer}' stands for several instruments of this run; name one as scorer, or decide on a "
                f"run that only one of them scored: {', '.join(found)}"
            )
        if found[0].startswith(f"{CASCADE}@"):
            raise UserError(f"criteria: '{scorer}' is a cascade: its rows are not all the judge's; judge the whole run")
        return found[0], self.outcomes.columns[(found[0], condition)]

    def bounds(self, scorer: str) -> tuple[float, float]:
        """Least and greatest value of a judge or metric, as the run notes it; 0 to 1 for rules."""
        noted = {i.id: i.bounds for i in of_manifest(self.summary.manifest)}
        return noted.get(scorer, (0.0, 1.0))

    def label(self, name: str) -> str:
        """The column of a field or tag.

        Raises:
            NotMeasured: no item has it.
        """
        for known in (name, f"tag:{name}"):
            if known in self.outcomes.labels and (self.outcomes.labels[known] > 0).any():
                return known
        names = sorted(n.removeprefix("tag:") for n, codes in self.outcomes.labels.items() if (codes > 0).any())
        raise NotMeasured(f"no item has '{name}'; there is: {', '.join(names)}")

    def where(self, criterion: of.Criterion) -> Bools:
        """The items that a criterion is about."""
        items = np.ones(len(self.outcomes.ids), bool)
        for name, wanted in criterion.where.items():
            label, one = self.label(name), np.zeros_like(items)
            for value in (wanted,) if isinstance(wanted, str) else wanted:
                one |= self.outcomes.where(label, value)
            items &= one
        return items

    def part(
        self,
        rows: Bools,
        column: Column,
        badness: Callable[[Bools], Floats],
        *,
        limit: float,
        scale: Scale,
        label: str = EVERY,
        lost: Bools | None = None,
        at_most: Callable[[Bools], Floats] | None = None,
        counts: Floats | None = None,
    ) -> Part:
        """A part from one column.

        Args:
            rows: items to take, of those that were asked.
            column: the scores.
            badness: from a mask of items to values of shape (items, samples); nan: no value, left out.
            limit: on ``scale``.
            scale: of the figure.
            label: of the part.
            lost: items that are missing for another reason.
            at_most: badness at the other end of what references leave open.
            counts: how many things an item counts for, shape (items,); one where there is none.
        """
        chosen = rows & column.asked
        status, bad = column.status[chosen], badness(chosen)
        gone = status > UNUSABLE
        if lost is not None:
            gone = gone | lost[chosen][:, None]
        counted = (status > 0) & (gone | ~np.isnan(bad))
        kept, times = counted.any(axis=1), np.maximum(counted.sum(axis=1), 1)
        end = bad if at_most is None else at_most(chosen)
        known = [np.where(counted & ~gone, e, 0.0).sum(axis=1) for e in (np.fmin(bad, end), np.fmax(bad, end))]
        least, most = known[0] / times, (known[1] + (counted & gone).sum(axis=1)) / times
        scale.check(least[kept])
        # things and not answers count: an answer stands as often as it has some
        kept = np.repeat(np.flatnonzero(kept), 1 if counts is None else counts[chosen][kept].astype(np.intp))
        missing = np.asarray((counted & gone).any(axis=1))[kept]
        return Part(
            label=label,
            rows=np.flatnonzero(chosen)[kept].astype(np.int32),
            least=np.clip(least[kept], 0, 1),
            most=np.clip(most[kept], 0, 1),
            clusters=self.outcomes.cluster[chosen][kept],
            limit=limit,
            scale=scale,
            unusable=np.asarray(((status == UNUSABLE) & counted).any(axis=1))[kept],
            lost=missing,
            unread=np.asarray((counted & column.unread[chosen]).any(axis=1))[kept],
            gone=missing,
        )

    def valued(self, rows: Bools, column: Column, name: str, *, limit: float, scale: Scale) -> Part:
        """A part of a named value; what references leave open lies between both ends."""
        return self.part(
            rows,
            column,
            value_of(column, name, scale),
            limit=limit,
            scale=scale,
            at_most=value_of(column, f"{name}{AT_MOST}", scale) if f"{name}{AT_MOST}" in column.values else None,
            counts=column.share_of(name),
        )


def value_of(column: Column, name: str, scale: Scale, unusable: float = 1.0) -> Callable[[Bools], Floats]:
    """Badness of a named value; an unusable answer without one counts as ``unusable`` (1: the worst)."""

    def found(rows: Bools) -> Floats:
        status = column.status[rows]
        values = column.values[name][rows] if name in column.values else np.full(status.shape, np.nan)
        bad = np.asarray(scale.badness(values), np.float64)
        bad[(status == UNUSABLE) & np.isnan(bad)] = unusable
        return bad

    return found


def split(whole: Part, run: Run, name: str) -> Iterator[Part]:
    """A part by the values of a tag."""
    label = run.label(name)
    codes, names = run.outcomes.labels[label][whole.rows], run.outcomes.codes[label].names
    for code in sorted(set(codes[codes > 0].tolist()), key=lambda c: names[c]):
        value = f"{name}: {names[code]}"
        yield whole.within(codes == code, value if whole.label == EVERY else f"{whole.label}, {value}")
