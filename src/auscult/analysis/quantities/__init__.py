"""What is measured: each quantity defined once, and read by summary, comparison, gate and certificates alike.

A quantity says what came of it on some items (a ``Sample``), how that becomes an estimate, which end is the good one,
and how two runs are paired in it. What needs more than a named value of an instrument has a module of its own here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from auscult import statistics
from auscult.analysis.joined import CONDITIONS, UNUSABLE, Bools, Column, Joined
from auscult.analysis.samples import (
    Sample,
    difference,
    estimate,
    of_value,
    things_counted,
    valued,
    with_kinds,
    with_note,
)
from auscult.analysis.summary import Figure, Section
from auscult.records import Condition, Estimate, Instrument, Value

SILENT = "unusable answers are left out: who says nothing makes nothing up"
"""Note of a figure that silence would improve."""
WITHOUT = "read answers that have no such value are left out"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A named value of an instrument.

    Attributes:
        name: in tables.
        scorer: the instrument, ``name@version``.
        value: which of its values, with scale and direction.
    """

    name: str
    scorer: str
    value: Value

    @classmethod
    def of(cls, instrument: Instrument, value: Value) -> "Quantity":
        """As people call it; what is better when lower says so."""
        name = value.title + ("" if value.higher_is_better else " (lower is better)")
        return cls(name=name, scorer=instrument.id, value=value)

    def sample(self, run: Joined, items: Bools, condition: Condition = "with", silent: float | None = None) -> Sample:
        """What came of it on those of ``items`` that were asked and have it.

        Args:
            run: joined.
            items: mask of shape (items,).
            condition: image condition; the instrument has scores under it.
            silent: value of an unusable answer without one; None: the least of the scale.
        """
        return of_value(run, run.columns[self.scorer, condition], self.value, items, silent)

    def estimate(self, taken: Sample, max_missing: float) -> Estimate | None:
        """Its figure; None where there is no item."""
        return estimate(taken, self.name, self.scorer, max_missing, self.value)

    def difference(self, a: Sample, b: Sample, max_missing: float, *, name: str = "", level: float = 0.95) -> Estimate:
        """``a`` minus ``b``, paired by item."""
        return difference(a, b, name or self.name, self.scorer, max_missing, self.value, level)

    def spoken(self, column: Column, items: Bools) -> Bools:
        """Those of ``items`` that a figure is of: where silence would be the best, usable answers only."""
        best = self.value.silence == "best" and not column.partial(self.value.name)
        return items & ~(column.status == UNUSABLE).any(axis=1) if best else items

    def having(self, column: Column, items: Bools) -> Bools:
        """Those of ``items`` whose answers, where they were read, have it."""
        return valued(column, self.value.name, items)


@dataclass(frozen=True, kw_only=True)
class Balanced(Quantity):
    """Mean of sensitivity and specificity of yes/no questions."""

    def estimate_of(self, run: Joined, items: Bools, condition: Condition, max_missing: float) -> Estimate | None:
        """Its figure; None where one of both kinds of question is lacking."""
        taken = self.sample(run, items, condition)
        positive = run.yes[taken.rows]
        if not len(positive) or positive.all() or not positive.any():
            return None
        found = statistics.balanced_accuracy(
            taken.means,
            positive,
            taken.clusters,
            missing=taken.missing,
            unusable=taken.unusable,
            name=self.name,
            instrument=self.scorer,
            unit=run.unit,
            max_missing=max_missing,
        )
        return with_kinds(found, taken)


class Board:
    """Makes the figures of one run.

    Args:
        run: joined.
        max_missing: share of missing data above which a figure is withheld.
    """

    def __init__(self, run: Joined, max_missing: float) -> None:
        self.run, self.max_missing = run, max_missing

    def one(self, quantity: Quantity, items: Bools, condition: Condition = "with") -> Estimate | None:
        """A quantity under one condition."""
        column = self.run.column(quantity.scorer, condition)
        if column is None:
            return None
        if isinstance(quantity, Balanced):
            return quantity.estimate_of(self.run, items, condition, self.max_missing)
        having = quantity.having(column, items)
        spoken = quantity.spoken(column, having)
        taken = quantity.sample(self.run, spoken, condition)
        found = quantity.estimate(taken, self.max_missing)
        if found is None:
            return None
        silent, without = int((having & ~spoken & column.asked).sum()), int((items & ~having).sum())
        said = [f"{silent} {SILENT}" if silent else "", f"{without} {WITHOUT}" if without else ""]
        return with_note(found, *said, things_counted(column, quantity.value.name, taken))

    def gain(self, quantity: Quantity, items: Bools, control: Condition) -> Estimate | None:
        """Paired difference, with the image minus ``control``, on the items asked under both."""
        columns = [self.run.column(quantity.scorer, condition) for condition in ("with", control)]
        if isinstance(quantity, Balanced):
            return None
        for column in columns:
            if column is None:
                return None
            items = quantity.spoken(column, quantity.having(column, items & column.asked))
        own, other = (quantity.sample(self.run, items, condition) for condition in ("with", control))
        if not len(own.rows):
            return None
        name = f"{quantity.name}, with minus {control} image"
        return quantity.difference(own, other, self.max_missing, name=name)

    def figure(self, section: Section, label: str, quantity: Quantity, items: Bools, **about: Any) -> Figure | None:
        """A line of a table, under every condition; None where nothing was asked."""
        own = self.one(quantity, items)
        if own is None:
            return None
        columns = [c for k in CONDITIONS[1:] if (c := self.run.column(quantity.scorer, k)) is not None]
        controlled = np.logical_or.reduce([np.zeros_like(items), *(c.asked for c in columns)])
        return Figure(
            section=section,
            label=label,
            metric=quantity.name,
            scorer=quantity.scorer,
            share=quantity.value.share,
            higher_is_better=quantity.value.higher_is_better,
            with_image=own,
            control_with=self.one(quantity, items & controlled) if controlled.any() else None,
            without_image=self.one(quantity, items, "without"),
            wrong_image=self.one(quantity, items, "wrong"),
            gain_over_none=self.gain(quantity, items, "without"),
            gain_over_wrong=self.gain(quantity, items, "wrong"),
            **about,
        )


def headline_quantities(run: Joined, answer_type: str) -> list[Quantity]:
    """What the sound rules measure of one type of answer, the leading one first."""
    rules = [i for i, _ in run.sound() if i.kind != "premise" and i.headline and answer_type in i.answer_types]
    rules.sort(key=lambda i: answer_type not in i.leads)
    return [Quantity.of(i, value) for i in rules for value in i.shown]


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


def with_holm(figures: Iterator[Figure | None] | list[Figure]) -> list[Figure]:
    """Adjusts the p-values of the gains of one table after Holm, all of them together; lines without a figure go."""
    made = [f for f in figures if f is not None]
    places = [
        (n, name)
        for n, figure in enumerate(made)
        for name in ("gain_over_none", "gain_over_wrong")
        if (gain := getattr(figure, name)) is not None and gain.p_value is not None
    ]
    adjusted = statistics.holm([getattr(made[n], name).p_value for n, name in places])
    for (n, name), p in zip(places, adjusted, strict=True):
        made[n] = replace(made[n], **{name: replace(getattr(made[n], name), p_value=float(p))})
    return made
