"""Which answers the gallery shows: a few of very many, chosen by rule and not by hand, holding keys and never rows."""

import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from auscult.analysis.keys import Keys
from auscult.analysis.summary import Summary
from auscult.errors import UserError
from auscult.records import Instrument, Item, Score
from auscult.reports.sorts import About, Candidate, Sort, picked, sort_of
from auscult.runs.instruments import instruments_of
from auscult.store.tables import read_batches, read_fields

OUTCOMES = ("wrong", "partly", "unclear", "unusable", "unread", "failed", "unjudged", "right")
BAD = OUTCOMES[:-1]
CONDITIONS = ("with", "without", "wrong")
_BATCH = 10_000
# Share of the gallery for each kind of answer; what one kind cannot fill goes to the next answers that are not right.
_PLAN: tuple[tuple[float, tuple[str, ...], tuple[str, ...]], ...] = (
    (0.50, ("wrong", "partly"), ("with",)),
    (0.10, ("unclear", "unusable"), ("with",)),
    (0.05, ("unread",), ("with",)),
    (0.05, ("failed", "unjudged"), ("with",)),
    (0.08, ("wrong", "partly"), ("without",)),
    (0.08, ("wrong", "partly"), ("wrong",)),
    (0.10, ("right",), ("with",)),
    (1.00, ("wrong", "partly", "unclear", "unusable", "unread"), ("with",)),
    (1.00, BAD, CONDITIONS),
    (1.00, OUTCOMES, CONDITIONS),
)


class Stratum(NamedTuple):
    """Answers that count as alike when the gallery is spread."""

    outcome: str
    condition: str
    about: tuple[str, str, str]


