"""An update against the run before it."""

from pathlib import Path

import pytest
from tests.analysis.gated import HEAD, criteria, films, finished, on_images

from auscult.analysis.gate.decision import Gate, decide
from auscult.errors import UserError

ACCURACY = "name = 'accuracy'\nkind = 'mean'\nat_least = 0.5\nby = ['sex']"
WITH_MARGIN = HEAD + "\n[against]\nmargin = 0.1\n"


def sex(n: int) -> str:
    return "F" if n % 2 else "M"


def asked(wrong: set[int], count: int = 200) -> list:
    return on_images(films(count, lambda n: "Yes." if n in wrong else "No.", sex=sex))


def update(tmp_path: Path, new: list, old: list, text: str = ACCURACY, head: str = WITH_MARGIN) -> Gate:
    runs = finished(tmp_path / "new", new), finished(tmp_path / "old", old)
    return decide(criteria(tmp_path / "criteria.toml", text, head=head), *runs)


def test_an_update_that_errs_on_the_same_questions_passes(tmp_path: Path) -> None:
    errors = set(range(0, 200, 10))
    found = update(tmp_path, asked(errors | {1}), asked(errors | {3}))
    lines = {line.label: line for line in found.updates[0].lines}
    assert {line.verdict for line in lines.values()} == {"PASS"} and found.verdict == "PASS"
    assert lines["all"].value == 0 and lines["all"].note == "worse on 1, better on 1 of 200 questions"
    assert lines["all"].good == "at least" and lines["all"].limit == -0.1


def test_a_regression_in_one_subgroup_fails_although_the_whole_does_not(tmp_path: Path) -> None:
    worse = set(range(0, 60, 2))
    better = set(range(1, 60, 2))
    found = update(tmp_path, asked(worse), asked(better))
    lines = {line.label: line for line in found.updates[0].lines}
    assert lines["all"].value == 0
    assert lines["sex: M"].verdict == "FAIL" and lines["sex: M"].value == pytest.approx(-0.3)
    assert lines["sex: M"].note == "worse on 30, better on 0 of 100 questions; worse beyond chance"
    assert lines["sex: F"].verdict == "PASS"
    assert found.verdict == "FAIL" and found.decided[0].verdict != "FAIL"


def test_only_common_questions_are_compared(tmp_path: Path) -> None:
    found = update(tmp_path, asked(set()), asked(set(range(150)), count=150))
    assert found.updates[0].lines[0].n == 150


def test_runs_without_a_common_question_cannot_be_compared(tmp_path: Path) -> None:
    old = on_images(films(100, lambda n: "No.", target="fracture", sex=sex))
    line = update(tmp_path, asked(set()), old).updates[0].lines[0]
    assert line.verdict == "INCONCLUSIVE" and line.n == 0


def test_more_inventions_count_as_worse(tmp_path: Path) -> None:
    text = "name = 'i'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.9\nmargin = 0.02"
    line = update(tmp_path, asked(set(range(40))), asked(set()), text).updates[0].lines[0]
    assert line.value == pytest.approx(0.2) and line.good == "at most" and line.limit == 0.02
    assert line.verdict == "FAIL"


def test_the_margin_must_stand_in_the_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no \[against\] margin"):
        update(tmp_path, asked(set()), asked(set()), head=HEAD)
