"""A cure, or a shift? Of each pair of rows whether the one tells true from false better, or says no more often.

It is asked of what asks yes or no: questions with such a reference, and premises put as such a question or tag (yes is
right where the premise is true). The margins of both rows must be known: how far an answer leans, whatever it says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from auscult.analysis.comparison.runs import ComparedRun, Contestant, common
from auscult.analysis.joined import OK, UNUSABLE, Bools, Floats, Ints, Joined
from auscult.analysis.quantities.premise import premise_items, premise_scorer
from auscult.analysis.samples import Rows
from auscult.records import Estimate
from auscult.statistics.ranking import placed
from auscult.statistics.relative import relative_fall
from auscult.statistics.shift import CureOrShift, cure_or_shift

APART = 0.02
"""Difference of the shares of unread answers of two rows beyond which a fall is to be read with care."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToBoth:
    """False premises whose neutral twin both rows answered rightly: how many of them each goes along with.

    Attributes:
        before: share that the first row accepted.
        after: share that the second one did.
        fall: by what share of itself it fell.
        items: such premises.
        unread: share of the answers to them that could not be read, before and after.
    """

    before: float
    after: float
    fall: Estimate
    items: int
    unread: tuple[float, float]

    @property
    def apart(self) -> bool:
        """Whether the unread shares differ by more than two points, so that the fall may come from what is not read."""
        return abs(self.unread[0] - self.unread[1]) > APART


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What became of a row against another one.

    Attributes:
        after: index of the row that is looked at.
        before: index of the row that it is compared with.
        items: common items that ask yes or no.
        known: of these, those whose margin is known in both.
        found: None where too few margins are known, or all items have one answer.
        unread: share of the answers to these items that could not be read, before and after.
        premises: None where no false premise is known to both.
        within: of pairs of the same words, one true and one false of its image, the share in which a row leans to yes
            more for the true one, before and after; None: there is no such pair.
    """

    after: int
    before: int
    items: int
    known: int
    found: CureOrShift | None
    unread: tuple[float, float]
    premises: KnownToBoth | None = None
    within: tuple[float, float] | None = None


@dataclass(frozen=True)
class _Asked:
    """Items of a row, by number; arrays of shape (items,). ``said`` is NaN where nothing could be read."""

    numbers: Rows
    true: Bools
    margin: Floats
    said: Floats
    unread: Bools
    question: Ints
    cluster: Ints


def shifts(rows: Sequence[Contestant], pairs: Sequence[tuple[int, int]], max_missing: float = 0.05) -> Iterator[Shift]:
    """Each pair of (after, before) both of which were asked yes or no, and gave margins.

    Args:
        rows: of the comparison.
        pairs: indices of rows.
        max_missing: share of items without a readable answer above which nothing is said.
    """
    shown = {n for pair in pairs for n in pair if not rows[n].plumbing_only}
    asked = {n: _joined([_asked(run) for run in rows[n].runs]) for n in sorted(shown)}
    for after, before in pairs:
        if not {after, before} <= shown:
            continue
        numbers = common([asked[n].numbers for n in (before, after)])
        then, now = (_among(asked[n], numbers) for n in (before, after))
        known = ~np.isnan(then.margin) & ~np.isnan(now.margin)
        if not known.any():
            continue
        lost = ~known | np.isnan(then.said) | np.isnan(now.said)
        yield Shift(
            after=after,
            before=before,
            items=len(numbers),
            known=int(known.sum()),
            found=cure_or_shift(
                then.true,
                then.margin,
                now.margin,
                then.cluster,
                said_before=np.nan_to_num(then.said),
                said_after=np.nan_to_num(now.said),
                questions=then.question,
                missing=lost,
                unit=rows[before].runs[0].joined.unit,
                max_missing=max_missing,
            ),
            unread=(float(then.unread.mean()), float(now.unread.mean())),
            premises=_known_to_both(rows[before], rows[after], max_missing),
            within=_within(then, now, ~lost),
        )


def _within(then: _Asked, now: _Asked, kept: Bools) -> tuple[float, float] | None:
    """The areas whose difference is ``CureOrShift.within``."""
    clusters, words = (of[kept].astype(np.int64) for of in (then.cluster, then.question))
    count = int(clusters.max(initial=-1)) + 1
    before, after = (placed(row.margin[kept], then.true[kept], clusters, words, count) for row in (then, now))
    return None if before is None or after is None else (before.value, after.value)


def _asked(run: ComparedRun) -> _Asked:
    """The items of a run that ask yes or no, with what their answers say."""
    joined = run.joined
    said, unread, put = (
        np.full(len(joined.ids), np.nan),
        np.zeros(len(joined.ids), bool),
        np.zeros(len(joined.ids), bool),
    )
    premise = np.zeros(len(joined.ids), bool)
    for scorer, of_premise in ((joined.reader, False), (premise_scorer(joined), True)):
        column = joined.column(scorer) if scorer else None
        if column is None:
            continue
        rows = joined.asks & column.asked & ((joined.wording > 0) == of_premise)
        if not of_premise:
            rows &= joined.referenced
        # an unclear answer is read, and is no yes
        yes = np.where(column.unclear, 0.0, column.value("accepted" if of_premise else "says_yes"))
        yes = np.where(column.status == UNUSABLE, 0.0, np.where(column.status == OK, yes, np.nan))
        said[rows] = yes[rows].mean(axis=1)
        unread[rows], put[rows] = column.unread[rows].any(axis=1), True
        premise[rows] = of_premise
    true = np.where(premise, joined.where("kind", "non-hallucination"), joined.yes)
    question = np.where(premise, -joined.wording, joined.question)
    return _Asked(
        numbers=run.numbers[put],
        true=true[put],
        margin=joined.margin[put],
        said=said[put],
        unread=unread[put],
        question=question[put].astype(np.int32),
        cluster=joined.cluster[put],
    )


def _joined(parts: Sequence[_Asked]) -> _Asked:
    names = ("numbers", "true", "margin", "said", "unread", "question", "cluster")
    return _Asked(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _among(asked: _Asked, numbers: Rows) -> _Asked:
    at = np.flatnonzero(np.isin(asked.numbers, numbers))
    at = at[np.argsort(asked.numbers[at])]
    names = ("numbers", "true", "margin", "said", "unread", "question", "cluster")
    return _Asked(*(getattr(asked, name)[at] for name in names))


def _known_to_both(before: Contestant, after: Contestant, max_missing: float) -> KnownToBoth | None:
    """How false premises are taken that both see through."""
    then, now = (_taken(row) for row in (before, after))
    numbers = common([then[0], now[0]])
    if not len(numbers):
        return None
    (_, was, unread_then, cluster), (_, has, unread_now, _) = (_picked(row, numbers) for row in (then, now))
    lost = np.isnan(was) | np.isnan(has)
    if lost.all():
        return None
    return KnownToBoth(
        before=float(was[~lost].mean()),
        after=float(has[~lost].mean()),
        fall=relative_fall(
            np.nan_to_num(was),
            np.nan_to_num(has),
            cluster,
            name="relative fall of knowing acceptance",
            missing=lost,
            instrument=premise_scorer(before.runs[0].joined),
            unit=before.runs[0].joined.unit,
            max_missing=max_missing,
        ),
        items=len(numbers),
        unread=(float(unread_then.mean()), float(unread_now.mean())),
    )


Taken = tuple[Rows, Floats, Floats, Ints]
"""Numbers of false premises whose twin was answered rightly, whether accepted, whether unread, and their clusters."""


def _taken(row: Contestant) -> Taken:
    parts = [_of_run(run.joined, run.numbers) for run in row.runs if premise_scorer(run.joined)]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0, np.int32)
    numbers, accepted, unread, cluster = (np.concatenate(several) for several in zip(*parts, strict=True))
    return numbers, accepted, unread, cluster


def _of_run(run: Joined, numbers: Rows) -> Taken:
    column, p = run.columns[premise_scorer(run), "with"], premise_items(run)
    rows = p.false & p.twin_right
    accepted = np.where(column.status == UNUSABLE, 0.0, np.where(column.status == OK, column.value("accepted"), np.nan))
    return numbers[rows], accepted[rows].mean(axis=1), column.unread[rows].mean(axis=1), run.cluster[rows]


def _picked(taken: Taken, numbers: Rows) -> Taken:
    at = np.flatnonzero(np.isin(taken[0], numbers))
    at = at[np.argsort(taken[0][at])]
    return taken[0][at], taken[1][at], taken[2][at], taken[3][at]
