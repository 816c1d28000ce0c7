"""Which traces of a model pass as gold: the two published filters, and three of our own."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest
from tests.protocols.putting import Put

from auscult.construction.traces import Candidate
from auscult.diagnosis.gold.checks import Checks, letter_matches, texts_match
from auscult.diagnosis.gold.leaks import DIAGNOSIS, QUESTION, leaks
from auscult.facts.traces import read_trace
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.gold import gold_trace
from auscult.records import Answer, Call, Case, Item, Reply, Trace

CASE = Case(
    id="c",
    source="made",
    source_key="k",
    annotation="There is a small left pleural effusion. No pneumothorax. The heart is not enlarged.",
)
YES_NO = Item(
    id="i",
    case_id="c",
    source_id="q",
    question="Is there a pleural effusion?",
    reference="yes",
    answer_type="yes_no",
    target="pleural effusion",
)
CHOICE = replace(
    YES_NO,
    question="Which finding is shown?",
    answer_type="choice",
    options=("Pneumothorax", "Pleural effusion"),
    reference="Pleural effusion",
    target="",
)
OPEN = replace(YES_NO, question="What does the film show?", answer_type="open", reference="a small effusion", target="")
SEEN = "White at the base of the left lung with a curved upper border."
TRACE = Trace(
    visual_recognition=SEEN,
    knowledge_recall="Fluid in the pleural space gathers at the base.",
    reasoning="The white area at the base is fluid.",
    answer="yes",
)


def checked(item: Item, trace: Trace, judge: str = "", says: str | Reply | Callable[[Call], str] = "") -> Candidate:
    """What becomes of a trace."""
    read = read_trace(trace.text)
    answer = Answer(
        id="a",
        item_id=item.id,
        case_id="c",
        model="m",
        protocol="staged-1",
        status="unusable" if read.invalid else "ok",
        detail=read.invalid,
        text=trace.answer,
        trace=trace.text,
        attempts=2,
    )
    checks = Checks.by(judge or "facts")
    (made,) = asyncio.run(checks.candidates(CASE, [(item, answer)], Put(says)))
    return made


def refusals(made: Candidate) -> list[str]:
    return [rejection.check for rejection in made.rejections]


def verdict(right: int) -> str:
    return orjson.dumps({"answer_correct": right, "reasoning": "It says so."}).decode()


def test_a_right_trace_passes_with_what_found_its_answer_right() -> None:
    made = checked(YES_NO, TRACE)
    assert (made.status, made.passed, made.rejections) == ("ok", "rule", ())
    assert (made.answer, made.attempts, made.model, made.text) == ("yes", 2, "m", TRACE.text)


def test_an_invalid_trace_and_an_item_without_reference_are_refused_for_their_structure_alone() -> None:
    invalid = checked(YES_NO, replace(TRACE, knowledge_recall="none"))
    assert refusals(invalid) == ["structure"]
    assert invalid.rejections[0].reason == "under 3 words of knowledge recall"
    lacking = checked(replace(YES_NO, reference=""), TRACE)
    assert [r.reason for r in lacking.rejections] == ["the item has no reference"]


@pytest.mark.parametrize(
    ("item", "answer", "passed"),
    [
        (YES_NO, "no", ""),
        (YES_NO, "Yes.", "rule"),
        (CHOICE, "B", "letter"),
        (CHOICE, "b. Pleural effusion", "letter"),
        (CHOICE, "A", ""),
        (CHOICE, "Pleural effusion", "rule"),
        (OPEN, "small effusion", "rule"),
        (replace(OPEN, reference="whiteness at the base"), "there is whiteness at the base", "string match"),
        (OPEN, "a fracture", ""),
    ],
)
def test_without_a_judge_letters_rules_and_texts_find_an_answer_right(item: Item, answer: str, passed: str) -> None:
    made = checked(item, replace(TRACE, answer=answer))
    assert made.passed == passed
    assert ("answer" in refusals(made)) == (not passed)


def test_a_judge_decides_what_no_letter_does_and_texts_where_it_gives_no_verdict() -> None:
    other_words = replace(TRACE, answer="fluid around the lung")
    assert checked(OPEN, other_words, "judge", verdict(1)).passed == "judge"
    wrong = checked(OPEN, other_words, "judge", verdict(0))
    assert (wrong.status, refusals(wrong), wrong.rejections[0].said) == ("rejected", ["answer"], "It says so.")
    assert checked(OPEN, replace(TRACE, answer="small effusion"), "judge", "no verdict").passed == "string match"
    assert checked(OPEN, other_words, "judge", "no verdict").passed == ""


def test_what_only_looks_like_the_reference_passes_as_published_and_is_no_gold_trace() -> None:
    alike = checked(
        replace(OPEN, reference="whiteness at the base"), replace(TRACE, answer="there is whiteness at the base")
    )
    assert (alike.passed, refusals(alike)) == ("string match", ["reading"])
    assert "only the likeness" in alike.rejections[0].reason
    inside = checked(replace(YES_NO, reference="no"), replace(TRACE, answer="unknown"), "judge", "no verdict")
    assert (inside.passed, refusals(inside)) == ("string match", ["reading"])


def test_no_judge_is_asked_about_a_letter_that_is_right() -> None:
    def refuse(call: Call) -> str:
        raise AssertionError("nobody need be asked")

    assert checked(CHOICE, replace(TRACE, answer="B"), "judge", refuse).passed == "letter"


def test_a_failed_request_of_the_judge_is_no_rejection() -> None:
    made = checked(OPEN, replace(TRACE, answer="fluid"), "judge", Reply(failure="timeout"))
    assert made.status == "request_failed"


def test_the_published_letter_lets_a_sentence_pass_that_is_read_as_another_answer() -> None:
    first = replace(CHOICE, reference="Pneumothorax")
    made = checked(first, replace(TRACE, answer="A pleural effusion"))
    assert (made.passed, refusals(made)) == ("letter", ["reading"])
    assert made.status == "rejected"


def test_a_stage_that_the_annotation_contradicts_is_refused_by_the_fact_checker() -> None:
    made = checked(YES_NO, replace(TRACE, visual_recognition="A large right pneumothorax is visible."))
    assert "facts" in refusals(made) and made.status == "rejected"
    assert made.stages["visual_recognition"] == "contradicted"
    assert "visual recognition" in next(r.reason for r in made.rejections if r.check == "facts")


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ("As the question says, white lies at the base.", QUESTION),
        ("The correct answer is visible at the base.", QUESTION),
        ("Is there a pleural effusion at the base, one wonders.", QUESTION),
        ("White at the base, consistent with fluid.", DIAGNOSIS),
        ("White at the base suggesting a fluid collection.", DIAGNOSIS),
        ("Impression: white at the base.", DIAGNOSIS),
    ],
)
def test_a_first_stage_that_speaks_of_the_question_or_concludes_is_refused(seen: str, reason: str) -> None:
    made = checked(YES_NO, replace(TRACE, visual_recognition=seen))
    assert reason in [r.reason for r in made.rejections if r.check == "leak"]


def test_the_disease_that_is_asked_for_may_not_stand_in_the_first_stage_and_a_sign_may() -> None:
    disease = replace(CHOICE, options=("Lobar pneumonia", "Sarcoidosis"), reference="Lobar pneumonia")
    assert list(leaks(disease, "There is lobar pneumonia on the left.")) == [(DIAGNOSIS, "Lobar pneumonia")]
    assert list(leaks(disease, "There are nodes as in sarcoidosis.")) == [(DIAGNOSIS, "Sarcoidosis")]
    assert list(leaks(disease, "A dense white lobe with air in its bronchi.")) == []
    assert list(leaks(CHOICE, "There is a left pleural effusion.")) == []


def test_a_first_stage_may_say_of_modality_and_view_what_is_asked_for() -> None:
    asked = replace(CHOICE, question="Which plane is shown?", options=("Axial", "Sagittal"), reference="Axial")
    assert list(leaks(asked, "An axial slice of the head with a dark rim.")) == []


def test_gold_traces_of_phantoms_leak_nothing() -> None:
    asked = [replace(YES_NO, target=name) for name in ("pleural effusion", "brain tumour", "renal cyst")]
    for seed in range(60):
        scene = draw_scene(seed, "train")
        for item in asked:
            assert list(leaks(item, gold_trace(scene, item).visual_recognition)) == []


@pytest.mark.parametrize(
    ("answer", "reference", "same"),
    [
        ("Yes.", "yes", True),
        ("the left lung", "left lung", True),
        ("left", "the left lung", True),
        ("pleural effusions", "pleural effusion", True),
        ("colour", "color", False),
        ("pneumothorax", "pneumothorx", True),
        ("left", "right", False),
        ("", "yes", False),
        ("a", "b", False),
    ],
)
def test_texts_are_compared_as_published(answer: str, reference: str, same: bool) -> None:
    assert texts_match(answer, reference) is same


@pytest.mark.parametrize(
    ("answer", "same"),
    [("B", True), ("b)", True), ("B. Pleural effusion", True), ("Both", False), ("A", False), ("", False)],
)
def test_a_letter_matches_where_no_letter_follows_it(answer: str, same: bool) -> None:
    assert letter_matches(CHOICE, answer) is same
    assert not letter_matches(YES_NO, answer)
