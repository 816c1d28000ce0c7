"""What the model does with premises: knowing acceptance, over-denial, d′ and criterion, and every response by form."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from auscult.evaluation.figures import CONDITIONS, Board, Metric, Sample, estimate, sample, with_holm
from auscult.evaluation.outcomes import Bools, Column
from auscult.evaluation.summary import Figure, PremiseGroup, PremiseLine, PremiseResponse
from auscult.records import Condition, Estimate
from auscult.scoring import PREMISE_FORMS, Scorer
from auscult.statistics.detection import Discrimination, discrimination

KNOWLEDGE = "distorted knowledge"
"""False by its text alone: no image decides it, so it has no twin and stands in no figure over all categories."""
ALL = "all forms"
KNOWING, RAW = "knowing acceptance", "raw acceptance"
DENIAL, DENIAL_SEEN, MISS = "over-denial", "over-denial of what it sees", "miss"
D_PRIME, CRITERION = "d′", "criterion c"


@dataclass(frozen=True)
class PremiseItems:
    """Which rows are what; arrays of shape (items,).

    ``matched``: asked in words that stand both on a true and on a false premise; of knowledge items, all.
    """

    false: Bools
    true: Bools
    matched: Bools
    twin_asked: Bools
    twin_lost: Bools
    twin_right: Bools


def premise_response(board: Board, scorers: list[Scorer]) -> PremiseResponse | None:
    """All figures of premise-bearing items; None where there are none.

    - Knowing acceptance: accepted among false-premise items whose neutral twin was answered rightly, in every sample,
      with the image. An item whose own or whose twin's request failed is missing.
    - Over-denial: denied among true-premise items in the words of false-premise items; beside it the same among those
      whose twin was answered rightly, and the share whose twin was answered wrongly (a miss: it does not see it).
    - d′ and criterion c: a true premise is the signal, accepting it the yes.
    """
    scorer = next((f"{s.name}@{s.version}" for s in scorers if s.premise), "")
    column = board.column(scorer, "with")
    if column is None:
        return None
    closed = next((f"{s.name}@{s.version}" for s in scorers if s.name == "closed"), "")
    items = premise_items(board, column, board.column(closed, "with"))
    figures = [(label, _figures(board, scorer, closed, items, rows)) for label, rows in _groups(board, column)]
    adjusted = iter(with_holm([f for _, group in figures for f in group]))
    groups = tuple(PremiseGroup(label=label, figures=tuple(next(adjusted) for _ in group)) for label, group in figures)
    return PremiseResponse(
        instrument=scorer,
        groups=groups,
        lines=tuple(_lines(board, column, scorer, items)),
        untwinned=int((items.false & ~_knowledge(board) & ~items.twin_asked).sum()),
        unmatched=int((items.true & ~items.matched).sum()),
    )


def _knowledge(board: Board) -> Bools:
    return board.outcomes.where("category", KNOWLEDGE)


def premise_items(board: Board, column: Column, twins: Column | None) -> PremiseItems:
    """Which items bear a false or a true premise, and what became of their twins."""
    outcomes = board.outcomes
    false = column.asked & outcomes.where("kind", "hallucination")
    true = column.asked & outcomes.where("kind", "non-hallucination")
    both = np.intersect1d(outcomes.wording[false], outcomes.wording[true])
    matched = (false | true) & (np.isin(outcomes.wording, both) | _knowledge(board))
    none = np.zeros_like(false)
    if twins is None:
        return PremiseItems(false, true, matched, none, none, none)
    has, at = outcomes.twin >= 0, np.maximum(outcomes.twin, 0)
    asked = has & twins.asked[at]
    lost = asked & (twins.status[at] > 2).any(axis=1)
    right = asked & ~lost & (twins.value("correct")[at] >= 1).all(axis=1)
    return PremiseItems(false, true, matched, asked, lost, right)


def _groups(board: Board, column: Column) -> Iterator[tuple[str, Bools]]:
    """All items, the forms and the categories that occur; knowledge is a category and in no other group."""
    outcomes, knowledge = board.outcomes, _knowledge(board)
    seen = column.asked & ~knowledge
    if seen.any():
        yield ALL, seen
    for form in PREMISE_FORMS:
        if (rows := seen & outcomes.where("premise_form", form)).any():
            yield form, rows
    for category in sorted(n for n in outcomes.codes["category"].names if n):
        if (rows := column.asked & outcomes.where("category", category)).any():
            yield category, rows


def _figures(board: Board, scorer: str, closed: str, items: PremiseItems, rows: Bools) -> list[Figure]:
    false, true = rows & items.false, rows & items.true & items.matched
    known, lost = items.twin_right | items.twin_lost, items.twin_lost
    twin = "twin answered rightly"
    found = [
        _among_twins(board, f"premise is false, {twin}", Metric(KNOWING, "accepted", scorer), false & known, lost),
        board.figure("premise is false", Metric(RAW, "accepted", scorer), false),
        board.figure("premise is true", Metric(DENIAL, "denied", scorer), true),
        _among_twins(board, f"premise is true, {twin}", Metric(DENIAL_SEEN, "denied", scorer), true & known, lost),
        _missed(board, closed, rows & items.true & items.twin_asked),
        *_discrimination(board, scorer, false & items.matched, true),
    ]
    return [f for f in found if f is not None]


def _among_twins(board: Board, label: str, metric: Metric, rows: Bools, twin_lost: Bools) -> Figure | None:
    """A metric with the image, on items chosen by their twins; where the twin's request failed it is missing."""
    column = board.column(metric.scorer, "with")
    if column is None:
        return None
    taken = sample(board.outcomes, column, metric.value, rows)
    lost = taken.lost | twin_lost[rows][:, None]
    values, unusable = np.where(lost, np.nan, taken.values), taken.unusable & ~lost.any(axis=1)
    return _figure(board, label, metric, replace(taken, values=values, lost=lost, unusable=unusable))