class Chosen(NamedTuple):
    """One answer of the gallery, by its keys."""

    answer: str
    item: str
    case: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen answers, and how many there were and are shown for each outcome and condition.

    ``graders`` are the instruments that say whether an answer is right, by name, as the run declares them.
    """

    chosen: tuple[Chosen, ...]
    found: Mapping[tuple[str, str], int]
    shown: Mapping[tuple[str, str], int]
    graders: Mapping[str, Instrument]


def select(run: Path, summary: Summary, size: int) -> Selection:
    """Chooses at most ``size`` answers of a run: failures and wrong ones first, spread over categories and images.

    Within a stratum the lowest value comes first, then the order of the answers' hashes: chance, and repeatable.

    Raises:
        UserError: a table is missing or a score has no item.
    """
    found_graders = graders(summary.manifest)
    found: Counter[tuple[str, str]] = Counter()
    pools: dict[Stratum, list[tuple[float, str, str, str]]] = {}
    for part, code, names, grader in _graded(run, _ranking(found_graders)):
        for stratum, rows, n in _split(part, code, names, grader.primary.name, 4 * size):
            found[stratum.outcome, stratum.condition] += n
            pools[stratum] = heapq.nsmallest(4 * size, [*pools.get(stratum, ()), *rows])
    chosen = _spread(pools, size)
    shown = Counter((c.outcome, condition) for c, condition in chosen)
    return Selection(tuple(c for c, _ in chosen), found, shown, found_graders)


def gravest(run: Path, summary: Summary, size: int) -> Selection:
    """At most ``size`` answers with their own image to pick the worst from: sorts of error and findings take turns.

    What is wrong comes first; where nothing is, what is partly wrong, takes no side, is of no use or unread.

    Raises:
        UserError: as ``select``.
    """
    found_graders = graders(summary.manifest)
    found: Counter[tuple[str, str]] = Counter()
    pools: dict[Stratum, list[tuple[float, str, str, str]]] = {}
    for part, code, names, grader in _graded(run, _ranking(found_graders), _sort_and_finding):
        for stratum, rows, n in _split(part, code, names, grader.primary.name, 2 * size):
            found[stratum.outcome, stratum.condition] += n
            if stratum.condition == "with" and stratum.outcome in _NOT_RIGHT:
                pools[stratum] = heapq.nsmallest(2 * size, [*pools.get(stratum, ()), *rows])
    outcomes = _NOT_RIGHT[:1] if found["wrong", "with"] else _NOT_RIGHT[1:]
    candidates = [
        (Candidate(Sort(int(s.about[1])), s.about[2] or item, case), (rank, Chosen(answer, item, case, s.outcome)))
        for s, rows in sorted(pools.items())
        if s.outcome in outcomes
        for rank, answer, item, case in rows
    ]
    candidates.sort(key=lambda pair: (outcomes.index(pair[1][1].outcome), pair[1][0], pair[1][1].answer))
    chosen = tuple(one for _, one in picked(candidates, size))
    return Selection(chosen, found, Counter((c.outcome, "with") for c in chosen), found_graders)


_NOT_RIGHT = ("wrong", "partly", "unclear", "unusable", "unread")


def graders(manifest: dict[str, Any]) -> dict[str, Instrument]:
    """Name → instrument, of those that say whether an answer is right: no judge, and no text metric."""
    return {i.name: i for i in instruments_of(manifest) if i.kind in ("rule", "reader", "facts", "premise")}


Ranking = list[tuple[Instrument, frozenset[str]]]


def _ranking(known: Mapping[str, Instrument]) -> Ranking:
    """The sound ones, each with the answer types that it decides on: those that it leads, else the first by name.

    The scorer of premises stands beside the others of its types: they share no item.
    """
    taken: dict[tuple[str, bool], Instrument] = {}
    for one in sorted((i for i in known.values() if not i.published), key=lambda i: i.name):
        for answer_type in one.answer_types:
            place = (answer_type, one.kind == "premise")
            if place not in taken or answer_type in one.leads:
                taken[place] = one
    return [(i, frozenset(t for (t, _), one in taken.items() if one is i)) for i in known.values()]


def judged_worst(run: Path, summary: Summary, size: int) -> Selection | None:
    """At most ``size`` answers with their own image that a judge marked lowest; None where no judge marked any.

    Raises:
        UserError: a table is missing or not whole.
    """
    judges = [i for i in instruments_of(summary.manifest) if i.kind == "judge" and not i.published]
    if not judges:
        return None
    judge, found, lowest = judges[0], 0, list[tuple[float, str, str, str]]()
    sign = 1 if judge.primary.higher_is_better else -1
    for part, *_ in _graded(run, [(judge, judge.answer_types)]):
        own = part.filter(pc.and_(pc.equal(part.column("condition"), "with"), pc.equal(part.column("status"), "ok")))
        marks = sign * _values(own, judge.primary.name)
        found += len(marks)
        ids = (own.column(c).to_pylist() for c in ("answer_id", "item_id", "case_id"))
        lowest = heapq.nsmallest(size, [*lowest, *zip(marks.tolist(), *ids, strict=True)])
    if not found:
        return None
    chosen = tuple(Chosen(answer, item, case, "wrong") for _, answer, item, case in lowest)
    counts = {("wrong", "with"): found}
    return Selection(chosen, counts, {("wrong", "with"): len(chosen)}, {judge.name: judge})


Graded = tuple[pa.RecordBatch, npt.NDArray[np.int64], list[tuple[str, str, str]], Instrument]
"""Scores of one grader, the number of each item's kind, what these numbers mean, and the grader."""


def _category(about: About) -> tuple[str, str, str]:
    return about.answer_type, about.kind, about.category


def _sort_and_finding(about: About) -> tuple[str, str, str]:
    return about.answer_type, str(int(sort_of(about))), about.target


def _graded(
    run: Path, ranking: Ranking, alike: Callable[[About], tuple[str, str, str]] = _category
) -> Iterator[Graded]:
    """The scores of each batch that say whether an answer is right.

    Args:
        run: the run folder.
        ranking: instruments, each with the answer types that it decides on.
        alike: type of answer first, what makes two items alike.
    """
    ids, kinds, code = Keys(), dict[tuple[str, str, str], int](), array("i")
    for item, *fields in read_fields(run / "items.parquet", Item, ("id", *About._fields)):
        ids.append(item)
        code.append(kinds.setdefault(alike(About(*fields)), len(kinds)))
    codes, names, path = np.array(code, np.int64), list(kinds), run / "scores.parquet"
    types = np.array([answer_type for answer_type, *_ in names])
    columns = ["answer_id", "item_id", "case_id", "scorer", "condition", "repeat", "status", "values"]
    for batch in read_batches(path, Score, columns, batch=_BATCH):
        where = ids.rows(batch.column("item_id").to_pylist())
        if len(where) and where.min() < 0:
            gone = batch.column("item_id")[int(where.argmin())].as_py()
            raise UserError(f"{path}: item {gone} is not in items.parquet; the run is not whole, evaluate again")
        code_here = codes[where]
        for grader, own in ranking:
            kind = np.isin(types, sorted(own))[code_here]
            mask = _equal(batch, "scorer", grader.name) & _equal(batch, "repeat", 0) & kind
            yield batch.filter(pa.array(mask)), code_here[mask], names, grader


