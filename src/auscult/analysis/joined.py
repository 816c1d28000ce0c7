"""One pass over the tables of a run: its items as rows of arrays, and what every instrument said of each.

Questions, answers and explanations are dropped as they stream by; what stays are keys, codes and numbers. Every figure
is a mask over the rows and a mean.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from auscult.analysis.keys import Codes, Keys, first_seen
from auscult.errors import UserError
from auscult.facts.reply import words
from auscult.protocols.shuffled import bound_to_letters
from auscult.records import AT_MOST, SHARE_OF, Answer, Case, Condition, Instrument, Item, Score
from auscult.runs.folder import read_manifest
from auscult.runs.instruments import instruments_of
from auscult.runs.kept import Kept, label_of, read_kept
from auscult.runs.ratings import Ratings, read_ratings
from auscult.scorers import bears_premise
from auscult.scorers.premise import negative
from auscult.statistics.plausibility import Opinion
from auscult.store.tables import read_batches, read_rows, values_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")
STATUS = {"ok": 1, "unusable": 2, "request_failed": 3, "judge_unusable": 4, "unread": 5}
"""Codes in a ``Column``; above 2 is missing data."""
OK, UNUSABLE = STATUS["ok"], STATUS["unusable"]
BATCH = 5_000
"""Scores that are read at a time."""
FIELDS = ("answer_type", "kind", "category", "target", "premise_form", "paraphrase_group", "unit")


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


class _Items:
    """Collects what is kept of cases and items, a few bytes a field.

    ``right`` and ``order`` are hashes of the right option and of all in their order; ``names`` are the two ids of items
    whose answers may be labelled. They serve the answers and go.
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.ids, self.twins = Keys(), Keys()
        self.cases, self.case = 0, ""
        self.clusters, self.units = Codes(), Codes()
        self.codes = {name: Codes() for name in (*FIELDS, "source")}
        self.labels = {name: array("i") for name in self.codes}
        self.columns = {name: array("i") for name in ("case", "cluster", "options")}
        self.columns |= {name: array("b") for name in ("yes", "last", "bound", "referenced", "asks")}
        self.hashes = {name: array("q") for name in ("wording", "question", "right", "order")}
        self.opinions: dict[int, list[Opinion]] = {}
        self.names: dict[int, tuple[str, str]] = {}
        self.duplicates = 0

    def add(self, case: Case, item: Item) -> None:
        """One row; the items of a case lie together."""
        row, names = len(self.ids), (item.id, item.source_id)
        found = {name: getattr(item, name) for name in FIELDS} | {"source": case.source}
        found |= {f"tag:{name}": value for name, value in {**case.tags, **item.tags}.items()}
        for name, value in found.items():
            column = self.labels.setdefault(name, array("i"))
            column.extend([0] * (row - len(column)))
            column.append(self.codes.setdefault(name, Codes()).code(str(value)))
        for name in names:
            if name in self.kept.opinions:
                self.opinions[row] = self.kept.opinions[name]
        if self.kept.labels and item.answer_type == "yes_no":
            self.names[row] = names
        self.ids.append(item.id)
        self.twins.append(item.twin)
        self.duplicates += bool(item.duplicate_of)
        self.units.code(case.group_kind)
        self.cases, self.case = self.cases + (case.id != self.case), case.id
        yes_no, premise = item.answer_type == "yes_no", bears_premise(item)
        for name, key in {
            "wording": _words_hash(item.question) if premise else 0,
            "question": _words_hash(item.question) if yes_no else 0,
            "right": hash(item.reference),
            "order": hash(item.options),
        }.items():
            self.hashes[name].append(key)
        for name, number in {
            "case": self.cases,
            "cluster": self.clusters.code(case.group or case.id),
            "options": len(item.options),
            "yes": item.reference == "yes",
            "last": bool(item.options) and item.options[-1] == item.reference,
            "bound": item.answer_type == "choice" and bound_to_letters(item),
            "referenced": bool(item.reference.strip()),
            "asks": yes_no or (premise and item.asks_yes_no and not negative(item)),
        }.items():
            self.columns[name].append(number)

    def joined(self, manifest: dict[str, Any]) -> Joined:
        """The rows as arrays, without answers and scores."""
        for column in self.labels.values():
            column.extend([0] * (len(self.ids) - len(column)))
        arrays: dict[str, Any] = {
            name: np.array(column, np.int32 if column.typecode == "i" else bool)
            for name, column in self.columns.items()
        }
        arrays["last"] = np.repeat(arrays["last"][:, None], 2, axis=1)
        units = self.units.names
        return Joined(
            manifest=manifest,
            instruments={i.id: i for i in instruments_of(manifest)},
            ids=self.ids,
            groups=self.clusters.names,
            unit=units[1] if len(units) == 2 else "group",
            labels={name: np.array(column, np.int32) for name, column in self.labels.items()},
            codes=self.codes,
            twin=self.ids.rows(self.twins),
            wording=first_seen(self.hashes["wording"]),
            question=first_seen(self.hashes["question"]),
            duplicates=self.duplicates,
            cases=self.cases,
            opinions=self.opinions,
            margin=np.full(len(self.ids), np.nan),
            **arrays,
        )


