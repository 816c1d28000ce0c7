"""What the model does with premises: knowing acceptance, over-denial, d′ and criterion, and every response by form.

- Knowing acceptance: accepted among false-premise items whose neutral twin was answered rightly, in every sample, with
  the image. An item is missing where its own or its twin's answer is; it then lies between a / (n + w + N + x) and
  (a + A + w + x) / (n + A + w + x), with a of n known ones accepted, w known ones whose own answer is missing, and of
  those whose twin is missing A accepted, N not, and x missing themselves.
- Strictly knowing acceptance: each of these weighs as much as the share of the images on which its words are true whose
  twin was answered rightly, as if it were paired with one of them at random. Who always says no weighs 0.
- Known and accepted: of all false premises, those that were accepted and whose twin was answered rightly.
- Over-denial: denied among true-premise items in the words of false-premise items; beside it the same among those whose
  twin was answered rightly, and the share whose twin was answered wrongly (a miss: it does not see it).
- Evasion: neither accepted nor denied, of all.
- d′ and criterion c: a true premise is the signal, accepting it the yes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from auscult.analysis.joined import CONDITIONS, OK, Bools, Floats, Ints, Joined
from auscult.analysis.quantities import Board, Quantity, with_holm
from auscult.analysis.samples import Sample, of_column
from auscult.analysis.summary import Figure, Premises
from auscult.records import Condition, Value
from auscult.scorers import PREMISE_FORMS
from auscult.statistics.detection import Discrimination, discrimination

KNOWLEDGE = "distorted knowledge"
"""False by its text alone: no image decides it, so it has no twin and stands in no figure over all categories."""
ALL = "all forms"
KNOWING, RAW = "knowing acceptance", "raw acceptance"
STRICTLY, BOTH = "strictly knowing acceptance", "known and accepted"
NOT_KNOWN = "no twin was answered rightly both where the premise is false and where it is true"
DENIAL, DENIAL_SEEN, MISS = "over-denial", "over-denial of what it sees", "miss"
EVASION = "evasion"
D_PRIME, CRITERION = "d′", "criterion c"
_TWIN = "twin answered rightly"
OF_GROUP = {
    KNOWING: ("accepted", f"premise is false, {_TWIN}"),
    STRICTLY: ("accepted", f"premise is false, {_TWIN}, also where the premise is true"),
    BOTH: ("accepted", "premise is false"),
    RAW: ("accepted", "premise is false"),
    DENIAL: ("denied", "premise is true"),
    DENIAL_SEEN: ("denied", f"premise is true, {_TWIN}"),
    MISS: ("correct", "premise is true, twin answered wrongly"),
    EVASION: ("evaded", ""),
}
"""Quantity → the value that it is made of, and what its line is about; all are better when lower."""


@dataclass(frozen=True)
class PremiseItems:
    """Which rows are what; arrays of shape (items,).

    ``matched``: asked in words that stand both on a true and on a false premise; of knowledge items, all.
    ``twin_lost``: the twin was asked, and its answer is missing; ``twin_unread``: it could not be read. ``seen``: of a
    false premise, the share of the images on which its words are true whose twin was answered rightly;
    ``seen_at_most``: with the lost twins as right ones; 0 where its words are true of no image.
    """

    asked: Bools
    knowledge: Bools
    false: Bools
    true: Bools
    matched: Bools
    twin_asked: Bools
    twin_lost: Bools
    twin_unread: Bools
    twin_right: Bools
    seen: Floats
    seen_at_most: Floats

    @property
    def known(self) -> Bools:
        """Items whose twin was answered rightly, or may have been."""
        return self.twin_right | self.twin_lost


_ITEMS: WeakKeyDictionary[Joined, PremiseItems] = WeakKeyDictionary()


def premise_scorer(run: Joined) -> str:
    """The instrument that reads how premises are taken; empty where none did."""
    return next((i.id for i, _ in run.scored() if i.kind == "premise"), "")


def premise_items(run: Joined) -> PremiseItems:
    """Which items of a run bear a false or a true premise, and what became of their twins."""
    if run not in _ITEMS:
        _ITEMS[run] = _premise_items(run)
    return _ITEMS[run]


def _premise_items(run: Joined) -> PremiseItems:
    column, twins = run.columns[premise_scorer(run), "with"], run.column(run.reader)
    knowledge = run.where("category", KNOWLEDGE)
    false = column.asked & run.where("kind", "hallucination")
    true = column.asked & run.where("kind", "non-hallucination")
    both = np.intersect1d(run.wording[false], run.wording[true])
    matched = (false | true) & (np.isin(run.wording, both) | knowledge)
    none = np.zeros_like(false)
    if twins is None:
        nothing = np.zeros(len(none))
        return PremiseItems(column.asked, knowledge, false, true, matched, none, none, none, none, nothing, nothing)
    has, at = run.twin >= 0, np.maximum(run.twin, 0)
    asked = has & twins.asked[at]
    lost = asked & twins.missing[at].any(axis=1)
    right = asked & ~lost & (twins.value("correct")[at] >= 1).all(axis=1)
    seen = [_share_by_wording(run.wording, true & asked, shown) for shown in (right, right | lost)]
    unread = lost & (twins.unread[at] == twins.missing[at]).all(axis=1)
    return PremiseItems(column.asked, knowledge, false, true, matched, asked, lost, unread, right, *seen)


def _share_by_wording(wording: Ints, among: Bools, shown: Bools) -> Floats:
    """For each item, which share of those ``among`` which its words stand is ``shown``; 0 where there is none."""
    size = int(wording.max(initial=0)) + 1
    found, every = (np.bincount(wording[rows], minlength=size) for rows in (among & shown, among))
    return np.asarray((found / np.maximum(every, 1))[wording], np.float64)


@dataclass(frozen=True, kw_only=True)
class Taking(Quantity):
    """One of the quantities above, ``OF_GROUP``, by its name."""

    @classmethod
    def named(cls, name: str, run: Joined) -> "Taking":
        """With the run's instrument: the premise scorer, or for misses the reader of the twins."""
        scorer = run.reader if name == MISS else premise_scorer(run)
        return cls(name=name, scorer=scorer, value=Value(name=OF_GROUP[name][0], higher_is_better=False))

    def sample(self, run: Joined, items: Bools, condition: Condition = "with", silent: float | None = None) -> Sample:
        """What came of it on those of ``items`` that it is about."""
        p = premise_items(run)
        rows = {
            KNOWING: p.false & p.known,
            STRICTLY: p.false & p.known,
            BOTH: p.false,
            RAW: p.false,
            DENIAL: p.true & p.matched,
            DENIAL_SEEN: p.true & p.matched & p.known,
            MISS: p.true & p.twin_asked,
            EVASION: p.false | p.true,
        }[self.name] & items
        if self.name == MISS:
            return self._missed(run, rows)
        taken = super().sample(run, rows, condition, 0.0)
        if self.name in (KNOWING, STRICTLY, DENIAL_SEEN):
            return self._among_known(taken, p)
        return self._known_of_all(taken, p) if self.name == BOTH else taken

    def _among_known(self, taken: Sample, p: PremiseItems) -> Sample:
        """Of items whose twin was answered rightly; of those whose twin is lost nobody knows."""
        rows = taken.rows
        unread = taken.unread | (p.twin_unread[rows] & ~taken.missing)[:, None]
        light, heavy = p.twin_right[rows].astype(np.float64), np.ones(len(rows))
        unsure = p.twin_lost[rows]
        if self.name == STRICTLY:
            light, heavy = light * p.seen[rows], heavy * p.seen_at_most[rows]
            unsure = unsure | (p.seen < p.seen_at_most)[rows]
        return replace(
            taken,
            lost=taken.lost | unsure[:, None],
            unusable=taken.unusable & ~unsure,
            unread=unread,
            most=taken.values,
            weights=heavy,
            light=light,
        )

    def _known_of_all(self, taken: Sample, p: PremiseItems) -> Sample:
        """1 where a premise was accepted and its twin answered rightly; open where a twin was lost or never asked."""
        if not p.twin_asked[taken.rows].any():
            return taken.at(np.zeros(len(taken.rows), bool))
        known, unsure = p.twin_right[taken.rows], (p.twin_lost | ~p.twin_asked)[taken.rows]
        least, most = (np.nan_to_num(taken.values, nan=end) for end in (0.0, 1.0))
        least, most = np.where(known[:, None], least, 0.0), np.where((known | unsure)[:, None], most, 0.0)
        every = np.ones(len(least))
        return replace(taken, values=least, lost=least < most, most=most, weights=every, light=every)

    def _missed(self, run: Joined, rows: Bools) -> Sample:
        """Neutral twins answered wrongly; a refused or unclear twin is no miss."""
        column = run.columns[self.scorer, "with"]
        wrong = (column.status == OK) & ~column.unclear & (column.value("correct") < 1)
        at = run.twin[rows]
        taken = of_column(run, column, wrong.astype(np.float64), column.asked)
        found = taken.at(np.searchsorted(taken.rows, at))
        return replace(found, rows=np.flatnonzero(rows).astype(np.int32), clusters=run.cluster[rows])


