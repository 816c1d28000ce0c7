"""What a page says of answers that say nothing, and of questions that cannot show anything: real checks of tables."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import auscult
from auscult.analysis.gate.decision import decide
from auscult.reports.face import Face, Verdict
from auscult.reports.gate_face import gate_face
from auscult.reports.verdicts import face_of, run_face

ROWS = 60
Said = Callable[[int], str]
Checked = Callable[..., tuple[Face, dict[str, Verdict]]]


@pytest.fixture
def page(tmp_path: Path) -> Checked:
    def made(said: Said, right: Said, must: tuple[str, ...] = (), question: str = "Is there a pneumothorax?") -> object:
        path = tmp_path / "answers.csv"
        with open(path, "w", newline="") as file:
            rows = [(f"i{n}", question, right(n), said(n)) for n in range(ROWS)]
            csv.writer(file).writerows([("image", "question", "truth", "prediction"), *rows])
        checked = auscult.check(path, must=must)
        face = face_of(checked.run.folder, checked.run.summary)
        return face, {v.key: v for v in face.verdicts}

    return made  # type: ignore[return-value]


def both(n: int) -> str:
    return "yes" if n % 2 else "no"


def test_refusals_are_called_that_and_neither_findings_nor_blindness(page: Checked) -> None:
    face, verdicts = page(lambda n: "I cannot interpret medical images.", both, ("inventions <= 10%",))
    assert face.line == "It hardly answers: 60 of 60 answers say nothing that can be used."
    assert "asked 60 times whether a finding is there: no answer says yes or no" in verdicts["findings"].sentence
    assert "(30 answers that take no position count against it)" in verdicts["findings"].sentence
    assert verdicts["image"].word == "not known" and verdicts["sure"].said == "hardly an answer"
    assert not any("rates 100" in step.sentence for step in face.steps)
    assert not any("makes questions on whether findings are there" in step.sentence for step in face.steps)


def test_one_answer_to_all_cannot_be_told_from_guessing(page: Checked) -> None:
    face, verdicts = page(lambda n: "Yes.", lambda n: "yes")
    assert verdicts["guessing"].word == "not known"
    assert "The right answer to all 60 yes/no questions is the same" in verdicts["guessing"].sentence
    assert verdicts["findings"].sentence.endswith("It was asked about no finding that is absent.")
    assert face.line == "These questions do not show whether it can be trusted."


def test_a_finding_that_was_asked_for_and_hedged_about_was_asked_for(page: Checked) -> None:
    hedged = "A pneumothorax is possible."
    _, verdicts = page(lambda n: "Yes." if n % 2 else hedged, both)
    said = verdicts["findings"].sentence
    assert said.endswith("It was asked 30 times about a finding that is absent: no answer says yes or no.")


def test_a_blind_model_is_checked_again_from_a_new_file(page: Checked) -> None:
    face, verdicts = page(lambda n: "Yes.", both)
    assert verdicts["image"].word == "problem"
    assert [s.command for s in face.steps if "then" in s.sentence] == [""], "no command of a shell made this run"


def test_hedges_count_against_a_limit_and_are_not_called_inventions(page: Checked, tmp_path: Path) -> None:
    page(lambda n: "A pneumothorax is possible.", both, ("inventions <= 10%",))
    said = gate_face(decide(tmp_path / "answers-check" / "criteria.toml", tmp_path / "answers-check")).verdicts[0]
    assert "100 get no clear no (30 of 30 answers take no position, and count among them)" in said.sentence
    assert "no clear no" in said.short and "says to" not in said.sentence


@pytest.mark.parametrize(
    ("command", "anew"),
    [
        ("auscult evaluate items --model a:b --out run/", "auscult evaluate items --model a:b --out run-2"),
        ("auscult check 'my file.csv' --must 'misses <= 5%'", "auscult check NEW-FILE.csv --must 'misses <= 5%'"),
        ("auscult.check(...)", ""),
    ],
)
def test_who_asks_anew_is_not_given_the_command_that_has_nothing_left_to_ask(
    page: Checked, tmp_path: Path, command: str, anew: str
) -> None:
    page(lambda n: "Yes.", both)
    summary = auscult.Run(tmp_path / "answers-check").summary
    made = run_face(replace(summary, manifest={**summary.manifest, "command": command}))
    assert [s.command for s in made.steps if "then" in s.sentence] == [anew]
