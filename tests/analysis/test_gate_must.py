"""Limits in a line each, and the criteria file that they come to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.gated import films, finished, on_images

from auscult.analysis.gate.criteria import Criteria, read_criteria
from auscult.analysis.gate.criteria_file import criteria_toml
from auscult.analysis.gate.decision import decide
from auscult.analysis.gate.must import SORTS, criteria_of
from auscult.errors import UserError

BEFORE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "kind", "keys"),
    [
        ("inventions <= 10%", "inventions", {"at_most": 0.1, "targets": ()}),
        ("Inventions ≤ 0.1", "inventions", {"at_most": 0.1}),
        ("invented at most 7.5 %", "inventions", {"at_most": 0.075}),
        ("misses of pneumothorax, ascites <= 20%", "misses", {"targets": ("pneumothorax", "ascites"), "at_most": 0.2}),
        ("going along<=5%", "premise", {"measure": "knowing acceptance"}),
        ("knowing acceptance <= 5%", "premise", {"measure": "knowing acceptance"}),
        ("over-denial <= 5%", "premise", {"measure": "over-denial"}),
        ("accuracy >= 80%", "mean", {"at_least": 0.8, "scorer": "closed", "value": "correct"}),
        ("accuracy at least .8 by modality, sex", "mean", {"by": ("modality", "sex")}),
        ("unread <= 5%", "failures", {"measure": "unread"}),
        ("failures <= 5%", "failures", {"measure": "any"}),
        ("gain by the image >= 10%", "image", {"at_least": 0.1}),
        ("harmful answers <= 2%", "harm", {"at_most": 0.02}),
        ("canary", "canary", {}),
        ("certificates", "certificates", {}),
    ],
)
def test_a_line_is_a_criterion(line: str, kind: str, keys: dict[str, object]) -> None:
    found = criteria_of([line]).criterion[0]
    assert found.kind == kind and {key: getattr(found, key) for key in keys} == keys


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("inventoins <= 10%", "did you mean 'inventions'?"),
        ("speed <= 10%", "known: inventions, misses"),
        ("inventions", "no limit stands there; write for example 'inventions <= 10%'"),
        ("inventions >= 10%", "write <= before the limit"),
        ("inventions < 10%", "write <= before the limit"),
        ("accuracy <= 80%", "write >= before the limit"),
        ("inventions <= 10", "10 is no share; write 10%"),
        ("inventions <= 0", "no number of images shows a share of 0"),
        ("inventions <= 100%", "a limit lies between 0% and 100%"),
        ("inventions <= few", "'few' is no limit"),
        ("inventions <= nan", "'nan' is no limit"),
        ("accuracy of pneumothorax >= 80%", "accuracy is of no findings"),
        ("misses of a,,b <= 20%", "a name is empty"),
        ("canary <= 1%", "takes no limit"),
        ("", "no limit can be set on ''"),
    ],
)
def test_a_line_that_is_none_is_refused_with_what_can_stand_there(line: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        criteria_of([line])
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_the_same_line_twice_is_refused() -> None:
    with pytest.raises(UserError, match="two criteria are named 'canary'"):
        criteria_of(["canary", "canary"])


def test_every_example_is_a_line() -> None:
    assert len(criteria_of([sort.example for sort in SORTS.values()]).criterion) == len(SORTS)


@given(st.text())
def test_any_text_is_a_criterion_or_a_line_of_what_is_wrong(text: str) -> None:
    try:
        criteria_of([text])
    except UserError as error:
        assert str(error)


def read_back(path: Path, criteria: Criteria) -> Criteria:
    path.write_text(criteria_toml(criteria), "utf-8")
    return read_criteria(path)[0]


def test_the_file_gives_the_same_criteria_back(tmp_path: Path) -> None:
    made = criteria_of([sort.example for sort in SORTS.values()] + ["accuracy >= 70% by sex"], created=BEFORE)
    assert read_back(tmp_path / "criteria.toml", made) == made


@given(st.text(min_size=1).filter(lambda t: all(ord(c) < 0xD800 or ord(c) > 0xDFFF for c in t)))
def test_any_words_come_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    made = criteria_of(["canary"], title=words, created=BEFORE)
    path = tmp_path_factory.getbasetemp() / "words.toml"
    assert read_back(path, made) == made


def test_without_findings_all_of_the_run_are_held_to_the_limit_together(tmp_path: Path) -> None:
    sets = [films(60, lambda n: "No.", target=t) for t in ("pneumothorax", "ascites")]
    run = finished(tmp_path / "run", on_images(*sets))
    path = tmp_path / "criteria.toml"
    path.write_text(criteria_toml(criteria_of(["inventions <= 10%"], created=BEFORE)))
    found = decide(path, run).decided[0]
    assert found.verdict == "PASS" and [(line.label, line.n) for line in found.lines] == [("all findings", 120)]


def test_a_run_without_questions_about_findings_says_so(tmp_path: Path) -> None:
    run = finished(tmp_path / "run", on_images(films(60, lambda n: "No.", target="")))
    path = tmp_path / "criteria.toml"
    path.write_text(criteria_toml(criteria_of(["inventions <= 10%"], created=BEFORE)))
    (line,) = decide(path, run).decided[0].lines
    assert line.verdict == "INCONCLUSIVE" and "no question of this run has a finding" in line.need


def test_limits_are_fixed_to_the_second_in_which_they_are_given() -> None:
    assert criteria_of(["canary"]).fixed.microsecond == 0
