"""Detection in both directions: findings made up, and findings missed.

Source: Das, Sakib, Ahmed 2025 (arXiv 2508.07031): fabrication = FP/(FP+TN), miss = FN/(FN+TP). Answers that say
neither yes nor no are counted apart, and enter neither rate.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from auscult.analysis.joined import OK, Bools, Column, Joined
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.samples import Sample, of_column
from auscult.analysis.summary import Detection, Figure
from auscult.records import Condition, Value
from auscult.statistics.one_sided import bounds

ALL = "all findings"
PRESENCE = "presence"
"""Category of the neutral questions on whether a finding is there; the others are on attributes of one that is."""
CONFIDENCE = 0.95
"""Of the one-sided bounds, as the gate has it where a criteria file says nothing."""


@dataclass(frozen=True, kw_only=True)
class Errors(Quantity):
    """Errors about what is present (misses) or absent (fabrications), on yes/no questions.

    Attributes:
        present: which of both.
        unclear: whether an answer that says neither is ``wrong``, or stands ``apart`` and does not count.
    """

    value: Value = Value(name="correct", higher_is_better=False)
    present: bool
    unclear: Literal["wrong", "apart"] = "apart"

    def sample(self, run: Joined, items: Bools, condition: Condition = "with", silent: float | None = None) -> Sample:
        """Wrong, 1, or not, 0, of each answer; NaN where it does not count."""
        column = run.columns[self.scorer, condition]
        neither = 1.0 if self.unclear == "wrong" else np.nan
        wrong = np.where(_decided(column), 1 - column.value(self.value.name), neither)
        return of_column(run, column, wrong, items & about_presence(run) & (run.yes == self.present))


def about_presence(run: Joined) -> Bools:
    """Yes/no questions on whether something is there; not those on its side, its grade, or the view."""
    of_attributes = run.where("premise_form", "neutral") & ~run.where("category", PRESENCE)
    return np.asarray(run.where("answer_type", "yes_no") & (run.labels["target"] > 0) & ~of_attributes)


def _decided(column: Column) -> Bools:
    return np.asarray((column.status == OK) & ~column.unclear)


def detection(board: Board) -> tuple[list[Figure], tuple[Detection, ...]]:
    """Fabrication and miss of every finding that is asked for by yes/no questions, all of them together first.

    Each sample of a question counts as an answer of its own.
    """
    run = board.run
    column = run.column(run.reader)
    if column is None:
        return [], ()
    asked = column.asked & about_presence(run)
    names = run.codes["target"].names
    targets = sorted(set(run.labels["target"][asked].tolist()), key=lambda code: names[code])
    lines = [(names[code], asked & (run.labels["target"] == code)) for code in targets]
    if len(lines) > 1:
        lines.insert(0, (ALL, asked))
    figures = [f for target, items in lines for f in _rates(board, target, items)]
    return figures, tuple(_counts(run, column, target, items) for target, items in lines)


def _rates(board: Board, target: str, items: Bools) -> list[Figure]:
    about: dict[str, Any] = {"section": "detection", "label": target, "scorer": board.run.reader}
    found = []
    for name, present in (("fabrication", False), ("miss", True)):
        rate = Errors(name=name, scorer=board.run.reader, present=present)
        taken = rate.sample(board.run, items).each()
        one = rate.estimate(replace(taken, unusable=np.zeros_like(taken.unusable)), board.max_missing)
        if one is not None:
            found.append(Figure(metric=name, higher_is_better=False, with_image=one, **about))
    return found


def _counts(run: Joined, column: Column, target: str, items: Bools) -> Detection:
    """All counts, and what is possible beyond them."""
    known = items[:, None] & (column.status > 0) & ~column.missing
    decided, right = _decided(column), column.value("correct") == 1
    present = run.yes[:, None]

    def count(mask: Bools) -> int:
        return int((known & mask).sum())

    return Detection(
        target=target,
        tp=count(present & decided & right),
        fp=count(~present & decided & ~right),
        tn=count(~present & decided & right),
        fn=count(present & decided & ~right),
        unclear_present=count(present & ~decided),
        unclear_absent=count(~present & ~decided),
        invented_at_most=_at_most(run, items, present=False),
        missed_at_most=_at_most(run, items, present=True),
    )


def _at_most(run: Joined, items: Bools, *, present: bool) -> float | None:
    """The one-sided bound of a rate, what is missing taken for an error; None where nothing counts."""
    taken = Errors(name="", scorer=run.reader, present=present).sample(run, items).each()
    if not len(taken.rows):
        return None
    least, most = taken.ends()
    return bounds(least, most, taken.clusters, CONFIDENCE, CONFIDENCE).high