@lru_cache(4096)
def _words_hash(question: str) -> int:
    """Tells a question's words apart, within this process."""
    return hash(tuple(words(question)))


def join(run: Path) -> Joined:
    """Reads a run: each of its tables is opened once.

    Raises:
        UserError: the folder is no run, or a table is not whole.
    """
    items = _items(run, read_kept(run))
    joined = items.joined(read_manifest(run))
    joined.ratings = read_ratings(run)
    _read_answers(run / "answers.parquet", joined, items)
    del items
    _read_scores(run / "scores.parquet", joined)
    return joined


def join_items(folder: Path, schema: str) -> Joined:
    """Reads the items of a folder of another schema than a run's: all that ``join`` says but of answers and scores.

    Raises:
        UserError: the folder is none of this schema, or a table is not whole.
    """
    return _items(folder, Kept({}, {})).joined(read_manifest(folder, schema))


def _items(run: Path, kept: Kept) -> _Items:
    """The items of a run, in their order."""
    items = _Items(kept)
    cases = read_rows(run / "cases.parquet", Case)
    case: Case | None = None
    for item in read_rows(run / "items.parquet", Item):
        while case is None or case.id != item.case_id:
            case = next(cases)
        items.add(case, item)
    return items


def _read_answers(path: Path, joined: Joined, items: _Items) -> None:
    fields = (
        "id",
        "item_id",
        "condition",
        "repeat",
        "status",
        "failure",
        "finish",
        "detail",
        "seconds",
        "options",
        "yes_margin",
    )
    replies, order, right = joined.replies, items.hashes["order"], items.hashes["right"]
    for batch in read_batches(path, Answer, fields):
        columns = {name: values_of(batch.column(name)) for name in fields}
        columns["item_id"] = joined.ids.rows(columns["item_id"]).tolist()
        replies.count += len(batch)
        for name, at, condition, repeat, status, failure, finish, detail, seconds, options, margin in zip(
            *columns.values(), strict=True
        ):
            replies.seconds += seconds
            if failure:
                replies.failures[condition, failure] += 1
            elif finish == "length":
                replies.cut[condition] += 1
            if status == "ok" and detail:
                replies.details[detail] += 1
            if options and hash(tuple(options)) != order[at]:
                joined.shown_anew = True
                joined.last[at, 1] = hash(options[-1]) == right[at]
            if margin is not None and condition == "with":
                joined.margin[at] = margin
            if condition == "with" and at in items.names:
                meaning = label_of(items.kept.labels, name, repeat, items.names[at])
                if meaning is not None:
                    joined.meant[at, repeat] = meaning


