import re

import pytest
from tests.phantoms.scenes import CARDIOMEGALY, EFFUSION, NODULE, chest, some

from auscult.phantoms.scene import KINDS, kinds_of
from auscult.phantoms.texts import HELD_OUT
from auscult.phantoms.traces import mistakable, trace
from auscult.records import Trace

DIAGNOSES = re.compile(
    r"effusion|pneumothorax|nodule|consolidation|cardiomegaly|enlarge|tumou?r|mass\b|shift|hydrocephalus|ascites|cyst"
    r"|lesion|normal|fluid in|oedema|neoplasm",
    re.I,
)
WORDINGS = [0, 1, 2, HELD_OUT, HELD_OUT + 1]


def traces() -> list[tuple[object, str, Trace]]:
    found = []
    for scene in some(90) + some(30, "unseen"):
        for name in [k.name for k in kinds_of(scene.modality)] + ["modality", "view", "normal study"]:
            found += [(scene, name, trace(scene, name, "yes", w)) for w in WORDINGS]
    return found


TRACES = traces()


def test_a_trace_has_three_headers_and_ends_with_its_answer() -> None:
    text = trace(chest(EFFUSION), "pleural effusion", "left", 0).text
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("[")] == [
        "[Visual Recognition]",
        "[Knowledge Recall]",
        "[Reasoning]",
        "[Answer] left",
    ]
    assert lines[-1] == "[Answer] left" and len(lines) == 7


def test_every_stage_has_at_least_three_words_and_repeats_no_question() -> None:
    for _, _, made in TRACES:
        for stage in (made.visual_recognition, made.knowledge_recall, made.reasoning):
            assert len(stage.split()) >= 3 and "?" not in stage and "\n" not in stage
            assert stage[0].isupper() and stage.endswith(".")


def test_visual_recognition_says_what_is_seen_without_a_diagnosis_and_whatever_is_asked() -> None:
    for _, _, made in TRACES:
        assert not DIAGNOSES.search(made.visual_recognition), made.visual_recognition
    scene = chest(EFFUSION, NODULE)
    seen = {trace(scene, name, "no", 4).visual_recognition for name in ("lung nodule", "pneumothorax", "view")}
    assert len(seen) == 1


def test_everything_that_is_there_is_seen_with_its_size() -> None:
    for scene, _, made in TRACES:
        for f in scene.findings:  # type: ignore[attr-defined]
            assert (f"{f.size:.0f} mm" if f.kind.unit else f"{f.size:.2f}") in made.visual_recognition
            assert f.side in made.visual_recognition and f.place in made.visual_recognition


def test_knowledge_is_about_the_finding_and_knows_nothing_of_the_image() -> None:
    stories = {}
    for scene, name, made in TRACES:
        stories.setdefault((name, made.knowledge_recall), set()).add(scene.key)  # type: ignore[attr-defined]
        assert not re.search(r"\b(left|right)\b", made.knowledge_recall)
    # The same sentences serve many scenes: none is made for one.
    assert min(len(scenes) for (name, _), scenes in stories.items() if name in KINDS) > 1


def test_reasoning_ends_where_the_scene_leads() -> None:
    for scene, name, made in TRACES:
        if name in KINDS:
            found = scene.of(name)  # type: ignore[attr-defined]
            denied = re.search(r"\bno such sign\b|nothing of that kind|is missing", made.reasoning, re.I)
            assert bool(denied) == (not found), made.reasoning
            assert all(f.side in made.reasoning and f.place in made.reasoning for f in found)
        if name == "normal study":
            assert ("not normal" in made.reasoning) == bool(scene.findings)  # type: ignore[attr-defined]


def test_the_answer_never_changes_the_stages() -> None:
    one, other = (trace(chest(CARDIOMEGALY), "cardiomegaly", answer, 7) for answer in ("yes", "no"))
    assert one.text.rsplit("\n", 1)[0] == other.text.rsplit("\n", 1)[0]


def test_a_finding_of_another_modality_is_not_seen() -> None:
    assert re.search("no such sign|nothing of that kind", trace(chest(EFFUSION), "ascites", "no", 1).reasoning, re.I)


def test_nothing_is_said_about_what_is_not_known() -> None:
    with pytest.raises(KeyError):
        trace(chest(), "fracture", "no", 0)


def test_knowledge_that_takes_one_sign_for_another_leads_to_what_that_sign_says() -> None:
    scene = chest(EFFUSION)
    misled = trace(scene, "pneumothorax", "yes", 0, taken="pleural effusion")
    right = trace(scene, "pneumothorax", "no", 0)
    assert misled.visual_recognition == right.visual_recognition
    assert "neumothorax" in misled.knowledge_recall and "base of a lung" in misled.knowledge_recall
    assert "pneumothorax" in misled.reasoning and "is absent" not in misled.reasoning
    denied = trace(scene, "pleural effusion", "no", 0, taken="pneumothorax").reasoning
    assert re.search("no such sign|nothing of that kind", denied, re.I)


def test_a_sign_can_be_mistaken_only_for_one_that_says_side_and_place_too() -> None:
    for name, kind in KINDS.items():
        for other in map(KINDS.get, mistakable(name)):
            assert other and other.modality == kind.modality and other.name != name
            assert other.sided or not kind.sided
            assert other.places or not kind.places
    assert mistakable("cardiomegaly") and "cardiomegaly" not in mistakable("lung nodule")
