"""Which end of a difference is the worse one."""

from dataclasses import replace

import numpy as np
import pytest

from auscult.analysis.samples import Sample, difference
from auscult.records import Value


def sample(values: list[float], lost: int | None = None) -> Sample:
    """One value an item, each of an image of its own; at most one is missing."""
    n = len(values)
    gone = np.arange(n)[:, None] == (-1 if lost is None else lost)
    none = np.zeros((n, 1), bool)
    return Sample(
        rows=np.arange(n, dtype=np.int32),
        values=np.where(gone, np.nan, np.array(values)[:, None]),
        clusters=np.arange(n, dtype=np.int32),
        unit="image",
        lost=gone,
        unusable=none[:, 0],
        unread=none,
        unjudged=none,
    )


@pytest.mark.parametrize("higher_is_better", [True, False])
@pytest.mark.parametrize("in_part", [False, True])
def test_the_worst_of_a_difference_is_its_greatest_where_lower_is_better(higher_is_better: bool, in_part: bool) -> None:
    first, second = sample([1.0] * 10 + [0.0] * 30, lost=3), sample([0.0] * 40)
    if in_part:  # one more item of the first arm is known within 0 to 1 only
        first = replace(first, most=np.where(np.arange(40)[:, None] == 20, 1.0, first.values))
    found = difference(first, second, "change", "made", 0.05, Value(name="fault", higher_is_better=higher_is_better))
    assert found.worst is not None and found.best is not None
    assert (found.worst < found.best) == higher_is_better
    assert sorted((found.worst, found.best)) == pytest.approx([9 / 40, (11 if in_part else 10) / 40])
