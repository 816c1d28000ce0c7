"""One pass over the tables of a run: its items as rows of arrays, and what every instrument said of each.

Questions, answers and explanations are dropped as they stream by; what stays are keys, codes and numbers. Every figure
is a mask over the rows and a mean.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult.facts.reply import words
from auscult.protocols.shuffled import bound_to_letters
from auscult.records import AT_MOST, SHARE_OF, Answer, Case, Condition, Instrument, Item, Score, digest
from auscult.runs.folder import read_manifest
from auscult.runs.instruments import instruments_of
from auscult.runs.kept import Kept, label_of, read_kept
from auscult.runs.ratings import Ratings, read_ratings
from auscult.scorers import bears_premise
from auscult.statistics.plausibility import Opinion
from auscult.store.tables import read_fields, read_rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")
STATUS = {"ok": 1, "unusable": 2, "request_failed": 3, "judge_unusable": 4, "unread": 5}
"""Codes in a ``Column``; above 2 is missing data."""
OK, UNUSABLE = STATUS["ok"], STATUS["unusable"]
FIELDS = ("answer_type", "kind", "category", "target", "premise_form", "paraphrase_group", "unit")


class Codes:
    """Texts as small integers, in order of first appearance; 0 is the empty text."""

    def __init__(self) -> None:
        self.names = [""]
        self._codes = {"": 0}

    def code(self, name: str) -> int:
        """The number of a text."""
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]


@dataclass
class Column:
    """What one scorer said of every item under one image condition; arrays of shape (items, samples).

    ``status``: 0 not asked, 1 ok, 2 unusable, 3 request failed, 4 judge unusable, 5 unread.
    ``parsed`` are codes of texts.
    """

    status: NDArray[np.int8]
    parsed: Ints
    values: dict[str, Floats]

    def value(self, name: str) -> Floats:
        """A value of all items, shape (items, samples); NaN where no answer has it."""
        return self.values[name] if name in self.values else np.full(self.status.shape, np.nan)

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
        columns: (scorer, condition) → what it said.
        parsed: the texts behind ``Column.parsed``.
        opinions: row → what several annotators said of the item.
        meant: (row, sample) → class of the answer as somebody labelled it, see ``runs.kept``.
        shown_anew: whether options of choices were shown in another order than published.
        ratings: what people said of some answers; None where nobody did.
    """

    manifest: dict[str, Any]
    instruments: dict[str, Instrument]
    ids: list[str]
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


