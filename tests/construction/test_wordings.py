import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.construction.phantom_cases import holds

from auscult.construction.claims import Claim, known_of_facts, stated
from auscult.construction.lexicon import lexicon
from auscult.construction.wordings import FORMS, PHRASINGS, ask, premise, question_text, questions
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import KINDS
from auscult.phantoms.texts import facts_of
from auscult.records import Fact


def known(*facts: Fact):
    return known_of_facts((Fact(finding="modality", presence="present", attributes=("X-ray",)), *facts))


LEFT = Fact(finding="pleural effusion", presence="present", side="left", attributes=("moderate",))
NONE = Fact(finding="pleural effusion", presence="absent")


@pytest.mark.parametrize(
    ("claim", "fact", "form", "question", "answer"),
    [
        (
            Claim("presence", "pleural effusion"),
            NONE,
            "neutral",
            "Is there a pleural effusion?",
            "No, there is no pleural effusion.",
        ),
        (
            Claim("presence", "pleural effusion"),
            LEFT,
            "presupposition",
            "How large is the pleural effusion?",
            "The pleural effusion is moderate.",
        ),
        (
            Claim("presence", "pleural effusion"),
            NONE,
            "presupposition",
            "How large is the pleural effusion?",
            "There is no pleural effusion.",
        ),
        (
            Claim("side", "pleural effusion", "right"),
            LEFT,
            "presupposition",
            "How large is the right pleural effusion?",
            "There is no right pleural effusion; the pleural effusion is on the left.",
        ),
        (
            Claim("side", "pleural effusion", "right"),
            LEFT,
            "tag",
            "There is a right pleural effusion, right?",
            "No, the pleural effusion is on the left.",
        ),
        (
            Claim("grade", "pleural effusion", "moderate"),
            LEFT,
            "polar",
            "Is that a moderate pleural effusion?",
            "Yes, there is a moderate pleural effusion.",
        ),
        (
            Claim("modality", "", "CT"),
            LEFT,
            "presupposition",
            "Which part of the body does this CT scan show?",
            "This is not a CT scan; it is an X-ray.",
        ),
    ],
)
def test_claims_are_asked_and_answered(claim, fact, form, question, answer):
    asked = ask(claim, form, 0, known(fact))
    assert asked is not None
    assert (asked.text, asked.answer) == (question, answer)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_truth_follows_the_scene_and_shows_in_the_answer_and_never_in_the_question(seed):
    scene = draw_scene(seed, "train")
    facts = known_of_facts(facts_of(scene))
    seen = 0
    for claim, form, phrasing, question in questions(facts):
        c = claim.claim
        if c.statement != "relation":
            assert claim.truth == holds(scene, c.statement, c.finding, c.value, c.other)
        assert question.text == question_text(c, form, phrasing, measured=True)
        assert question.answer.endswith(".")
        if form != "presupposition":
            assert question.answer.startswith("Yes, " if claim.truth else "No, ")
        elif not claim.truth:
            assert question.answer.startswith(("There is no ", "This is not "))
        seen += 1
    assert seen > 20


@pytest.mark.parametrize("finding", sorted(KINDS))
def test_every_finding_of_the_phantoms_has_its_properties(finding):
    kind, entry = KINDS[finding], lexicon().findings[finding]
    assert (entry.sided, set(entry.attributes)) == (kind.sided, set(kind.attributes))
    assert set(kind.places) <= set(entry.places)


def test_every_claim_has_three_phrasings_in_every_form_and_all_differ():
    for finding in lexicon().findings:
        claims = [Claim("presence", finding)]
        for (statement, key), values in lexicon().properties(finding):
            claims += [Claim(statement, finding, v, key.partition(", ")[2]) for v in values]
        for claim in claims:
            for measured in (True, False):
                texts = {question_text(claim, form, n, measured=measured) for form in FORMS for n in range(PHRASINGS)}
                assert len(texts) == len(FORMS) * PHRASINGS
                assert all(t.endswith("?") and "{" not in t for t in texts)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (Claim("presence", "cardiomegaly"), "There is cardiomegaly."),
        (Claim("grade", "cardiomegaly", "large"), "There is marked cardiomegaly."),
        (Claim("side", "midline shift", "left"), "There is a midline shift to the left."),
        (Claim("place", "liver lesion", "left lobe"), "There is a liver lesion in the left lobe of the liver."),
        (Claim("presence", "infiltration"), "There is an infiltration."),
        (Claim("count", "white blood cell", "2"), "There are exactly two white blood cells."),
        (Claim("count", "white blood cell", "1"), "There is exactly one white blood cell."),
        (Claim("presence", "rib notches", "plural"), "There are rib notches."),
        (Claim("modality", "", "MRI"), "This is an MRI scan."),
        (Claim("view", "", "anteroposterior"), "This is an anteroposterior view."),
    ],
)
def test_premises_are_english(claim, sentence):
    assert premise(claim) == sentence


@pytest.mark.parametrize(("value", "counted"), [("1", "is exactly one platelet"), ("2", "are exactly two platelets")])
def test_questions_about_a_number_are_english(value, counted):
    claim = Claim("count", "platelet", value)
    texts = [question_text(claim, form, n, measured=False) for form in FORMS for n in range(PHRASINGS)]
    assert f"Would you say that there {counted}?" in texts and f"There {counted}, right?" in texts
    pointing = ("that exactly", "this exactly", "those exactly", "these exactly", "call exactly")
    assert not [t for t in texts if any(p in t for p in pointing)]
    assert not [t for t in texts if "one platelets" in t or "two platelet " in t or "two platelet?" in t]


def test_a_presupposition_never_asks_for_what_it_states():
    for finding in KINDS:
        for (statement, _), values in lexicon().properties(finding):
            if statement == "grade":
                texts = [
                    question_text(Claim("grade", finding, values[0]), "presupposition", n, measured=True)
                    for n in range(3)
                ]
                assert not any(t.startswith("How") for t in texts)


def test_what_a_presupposition_asks_must_be_one_thing():
    both = known(LEFT, Fact(finding="pleural effusion", presence="present", side="right", attributes=("large",)))
    assert ask(Claim("presence", "pleural effusion"), "presupposition", 0, both) is None
    assert all(s.unfit for s in stated(both) if s.claim.finding == "pleural effusion")
    assert ask(Claim("side", "pleural effusion", "left"), "neutral", 0, both).answer.startswith("Yes")
