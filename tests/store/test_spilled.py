from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.store.spilled import Spilled

ROWS = st.lists(st.tuples(st.sampled_from([0, 1, 7, 2**58]), st.integers(0, 9), st.integers(0, 3)), max_size=40)


@given(ROWS, st.integers(1, 9), st.sets(st.integers(0, 9)))
def test_the_numbers_under_a_key_come_by_order_however_few_rows_are_held(rows, run, wanted):
    spilled, among = Spilled(run=run), np.array([n in wanted for n in range(10)])
    for key, number, order in rows:
        spilled.add(key, number, order)
    spilled.sealed()
    kept = [row for row in rows if row[1] in wanted]
    for key in (0, 1, 2, 7, 2**58):
        mine = [row for row in kept if row[0] == key]
        assert spilled.of(key, among) == [number for _, number, _ in sorted(mine, key=lambda row: row[2])]
    assert spilled.counts(among) == Counter(key for key, *_ in kept)


def test_what_is_on_disk_has_no_name(tmp_path: Path) -> None:
    spilled = Spilled(tmp_path, run=2)
    for number in range(9):
        spilled.add(1, number)
    spilled.sealed()
    assert list(tmp_path.iterdir()) == []
    assert spilled.of(1, np.ones(9, dtype=bool)) == list(range(9))


def test_few_rows_need_no_disk(tmp_path: Path) -> None:
    spilled = Spilled(tmp_path / "not there", run=10)
    for number in range(9):
        spilled.add(1, number)
    spilled.sealed()
    assert spilled.of(1, np.ones(9, dtype=bool)) == list(range(9))
    with pytest.raises(FileNotFoundError):
        for number in range(10):
            Spilled(tmp_path / "not there", run=1).add(1, number)
