"""Recorded answers give the numbers they always gave. Where a change is meant: ``python -m tests.golden``."""

from pathlib import Path

import pytest
from tests.golden.runs import HERE, TABLES, Golden
from tests.golden.tables import changes, read_table, write_table

SHOWN = 60


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    return Golden(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("name", TABLES)
def test_recorded_answers_give_the_pinned_numbers(golden: Golden, name: str) -> None:
    changed = list(changes(read_table(HERE / f"{name}.tsv"), TABLES[name](golden)))
    shown = "\n".join(changed[:SHOWN])
    more = f"\nand {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    assert not changed, f"{name}: {len(changed)} values changed\n{shown}{more}"


def test_every_pinned_table_is_of_a_golden_run() -> None:
    assert {path.stem for path in HERE.glob("*.tsv")} == set(TABLES)


def test_a_changed_a_lost_and_a_new_value_are_told_and_rounding_is_not(tmp_path: Path) -> None:
    write_table(tmp_path / "t.tsv", {"a | n": 3, "a | value": 1 / 3, "b | verdict": "PASS", "c | low": 0.5})
    pinned = read_table(tmp_path / "t.tsv")
    now = {"a | n": 4, "a | value": 1 / 3 * (1 + 1e-8), "b | verdict": "FAIL", "d | high": 0.25}
    told = ["a | n: 3 → 4", "b | verdict: PASS → FAIL", "c | low: 0.5 → (none)", "d | high: (none) → 0.25"]
    assert list(changes(pinned, now)) == told
    assert list(changes(pinned, {**pinned, "a | value": 1 / 3 * (1 + 1e-5)})) == ["a | value: 0.33333333 → 0.33333667"]
