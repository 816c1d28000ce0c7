import pytest
from tests.construction.checks.test_checks import CASE, item

from auscult.construction.checks import checks
from auscult.construction.checks.knowledge import known
from auscult.construction.knowledge import KNOWLEDGE_FORMS, ask_knowledge, sentence, statements

(KNOWLEDGE,) = checks(["knowledge"])


def asked(statement, true, form, phrasing, **fields):
    question = ask_knowledge(statement, true, form, phrasing)
    given = {
        "kind": "non-hallucination" if true else "hallucination",
        "category": "distorted knowledge",
        "premise": f"{sentence(statement.true if true else statement.false)}.",
        "premise_form": form,
        "reference": question.answer,
    }
    return item(question.text, answer_type="open", **(given | fields))


def every():
    return [
        (s, true, form, n)
        for s in statements()
        for true in (True, False)
        for form in KNOWLEDGE_FORMS
        for n in (0, 1, 2)
    ]


def test_every_statement_of_the_table_passes_as_what_it_is_and_as_nothing_else():
    other = {True: "hallucination", False: "non-hallucination"}
    refused = [KNOWLEDGE.refuse(CASE, asked(*e), []) for e in every()]
    turned = [KNOWLEDGE.refuse(CASE, asked(*e, kind=other[e[1]]), []) for e in every()]
    assert not any(refused)
    assert all(turned)


def test_an_answer_that_goes_along_with_a_false_statement_is_refused():
    refused = [
        KNOWLEDGE.refuse(CASE, asked(s, False, "polar", 0, reference=f"Yes, {s.false}."), []) for s in statements()
    ]
    assert all(refused)
    assert all(KNOWLEDGE.refuse(CASE, asked(s, True, "tag", 0, reference="No, it is not."), []) for s in statements())


def test_a_false_statement_is_refused_in_any_answer():
    said = "An effusion is seen. A large pleural effusion pulls the mediastinum over to its side."
    assert "is not so" in KNOWLEDGE.refuse(CASE, item("What is seen?", said, "open"), [])


@pytest.mark.parametrize("text", ["Gout is a disease of joints.", "It is a left effusion."])
def test_what_the_table_does_not_know_passes(text):
    assert known() > 30
    assert not KNOWLEDGE.refuse(CASE, item("What is it?", text, "open"), [])


@pytest.mark.parametrize(
    "answer",
    [
        "The opacity is not in the right upper lobe but at the base of the left lung, where it could be collapse.",
        "When a patient lies flat, free air gathers at the front and base of the chest and deepens the angle.",
    ],
)
def test_a_long_sentence_that_shares_words_with_a_statement_by_chance_is_none(answer):
    assert not KNOWLEDGE.refuse(CASE, item("What is seen?", answer, "open"), [])


def test_an_answer_that_begins_with_a_denial_takes_a_false_statement_for_false():
    said = {"kind": "hallucination", "category": "distorted knowledge", "premise_form": "presupposition"}
    question, premise = "Since fibrosis always clears up, when will it?", "Fibrosis always clears up."
    answer = "That is not correct: fibrosis does not clear up and usually persists."
    assert not KNOWLEDGE.refuse(CASE, item(question, answer, "open", premise=premise, **said), [])
    evades = item(question, "Yes, it always clears up.", "open", premise=premise, **said)
    assert KNOWLEDGE.refuse(CASE, evades, [])
