"""ClinHallu's two judges: what its program takes, asks and forces (released code, commit 560e3ff)."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.scorers.judges.judge_server import ask_judge, judge_server
from tests.scorers.judges.staged import GOLD, staged

from auscult.errors import UserError
from auscult.records import STAGES, Call, Image, Trace
from auscult.scorers.judges import Judge, JudgeOptions, Subject, create
from auscult.scorers.judges.clinhallu_answer import _calls as answer_calls
from auscult.scorers.judges.clinhallu_stage import _calls as stage_calls

IDENTITY = "openai:judge@http://x/v1"
RIGHT = '{"hallucinated": 0, "reason": "as it is"}'


def stage_judge(stage: str = "visual_recognition", **options: object) -> Judge:
    return create("clinhallu-stage", IDENTITY, JudgeOptions(more={"stage": stage}, **options))


def call(stage: str, subject: Subject) -> Call:
    (made,) = stage_calls(stage, JudgeOptions(), subject)
    return made


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        (RIGHT, 0.0),
        ('```json\n{"hallucinated": 1, "reason": "made up"}\n```', 1.0),
        ('```\n{"hallucinated": "1", "reason": "as text"}', 1.0),
        ('{"hallucinated": true, "reason": "as truth"}', 1.0),
        ('{"hallucinated": 0.9, "reason": "cut to a whole number"}', 0.0),
        ('{"hallucinated": 1, "reason": null}', 1.0),
        ('{"hallucinated": 0, "reason": "x", "hallucinated": 1}', 1.0),
    ],
)
async def test_what_the_published_program_takes_is_a_score(reply: str, value: float, tmp_path: Path) -> None:
    with judge_server(lambda text, before: reply) as server:
        (score,) = await ask_judge(stage_judge(), server, [staged()], tmp_path)
    assert (score.scorer, score.status, score.values) == ("clinhallu-stage-vision", "ok", {"hallucinated": value})


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "0",
        "[0]",
        "It is fine: " + RIGHT,
        RIGHT + " So it is.",
        '{"hallucinated": 0, "reason": "  "}',
        '{"hallucinated": 0}',
        '{"hallucinated": 2, "reason": "x"}',
        '{"hallucinated": -1, "reason": "x"}',
        '{"hallucinated": "yes", "reason": "x"}',
        '{"hallucinated": null, "reason": "x"}',
        '{"hallucinated": Infinity, "reason": "x"}',
        '{"hallucinated": NaN, "reason": "x"}',
    ],
)
async def test_what_it_cannot_read_six_times_counts_as_hallucinated_and_keeps_its_status(
    reply: str, tmp_path: Path
) -> None:
    with judge_server(lambda text, before: reply) as server:
        (score,) = await ask_judge(stage_judge(), server, [staged()], tmp_path)
        assert len(server.asked) == 6
    assert (score.status, score.values) == ("judge_unusable", {"hallucinated": 1.0})


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        (staged(gold=Trace()), "judge_unusable"),
        (staged("[Reasoning]\nOnly this is there."), "unusable"),
        (staged(status="request_failed"), "request_failed"),
    ],
    ids=["without gold", "without the stage", "failed"],
)
async def test_what_is_not_asked_counts_as_hallucinated_too(subject: Subject, status: str, tmp_path: Path) -> None:
    with judge_server(lambda text, before: RIGHT) as server:
        (score,) = await ask_judge(stage_judge(), server, [subject], tmp_path)
        assert not server.asked
    assert (score.status, score.values) == (status, {"hallucinated": 1.0})


def test_it_asks_as_published() -> None:
    image = Image(b"\x89PNG", "image/png", "0" * 64)
    subject = replace(staged(), images=(image,))
    for stage in STAGES:
        made = call(stage, subject)
        assert (made.decoding.temperature, made.decoding.top_p, made.decoding.max_tokens) == (0.01, 0.9, 4096)
        assert made.schema == "" and [m.role for m in made.messages] == ["system", "user"]
        assert made.images == ((image,) if stage == "visual_recognition" else ())
    assert made.messages[1].parts[1:] == ()
    assert call("visual_recognition", subject).messages[1].parts[1] == image


def test_its_sections_stand_in_the_published_order() -> None:
    text = call("knowledge_recall", staged()).messages[1].text
    names = ["question", "true answer", "reference step", "candidate step"]
    names += [
        f"{whose} {what}" for whose in ("reference", "candidate") for what in ("visual recognition", "knowledge recall")
    ]
    places = [text.index(f"<<{name} ") for name in names]
    assert places == sorted(places)
    assert "<<reference visual" not in call("visual_recognition", staged()).messages[1].text


def test_an_empty_reference_is_said_to_be_empty_and_a_header_that_is_repeated_wins_as_published() -> None:
    gold = replace(GOLD, knowledge_recall="")
    again = GOLD.text + "\n[Knowledge Recall]\nWhat was said last counts."
    text = call("knowledge_recall", staged(again, gold=gold)).messages[1].text
    assert "(empty)" in text and "What was said last counts." in text and GOLD.knowledge_recall not in text


@pytest.mark.parametrize("options", [{"tries": 5}, {"repeats": 2}, {"policy": "strict"}, {"anchor": "ab"}])
@pytest.mark.parametrize("protocol", ["clinhallu-stage", "clinhallu-answer"])
def test_other_ways_of_asking_are_refused_under_the_published_name(protocol: str, options: dict[str, object]) -> None:
    with pytest.raises(UserError, match="asks as published, up to 6 times; leave out"):
        create(protocol, IDENTITY, JudgeOptions(more={"stage": "reasoning"}, **options))


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ('{"answer_correct": 1, "answer_reasoning": "so"}', 1.0),
        ('{"answer_correct": 2}', 0.0),
        ('{"answer_correct": -1, "reasoning": "x"}', 0.0),
        ('{"answer_correct": "1"}', 1.0),
        ('{"answer_correct": true}', 1.0),
        ('{"answer_correct": 1.9}', 1.0),
    ],
)
async def test_any_number_but_one_is_a_wrong_answer(reply: str, value: float, tmp_path: Path) -> None:
    with judge_server(lambda text, before: reply) as server:
        (score,) = await ask_judge(create("clinhallu-answer", IDENTITY), server, [staged()], tmp_path)
    assert (score.scorer, score.status, score.values) == ("clinhallu-answer", "ok", {"correct": value})


@pytest.mark.parametrize(
    "reply", ["1", "{}", '{"answer_correct": null}', '{"answer_correct": "right"}', '["answer_correct"]', "Right."]
)
async def test_without_a_verdict_in_six_tries_an_answer_leaves_the_denominator(reply: str, tmp_path: Path) -> None:
    with judge_server(lambda text, before: reply) as server:
        (score,) = await ask_judge(create("clinhallu-answer", IDENTITY), server, [staged()], tmp_path)
        assert len(server.asked) == 6
    assert (score.status, score.values) == ("judge_unusable", {})


async def test_an_empty_answer_is_put_to_the_judge_and_an_item_without_truth_is_not(tmp_path: Path) -> None:
    with judge_server(lambda text, before: '{"answer_correct": 0}') as server:
        judge = create("clinhallu-answer", IDENTITY)
        empty, none = await ask_judge(
            judge, server, [staged("", status="unusable"), staged(reference="", name="2")], tmp_path
        )
        assert len(server.asked) == 1
    assert (empty.status, empty.values) == ("ok", {"correct": 0.0})
    assert (none.status, none.values) == ("judge_unusable", {})


def test_the_answer_judge_sees_the_traces_answer_and_no_options() -> None:
    subject = staged()
    subject = replace(subject, item=replace(subject.item, options=("one option", "another")))
    (made,) = answer_calls(JudgeOptions(), subject)
    text = made.messages[1].text
    assert GOLD.answer in text and GOLD.reasoning not in text and "one option" not in text
