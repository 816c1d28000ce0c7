"""What right stages do to right answers: accuracies of the arms, gains over self-replacement, Shapley shares.

Estimands stand in ``docs/concepts/diagnosis.md``. Every effect is of the items that all of its arms were put for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from auscult import statistics
from auscult.analysis.joined import STATUS, UNUSABLE
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.records import Estimate
from auscult.statistics.clusters import Mask
from auscult.statistics.interval import Floats
from auscult.statistics.partial import partial_difference, partial_mean

STYLE = 0.02
"""What gold may change at most where the model's own stage was right."""
STYLE_LEVEL = 0.90
"""Two one-sided tests at 5 %: the interval of this level must lie within."""
EQUIVALENT, DIFFERENT, NOT_SHOWN = "equivalent", "different", "not shown"
OF_EYES, OF_KNOWLEDGE, OF_BOTH = "eyes", "knowledge", "both"
GAINS = {
    OF_EYES: ("replace_vr", "self_vr"),
    OF_KNOWLEDGE: ("replace_kr", "self_vr_kr"),
    OF_BOTH: ("replace_vr_kr", "self_vr_kr"),
}
"""What is right → the arm with gold stages, and the arm with the model's own in their place."""
OWN, GOLD_EYES = "self_vr_kr", "gold_vr_own_kr"
SQUARE = (OWN, "replace_kr", GOLD_EYES, "replace_vr_kr")
"""v00, v01, v10, v11."""
ONE_GIVEN = GAINS[OF_EYES]
"""Arms that go on from one given stage; all others of ``GAINS`` go on from two."""
UNLIKE = 0.05
"""Share of invalid traces by which an arm may differ from ``OWN``, if their accuracies are to stand side by side."""
NOT_TOLD = "not told"
"""Remark of an accuracy that may not."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of an arm by item; arrays of shape (items,).

    Attributes:
        least: share of its draws that are right, those that are missing taken as wrong.
        most: the same at most.
        lost: a draw is missing.
        silent: no draw is usable.
    """

    least: Floats
    most: Floats
    lost: Mask
    silent: Mask

    @property
    def undecided(self) -> bool:
        """Whether an item that is not missing is known between two ends only."""
        return bool(((self.least < self.most) & ~self.lost).any())


def outcome(arm: ArmTable, rows: Mask) -> Outcome:
    """What came of an arm on some of the items that it was put for."""
    right, most, missing = arm.right[rows], arm.right_most[rows], arm.missing[rows]
    return Outcome(
        least=np.where(missing, 0.0, right).mean(axis=1),
        most=np.where(missing, 1.0, most).mean(axis=1),
        lost=np.asarray(missing.any(axis=1)),
        silent=np.asarray((arm.status[rows] == UNUSABLE).all(axis=1)),
    )


def put_in(table: Diagnosed, arms: Iterable[str]) -> Mask | None:
    """Items that all of some arms were put for; None where an arm was not run, or there is no such item."""
    names = tuple(arms)
    if any(name not in table.arms for name in names):
        return None
    rows = np.asarray(np.logical_and.reduce([table.arms[name].put for name in names]))
    return rows if rows.any() else None


def accuracy(
    table: Diagnosed, name: str, rows: Mask | None = None, *, label: str = "accuracy", level: float = 0.95
) -> Estimate:
    """Right answers of an arm among the items that it was put for, or among some of these."""
    arm = table.arms[name]
    of = arm.put if rows is None else arm.put & rows
    found = outcome(arm, of)
    return share(table, found, of, label, draws=arm.draws, level=level)


def invalid_share(table: Diagnosed, name: str) -> Estimate:
    """Invalid traces among the answers of an arm; the answer of a valid one need not be usable."""
    arm = table.arms[name]
    failed = (arm.status == STATUS["request_failed"])[arm.put]
    invalid = ((arm.status == UNUSABLE) & ~arm.valid)[arm.put]
    lost = np.asarray(failed.any(axis=1))
    least, most = invalid.mean(axis=1), (invalid | failed).mean(axis=1)
    return share(table, Outcome(least, most, lost, np.zeros_like(lost)), arm.put, "invalid traces", draws=arm.draws)


