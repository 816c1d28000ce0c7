"""What came of a cell, item by item, in a few bytes each; and the items, once for all cells.

These two tables, and a row of figures, are all that the analysis reads: a grid can be analysed again where neither the
model nor the item sets are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from auscult.ablation.plan import Where
from auscult.ablation.selecting import refuse_unknown, values_of
from auscult.ablation.stages import is_staged, staged_outcomes
from auscult.analysis.joined import UNUSABLE, Bools, Floats, Ints, Joined
from auscult.analysis.joining import join, join_items
from auscult.analysis.quantities import headline_quantities
from auscult.analysis.quantities.premise import premise_items, premise_scorer
from auscult.errors import UserError
from auscult.records import Answer
from auscult.runs.folder import DIAGNOSIS
from auscult.store.files import replace_file
from auscult.store.given import boundary, read_given
from auscult.store.tables import WRITTEN, read_fields

Bytes = NDArray[np.int8]
NOT_ASKED, ACCEPTED, DENIED, NEITHER, LOST = 0, 1, 2, 3, 4
"""Codes of a response to a premise."""
MOST = 64 * 2**20
COLUMNS = ("status", "right", "response", "margin")


@dataclass(frozen=True)
class Items:
    """The items of all sets, in the order of their runs; arrays of shape (items,).

    Attributes:
        asked: number of the evaluation that each item is of.
        id: item ids.
        cluster: patients or images, by name.
        yes: whether the right answer is yes: a true premise is one.
        premise: 0 none, 1 false, 2 true, 3 true in words that stand on no false one; 4 and 5: false and true by
            knowledge alone.
        twin: row of the neutral twin, or -1.
        question: code of the words of the question.
        labels: field or tag → value of each.
    """

    asked: Bytes
    id: list[str]
    cluster: list[str]
    yes: Bools
    premise: Bytes
    twin: Ints
    question: Ints
    labels: dict[str, list[str]]

    def where(self, asked: int, where: Where) -> Bools:
        """Items of one evaluation that have these values.

        Raises:
            UserError: no item has such a field or tag, or such a value.
        """
        chosen = self.asked == asked
        there = {name.removeprefix("tag:"): values for name, values in self.labels.items()} | self.labels
        columns = {name: np.array(there[name]) for name in where if name in there}
        known = {name: set(columns[name][chosen].tolist()) if name in columns else () for name in there}
        refuse_unknown("where", where, known)
        for name, wanted in where.items():
            chosen = chosen & np.isin(columns[name], values_of(wanted))
        if not chosen.any():
            raise UserError(f"where: no item has {', '.join(f'{k} = {v}' for k, v in where.items()) or 'been asked'}")
        return np.asarray(chosen)

    @classmethod
    def of(cls, runs: Sequence[Joined]) -> Self:
        """The items of the runs of a cell, one after the other."""
        labels: dict[str, list[str]] = {}
        first = 0
        for run in runs:
            for name, codes in run.labels.items():
                names = run.codes[name].names
                column = labels.setdefault(name, [""] * first)
                column.extend(names[code] for code in codes)
            first += len(run.ids)
            for column in labels.values():
                column.extend([""] * (first - len(column)))
        starts = np.cumsum([0, *(len(run.ids) for run in runs)])
        return cls(
            asked=np.repeat(np.arange(len(runs), dtype=np.int8), np.diff(starts)),
            id=[name for run in runs for name in run.ids],
            cluster=[run.groups[code] for run in runs for code in run.cluster],
            yes=np.concatenate([_yes(run) for run in runs]),
            premise=np.concatenate([_premise(run) for run in runs]),
            twin=np.concatenate(
                [np.where(run.twin < 0, -1, run.twin + start) for run, start in zip(runs, starts, strict=False)]
            ).astype(np.int32),
            question=np.concatenate([np.maximum(run.wording, run.question) for run in runs]).astype(np.int32),
            labels={name: labels[name] for name in sorted(labels)},
        )


@dataclass(frozen=True)
class Outcomes:
    """What came of one cell; arrays of shape (items,), in the order of ``Items``.

    Attributes:
        status: of the item's leading figure, as in ``analysis.joined``: 0 not asked, 1 ok, 2 unusable, above missing.
        right: that figure, 0 to 1; NaN where it is missing or there is none.
        response: to its premise.
        margin: log odds of yes at the first token of the answer; NaN where nobody knows.
        stages: what became of traces and their stages, see ``ablation.stages``; empty where none were asked for.
    """

    status: Bytes
    right: NDArray[np.float32]
    response: Bytes
    margin: NDArray[np.float32]
    stages: Mapping[str, Bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, folders: Sequence[Path], runs: Sequence[Joined]) -> Self:
        """The outcomes of a cell, from its runs."""
        parts = [_outcomes(folder, run) for folder, run in zip(folders, runs, strict=True)]
        names = dict.fromkeys(name for *_, stages in parts for name in stages)
        stages = {
            name: np.concatenate([kept.get(name, np.zeros(len(status), np.int8)) for status, *_, kept in parts])
            for name in names
        }
        status, right, response, margin = (np.concatenate([part[n] for part in parts]) for n in range(4))
        return cls(status, right, response, margin, stages)


def collected(folders: Sequence[Path]) -> tuple[Items, Outcomes]:
    """Items and outcomes of the finished runs of a cell."""
    runs = [join_items(folder, DIAGNOSIS) if is_staged(folder) else join(folder) for folder in folders]
    return Items.of(runs), Outcomes.of(folders, runs)


def _yes(run: Joined) -> Bools:
    return np.where(run.where("kind", "non-hallucination"), True, run.yes & ~run.where("kind", "hallucination"))


def _premise(run: Joined) -> Bytes:
    if not premise_scorer(run):
        return np.zeros(len(run.ids), np.int8)
    p = premise_items(run)
    found = np.select(
        [p.false & p.knowledge, p.true & p.knowledge, p.false, p.true & p.matched, p.true], [4, 5, 1, 2, 3]
    )
    return found.astype(np.int8)


def _outcomes(folder: Path, run: Joined) -> tuple[Any, ...]:
    size = len(run.ids)
    if is_staged(folder):
        answered, correct, stages = staged_outcomes(folder)
        return answered, correct, np.zeros(size, np.int8), np.full(size, np.nan, np.float32), stages
    status, right = np.zeros(size, np.int8), np.full(size, np.nan, np.float32)
    for answer_type in run.values_of("answer_type"):
        for quantity in headline_quantities(run, answer_type)[:1]:
            taken = quantity.sample(run, run.where("answer_type", answer_type))
            status[taken.rows] = run.columns[quantity.scorer, "with"].status[taken.rows].max(axis=1)
            right[taken.rows] = np.where(taken.missing, np.nan, taken.means)
    return status, right, _responses(run), _margins(folder, run), {}


def _responses(run: Joined) -> Bytes:
    found = np.zeros(len(run.ids), np.int8)
    if not (scorer := premise_scorer(run)):
        return found
    column = run.columns[scorer, "with"]
    lost, silent = column.missing.any(axis=1), (column.status == UNUSABLE).any(axis=1)
    took = [(column.value(name) >= 1).all(axis=1) & ~silent for name in ("accepted", "denied")]
    found[:] = np.select([~column.asked, lost, *took], [NOT_ASKED, LOST, ACCEPTED, DENIED], NEITHER)
    return found


def _margins(folder: Path, run: Joined) -> NDArray[np.float32]:
    found = np.full(len(run.ids), np.nan, np.float32)
    if "yes_margin" not in {f.name for f in fields(Answer)}:
        return found
    fields_read = ("item_id", "condition", "yes_margin")
    asked = [a for a in read_fields(folder / "answers.parquet", Answer, fields_read) if a[1] == "with"]
    rows = run.ids.rows(name for name, _, _ in asked)
    found[rows] = [np.nan if margin is None else margin for _, _, margin in asked]
    return found


def write_items(path: Path, items: Items) -> None:
    """Writes the items of a grid."""
    columns = {name: getattr(items, name) for name in ("asked", "id", "cluster", "yes", "premise", "twin", "question")}
    columns |= {f"label:{name}": pa.array(values).dictionary_encode() for name, values in items.labels.items()}
    _write(path, pa.table(columns))


def read_items(path: Path) -> Items:
    """Reads the items of a grid.

    Raises:
        UserError: the file is missing or damaged.
    """
    table = _read(path)
    with boundary(path, "bring it back", "is no table of items"):
        labels = {n.removeprefix("label:"): table[n].to_pylist() for n in table.column_names if n.startswith("label:")}
        return Items(
            asked=table["asked"].to_numpy(),
            id=table["id"].to_pylist(),
            cluster=table["cluster"].to_pylist(),
            yes=table["yes"].to_numpy(),
            premise=table["premise"].to_numpy(),
            twin=table["twin"].to_numpy(),
            question=table["question"].to_numpy(),
            labels=labels,
        )


def write_outcomes(path: Path, outcomes: Outcomes) -> None:
    """Writes the outcomes of a cell."""
    columns = {name: getattr(outcomes, name) for name in COLUMNS}
    _write(path, pa.table(columns | {f"stage:{name}": codes for name, codes in outcomes.stages.items()}))


def read_outcomes(path: Path, items: int) -> Outcomes:
    """Reads the outcomes of a cell of so many items.

    Raises:
        UserError: the file is missing or damaged, or of other items.
    """
    table = _read(path)
    if len(table) != items:
        raise UserError(
            f"{path}: has {len(table):,} rows, and items.parquet {items:,}; bring back the one of this grid"
        )
    with boundary(path, "bring it back", "is no table of outcomes"):
        staged = (name for name in table.column_names if name.startswith("stage:"))
        stages = {name.removeprefix("stage:"): table[name].to_numpy() for name in staged}
        status, right, response, margin = (table[name].to_numpy() for name in COLUMNS)
        return Outcomes(status, right, response, margin, stages)


def _write(path: Path, table: pa.Table) -> None:
    raw = BytesIO()
    pq.write_table(table, raw, **WRITTEN)
    replace_file(path, raw.getvalue())


def _read(path: Path) -> pa.Table:
    raw = read_given(path, MOST)
    with boundary(path, "bring it back", "is no Parquet table"):
        return pq.read_table(pa.BufferReader(raw), page_checksum_verification=True)


__all__ = ["Floats", "Items", "Outcomes", "collected", "read_items", "read_outcomes", "write_items", "write_outcomes"]
