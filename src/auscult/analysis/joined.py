"""A run in arrays: its items as rows, and what every instrument said of each (``analysis.joining`` makes them).

Every figure is a mask over the rows and a mean.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult.analysis.keys import Codes, Keys
from auscult.records import AT_MOST, SHARE_OF, Condition, Instrument
from auscult.runs.ratings import Ratings
from auscult.statistics.plausibility import Opinion

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")
STATUS = {"ok": 1, "unusable": 2, "request_failed": 3, "judge_unusable": 4, "unread": 5}
"""Codes in a ``Column``; above 2 is missing data."""
OK, UNUSABLE = STATUS["ok"], STATUS["unusable"]


@dataclass
class Column:
    """What one scorer said of every item under one image condition; arrays of shape (items, samples).

    ``status``: 0 not asked, 1 ok, 2 unusable, 3 request failed, 4 judge unusable, 5 unread.
    ``parsed`` are codes of texts. ``values`` are kept in two bytes where these hold them exactly; ask ``value``.
    """

    status: NDArray[np.int8]
    parsed: Ints
    values: dict[str, NDArray[np.floating[Any]]]

    def value(self, name: str) -> Floats:
        """A value of all items, shape (items, samples); NaN where no answer has it."""
        if name not in self.values:
            return np.full(self.status.shape, np.nan)
        return self.values[name].astype(np.float64)

    def partial(self, name: str) -> bool:
        """Whether a value is known between two ends only, or is a share of more than one answer."""
        return f"{name}{AT_MOST}" in self.values or f"{name}{SHARE_OF}" in self.values

    def at_most(self, name: str) -> Floats:
        """The greatest that a value can be: the value itself where no other is given."""
        least = self.value(name)
        return np.where(np.isnan(most := self.value(f"{name}{AT_MOST}")), least, most)

    def share_of(self, name: str) -> Floats:
        """Of how many things a value is a share: one where it is not said, shape (items,)."""
        counts = self.value(f"{name}{SHARE_OF}")
        return np.where(np.isnan(counts).all(axis=1), 1.0, np.nan_to_num(counts).max(axis=1))

    @property
    def missing(self) -> Bools:
        """Answers that are missing data, shape (items, samples)."""
        return np.asarray(self.status > UNUSABLE)

    @property
    def unread(self) -> Bools:
        """Answers that could not be read, shape (items, samples)."""
        return np.asarray(self.status == STATUS["unread"])

    @property
    def unjudged(self) -> Bools:
        """Answers that a judge gave no verdict on, shape (items, samples)."""
        return np.asarray(self.status == STATUS["judge_unusable"])

    @property
    def unclear(self) -> Bools:
        """Answers that hedge or say both, shape (items, samples): read, and neither yes nor no."""
        return np.asarray(self.value("unclear") == 1)

    @property
    def asked(self) -> Bools:
        """Items that were asked at all, shape (items,)."""
        return np.asarray((self.status > 0).any(axis=1))


@dataclass
class Replies:
    """What came of the requests, counted.

    Attributes:
        failures: (condition, kind of failure) → answers.
        cut: condition → replies that the limit on tokens cut off.
        details: what a server had to be asked without → usable answers.
        count: answers.
        seconds: sum of the waits.
    """

    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    details: Counter[str] = field(default_factory=Counter)
    count: int = 0
    seconds: float = 0.0


@dataclass(eq=False)
class Joined:
    """A run in arrays: what is said of an item stands in its row of every array and column.

    Attributes:
        manifest: of the run.
        instruments: ``name@version`` → what scored the run.
        replies: what came of the requests.
        ids: item ids.
        case: code of the case of each item.
        cluster: code of the patient or image of each item.
        groups: the patients or images behind the codes.
        unit: what a cluster is.
        labels: field or tag → codes by item; ``source``: the data set.
        codes: field or tag → the texts behind the codes.
        yes: whether the reference is yes.
        options: number of options of each item.
        last: whether the right option stands last, as published and as it was shown, shape (items, 2).
        bound: whether options name others by their letter, so that they keep their order.
        twin: row of the neutral twin of each item, or -1 where it has none in this run.
        wording: code of the question's words where it bears a premise, else 0.
        question: code of the words of a yes/no question, else 0.
        referenced: whether there is a reference answer.
        asks: whether it asks yes or no, so that yes means that what it speaks of is so.
        margin: how far the answer with the image leans to yes, NaN where that is not known, shape (items,).
        columns: (scorer, condition) → what it said.
        parsed: the texts behind ``Column.parsed``.
        opinions: row → what several annotators said of the item.
        meant: (row, sample) → class of the answer as somebody labelled it, see ``runs.kept``.
        shown_anew: whether options of choices were shown in another order than published.
        ratings: what people said of some answers; None where nobody did.
    """

    manifest: dict[str, Any]
    instruments: dict[str, Instrument]
    ids: Keys
    case: Ints
    cluster: Ints
    groups: list[str]
    unit: str
    labels: dict[str, Ints]
    codes: dict[str, Codes]
    yes: Bools
    options: Ints
    last: Bools
    bound: Bools
    twin: Ints
    wording: Ints
    question: Ints
    referenced: Bools
    asks: Bools
    margin: Floats
    duplicates: int
    cases: int
    opinions: dict[int, list[Opinion]] = field(default_factory=dict)
    meant: dict[tuple[int, int], int] = field(default_factory=dict)
    shown_anew: bool = False
    ratings: Ratings | None = None
    columns: dict[tuple[str, Condition], Column] = field(default_factory=dict)
    parsed: Codes = field(default_factory=Codes)
    replies: Replies = field(default_factory=Replies)

    def where(self, label: str, value: str) -> Bools:
        """Items whose field or tag has this value."""
        codes = self.codes[label]
        if value not in codes.names:
            return np.zeros(len(self.ids), bool)
        return np.asarray(self.labels[label] == codes.names.index(value))

    def values_of(self, label: str) -> list[str]:
        """The values of a field or tag, in order of first appearance."""
        return [name for name in self.codes[label].names if name]

    def column(self, scorer: str, condition: Condition = "with") -> Column | None:
        """What a scorer said under an image condition, if it was asked."""
        return self.columns.get((scorer, condition))

    def scored(self, condition: Condition = "with") -> Iterator[tuple[Instrument, Column]]:
        """The instruments with scores under a condition, in the order of the manifest."""
        for name, instrument in self.instruments.items():
            if (column := self.column(name, condition)) is not None:
                yield instrument, column

    def sound(self, condition: Condition = "with") -> Iterator[tuple[Instrument, Column]]:
        """The rules of ours among them, which read every answer of their types."""
        for instrument, column in self.scored(condition):
            if instrument.kind in ("rule", "facts", "premise") and not instrument.published:
                yield instrument, column

    def leading(self, answer_type: str) -> Instrument | None:
        """The instrument whose figure comes first for a type of answer."""
        return next((i for i, _ in self.scored() if answer_type in i.leads), None)

    @property
    def reader(self) -> str:
        """The instrument that reads decisions; empty where none did."""
        return next((i.id for i, _ in self.scored() if i.reads_class), "")