def eyes_untold(table: Diagnosed) -> str:
    """Why the accuracy with right eyes and knowledge written anew says nothing beside ``OWN``; empty where it does.

    A model that goes on badly from one given stage, and well from two, is wrong by the template and not by its eyes.
    """
    some = [name for name in ONE_GIVEN if name in table.arms]
    rows = put_in(table, (OWN, *some))
    if rows is None or not some:
        return ""
    two = _invalid(table, OWN, rows)
    one = max((_invalid(table, name, rows) for name in some), key=lambda found: abs(found - two))
    if abs(one - two) <= UNLIKE:
        return ""
    if one < two:
        return f"{100 * two:.0f} of 100 traces that go on from two given stages lack the third"
    return f"{100 * one:.0f} of 100 traces that go on from a given first stage lack a stage"


def _invalid(table: Diagnosed, name: str, rows: Mask) -> float:
    """Share of invalid traces among those that came."""
    arm = table.arms[name].at(rows)
    came = (arm.status > 0) & (arm.status != STATUS["request_failed"])
    return float(((arm.status == UNUSABLE) & ~arm.valid).sum() / max(int(came.sum()), 1))


def share(table: Diagnosed, found: Outcome, rows: Mask, name: str, *, draws: int = 1, level: float = 0.95) -> Estimate:
    """The mean of an outcome over some rows of the table."""
    codes = table.clusters[rows]
    mean = partial(partial_mean, found.least, found.most) if found.undecided else partial(statistics.mean, found.least)
    made = mean(
        codes,
        name=name,
        missing=found.lost,
        unusable=found.silent,
        unit=table.unit,
        max_missing=table.max_missing,
        level=level,
    )
    return replace(made, variance=("items", "images", "decoding")) if draws > 1 else made


def between(
    table: Diagnosed,
    first: Outcome,
    second: Outcome,
    rows: Mask,
    name: str,
    *,
    top: float = 1.0,
    level: float = 0.95,
) -> Estimate:
    """Mean of the first outcome minus the second, paired; ``top`` is the greatest that either can be."""
    codes, lost = table.clusters[rows], first.lost | second.lost
    if first.undecided or second.undecided:
        made = partial_difference(
            (first.least / top, first.most / top),
            (second.least / top, second.most / top),
            codes,
            name=name,
            missing=lost,
            unit=table.unit,
            max_missing=table.max_missing,
            level=level,
        )
        return scaled(made, top)
    return statistics.difference(
        first.least,
        second.least,
        codes,
        name=name,
        missing_a=first.lost,
        missing_b=second.lost,
        unit=table.unit,
        max_missing=table.max_missing,
        level=level,
        bounds=(0.0, top),
    )


def effect(
    table: Diagnosed, arm: str, partner: str, rows: Mask | None = None, *, name: str = "", level: float = 0.95
) -> Estimate | None:
    """Accuracy of an arm minus that of its partner, on items that both were put for; None where one was not run."""
    both = put_in(table, (arm, partner))
    if both is None:
        return None
    both = both if rows is None else both & rows
    first, second = (outcome(table.arms[a], both) for a in (arm, partner))
    return between(table, first, second, both, name or f"{arm} minus {partner}", level=level)


def gain(table: Diagnosed, what: str, rows: Mask | None = None) -> Estimate | None:
    """What a right stage brings: gold minus the model's own, see ``GAINS``."""
    return effect(table, *GAINS[what], rows, name=f"gain if right: {what}")


