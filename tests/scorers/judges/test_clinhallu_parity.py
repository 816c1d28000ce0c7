"""Ours beside what ClinHallu's released code made of 200 awkward traces (``recipes/clinhallu_parity.py``)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.scorers.judges.staged import staged

from auscult.engine.ask import Ask
from auscult.facts.traces import published_trace
from auscult.records import STAGES, Call, Reply, Score, Trace
from auscult.scorers.judges import JudgeOptions, create

FILE = Path(__file__).with_name("clinhallu_parity.jsonl")
GOLD = Trace(
    visual_recognition="The heart is wide today.",
    knowledge_recall="A wide heart is enlarged.",
    reasoning="So it is enlarged here.",
)


@cache
def rows() -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]:
    *cases, last = map(json.loads, FILE.read_text("utf-8").splitlines())
    return cases, last["counts"]


class Replies(Ask):
    """Says one thing after the other; ``!`` is a request that fails."""

    def __init__(self, said: Sequence[str]) -> None:
        self._said = iter(said)

    async def __call__(self, call: Call) -> Reply:
        said = next(self._said)
        return Reply(failure="no_connection", detail="planned") if said == "!" else Reply(text=said)

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        return [await self(call) for call in calls]


async def judged(case: Mapping[str, Any], what: str) -> Score:
    protocol = "clinhallu-answer" if what == "answer" else "clinhallu-stage"
    judge = create(protocol, "openai:judge@x", JudgeOptions(more={"stage": what}))
    subject = staged(case["text"], gold=GOLD, question="Is the heart enlarged?", reference="yes")
    (score,) = await judge.scores([subject], Replies(case["replies"][what]))
    return score


def test_200_traces_are_read_as_by_the_released_code() -> None:
    cases, _ = rows()
    assert len({case["text"] for case in cases}) == 200
    for case in cases:
        read = published_trace(case["text"])
        assert {name: getattr(read.trace, name) for name in (*STAGES, "answer")} == case["read"], case["name"]
        assert (not read.invalid) == case["valid"], case["name"]


@pytest.mark.parametrize("stage", STAGES)
async def test_the_verdicts_on_a_stage_and_their_rate_are_those_of_the_released_code(stage: str) -> None:
    cases, counts = rows()
    said = [(await judged(case, stage)).values["hallucinated"] for case in cases]
    assert said == [case["verdicts"][stage] for case in cases]
    assert (sum(said), len(said)) == (counts[stage]["hallucinated"], counts[stage]["total"])
    assert round(sum(said) / len(said), 4) == counts[stage]["hallucination_rate"]


async def test_the_verdicts_on_answers_and_the_accuracy_are_those_of_the_released_code() -> None:
    cases, counts = rows()
    scores = [await judged(case, "answer") for case in cases]
    assert [s.values.get("correct", -1) for s in scores] == [case["verdicts"]["answer"] for case in cases]
    kept = [s.values["correct"] for s, case in zip(scores, cases, strict=True) if s.values and case["valid"]]
    published = counts["answer"]
    assert (sum(kept), len(kept)) == (published["correct_count"], published["total"])
    assert round(sum(kept) / len(kept), 4) == published["acc"]


async def test_what_the_released_code_forces_is_seen() -> None:
    cases, _ = rows()
    forced = [await judged(case, "reasoning") for case in cases]
    assert {s.status for s in forced} == {"ok", "unusable", "judge_unusable", "request_failed"}
    assert all(s.values == {"hallucinated": 1.0} for s in forced if s.status != "ok")


async def test_without_gold_all_is_forced() -> None:
    cases, _ = rows()
    judge = create("clinhallu-stage", "openai:judge@x", JudgeOptions(more={"stage": "reasoning"}))
    subject = staged(cases[0]["text"], gold=Trace())
    (score,) = await judge.scores([replace(subject)], Replies([]))
    assert (score.status, score.values) == ("judge_unusable", {"hallucinated": 1.0})