def _missed(board: Board, closed: str, rows: Bools) -> Figure | None:
    """Share of true-premise items whose neutral twin was answered wrongly; a refused or unclear twin is no miss."""
    column = board.column(closed, "with")
    if column is None:
        return None
    at = board.outcomes.twin[rows]
    status, correct = column.status[at], column.value("correct")[at]
    lost = np.asarray((status > 2) | (status == 0))
    decided = (status == 1) & ~column.unclear[at]
    wrong = np.where(lost, np.nan, np.asarray(decided & (correct < 1), np.float64))
    unusable = np.asarray((status == 2).any(axis=1) & ~lost.any(axis=1))
    taken = Sample(wrong, board.outcomes.cluster[rows], lost, unusable, unread=column.unread[at])
    return _figure(board, "premise is true, twin answered wrongly", Metric(MISS, "correct", closed), taken)


def _figure(board: Board, label: str, metric: Metric, taken: Sample) -> Figure | None:
    found = _estimate(board, taken, metric)
    return Figure(label=label, metric=metric.name, scorer=metric.scorer, with_image=found) if found else None


def _estimate(board: Board, taken: Sample, metric: Metric) -> Estimate | None:
    better = metric.value == "states_truth"
    return estimate(board.outcomes, taken, metric.name, metric.scorer, board.max_missing, higher_is_better=better)


def _discrimination(board: Board, scorer: str, false: Bools, true: Bools) -> Iterator[Figure]:
    """d′ and criterion c under each image condition in which both kinds of premise were asked."""
    every, controlled = np.ones_like(false), np.zeros_like(false)
    for condition in CONDITIONS[1:]:
        if (column := board.column(scorer, condition)) is not None:
            controlled |= column.asked
    asked: tuple[tuple[Condition, Bools], ...] = (
        ("with", every),
        ("with", controlled),
        ("without", every),
        ("wrong", every),
    )
    found = [_told_apart(board, scorer, condition, false & rows, true & rows) for condition, rows in asked]
    if found[0] is None:
        return
    for metric in (D_PRIME, CRITERION):
        told = [None if f is None else f.d_prime if metric == D_PRIME else f.criterion for f in found]
        yield Figure(
            label="true against false premises",
            metric=metric,
            scorer=scorer,
            with_image=told[0],
            control_with=told[1],
            without_image=told[2],
            wrong_image=told[3],
        )


def _told_apart(board: Board, scorer: str, condition: Condition, false: Bools, true: Bools) -> Discrimination | None:
    column = board.column(scorer, condition)
    if column is None or not (false & column.asked).any() or not (true & column.asked).any():
        return None
    taken = sample(board.outcomes, column, "accepted", false | true)
    return discrimination(
        taken.means,
        true[(false | true) & column.asked],
        taken.clusters,
        missing=taken.missing,
        unusable=taken.unusable,
        instrument=scorer,
        unit=board.outcomes.unit,
        max_missing=board.max_missing,
    )


def _lines(board: Board, column: Column, scorer: str, items: PremiseItems) -> Iterator[PremiseLine]:
    """Every response by form and category, false premises first."""
    outcomes, knowledge = board.outcomes, _knowledge(board)
    categories = sorted(n for n in outcomes.codes["category"].names if n)
    for premise, of_kind in (("false", items.false), ("true", items.true)):
        yield from _line(board, column, scorer, premise, "", "", of_kind & ~knowledge)
        for form in PREMISE_FORMS:
            for category in categories:
                rows = of_kind & outcomes.where("premise_form", form) & outcomes.where("category", category)
                yield from _line(board, column, scorer, premise, form, category, rows)


def _line(
    board: Board, column: Column, scorer: str, premise: str, form: str, category: str, rows: Bools
) -> Iterator[PremiseLine]:
    names = ("accepted", "denied", "states_truth", "evaded", "refused", "hedged")
    found = {n: _estimate(board, sample(board.outcomes, column, n, rows), Metric(n, n, scorer)) for n in names}
    known = {name: one for name, one in found.items() if one is not None}
    if known:
        yield PremiseLine(premise=premise, form=form, category=category, **known)
