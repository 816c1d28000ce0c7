"""Gold stages with one planted error: what is planted, what follows from it, and when nothing is."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from tests.phantoms.scenes import some

from auscult.construction.claims import known_of_facts, stated
from auscult.construction.knowledge import statements
from auscult.construction.wordings import FORMS, ask, premise
from auscult.diagnosis.planting import Planted, Stage, believing, planted
from auscult.phantoms.scene import KINDS, VIEWS, Scene
from auscult.phantoms.texts import HELD_OUT, MODALITY_NAMES, facts_of
from auscult.phantoms.traces import trace
from auscult.records import Case, Item, Trace, rank
from auscult.scorers.premise import rule

STAGES: tuple[Stage, ...] = ("visual_recognition", "knowledge_recall")


def case_of(scene: Scene) -> Case:
    return Case(
        id=scene.key,
        source="phantoms",
        source_key=scene.key,
        facts=facts_of(scene),
        tags={"modality": MODALITY_NAMES[scene.modality], "view": scene.view},
        exhaustive=True,
    )


def asked(scene: Scene, wording: int = 0) -> Iterator[Item]:
    """All that a set of phantoms asks of a scene, with gold traces: claims in all forms, choices, sizes."""
    known, key = known_of_facts(facts_of(scene)), scene.key
    for one in stated(known):
        claim, about = one.claim, one.claim.finding or one.claim.statement
        if one.truth is None or one.unfit or about not in (*KINDS, "modality", "view"):
            continue
        for form in FORMS:
            if question := ask(claim, form, rank(claim.name) % 3, known, true=one.truth):
                neutral = form == "neutral"
                yield Item(
                    id=f"{key} {claim.name} {form}",
                    case_id=key,
                    source_id="",
                    question=question.text,
                    reference=("yes" if one.truth else "no") if neutral else question.answer,
                    answer_type="yes_no" if neutral else "open",
                    kind="question" if neutral else "non-hallucination" if one.truth else "hallucination",
                    premise_form=form,
                    premise=premise(claim),
                    target=about,
                    tags={
                        "fact": claim.name,
                        "statement": claim.statement,
                        "value": "" if claim.statement == "presence" else claim.value,
                        "other": claim.other,
                        "phrasing": str(rank(claim.name) % 3),
                    },
                    trace=trace(scene, about, "", wording, claim.other),
                )
    yield choice(scene, "modality", "modality", MODALITY_NAMES[scene.modality], tuple(MODALITY_NAMES.values()), wording)
    yield choice(scene, "view", "view", scene.view, VIEWS[scene.modality], wording)
    for found in scene.findings:
        if len(scene.of(found.name)) == 1 and found.side:
            yield choice(scene, "side", found.name, found.side, ("left", "right"), wording)
        if len(scene.of(found.name)) == 1 and found.place:
            yield choice(scene, "place", found.name, found.place, found.kind.places, wording)
        if found.kind.unit:
            question = f"What is the size of the {found.side} {found.name} in the {found.place}, in mm?"
            size = choice(scene, "size", found.name, f"{found.size:g}", (), wording)
            yield replace(size, question=question, answer_type="number", tolerance=max(3.0, 0.15 * found.size))


def choice(scene: Scene, category: str, about: str, reference: str, options: tuple[str, ...], wording: int) -> Item:
    return Item(
        id=f"{scene.key} {category} {about}",
        case_id=scene.key,
        source_id="",
        question=category,
        reference=reference,
        answer_type="choice",
        options=options,
        category=category,
        target=about if about in KINDS else "",
        trace=trace(scene, about, reference, wording),
    )


SCENES = some(16)


@cache
def every() -> list[tuple[Item, Case]]:
    """Every question on the scenes, every second scene in words that are kept apart."""
    return [(item, case_of(scene)) for n, scene in enumerate(SCENES) for item in asked(scene, n + HELD_OUT * (n % 2))]


@cache
def errors(stage: Stage) -> list[tuple[Item, Case, Planted | None]]:
    """The same with what is planted in them."""
    return [(item, case, planted(item, case, stage)) for item, case in every()]


@pytest.mark.parametrize("stage", STAGES)
def test_the_same_error_is_planted_each_time_and_differs_from_gold(stage: Stage) -> None:
    for n, (item, case, error) in enumerate(errors(stage)):
        assert n % 5 or error == planted(item, case, stage)
        if error:
            assert error.text != getattr(item.trace, stage) and error.stage == stage
            assert error.entails != item.reference and error.wrong in error.text


def test_nearly_every_question_on_a_finding_allows_an_error_of_seeing() -> None:
    about = [(item, error) for item, _, error in errors("visual_recognition") if item.target in KINDS]
    missing = [item.question for item, error in about if error is None]
    assert len(missing) < 0.05 * len(about), missing[:5]


def test_both_degrees_occur_in_both_stages() -> None:
    degrees = {(stage, error.degree) for stage in STAGES for *_, error in errors(stage) if error}
    assert degrees == {(s, d) for s in STAGES for d in ("slight", "gross")}


def test_what_is_seen_wrongly_entails_the_answer_on_the_scene_that_is_described() -> None:
    scenes = {scene.key: scene for scene in SCENES}
    for item, case, error in errors("visual_recognition"):
        if error and item.tags.get("statement") == "presence" and item.premise_form == "neutral":
            there = bool(scenes[case.id].of(item.target))
            assert error.kind == ("left out" if there else "invented")
            assert error.entails == ("no" if there else "yes")


def test_a_size_that_is_planted_is_no_right_answer() -> None:
    sizes = [(i, error) for i, _, error in errors("visual_recognition") if i.answer_type == "number" and error]
    assert len(sizes) > 8
    for item, error in sizes:
        assert abs(float(error.entails) - float(item.reference)) > item.tolerance
        assert f"{error.entails} mm" in error.text


def test_nothing_but_the_error_changes() -> None:
    for item, _, error in errors("visual_recognition"):
        if error and error.kind in ("side", "place", "size", "look"):
            gold, said = item.trace.visual_recognition.split(), error.text.split()
            assert len(set(gold) ^ set(said)) <= 6, (gold, said)


def knowledge_item(true: bool) -> Item:
    pair = statements()[0]
    return Item(
        id="k",
        case_id="c",
        source_id="",
        question=f"Is it true that {pair.true if true else pair.false}?",
        reference=f"{'Yes' if true else 'No'}, {pair.true}.",
        answer_type="open",
        kind="non-hallucination" if true else "hallucination",
        premise_form="polar",
        tags={"statement": "knowledge", "fact": f"knowledge {pair.number}"},
        trace=Trace(visual_recognition="A chest film.", knowledge_recall=pair.true, reasoning="So.", answer="Yes"),
    )


@pytest.mark.parametrize("true", [True, False])
def test_a_statement_of_medicine_gets_its_false_half_for_knowledge(true: bool) -> None:
    case = replace(case_of(SCENES[0]), id="c")
    error = planted(knowledge_item(true), case, "knowledge_recall")
    assert error and error.text.casefold().startswith(statements()[0].false)
    assert error.entails.startswith("No" if true else "Yes")
    assert planted(knowledge_item(true), case, "visual_recognition") is None


def real(question: str, reference: str, seen: str, known: str = "", **more: object) -> Item:
    kind = {"answer_type": "yes_no"} | more
    return Item(
        id=question,
        case_id="r",
        source_id="",
        question=question,
        reference=reference,
        trace=Trace(visual_recognition=seen, knowledge_recall=known, reasoning="So.", answer=reference),
        **kind,  # type: ignore[arg-type]
    )


REAL = Case(id="r", source="vqa-rad", source_key="r")


def test_the_presence_of_what_is_asked_about_is_turned_over() -> None:
    there = real("Is there a pneumothorax?", "yes", "There is a right pneumothorax. The heart is normal.")
    error = planted(there, REAL, "visual_recognition")
    assert error and error.entails == "no" and error.kind == "presence" and error.degree == "gross"
    assert "no pneumothorax" in error.text and "The heart is normal." in error.text


def test_the_side_of_what_is_asked_about_is_turned_over() -> None:
    seen = "There is a right pleural effusion. No left pleural effusion."
    there = real("Is there a right pleural effusion?", "yes", seen)
    found = [planted(replace(there, id=str(n)), REAL, "visual_recognition") for n in range(20)]
    assert "There is a left pleural effusion. No right pleural effusion." in {e.text for e in found if e}


def test_a_side_that_is_the_answer_is_turned_over_with_it() -> None:
    item = real("Which side?", "Left", "An opacity on the left.", answer_type="choice", options=("Left", "Right"))
    error = planted(item, REAL, "visual_recognition")
    assert error and (error.text, error.entails, error.degree) == ("An opacity on the right.", "Right", "slight")


def test_a_number_that_is_the_answer_is_changed_with_it() -> None:
    item = real("How many?", "3", "There are 3 nodules in 2 lobes.", answer_type="number")
    error = planted(item, REAL, "visual_recognition")
    assert error and error.entails != "3" and error.text == f"There are {error.entails} nodules in 2 lobes."


def test_the_name_of_the_right_option_gives_way_to_another() -> None:
    options = ("Sarcoidosis", "Silicosis", "Asbestosis")
    known = "Sarcoidosis shows hilar nodes."
    item = real("Which?", "Sarcoidosis", "Nodes.", known, answer_type="choice", options=options)
    error = planted(item, REAL, "knowledge_recall")
    assert error and error.entails in options[1:] and error.text == f"{error.entails} shows hilar nodes."


@pytest.mark.parametrize(
    "item",
    [
        real("Is there a pneumothorax?", "yes", "The heart is large."),
        real("Is the picture pretty?", "no", "There is a right pneumothorax."),
        real("Which side?", "Left", "Opacities left and right.", answer_type="choice", options=("Left", "Right")),
        real("Which side?", "Left", "An opacity.", answer_type="choice", options=("Left", "Right")),
        real("How many?", "3", "There are nodules.", answer_type="number"),
        real("Which?", "Sarcoidosis", "Nodes.", answer_type="open"),
        real("Is there a pneumothorax?", "yes", ""),
    ],
)
def test_nothing_is_planted_where_it_is_not_sure_what_would_follow(item: Item) -> None:
    assert planted(item, REAL, "visual_recognition") is None


def test_the_rule_for_open_answers_tells_who_adopted_the_error() -> None:
    told = [(i, error) for i, _, error in errors("visual_recognition") if i.premise_form == "polar" and error][:200]
    adopted = [rule(believing(item, error), error.entails).values["correct"] for item, error in told]
    kept = [rule(believing(item, error), item.reference).values["correct"] for item, error in told]
    assert sum(adopted) > 0.9 * len(told)
    assert sum(kept) < 0.1 * len(told)
