"""What came of answers, said in words: replies cut short (three of four here), and references that measure nothing."""

from pathlib import Path

import pytest
from tests.analysis.worked import CUT, Run, ask, study, write_run

from auscult.reports.headline import alerts
from auscult.runs.measuring import metric_rows
from auscult.runs.scores import answered
from auscult.scorers import create

SAID = (f"Yes. The left angle{CUT}", f"<think>Let me see whether it{CUT}", CUT, "No.")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """One answer was complete before the cut, one is a thought, and one had no time to say anything."""
    asked = [ask("Is there an effusion?", "yes", said) for said in SAID]
    return write_run(tmp_path, [(study(f"c{n}", f"p{n}"), [one]) for n, one in enumerate(asked)])


def test_it_is_counted_and_only_what_was_complete_is_read(run: Run) -> None:
    (found,) = run.summary().failures
    assert (found.cut_short, found.usable, found.unusable, found.unread) == (3, 2, 2, 0)
    assert found.unusable_kinds == {"cut short": 2} and found.limit is None


def test_the_remedy_is_said_before_any_figure(run: Run) -> None:
    assert (
        "3 of 4 replies were cut short at the limit on tokens (with image), 2 of them before an answer was complete, "
        "which counts as unusable; raise the limit where they are made and evaluate again."
    ) in run.summary().warnings


def test_the_limit_that_was_set_is_named(run: Run) -> None:
    asked = {"model": {"spec": "openai:m@http://localhost"}, "settings": {"decoding": {"max_tokens": 256}}}
    summary = run.summary(**asked)
    said = next(w for w in summary.warnings if "cut short" in w)
    assert "at --max-tokens 256" in said and said.endswith("raise --max-tokens and evaluate again.")
    assert said in [a.text for a in alerts(summary)]


def test_a_text_metric_takes_a_cut_answer_for_an_empty_one_unless_it_was_complete(tmp_path: Path) -> None:
    said = (f"An effusion on the{CUT}", f"An effusion on the left.{CUT}", "An effusion on the")
    asked = [ask("What is seen?", "an effusion on the left", text, answer_type="open") for text in said]
    write_run(tmp_path, [(study(f"c{n}", f"p{n}"), [one]) for n, one in enumerate(asked)])
    rows = list(
        metric_rows(list(answered(tmp_path / "items.parquet", tmp_path / "answers.parquet")), [create("rouge")])
    )
    assert [(r.status, r.parsed) for r in rows] == [("unusable", "cut short"), ("ok", ""), ("ok", "")]
    assert [r.values["rouge1"] > 0 for r in rows] == [False, True, True]


def test_references_that_measure_nothing_are_counted_and_said(tmp_path: Path) -> None:
    references = ("a large effusion", "see above", "")
    asked = [ask("What is seen?", reference, "An effusion.", answer_type="open") for reference in references]
    summary = write_run(tmp_path, [(study(f"c{n}", f"p{n}"), [one]) for n, one in enumerate(asked)]).summary()
    (said,) = [text for text in summary.limits if "cannot measure" in text]
    assert said.startswith("1 of 2 questions have a reference against which facts@")