def premise_response(board: Board) -> tuple[list[Figure], Premises | None]:
    """All figures of premise-bearing items: none where there are none."""
    run, scorer = board.run, premise_scorer(board.run)
    if not scorer:
        return [], None
    p = premise_items(run)
    figures = [replace(f, group=group) for group, rows in _groups(run, p) for f in _figures(board, rows)]
    return [*with_holm(figures), *_responses(board, p)], Premises(
        instrument=scorer,
        untwinned=int((p.false & ~p.knowledge & ~p.twin_asked).sum()),
        unmatched=int((p.true & ~p.matched).sum()),
    )


def _groups(run: Joined, p: PremiseItems) -> Iterator[tuple[str, Bools]]:
    """All items, the forms and the categories that occur; knowledge is a category and in no other group."""
    seen = p.asked & ~p.knowledge
    groups = [(ALL, seen), *((form, seen & run.where("premise_form", form)) for form in PREMISE_FORMS)]
    groups += [(name, p.asked & run.where("category", name)) for name in sorted(run.values_of("category"))]
    return ((name, rows) for name, rows in groups if rows.any())


def _figures(board: Board, rows: Bools) -> Iterator[Figure]:
    for name, (_, label) in OF_GROUP.items():
        quantity = Taking.named(name, board.run)
        if name in (RAW, DENIAL):
            figure = board.figure("premise", label, quantity, rows)
        elif name == EVASION or (name == MISS and not quantity.scorer):
            continue
        else:
            figure = _with_image(board, quantity, label, rows)
        if figure is not None:
            yield figure
    yield from _discrimination(board, rows)


