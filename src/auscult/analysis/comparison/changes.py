"""What was fixed and what broke between two rows: single answers that were wrong and are right, and the other way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from auscult.analysis.comparison.runs import Contestant, common
from auscult.analysis.joined import OK, UNUSABLE, Bools, Floats, Joined
from auscult.analysis.samples import Rows

EXAMPLES = 6
"""Items of each sort that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How answers to common items changed from one row to another.

    Attributes:
        after: index of the row that is looked at.
        before: index of the row that it is compared with.
        items: common items that both answered so that a rule could tell right from wrong.
        images: independent units among them.
        fixed: wrong before, right after.
        broke: right before, wrong after.
        fixed_items: ids of the first of these, one an image where that is possible.
        broke_items: the same of what broke.
    """

    after: int
    before: int
    items: int
    images: int
    fixed: int
    broke: int
    fixed_items: tuple[str, ...] = ()
    broke_items: tuple[str, ...] = ()


def changes(rows: Sequence[Contestant], pairs: Sequence[tuple[int, int]]) -> Iterator[Changes]:
    """What changed in each pair of (after, before) that has common answers a rule could tell right from wrong.

    An answer is right where every sample of it is; one that takes no position is wrong; what is missing or unread
    stays out.
    """
    known = {n: _right(rows[n]) for n in sorted({n for pair in pairs for n in pair})}
    ids = {number: name for row in rows for r in row.runs for number, name in zip(r.numbers, r.joined.ids, strict=True)}
    cluster = {
        number: group
        for row in rows
        for r in row.runs
        for number, group in zip(r.numbers, r.joined.cluster, strict=True)
    }
    for after, before in pairs:
        numbers = common([known[n][0] for n in (after, before)])
        if not len(numbers):
            continue
        now, then = (_among(known[n], numbers) for n in (after, before))
        images = np.array([cluster[n] for n in numbers])
        fixed, broke = now & ~then, then & ~now
        yield Changes(
            after=after,
            before=before,
            items=len(numbers),
            images=len(np.unique(images)),
            fixed=int(fixed.sum()),
            broke=int(broke.sum()),
            fixed_items=tuple(ids[n] for n in _spread(numbers[fixed], images[fixed])),
            broke_items=tuple(ids[n] for n in _spread(numbers[broke], images[broke])),
        )


Known = tuple[Rows, Bools]


def _right(row: Contestant) -> Known:
    """Numbers of the items whose answer a rule could tell, and whether it is right."""
    numbers, right = [], []
    for run in row.runs:
        told, values = _told(run.joined)
        numbers.append(run.numbers[told])
        right.append(values[told])
    return np.concatenate(numbers), np.concatenate(right)


def _told(run: Joined) -> tuple[Bools, Bools]:
    """Of every item whether a rule told right from wrong, and which it was."""
    told, right = np.zeros(len(run.ids), bool), np.zeros(len(run.ids), bool)
    for instrument, column in run.sound():
        primary = instrument.primary
        value: Floats = column.value(primary.name)
        best = primary.bounds[1] if primary.higher_is_better else primary.bounds[0]
        known = value[~np.isnan(value)]
        if not np.isin(known, primary.bounds).all():
            continue  # a share of findings is neither right nor wrong
        new = column.asked & ~told & ((column.status == 0) | (column.status <= UNUSABLE)).all(axis=1)
        new &= ~((column.status == OK) & np.isnan(value)).any(axis=1)
        right |= new & ((column.status == 0) | ((column.status == OK) & (value == best))).all(axis=1)
        told |= new
    return told, right


def _among(known: Known, numbers: Rows) -> Bools:
    order = np.argsort(known[0])
    return np.asarray(known[1][order][np.searchsorted(known[0][order], numbers)])


def _spread(numbers: Rows, images: Rows) -> list[int]:
    """The first of each image, then others, until there are enough."""
    _, first = np.unique(images, return_index=True)
    others = np.setdiff1d(np.arange(len(numbers)), first)
    return [int(numbers[n]) for n in [*np.sort(first), *others][:EXAMPLES]]
