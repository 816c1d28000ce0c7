"""What the instruments of a run say of each answer, taken together: right or wrong, and whether they are sure of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from auscult.analysis.joined import OK, UNUSABLE, Bools, Column, Floats, Joined
from auscult.records import Instrument

RIGHT, WRONG = 0.8, 0.2
"""At least, and at most, what an instrument that is sure says on a scale from 0, wrong, to 1, right."""
_FIRST = ("premise", "judge", "cascade", "reader", "rule", "facts")
"""Who is heard first of an answer that is no choice."""


@dataclass(frozen=True)
class Opinions:
    """Of the first sample of every question, with its own image; all of shape (items,).

    Attributes:
        known: whether any could tell.
        right: 0, wrong, to 1, right, by the instrument that is heard first; 0 where none could tell.
        sure: whether one could tell, left no doubt, and no other one says the opposite.
        present: reads the answer as yes, that the finding is there; False where it does not say.
        absent: reads it as no.
    """

    known: Bools
    right: Floats
    sure: Bools
    present: Bools
    absent: Bools


def opinions(run: Joined) -> Opinions:
    """What is said of each answer; nothing is taken from published rules and text metrics."""
    right = np.full(len(run.ids), np.nan)
    low, high = np.full(len(run.ids), np.inf), np.full(len(run.ids), -np.inf)
    doubted = np.zeros(len(run.ids), bool)
    for instrument, column in sorted(_graders(run), key=lambda g: _rank(g[0])):
        said = _scaled(instrument, column)
        first = np.isnan(right) & ~np.isnan(said)
        right[first] = said[first]
        low, high = np.fmin(low, said), np.fmax(high, said)
        doubted |= (column.status[:, 0] > UNUSABLE) | ((column.status[:, 0] == OK) & column.unclear[:, 0])
    known = ~np.isnan(right)
    decided = known & ((low >= RIGHT) | (high <= WRONG))
    reader = run.column(run.reader)
    says_yes = reader.value("says_yes")[:, 0] if reader else np.full(len(run.ids), np.nan)
    of_type = run.where("answer_type", "yes_no")
    return Opinions(
        known=known,
        right=np.where(known, right, 0.0),
        sure=decided & ~doubted,
        present=of_type & (says_yes == 1),
        absent=of_type & (says_yes == 0),
    )


def _graders(run: Joined) -> Iterator[tuple[Instrument, Column]]:
    """Those that grade an answer: of the rules the leading ones, where no judge saw answers of their types."""
    scored = [(i, c) for i, c in run.scored() if i.kind in _FIRST and not i.published and i.primary.high is not None]
    judged = {t for i, _ in scored if i.kind in ("judge", "cascade") for t in i.answer_types}
    for instrument, column in scored:
        if instrument.kind != "rule" or (instrument.leads and not instrument.leads <= judged):
            yield instrument, column


def _rank(instrument: Instrument) -> tuple[bool, int, bool]:
    return not instrument.reads_class, _FIRST.index(instrument.kind), not instrument.leads


def _scaled(instrument: Instrument, column: Column) -> Floats:
    """The primary value of the first sample, from 0 to 1 with 1 the good end; NaN where there is none."""
    value = instrument.primary
    assert value.high is not None, "a grade has two ends"
    said = (column.value(value.name)[:, 0] - value.low) / (value.high - value.low)
    said = np.where(column.status[:, 0] == UNUSABLE, 0.0, np.where(column.status[:, 0] == OK, said, np.nan))
    return np.asarray(said if value.higher_is_better else 1 - said)