def _read_scores(path: Path, joined: Joined) -> None:
    """Fills the columns, a batch of scores at a time."""
    samples = 1
    classes = {i.id for i in joined.instruments.values() if i.reads_class}
    fields = ("scorer", "version", "condition", "item_id", "repeat", "status", "parsed", "values")
    for batch in read_batches(path, Score, fields, batch=BATCH):
        keys: dict[tuple[str, Condition], list[int]] = {}
        by = zip(*(batch.column(name).to_pylist() for name in fields[:3]), strict=True)
        for n, (scorer, version, condition) in enumerate(by):
            keys.setdefault((f"{scorer}@{version}", condition), []).append(n)
        rows = joined.ids.rows(batch.column("item_id").to_pylist())
        if len(rows) and rows.min() < 0:
            raise UserError(f"{path}: a score is of no item of items.parquet; the run is not whole, evaluate it again")
        repeats = batch.column("repeat").to_numpy()
        samples = max(samples, int(repeats.max(initial=0)) + 1)
        status = batch.column("status").to_pylist()
        said = _codes(joined, batch.column("parsed").to_pylist(), status, keys, classes)
        codes = np.array([STATUS[s] for s in status], np.int8)
        for key, places in keys.items():
            column = _column(joined, key, samples)
            at = rows[places], repeats[places]
            column.status[at] = codes[places]
            if said[places].any():  # memory that nobody writes to is not taken
                column.parsed[at] = said[places]
            _fill(column, batch.column("values").take(pa.array(places)), at)


def _codes(
    joined: Joined,
    parsed: list[str],
    status: list[str],
    keys: dict[tuple[str, Condition], list[int]],
    classes: set[str],
) -> Ints:
    """Codes of what was read; what others than readers of a class read is as long as the answer, and stays on disk."""
    of_class = {n for (scorer, _), places in keys.items() if scorer in classes for n in places}
    kept = (s == "unusable" or n in of_class for n, s in enumerate(status))
    return np.array([joined.parsed.code(p) if k else 0 for p, k in zip(parsed, kept, strict=True)], np.int32)


def _column(joined: Joined, key: tuple[str, Condition], samples: int) -> Column:
    shape = (len(joined.ids), samples)
    column = joined.columns.get(key)
    if column is None:
        column = joined.columns[key] = Column(np.zeros(shape, np.int8), np.zeros(shape, np.int32), {})
    elif column.status.shape[1] < samples:
        _widen(column, samples)
    return column


def _fill(column: Column, values: pa.MapArray, at: tuple[Ints, Ints]) -> None:
    """Puts the named values of some scores in their places."""
    names, numbers = values.keys.to_pylist(), values.items.to_numpy()
    of = np.repeat(np.arange(len(values)), np.diff(values.offsets.to_numpy()))
    places: dict[str, list[int]] = {}
    for n, name in enumerate(names):
        places.setdefault(name, []).append(n)
    for name, those in places.items():
        own, given = of[those], numbers[those]
        kept = column.values.get(name)
        if kept is None:
            kept = np.full(column.status.shape, np.nan, np.float16)
        if kept.dtype != np.float64 and not _in_two_bytes(given):
            kept = kept.astype(np.float64)
        kept[at[0][own], at[1][own]] = given
        column.values[name] = kept


def _in_two_bytes(numbers: Floats) -> bool:
    """Whether nothing is lost of numbers that are kept in two bytes: most are 0, 1 or a half."""
    with np.errstate(over="ignore"):
        return np.array_equal(numbers.astype(np.float16), numbers, equal_nan=True)


def _widen(column: Column, samples: int) -> None:
    more = ((0, 0), (0, samples - column.status.shape[1]))
    column.status = np.pad(column.status, more)
    column.parsed = np.pad(column.parsed, more)
    column.values = {n: np.pad(v, more, constant_values=np.nan) for n, v in column.values.items()}
