import pytest
from tests.construction.checks.test_checks import CASE, item

from auscult.construction.checks import checks, first_refusal

(SCHEMA,) = checks(["schema"])
PREMISE = {"answer_type": "open", "premise": "There is a mass.", "premise_form": "polar"}


@pytest.mark.parametrize(
    ("faulty", "why"),
    [
        (item(reference="Yes, there is."), "neither yes nor no"),
        (item("Which side?", "left", "choice", options=("right", "both")), "none of the options"),
        (item("How many masses are there?", "two", "number"), "reference of a number"),
        (item("", "left", "open"), "empty"),
        (item("A mass is on the left side.", "left", "open"), "asks nothing"),
        (item("On which side is it?", "Which side is meant?", "open"), "answer is a question"),
        (item("Describe the left lung", "Describe the left lung.", "open"), "answer is the question"),
        (item("On which side is it?", "[insert finding] on the left", "open"), "placeholder"),
        (item("On which side is it?", "left " * 400, "open"), "words"),
        (item("Is it a mass?", "No.", kind="hallucination", category="presence", **PREMISE), "no category"),
        (item("Is it a mass?", "No.", kind="hallucination", category="wrong attribute", answer_type="open"), "premise"),
        (item("Is it a mass?", "No.", **(PREMISE | {"premise_form": "leading"})), "form is unknown"),
        (item("Is it a mass?", "No.", **PREMISE), "neither hallucination nor"),
    ],
)
def test_what_is_no_question_with_an_answer_of_its_type_is_refused(faulty, why):
    assert why in SCHEMA.refuse(CASE, faulty, [])


@pytest.mark.parametrize(
    "sound",
    [
        item(),
        item("Describe the left lung.", "It is clear.", "open"),
        item("Is it a mass?", "No.", kind="hallucination", category="nonexistent object", **PREMISE),
        item("How many cells are there?", "3", "number"),
        item("On which side?", "left", "choice", options=("right", "left")),
    ],
)
def test_a_question_with_an_answer_of_its_type_passes(sound):
    assert not SCHEMA.refuse(CASE, sound, [])


@pytest.mark.parametrize(
    "question",
    [
        "How large is the nodule? Take a guess!",
        "I am new here. Walk me through the film.",
        "Chest pain, film done: summarise it in one line.",
        "The report says what? And why?",
    ],
)
def test_a_question_may_stand_anywhere_in_what_is_put(question):
    assert not SCHEMA.refuse(CASE, item(question, "The heart is normal.", "open"), [])


def test_what_asks_in_no_known_form_is_a_doubt_where_the_answer_is_open_and_a_fault_where_it_is_not():
    free, closed = item("Night shift handover, five seconds.", "Heart normal.", "open"), item("Effusion.", "yes")
    assert first_refusal([SCHEMA], CASE, free, []) is None
    assert first_refusal([SCHEMA], CASE, free, [], doubting=True)
    assert first_refusal([SCHEMA], CASE, closed, [])


@pytest.mark.parametrize("question", ["Cardiomegaly?", "Short report please.", "Short summary for the ward."])
def test_a_short_question_is_one(question):
    assert not SCHEMA.refuse(CASE, item(question, "The heart is normal.", "open"), [])
