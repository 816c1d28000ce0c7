from dataclasses import replace

import pytest

from auscult.facts.traces import published_trace, read_trace
from auscult.phantoms.gold import gold_trace
from auscult.phantoms.scene import Scene, SceneFinding
from auscult.records import Item, Trace

EFFUSION = SceneFinding(name="pleural effusion", side="left", size=81)
NODULE = SceneFinding(name="lung nodule", side="right", place="lower zone", size=14, centre=(-60.0, 60.0))
SCENE = Scene(
    seed=1,
    split="test",
    distribution="2",
    modality="chest radiograph",
    view="posteroanterior",
    findings=(EFFUSION, NODULE),
    anatomy={},
    noise=3,
)
ASKED = Item(
    id="i",
    case_id="c",
    source_id="q",
    question="Does this image show a pleural effusion?",
    reference="yes",
    answer_type="yes_no",
    target="pleural effusion",
)
KNOWLEDGE = replace(
    ASKED,
    target="nodule",
    answer_type="open",
    kind="hallucination",
    reference="No, it is no larger than 3 cm.",
    tags={"statement": "knowledge", "truth": "A lung nodule is no larger than 3 cm."},
)
CHOICE = replace(ASKED, answer_type="choice", options=("right", "left"), reference="left")
ALL = {
    "presence": ASKED,
    "absent": replace(ASKED, target="pneumothorax", reference="no"),
    "choice": CHOICE,
    "size": replace(ASKED, answer_type="number", reference="81", unit="mm"),
    "modality": replace(CHOICE, target="", category="modality", options=("X-ray", "CT"), reference="X-ray"),
    "view": replace(ASKED, target="view"),
    "region": replace(ASKED, target="region"),
    "relation": replace(ASKED, tags={"other": "lung nodule"}),
    "knowledge": KNOWLEDGE,
}


@pytest.mark.parametrize("item", ALL.values(), ids=ALL)
def test_a_gold_trace_is_valid_and_forgiven_nothing(item: Item) -> None:
    trace = gold_trace(SCENE, item)
    read = read_trace(trace.text)
    assert (read.trace, read.invalid, read.forgiven) == (trace, "", ())
    assert published_trace(trace.text).trace == trace


def test_what_is_seen_is_said_in_the_same_words_whatever_is_asked_and_tells_no_diagnosis() -> None:
    seen = {gold_trace(SCENE, item).visual_recognition for item in ALL.values()}
    (words,) = seen
    assert not any(name in words for name in ("effusion", "nodule"))


def test_the_answer_is_the_reference_as_its_type_is_answered() -> None:
    assert {name: gold_trace(SCENE, item).answer for name, item in ALL.items()} == {
        **dict.fromkeys(("presence", "view", "region", "relation"), "yes"),
        "absent": "no",
        "choice": "B. left",
        "size": "81 mm",
        "modality": "A. X-ray",
        "knowledge": KNOWLEDGE.reference,
    }


def test_a_question_on_two_findings_reasons_about_both() -> None:
    reasoning = gold_trace(SCENE, ALL["relation"]).reasoning
    assert "left pleural effusion" in reasoning and "lung nodule in the right lower zone" in reasoning


def test_of_a_statement_of_medicine_its_truth_is_what_is_known_and_its_kind_what_follows() -> None:
    false = gold_trace(SCENE, KNOWLEDGE)
    true = gold_trace(SCENE, replace(KNOWLEDGE, kind="non-hallucination"))
    assert false.knowledge_recall == true.knowledge_recall == KNOWLEDGE.tags["truth"]
    assert "contradict" in false.reasoning or "disagree" in false.reasoning
    assert "contradict" not in true.reasoning and "disagree" not in true.reasoning


def test_there_is_none_of_a_report_or_of_a_finding_that_phantoms_lack() -> None:
    report = replace(ASKED, target="", category="report", answer_type="report")
    for item in (report, replace(ASKED, target="rib fracture")):
        assert gold_trace(SCENE, item) == Trace()
