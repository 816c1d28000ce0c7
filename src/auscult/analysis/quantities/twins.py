"""Questions that a published set itself holds against each other: confusing pairs, wrong premises, plain twins.

Set accuracy and confusion as MediConfusion reports them (arXiv 2409.15477): a pair counts where both are right; it is
confused where the same option is taken for both. Drops as MedVH's idea (arXiv 2407.02730): right on the plain question
minus right on its twin with the wrong premise. Tags tell which belong together (``corpora.mediconfusion``, ``medvh``).
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from auscult import statistics
from auscult.analysis.joined import OK, Bools, Column, Floats, Ints, Joined
from auscult.analysis.quantities import Board
from auscult.analysis.summary import Figure
from auscult.corpora.mediconfusion import PAIR
from auscult.corpora.medvh import PLAIN_SCENARIO
from auscult.records import Estimate

SET_ACCURACY, CONFUSION = "set accuracy", "confusion"
CHANCE = {SET_ACCURACY: 0.25, CONFUSION: 0.5}
"""What tossing a coin for each of two options gets."""


def twins(board: Board) -> list[Figure]:
    """The figures of sets that hold questions against each other; none for others."""
    return [*_confusing(board), *_scenarios(board)]


def _groups(run: Joined, tag: str) -> dict[int, list[int]]:
    """Code of a tag's value → rows that have it."""
    found: dict[int, list[int]] = defaultdict(list)
    codes = run.labels.get(f"tag:{tag}", np.zeros(0, np.int32))
    for row in np.flatnonzero(codes).tolist():
        found[int(codes[row])].append(row)
    return found


def _confusing(board: Board) -> Iterator[Figure]:
    run = board.run
    leading = run.leading("choice")
    column = run.column(leading.id) if leading else None
    pairs = [rows for rows in _groups(run, PAIR).values() if len(rows) == 2]
    if leading is None or column is None or not pairs:
        return
    rows = np.array([pair for pair in pairs if column.asked[pair].all()], int).reshape(-1, 2)
    right, lost, said = _right(column), np.asarray(column.missing.any(axis=1)), column.parsed[:, 0]
    both = right[rows].min(axis=1)
    chose = ((column.status[:, 0] == OK) & ~column.unclear[:, 0])[rows].all(axis=1)
    same = (said[rows[:, 0]] == said[rows[:, 1]]) & chose
    for name, values, better in ((SET_ACCURACY, both, True), (CONFUSION, same.astype(float), False)):
        found = _mean(board, name, leading.id, values, _together(run, rows), lost[rows].any(axis=1), better)
        yield _line("confusing pairs of images", name, leading.id, found, better, CHANCE[name])


def _scenarios(board: Board) -> Iterator[Figure]:
    """A table line a scenario: right on the plain twins, on the changed ones, and the drop."""
    run = board.run
    codes = run.labels.get("tag:scenario")
    if codes is None or run.labels.get("tag:pair") is None:
        return
    names = run.codes["tag:scenario"].names
    for scenario in sorted({names[int(code)] for code in codes} - {"", PLAIN_SCENARIO}):
        pairs = []
        for rows in _groups(run, "pair").values():
            plain = [r for r in rows if names[int(codes[r])] == PLAIN_SCENARIO]
            changed = [r for r in rows if names[int(codes[r])] == scenario]
            pairs += [(plain[0], changed[0])] if len(plain) == len(changed) == 1 else []
        if pairs:
            yield from _drop(board, scenario, np.array(pairs, int))


def _drop(board: Board, scenario: str, rows: Ints) -> Iterator[Figure]:
    run, right, lost = board.run, np.zeros(len(board.run.ids)), np.zeros(len(board.run.ids), bool)
    asked, used = np.zeros_like(lost), []
    for kind in ("choice", "yes_no"):
        leading = run.leading(kind)
        column = run.column(leading.id) if leading else None
        items = run.where("answer_type", kind)
        if leading is not None and column is not None and items.any():
            right[items], lost[items] = _right(column)[items], np.asarray(column.missing.any(axis=1))[items]
            asked |= items & column.asked
            used.append(leading.id)
    rows = rows[asked[rows].all(axis=1)]
    if not len(rows):
        return
    plain, changed = rows[:, 0], rows[:, 1]
    clusters, scorer = _together(run, rows), used[0]
    for name, chosen in (("right on the plain question", plain), ("right on the changed one", changed)):
        found = _mean(board, name, scorer, right[chosen], clusters, lost[chosen], True)
        yield _line(scenario, name, scorer, found, True)
    difference = statistics.difference(
        right[plain],
        right[changed],
        clusters,
        missing_a=lost[plain],
        missing_b=lost[changed],
        name="drop",
        instrument=scorer,
        unit=run.unit,
        max_missing=board.max_missing,
        higher_is_better=False,
    )
    yield _line(scenario, "drop", scorer, difference, False)


def _right(column: Column) -> Floats:
    """How often each item was answered rightly; what says nothing was not."""
    return np.asarray(np.nan_to_num(column.value("correct")).mean(axis=1))


def _together(run: Joined, rows: Ints) -> Ints:
    """A cluster for each pair: images or patients that any pairs share belong together."""
    codes = run.cluster[rows]
    size = int(run.cluster.max(initial=0)) + 1
    graph = coo_matrix((np.ones(len(codes)), (codes[:, 0], codes[:, 1])), shape=(size, size))
    joined: Ints = connected_components(graph, directed=False)[1]
    return joined[codes[:, 0]]


def _mean(board: Board, name: str, scorer: str, values: Floats, clusters: Ints, lost: Bools, better: bool) -> Estimate:
    return statistics.mean(
        np.where(lost, 0.0, values),
        clusters,
        missing=lost,
        name=name,
        instrument=scorer,
        unit=f"group of {board.run.unit}s",
        max_missing=board.max_missing,
        higher_is_better=better,
    )


def _line(label: str, metric: str, scorer: str, found: Estimate, better: bool, chance: float | None = None) -> Figure:
    return Figure(
        section="twins",
        label=label,
        metric=metric,
        scorer=scorer,
        answer_type="choice",
        higher_is_better=better,
        with_image=found,
        chance=chance,
    )
