"""Paraphrase consistency: is the same thing answered alike, and right, however it is asked?"""

from dataclasses import dataclass

import numpy as np

from auscult.analysis.joined import OK, Column, Joined
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.samples import of_rows
from auscult.analysis.summary import Figure
from auscult.records import Value


@dataclass(frozen=True, slots=True)
class Phrasings:
    """What came of questions about one case that mean the same, by their first sample.

    Attributes:
        rows: of the questions.
        worst: the least correct of them, 0 to 1: 1 only where every phrasing is answered right.
        flipped: whether the positions that were taken differ; None with fewer than two of them. A hedge is none.
        missing: whether a request failed, or an answer could not be read.
    """

    rows: tuple[int, ...]
    worst: float
    flipped: bool | None
    missing: bool


def phrasings(run: Joined, column: Column) -> list[Phrasings]:
    """Every group of two questions or more."""
    groups: dict[tuple[int, int], list[int]] = {}
    paraphrase = run.labels["paraphrase_group"]
    for row in np.flatnonzero(column.asked & (paraphrase > 0)).tolist():
        groups.setdefault((int(run.case[row]), int(paraphrase[row])), []).append(row)
    found, correct = [], np.nan_to_num(column.value("correct")[:, 0])
    read = (column.status[:, 0] == OK) & ~column.unclear[:, 0]
    for rows in groups.values():
        if len(rows) > 1:
            said = [run.parsed.names[column.parsed[row, 0]].casefold() for row in rows if read[row]]
            flipped = len(set(said)) > 1 if len(said) > 1 else None
            found.append(
                Phrasings(tuple(rows), float(correct[rows].min()), flipped, bool(column.missing[rows, 0].any()))
            )
    return found


def consistency(board: Board) -> list[Figure]:
    """Right in every phrasing, and how often the answer flips; a group with anything missing is missing."""
    run = board.run
    column = run.column(run.reader)
    groups = [] if column is None else phrasings(run, column)
    sizes = sorted(len(g.rows) for g in groups)
    figures = []
    for name, better, kept in (
        ("right in every phrasing", True, groups),
        ("flip rate", False, [g for g in groups if g.missing or g.flipped is not None]),
    ):
        quantity = Quantity(name=name, scorer=run.reader, value=Value(name=name, higher_is_better=better))
        values = np.array([g.worst if better else float(g.flipped or 0) for g in kept])
        taken = of_rows(run, [g.rows[0] for g in kept], values, np.array([g.missing for g in kept], bool))
        if (found := quantity.estimate(taken, board.max_missing)) is not None:
            size = str(sizes[0]) if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
            label = f"{len(kept)} groups of {size} phrasings"
            about = {"metric": name, "scorer": run.reader, "higher_is_better": better}
            figures.append(Figure(section="consistency", label=label, with_image=found, **about))  # type: ignore[arg-type]
    return figures