def flows(table: Diagnosed, what: str) -> tuple[Estimate, Estimate] | None:
    """Shares of items that a gold stage turns from wrong to right, and from right to wrong."""
    both = put_in(table, GAINS[what])
    if both is None:
        return None
    gold, own = (outcome(table.arms[a], both) for a in GAINS[what])
    lost = gold.lost | own.lost
    mended = Outcome(gold.least * (1 - own.most), gold.most * (1 - own.least), lost, np.zeros_like(lost))
    broken = Outcome(own.least * (1 - gold.most), own.most * (1 - gold.least), lost, np.zeros_like(lost))
    return share(table, mended, both, "wrong to right"), share(table, broken, both, "right to wrong")


def summed(first: Outcome, second: Outcome) -> Outcome:
    """Two arms together, item by item: from 0 to 2."""
    return Outcome(
        least=first.least + second.least,
        most=first.most + second.most,
        lost=first.lost | second.lost,
        silent=first.silent & second.silent,
    )


@dataclass(frozen=True, kw_only=True)
class Shapley:
    """Shares of v11 − v00, and what is left; all on the items that the four arms were put for.

    ``interaction`` is v11 − v10 − v01 + v00: above 0 where both stages are needed.
    """

    eyes: Estimate
    knowledge: Estimate
    interaction: Estimate
    reasoning: Estimate


def shapley(table: Diagnosed) -> Shapley | None:
    """Shapley shares of eyes and knowledge; None where one of the four arms was not run."""
    four = put_in(table, SQUARE)
    if four is None:
        return None
    v00, v01, v10, v11 = (outcome(table.arms[name], four) for name in SQUARE)
    eyes = between(table, summed(v10, v11), summed(v00, v01), four, "Shapley share: eyes", top=2)
    knowledge = between(table, summed(v01, v11), summed(v00, v10), four, "Shapley share: knowledge", top=2)
    return Shapley(
        eyes=scaled(eyes, 0.5),
        knowledge=scaled(knowledge, 0.5),
        interaction=between(table, summed(v11, v00), summed(v10, v01), four, "interaction", top=2),
        reasoning=still_wrong(table, four),
    )


def still_wrong(table: Diagnosed, rows: Mask | None = None) -> Estimate:
    """1 − v11: wrong with both stages right, on the items that the arm was put for or some of these."""
    arm = table.arms["replace_vr_kr"]
    of = arm.put if rows is None else arm.put & rows
    right = outcome(arm, of)
    wrong = Outcome(1 - right.most, 1 - right.least, right.lost, right.silent)
    return share(table, wrong, of, "still wrong with both right", draws=arm.draws)


def scaled(found: Estimate, by: float) -> Estimate:
    """An estimate in another unit."""
    value, low, high, worst, best = (
        None if end is None else by * end for end in (found.value, found.low, found.high, found.worst, found.best)
    )
    return replace(found, value=value, low=low, high=high, worst=worst, best=best)


def style(table: Diagnosed, what: str) -> tuple[Estimate, str] | None:
    """The effect of gold where the model's own stage was right, and whether it is within ±2 points.

    Args:
        table: of the diagnosis, its baseline judged.
        what: eyes or knowledge.

    Returns:
        The effect with its 90 % interval, and ``EQUIVALENT``, ``DIFFERENT`` or ``NOT_SHOWN``; None where the stage was
        not judged, an arm was not run, or no own stage was right.
    """
    stage = "visual_recognition" if what == OF_EYES else "knowledge_recall"
    if not table.judged("baseline", stage):
        return None
    right = table.arms["baseline"].wrong_most[stage] == 0
    found = effect(
        table, *GAINS[what], right, name=f"effect of gold where its own was right: {what}", level=STYLE_LEVEL
    )
    if found is None or not found.n:
        return None
    return found, equivalence(found)


def equivalence(found: Estimate) -> str:
    """What an interval says of an effect that should be none."""
    if found.low is None or found.high is None:
        return NOT_SHOWN
    if found.low >= -STYLE and found.high <= STYLE:
        return EQUIVALENT
    return DIFFERENT if found.low > 0 or found.high < 0 else NOT_SHOWN