class _Items:
    """Collects what is kept of cases and items.

    ``right`` and ``order`` are hashes of the right option and of all in their order; ``names`` are the two ids of items
    whose answers may be labelled. They serve the answers and go.
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.ids: list[str] = []
        self.own = {name: Codes() for name in ("case", "cluster", "unit", "wording", "question")}
        self.codes = {name: Codes() for name in (*FIELDS, "source")}
        self.labels: dict[str, list[int]] = {name: [] for name in self.codes}
        self.columns: dict[str, list[Any]] = {}
        self.opinions: dict[int, list[Opinion]] = {}
        self.twins: list[str] = []
        self.right: list[int] = []
        self.order: list[int] = []
        self.names: dict[int, tuple[str, str]] = {}
        self.duplicates = 0

    def add(self, case: Case, item: Item) -> None:
        """One row."""
        row, names = len(self.ids), (item.id, item.source_id)
        found = {name: getattr(item, name) for name in FIELDS} | {"source": case.source}
        found |= {f"tag:{name}": value for name, value in {**case.tags, **item.tags}.items()}
        for name, value in found.items():
            column = self.labels.setdefault(name, [])
            column.extend([0] * (row - len(column)))
            column.append(self.codes.setdefault(name, Codes()).code(str(value)))
        for name in names:
            if name in self.kept.opinions:
                self.opinions[row] = self.kept.opinions[name]
        if self.kept.labels and item.answer_type == "yes_no":
            self.names[row] = names
        self.ids.append(item.id)
        self.twins.append(item.twin)
        self.right.append(hash(item.reference))
        self.order.append(hash(item.options))
        self.duplicates += bool(item.duplicate_of)
        self.own["unit"].code(case.group_kind)
        said = digest(words(item.question)) if item.answer_type == "yes_no" or bears_premise(item) else ""
        for name, value in {
            "case": self.own["case"].code(case.id),
            "cluster": self.own["cluster"].code(case.group or case.id),
            "wording": self.own["wording"].code(said if bears_premise(item) else ""),
            "question": self.own["question"].code(said if item.answer_type == "yes_no" else ""),
            "options": len(item.options),
            "yes": item.reference == "yes",
            "last": [bool(item.options) and item.options[-1] == item.reference] * 2,
            "bound": item.answer_type == "choice" and bound_to_letters(item),
            "referenced": bool(item.reference.strip()),
        }.items():
            self.columns.setdefault(name, []).append(value)

    def joined(self, manifest: dict[str, Any]) -> Joined:
        """The rows as arrays, without answers and scores."""
        for column in self.labels.values():
            column.extend([0] * (len(self.ids) - len(column)))
        row = self.rows() if any(self.twins) else {}
        arrays: dict[str, Any] = {
            name: np.array(column, np.int32 if name in (*self.own, "options") else bool)
            for name, column in self.columns.items()
        }
        units = self.own["unit"].names
        return Joined(
            manifest=manifest,
            instruments={i.id: i for i in instruments_of(manifest)},
            ids=self.ids,
            groups=self.own["cluster"].names,
            unit=units[1] if len(units) == 2 else "group",
            labels={name: np.array(column, np.int32) for name, column in self.labels.items()},
            codes=self.codes,
            twin=np.array([row.get(name, -1) for name in self.twins], np.int32),
            duplicates=self.duplicates,
            cases=len(self.own["case"].names) - 1,
            opinions=self.opinions,
            **arrays,
        )

    def rows(self) -> dict[str, int]:
        """Item → its row."""
        return {name: n for n, name in enumerate(self.ids)}


def join(run: Path) -> Joined:
    """Reads a run: each of its tables is opened once.

    Raises:
        UserError: the folder is no run, or a table is not whole.
    """
    manifest, kept = read_manifest(run), read_kept(run)
    items = _Items(kept)
    cases = read_rows(run / "cases.parquet", Case)
    case: Case | None = None
    for item in read_rows(run / "items.parquet", Item):
        while case is None or case.id != item.case_id:
            case = next(cases)
        items.add(case, item)
    joined = items.joined(manifest)
    joined.ratings = read_ratings(run)
    _read_answers(run / "answers.parquet", joined, items)
    _read_scores(run / "scores.parquet", joined, items.rows())
    return joined


def _read_answers(path: Path, joined: Joined, items: _Items) -> None:
    fields = ("id", "item_id", "condition", "repeat", "status", "failure", "finish", "detail", "seconds", "options")
    row, replies = items.rows(), joined.replies
    for name, item, condition, repeat, status, failure, finish, detail, seconds, options in read_fields(
        path, Answer, fields
    ):
        replies.count += 1
        replies.seconds += seconds
        if failure:
            replies.failures[condition, failure] += 1
        elif finish == "length":
            replies.cut[condition] += 1
        if status == "ok" and detail:
            replies.details[detail] += 1
        at = row.get(item, -1)
        if options and hash(tuple(options)) != items.order[at]:
            joined.shown_anew = True
            joined.last[at, 1] = hash(options[-1]) == items.right[at]
        if condition == "with" and at in items.names:
            meaning = label_of(items.kept.labels, name, repeat, items.names[at])
            if meaning is not None:
                joined.meant[at, repeat] = meaning


def _read_scores(path: Path, joined: Joined, row: dict[str, int]) -> None:
    shape = (len(row), 1)
    classes = {i.id for i in joined.instruments.values() if i.reads_class}
    fields = ("scorer", "version", "condition", "item_id", "repeat", "status", "parsed", "values")
    for scorer, version, condition, item, repeat, status, parsed, values in read_fields(path, Score, fields):
        key = (f"{scorer}@{version}", condition)
        if repeat >= shape[1]:
            shape = (len(row), repeat + 1)
        column = joined.columns.get(key)
        if column is None:
            column = Column(np.zeros(shape, np.int8), np.zeros(shape, np.int32), {})
            joined.columns[key] = column
        elif column.status.shape[1] < shape[1]:
            _widen(column, shape[1])
        at = row[item], repeat
        column.status[at] = STATUS[status]
        # what others than readers of a class read is as long as the answer, and stays on disk
        if status == "unusable" or key[0] in classes:
            column.parsed[at] = joined.parsed.code(parsed)
        for name, value in values:
            if name not in column.values:
                column.values[name] = np.full(column.status.shape, np.nan)
            column.values[name][at] = value


def _widen(column: Column, samples: int) -> None:
    more = ((0, 0), (0, samples - column.status.shape[1]))
    column.status = np.pad(column.status, more)
    column.parsed = np.pad(column.parsed, more)
    column.values = {n: np.pad(v, more, constant_values=np.nan) for n, v in column.values.items()}