def _with_image(board: Board, quantity: Quantity, label: str, rows: Bools) -> Figure | None:
    found = quantity.estimate(quantity.sample(board.run, rows), board.max_missing)
    if found is None:
        return None
    if quantity.name == STRICTLY and not found.n and not found.missing:
        found = replace(found, withheld=NOT_KNOWN)
    about: dict[str, Any] = {"metric": quantity.name, "scorer": quantity.scorer, "higher_is_better": False}
    return Figure(section="premise", label=label, with_image=found, **about)


def _discrimination(board: Board, rows: Bools) -> Iterator[Figure]:
    """d′ and criterion c under each image condition in which both kinds of premise were asked."""
    run, scorer = board.run, premise_scorer(board.run)
    every, controlled = np.ones_like(rows), np.zeros_like(rows)
    for condition in CONDITIONS[1:]:
        if (column := run.column(scorer, condition)) is not None:
            controlled |= column.asked
    asked: dict[str, tuple[Condition, Bools]] = {
        "with_image": ("with", every),
        "control_with": ("with", controlled),
        "without_image": ("without", every),
        "wrong_image": ("wrong", every),
    }
    found: dict[str, Any] = {
        name: one
        for name, (condition, part) in asked.items()
        if (one := told_apart(run, rows & part, condition, board.max_missing)) is not None
    }
    if "with_image" in found:
        about: dict[str, Any] = {"section": "premise", "label": "true against false premises", "scorer": scorer}
        for metric, name in ((D_PRIME, "d_prime"), (CRITERION, "criterion")):
            of_metric = {n: getattr(f, name) for n, f in found.items()}
            yield Figure(metric=metric, share=False, higher_is_better=metric == D_PRIME, **about, **of_metric)


def told_apart(
    run: Joined, rows: Bools, condition: Condition = "with", max_missing: float = 0.05
) -> Discrimination | None:
    """How well true premises are told from false ones in the same words; None where one kind was not asked."""
    p, scorer = premise_items(run), premise_scorer(run)
    column = run.column(scorer, condition)
    false, true = rows & p.false & p.matched, rows & p.true & p.matched
    if column is None or not (false & column.asked).any() or not (true & column.asked).any():
        return None
    accepted = Quantity(name=D_PRIME, scorer=scorer, value=Value(name="accepted"))
    taken = accepted.sample(run, false | true, condition)
    return discrimination(
        taken.means,
        true[taken.rows],
        taken.clusters,
        missing=taken.missing,
        unusable=taken.unusable,
        instrument=scorer,
        unit=run.unit,
        max_missing=max_missing,
    )


def _responses(board: Board, p: PremiseItems) -> Iterator[Figure]:
    """Every response by form and category, false premises first: shares of all items asked."""
    run, scorer = board.run, premise_scorer(board.run)
    categories = sorted(run.values_of("category"))
    parts = [("", "", ~p.knowledge)]
    parts += [
        (form, category, run.where("premise_form", form) & run.where("category", category))
        for form in PREMISE_FORMS
        for category in categories
    ]
    for premise, of_kind in (("false", p.false), ("true", p.true)):
        for form, category, rows in parts:
            for name in ("accepted", "denied", "states_truth", "evaded", "refused", "hedged"):
                value = Value(name=name, higher_is_better=name == "states_truth")
                quantity = Quantity(name=value.title, scorer=scorer, value=value)
                found = quantity.estimate(quantity.sample(run, of_kind & rows), board.max_missing)
                if found is not None:
                    about: dict[str, Any] = {"group": premise, "label": form, "category": category, "scorer": scorer}
                    yield Figure(section="response", metric=value.title, with_image=found, **about)
