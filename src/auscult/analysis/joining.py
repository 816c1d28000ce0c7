"""One pass over the tables of a run: its items as rows of arrays, and what every instrument said of each.

Questions, answers and explanations are dropped as they stream by; what stays are keys, codes and numbers.
"""

from array import array
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from auscult.analysis.joined import STATUS, Column, Floats, Ints, Joined
from auscult.analysis.keys import Codes, Keys, first_seen
from auscult.errors import UserError
from auscult.facts.reply import words
from auscult.protocols.shuffled import bound_to_letters
from auscult.records import Answer, Case, Condition, Item, Score
from auscult.runs.folder import read_manifest
from auscult.runs.instruments import instruments_of
from auscult.runs.kept import Kept, label_of, read_kept
from auscult.runs.ratings import read_ratings
from auscult.scorers import bears_premise
from auscult.scorers.premise import negative
from auscult.statistics.plausibility import Opinion
from auscult.store.tables import read_batches, read_rows, values_of

BATCH = 5_000
"""Scores that are read at a time."""
FIELDS = ("answer_type", "kind", "category", "target", "premise_form", "paraphrase_group", "unit")


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
