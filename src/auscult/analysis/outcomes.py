"""The scores of a run as arrays: one row an item, so that figures are a mask and a mean."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auscult.facts.reply import words
from auscult.records import AT_MOST, SHARE_OF, Case, Condition, Item, Score, digest
from auscult.scorers import bears_premise
from auscult.store.tables import read_rows

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
CLASSES = frozenset({"closed"})
"""Scorers that read a class. What others read is as long as the answer, and stays on disk."""
STATUS = {"ok": 1, "unusable": 2, "request_failed": 3, "judge_unusable": 4, "unread": 5}
"""Codes in a ``Column``; above 2 is missing data."""


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
class Outcomes:
    """A run in arrays. ``items[k]`` describes row ``k`` of every column.

    Attributes:
        ids: item ids.
        case: code of the case of each item.
        cluster: code of the patient or image of each item.
        unit: what a cluster is.
        labels: field or tag → codes by item.
        codes: field or tag → the texts behind the codes.
        yes: whether the reference is yes.
        options: number of options of each item.
        twin: row of the neutral twin of each item, or -1 where it has none in this run.
        wording: code of the question's words where it bears a premise, else 0.
        referenced: whether there is a reference answer.
        columns: (scorer, condition) → what it said.
    """

    ids: list[str]
    case: Ints
    cluster: Ints
    unit: str
    labels: dict[str, Ints]
    codes: dict[str, Codes]
    yes: Bools
    options: Ints
    twin: Ints
    wording: Ints
    referenced: Bools
    duplicates: int
    cases: int
    columns: dict[tuple[str, Condition], Column] = field(default_factory=dict)
    parsed: Codes = field(default_factory=Codes)

    def where(self, label: str, value: str) -> Bools:
        """Items whose field or tag has this value."""
        codes = self.codes[label]
        if value not in codes.names:
            return np.zeros(len(self.ids), bool)
        return np.asarray(self.labels[label] == codes.names.index(value))


FIELDS = ("answer_type", "kind", "category", "target", "premise_form", "paraphrase_group", "unit")


def _described(cases: Path, items: Path) -> Iterator[tuple[Case, Item]]:
    rows = read_rows(cases, Case)
    case: Case | None = None
    for item in read_rows(items, Item):
        while case is None or case.id != item.case_id:
            case = next(rows)
        yield case, item


def read_outcomes(run: Path) -> Outcomes:
    """Reads the tables of a run; questions and answers are dropped as they stream by."""
    ids: list[str] = []
    clusters, cluster, units, yes, options = Codes(), [], Codes(), [], []
    twins, wordings, wording, referenced = [], Codes(), [], []
    codes: dict[str, Codes] = {name: Codes() for name in FIELDS}
    labels: dict[str, list[int]] = {name: [] for name in FIELDS}
    duplicates, cases, of_case = 0, Codes(), []
    for case, item in _described(run / "cases.parquet", run / "items.parquet"):
        of_case.append(cases.code(case.id))
        units.code(case.group_kind)
        cluster.append(clusters.code(case.group or case.id))
        found = {name: getattr(item, name) for name in FIELDS} | {
            f"tag:{name}": value for name, value in {**case.tags, **item.tags}.items()
        }
        for name, value in found.items():
            if name not in codes:
                codes[name], labels[name] = Codes(), []
            column = labels[name]
            column.extend([0] * (len(ids) - len(column)))
            column.append(codes[name].code(str(value)))
        ids.append(item.id)
        yes.append(item.reference == "yes")
        options.append(len(item.options))
        twins.append(item.twin)
        referenced.append(bool(item.reference.strip()))
        wording.append(wordings.code(digest(words(item.question)) if bears_premise(item) else ""))
        duplicates += bool(item.duplicate_of)
    for column in labels.values():
        column.extend([0] * (len(ids) - len(column)))
    outcomes = Outcomes(
        ids=ids,
        case=np.array(of_case, np.int32),
        cluster=np.array(cluster, np.int32),
        unit=units.names[1] if len(units.names) == 2 else "group",
        labels={name: np.array(column, np.int32) for name, column in labels.items()},
        codes=codes,
        yes=np.array(yes, bool),
        options=np.array(options, np.int32),
        twin=_rows(twins, ids),
        wording=np.array(wording, np.int32),
        referenced=np.array(referenced, bool),
        duplicates=duplicates,
        cases=len(cases.names) - 1,
    )
    _read_scores(run / "scores.parquet", outcomes)
    return outcomes


def _rows(wanted: list[str], ids: list[str]) -> Ints:
    """The row of each id, -1 where there is none."""
    row = {name: n for n, name in enumerate(ids)} if any(wanted) else {}
    return np.array([row.get(name, -1) for name in wanted], np.int32)


def _read_scores(path: Path, outcomes: Outcomes) -> None:
    row = {name: n for n, name in enumerate(outcomes.ids)}
    shape = (len(row), 1)
    for score in read_rows(path, Score):
        key = (f"{score.scorer}@{score.version}", score.condition)
        if score.repeat >= shape[1]:
            shape = (len(row), score.repeat + 1)
        column = outcomes.columns.get(key)
        if column is None:
            column = Column(np.zeros(shape, np.int8), np.zeros(shape, np.int32), {})
            outcomes.columns[key] = column
        elif column.status.shape[1] < shape[1]:
            _widen(column, shape[1])
        at = row[score.item_id], score.repeat
        column.status[at] = STATUS[score.status]
        if score.status == "unusable" or score.scorer in CLASSES:
            column.parsed[at] = outcomes.parsed.code(score.parsed)
        for name, value in score.values.items():
            if name not in column.values:
                column.values[name] = np.full(column.status.shape, np.nan)
            column.values[name][at] = value


def _widen(column: Column, samples: int) -> None:
    more = ((0, 0), (0, samples - column.status.shape[1]))
    column.status = np.pad(column.status, more)
    column.parsed = np.pad(column.parsed, more)
    column.values = {n: np.pad(v, more, constant_values=np.nan) for n, v in column.values.items()}
