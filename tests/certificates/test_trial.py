"""What all certificates share: steps in order, progress, answers of real models first, and how two verdicts meet."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest
from tests.certificates.progress import counted
from tests.conftest import REPO

from auscult.certificates.cells import Cell
from auscult.certificates.options import RecordedOptions
from auscult.certificates.recorded.grading import Found
from auscult.certificates.trial import Trial, both
from auscult.engine.progress import progress
from auscult.scorers.rules.exact_match import SCORER as EXACT

DOCS = REPO / "docs" / "how-to" / "add-a-part.md"


def trial(**more) -> Trial:
    cells = [Cell("planted", name, "", "made up", "text") for name in ("first", "second")]
    steps = [lambda cell=cell: [cell.row("share", 3)] for cell in cells]
    about = {"instrument": "made up@1", "subject": "planted answers", "steps": steps}
    return Trial(**about, conclude=lambda rows: (True, f"{len(rows)} rows."), **more)


def test_steps_give_their_rows_in_order_and_are_counted():
    seen = []
    found = trial().certificate(counted(seen))
    assert [r["what"] for r in found.figures] == ["first", "second"] and seen == [(1, 2), (2, 2)]
    assert (found.passed, found.summary, found.subject) == (True, "2 rows.", "planted answers")


def test_recorded_answers_stand_first_and_decide_too(tmp_path):
    (tmp_path / "a.csv").write_text("model,question,answer,meant\nm,Is it?,No.,no\n")
    real = Found(({"what": "real"},), None, "Real.")
    put = []
    found = trial(recorded=lambda rows: put.append(rows) or real).certificate(
        options=RecordedOptions(answers=(tmp_path,))
    )
    assert [r.answer for r in put[0]] == ["No."] and found.passed is None
    assert [r["what"] for r in found.figures] == ["real", "first", "second"] and found.summary == "Real. 2 rows."
    assert found.subject == "answers of real models; planted answers"


@pytest.mark.parametrize(
    ("first", "second", "whole"), [(True, True, True), (True, None, None), (None, False, False), (False, True, False)]
)
def test_a_failed_test_decides_and_then_an_open_one(first, second, whole):
    assert both(first, second) is whole and both(second, first) is whole


def test_the_certificate_of_the_docs_finds_what_its_scorer_misses(monkeypatch):
    package, scorer = ModuleType("my_package"), ModuleType("my_package.names_side")
    text = DOCS.read_text("utf-8")
    plain = text.split("```python\n")[1].split("```")[0].split("SCORER =")[0]
    exec(plain, vars(scorer))
    scorer.SCORER = replace(EXACT, rule=scorer.rule)
    monkeypatch.setitem(sys.modules, "my_package", package)
    monkeypatch.setitem(sys.modules, "my_package.names_side", scorer)
    example = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", example)
    exec(text.split("## A certificate\n")[1].split("```python\n")[1].split("```")[0], vars(example))
    found = example.certify(example.Options(), progress)
    (row,) = found.figures
    # full stops cling to words: "On the left." is missed
    assert found.passed is False and (row["n"], row["hits"], row["clusters"]) == (400, 300, 4)