def _equal(batch: pa.RecordBatch, column: str, value: object) -> npt.NDArray[np.bool_]:
    equal: npt.NDArray[np.bool_] = pc.equal(batch.column(column), value).to_numpy(zero_copy_only=False)
    return equal


def _values(part: pa.RecordBatch, name: str) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = pc.map_lookup(part.column("values"), name, "first").to_numpy(zero_copy_only=False)
    return found.astype(float)


def _split(
    part: pa.RecordBatch, code: npt.NDArray[np.int64], names: list[tuple[str, str, str]], primary: str, most: int
) -> Iterator[tuple[Stratum, list[tuple[float, str, str, str]], int]]:
    value = _values(part, primary)
    rank = np.nan_to_num(value)
    condition = np.array([CONDITIONS.index(c) for c in part.column("condition").to_pylist()], dtype=np.int64)
    kinds = len(CONDITIONS) * len(OUTCOMES)
    key = (
        code * kinds
        + condition * len(OUTCOMES)
        + _outcomes(part.column("status").to_pylist(), value, _values(part, "unclear"))
    )
    order = np.lexsort((np.array(part.column("answer_id").to_pylist(), dtype=str), rank, key))
    found, starts, sizes = np.unique(key[order], return_index=True, return_counts=True)
    for one, start, n in zip(found.tolist(), starts.tolist(), sizes.tolist(), strict=True):
        first = order[start : start + min(n, most)]
        taken = part.take(pa.array(first))
        ids = (taken.column(c).to_pylist() for c in ("answer_id", "item_id", "case_id"))
        about, (asked, result) = names[one // kinds], divmod(one % kinds, len(OUTCOMES))
        stratum = Stratum(OUTCOMES[result], CONDITIONS[asked], about)
        yield stratum, list(zip(rank[first].tolist(), *ids, strict=True)), n


def _outcomes(
    status: list[str], value: npt.NDArray[np.float64], unclear: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """The place in ``OUTCOMES`` of each score; an ``ok`` without its primary value was not judged.

    A hedge is not right, and states nothing wrong either: it is ``unclear``.
    """
    graded = np.select(
        [value >= 1, value > 0, unclear >= 1, value <= 0], ["right", "partly", "unclear", "wrong"], "unjudged"
    )
    known = {"request_failed": "failed", "judge_unusable": "unjudged", "unread": "unread", "unusable": "unusable"}
    words = [known.get(s, g) for s, g in zip(status, graded.tolist(), strict=True)]
    return np.array([OUTCOMES.index(w) for w in words], dtype=np.int64)


def _spread(pools: Mapping[Stratum, Iterable[tuple[float, str, str, str]]], size: int) -> list[tuple[Chosen, str]]:
    """Fills the plan: strata take turns, and each takes its first answer among the images used least so far."""
    left = {s: list(rows) for s, rows in sorted(pools.items())}
    used: Counter[str] = Counter()
    taken: dict[str, tuple[Chosen, str]] = {}
    turns: defaultdict[Stratum, int] = defaultdict(int)
    for share, outcomes, conditions in _PLAN:
        room = min(max(1, round(share * size)), size - len(taken))
        open_ = [s for s in left if s.outcome in outcomes and s.condition in conditions]
        while room > 0 and (open_ := [s for s in open_ if left[s]]):
            stratum = min(open_, key=lambda s: (turns[s], s))
            row = min(left[stratum], key=lambda r: (used[r[3]], r))
            left[stratum].remove(row)
            turns[stratum] += 1
            used[row[3]] += 1
            taken[row[1]] = Chosen(row[1], row[2], row[3], stratum.outcome), stratum.condition
            room -= 1
    return list(taken.values())
