"""What the model does with premises: knowing acceptance, over-denial, d′ and criterion, and every response by form."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from auscult.analysis.figures import CONDITIONS, Board, Metric, Sample, estimate, sample, with_holm
from auscult.analysis.outcomes import Bools, Column, Floats, Ints
from auscult.analysis.summary import Figure, Premises
from auscult.records import Condition, Estimate
from auscult.scorers import PREMISE_FORMS, Scorer
from auscult.statistics.detection import Discrimination, discrimination

KNOWLEDGE = "distorted knowledge"
"""False by its text alone: no image decides it, so it has no twin and stands in no figure over all categories."""
ALL = "all forms"
KNOWING, RAW = "knowing acceptance", "raw acceptance"
STRICTLY, BOTH = "strictly knowing acceptance", "known and accepted"
NOT_KNOWN = "no twin was answered rightly both where the premise is false and where it is true"
DENIAL, DENIAL_SEEN, MISS = "over-denial", "over-denial of what it sees", "miss"
D_PRIME, CRITERION = "d′", "criterion c"


@dataclass(frozen=True)
class PremiseItems:
    """Which rows are what; arrays of shape (items,).

    ``matched``: asked in words that stand both on a true and on a false premise; of knowledge items, all.
    ``twin_lost``: the twin was asked, and its answer is missing; ``twin_unread``: it could not be read. ``seen``: of a
    false premise, the share of the images on which its words are true whose twin was answered rightly;
    ``seen_at_most``: with the lost twins as right ones; 0 where its words are true of no image.
    """

    false: Bools
    true: Bools
    matched: Bools
    twin_asked: Bools
    twin_lost: Bools
    twin_unread: Bools
    twin_right: Bools
    seen: Floats
    seen_at_most: Floats


def premise_response(board: Board, scorers: list[Scorer]) -> tuple[tuple[Figure, ...], Premises | None]:
    """All figures of premise-bearing items: none where there are none.

    - Knowing acceptance: accepted among false-premise items whose neutral twin was answered rightly, in every sample,
      with the image. An item is missing where its own or its twin's answer is; it then lies between
      a / (n + w + N + x) and (a + A + w + x) / (n + A + w + x), with a of n known ones accepted, w known ones whose own
      answer is missing, and of those whose twin is missing A accepted, N not, and x missing themselves.
    - Strictly knowing acceptance: each of these weighs as much as the share of the images on which its words are true
      whose twin was answered rightly, as if it were paired with one of them at random. Who always says no weighs 0.
    - Known and accepted: of all false premises, those that were accepted and whose twin was answered rightly.
    - Over-denial: denied among true-premise items in the words of false-premise items; beside it the same among those
      whose twin was answered rightly, and the share whose twin was answered wrongly (a miss: it does not see it).
    - d′ and criterion c: a true premise is the signal, accepting it the yes.
    """
    scorer = next((f"{s.name}@{s.version}" for s in scorers if s.premise), "")
    column = board.column(scorer, "with")
    if column is None:
        return (), None
    closed = next((f"{s.name}@{s.version}" for s in scorers if s.name == "closed"), "")
    items = premise_items(board, column, board.column(closed, "with"))
    figures = [
        replace(
            figure,
            group=group,
            share=figure.metric not in (D_PRIME, CRITERION),
            higher_is_better=figure.metric == D_PRIME,
        )
        for group, rows in _groups(board, column)
        for figure in _figures(board, scorer, closed, items, rows)
    ]
    return (*with_holm(figures), *_responses(board, column, scorer, items)), Premises(
        instrument=scorer,
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
        nothing = np.zeros(len(none))
        return PremiseItems(false, true, matched, none, none, none, none, nothing, nothing)
    has, at = outcomes.twin >= 0, np.maximum(outcomes.twin, 0)
    asked = has & twins.asked[at]
    lost = asked & (twins.status[at] > 2).any(axis=1)
    right = asked & ~lost & (twins.value("correct")[at] >= 1).all(axis=1)
    seen = [_share_by_wording(outcomes.wording, true & asked, shown) for shown in (right, right | lost)]
    unread = lost & (twins.unread[at] == (twins.status[at] > 2)).all(axis=1)
    return PremiseItems(false, true, matched, asked, lost, unread, right, *seen)


def _share_by_wording(wording: Ints, among: Bools, shown: Bools) -> Floats:
    """For each item, which share of those ``among`` which its words stand is ``shown``; 0 where there is none."""
    size = int(wording.max(initial=0)) + 1
    found, every = (np.bincount(wording[rows], minlength=size) for rows in (among & shown, among))
    return np.asarray((found / np.maximum(every, 1))[wording], np.float64)


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
    twin = "twin answered rightly"
    knowing = Metric(KNOWING, "accepted", scorer)
    strictly, on_both = Metric(STRICTLY, "accepted", scorer), f"{twin}, also where the premise is true"
    found = [
        _figure(board, f"premise is false, {twin}", knowing, among_known(board, scorer, "accepted", items, false)),
        _said_why(_figure(board, f"premise is false, {on_both}", strictly, _strictly(board, scorer, items, false))),
        _figure(
            board, "premise is false", Metric(BOTH, "accepted", scorer), _known_of_all(board, scorer, items, false)
        ),
        _turned(board.figure("premise is false", Metric(RAW, "accepted", scorer), false, section="premise")),
        _turned(board.figure("premise is true", Metric(DENIAL, "denied", scorer), true, section="premise")),
        _figure(
            board,
            f"premise is true, {twin}",
            Metric(DENIAL_SEEN, "denied", scorer),
            among_known(board, scorer, "denied", items, true),
        ),
        _missed(board, closed, rows & items.true & items.twin_asked),
        *_discrimination(board, scorer, false & items.matched, true),
    ]
    return [f for f in found if f is not None]


def among_known(board: Board, scorer: str, value: str, items: PremiseItems, rows: Bools) -> Sample | None:
    """A value with the image, of items whose twin was answered rightly; of those whose twin is lost nobody knows."""
    rows = rows & (items.twin_right | items.twin_lost)
    column = board.column(scorer, "with")
    if column is None:
        return None
    light, every = items.twin_right.astype(np.float64), np.ones(len(rows))
    taken = sample(board.outcomes, column, value, rows)
    if taken.unread is not None:
        taken = replace(taken, unread=taken.unread | (items.twin_unread[rows] & ~taken.missing)[:, None])
    return _weighed(taken, light[rows], every[rows], items.twin_lost[rows])


def _strictly(board: Board, scorer: str, items: PremiseItems, rows: Bools) -> Sample | None:
    taken = among_known(board, scorer, "accepted", items, rows)
    if taken is None or taken.light is None or taken.weights is None:
        return None
    rows = rows & (items.twin_right | items.twin_lost)
    seen, at_most = items.seen[rows], items.seen_at_most[rows]
    return _weighed(taken, taken.light * seen, taken.weights * at_most, seen < at_most)


def _said_why(figure: Figure | None) -> Figure | None:
    """A strict figure that nothing weighs in, with the reason."""
    if figure is None or figure.with_image is None or figure.with_image.n or figure.with_image.missing:
        return figure
    return replace(figure, with_image=replace(figure.with_image, withheld=NOT_KNOWN))


def _weighed(taken: Sample, light: Floats, heavy: Floats, unsure: Bools) -> Sample:
    """A sample whose items weigh between two ends; ``unsure`` ones are missing, whatever their own answers."""
    lost, unusable = taken.lost | unsure[:, None], taken.unusable & ~unsure
    return replace(taken, lost=lost, unusable=unusable, most=taken.values, weights=heavy, light=light)


def _known_of_all(board: Board, scorer: str, items: PremiseItems, rows: Bools) -> Sample | None:
    """1 where a premise was accepted and its twin answered rightly; open where a twin was lost or never asked."""
    column = board.column(scorer, "with")
    if column is None or not (items.twin_asked & rows).any():
        return None
    taken = sample(board.outcomes, column, "accepted", rows)
    known, unsure = items.twin_right[rows], items.twin_lost[rows] | ~items.twin_asked[rows]
    least, most = (np.nan_to_num(taken.values, nan=end) for end in (0.0, 1.0))
    least, most = np.where(known[:, None], least, 0.0), np.where((known | unsure)[:, None], most, 0.0)
    every = np.ones(len(least))
    return replace(taken, values=least, lost=least < most, most=most, weights=every, light=every)


def _turned(figure: Figure | None) -> Figure | None:
    """A figure over all answers, evasions included, whose worst end is the upper one."""
    if figure is None:
        return None
    names = ("with_image", "control_with", "without_image", "wrong_image")
    each = {name: found for name in names if (found := getattr(figure, name)) is not None}
    return replace(figure, **{n: replace(e, worst=e.best, best=e.worst) for n, e in each.items()})


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


def _figure(board: Board, label: str, metric: Metric, taken: Sample | None) -> Figure | None:
    found = None if taken is None else _estimate(board, taken, metric)
    about = {"section": "premise", "label": label, "metric": metric.name, "scorer": metric.scorer}
    return Figure(with_image=found, **about) if found else None  # type: ignore[arg-type]


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
            section="premise",
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


def _responses(board: Board, column: Column, scorer: str, items: PremiseItems) -> Iterator[Figure]:
    """Every response by form and category, false premises first."""
    outcomes, knowledge = board.outcomes, _knowledge(board)
    categories = sorted(n for n in outcomes.codes["category"].names if n)
    for premise, of_kind in (("false", items.false), ("true", items.true)):
        yield from _response(board, column, scorer, premise, "", "", of_kind & ~knowledge)
        for form in PREMISE_FORMS:
            for category in categories:
                rows = of_kind & outcomes.where("premise_form", form) & outcomes.where("category", category)
                yield from _response(board, column, scorer, premise, form, category, rows)


def _response(
    board: Board, column: Column, scorer: str, premise: str, form: str, category: str, rows: Bools
) -> Iterator[Figure]:
    about: dict[str, Any] = {"section": "response", "group": premise, "label": form, "category": category}
    for name in ("accepted", "denied", "states_truth", "evaded", "refused", "hedged"):
        found = _estimate(board, sample(board.outcomes, column, name, rows), Metric(name, name, scorer))
        if found is not None:
            yield Figure(metric=name.replace("_", " "), scorer=scorer, with_image=found, **about)
