import os
import subprocess
import sys
from dataclasses import replace

import pytest

from auscult.construction.checks import checks, first_refusal
from auscult.records import Case, Item

(WORDS,) = checks(["words"])
CASE = Case(
    id="c",
    source="made",
    source_key="1",
    annotation="Findings: The heart is normal in size. There is a small left pleural effusion. The trachea is midline. "
    "No pneumothorax or focal consolidation. Small T-spine osteophytes. Borderline prominent hila. "
    "Two screws are seen in the left clavicle.\nImpression: No acute cardiopulmonary findings.",
)


def refused(question, answer, kind="non-hallucination", category="findings", tier="drafted", report="", **fields):
    item = Item(
        id="i",
        case_id="c",
        source_id="s",
        question=question,
        reference=answer,
        answer_type="yes_no" if answer in ("yes", "no") else "open",
        kind=kind,
        category=category,
        tags={"tier": tier},
        **fields,
    )
    return WORDS.refuse(replace(CASE, annotation=report) if report else CASE, item, [])


def false(question, answer, category="nonexistent object"):
    return refused(question, answer, "hallucination", category)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What does the heart look like?", "It is of normal size."),
        ("What does the chest X-ray show on the left?", "The chest x-ray shows a small left pleural effusion."),
        ("What is seen in the lungs?", "No focal consolidation."),
        ("Where is the pleural effusion?", "It is on the left."),
        ("Where are the screws?", "The screws are in the left clavicle."),
        ("How many screws are there?", "There are two."),
        ("The heart is normal, right?", "Yes, that is correct."),
        ("Is the heart unremarkable?", "Yes, the heart is unremarkable in size."),
        ("Is there no pneumothorax?", "Yes, there is no pneumothorax."),
        ("Are there osteophytes?", "yes"),
        ("Is there cardiomegaly?", "no"),
        ("What do the hila look like?", "They are borderline prominent."),
    ],
)
def test_a_pair_that_says_what_the_annotation_says_passes(question, answer):
    assert not refused(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is there a pneumothorax?", "No, no pneumothorax is seen."),
        ("Is the heart enlarged?", "No, the heart is not enlarged."),
        ("Is the trachea deviated?", "No, the trachea is midline."),
        ("Are the screws in the right clavicle?", "No, the screws are in the left clavicle."),
        ("Where is the pneumothorax?", "There is no pneumothorax."),
    ],
)
def test_a_false_premise_put_right_in_words_of_the_annotation_passes(question, answer):
    assert not false(question, answer)


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        ("Where is the trachea?", "The trachea is at the bottom of the chest.", "bottom"),
        ("Are the bony thorax and the ribs clearly visible?", "yes", "visibl"),
        ("Is the patient's condition normal?", "Yes, the patient's condition is normal.", "condit"),
        ("Is the heart always normal?", "yes", "alwa"),
        ("Are there three screws?", "Yes, there are three screws.", "thr"),
        ("Where is the screw?", "It is in the right clavicle.", "right"),
        ("Is the effusion in the left lung base?", "yes", "base"),
    ],
)
def test_what_the_annotation_does_not_say_is_refused_with_the_words(question, answer, words):
    found = refused(question, answer)
    assert found.startswith("the annotation does not say it: ")
    assert words in found.partition(": ")[2].split(", ")


def test_a_false_premise_put_right_by_what_nobody_said_is_refused():
    assert "bottom" in false("Is the trachea at the top?", "No, the trachea is at the bottom of the chest.")


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("Are there any small T-spine osteophytes?", "No, there are no small T-spine osteophytes.", "hallucination"),
        ("Are there screws in the left clavicle?", "no", "question"),
        ("Are there any acute cardiopulmonary findings?", "Yes, there are acute cardiopulmonary findings.", ""),
        ("Is there focal consolidation?", "Yes, there is focal consolidation.", ""),
    ],
)
def test_what_the_annotation_says_the_other_way_round_is_refused_whatever_its_category(question, answer, kind):
    found = refused(question, answer, kind or "non-hallucination", "distorted knowledge")
    assert found.startswith("the annotation says the contrary")


def test_words_of_two_sentences_do_not_make_a_statement():
    assert "no sentence" in refused(
        "What is seen on the left?", "A small left clavicle with osteophytes and normal hila."
    )


def test_what_is_said_with_reserve_may_not_be_told_as_certain():
    assert "with reserve" in refused("What do the hila look like?", "The hila are prominent.")


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        ("What does the heart look like?", "yes", "more than the yes or no"),
        ("Where are the heart and the trachea?", "Yes, they are normal.", "more than the yes or no"),
        ("Where is the effusion?", "There is a small pleural effusion.", "names no place"),
        ("Where is the small left pleural effusion?", "There is a small left pleural effusion.", "says nothing"),
        ("How many screws are there?", "There are screws in the left clavicle.", "does not give"),
        ("Why is there an effusion?", "There is a small effusion.", "does not give"),
        ("What does this finding mean for the patient?", "It can cause breathlessness.", "of which finding"),
    ],
)
def test_an_answer_that_does_not_answer_is_refused(question, answer, why):
    assert why in refused(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is there a pleural effusion?", "No, there is a pleural effusion."),
        ("Is there any abnormality?", "Yes, there is no abnormality."),
        ("Is there an effusion?", "Yes or no."),
    ],
)
def test_an_answer_against_its_own_yes_or_no_is_refused(question, answer):
    assert "contradicts its own yes or no" in refused(question, answer)


def test_a_denial_of_something_else_than_was_asked_is_refused():
    assert "something else" in false("Is there an acute disease?", "No, there is no chronic disease.")


@pytest.mark.parametrize("category", ["clinical meaning", "distorted knowledge"])
def test_a_statement_of_medicine_at_large_may_bring_words_of_its_own_and_a_claim_about_the_patient_may_not(category):
    question = "What does a pleural effusion mean for the patient?"
    assert not refused(question, "A pleural effusion can cause shortness of breath.", category=category)
    assert refused(question, "It means that the patient has a weak constitution.", category=category)
    assert refused("Where is the effusion?", "An effusion can cause shortness of breath on the left.")


def test_a_question_about_this_finding_takes_for_granted_that_it_is_there():
    question = "Will this pneumothorax surely pass by itself?"
    assert "contrary" in false(question, "No, it is a sign of disease.", "distorted knowledge")


def test_items_that_rules_make_carry_their_own_truth():
    assert not refused("Where is the trachea?", "At the bottom of the chest.", tier="stated")


def test_what_cannot_be_shown_is_a_doubt_and_what_is_against_the_annotation_is_none():
    def refusal(answer, doubting):
        made = Item(id="i", case_id="c", source_id="s", question="What is seen?", reference=answer, answer_type="open")
        made = replace(made, kind="non-hallucination", category="findings", tags={"tier": "drafted"})
        return first_refusal([WORDS], CASE, made, [], doubting=doubting)

    unsaid = "The stomach bubble is prominent."
    assert refusal(unsaid, doubting=True) and not refusal(unsaid, doubting=False)
    for contrary in ("There are no small T-spine osteophytes.", f"{unsaid} There are no small T-spine osteophytes."):
        assert refusal(contrary, doubting=False).reason == "the annotation says the contrary"


def test_this_image_points_at_no_finding():
    question = "This image shows a pneumothorax, right?"
    assert not false(question, "No, there is no pneumothorax.", "distorted knowledge")


def test_who_puts_an_attribute_right_owes_no_reason():
    answer = "It is the left effusion that is small."
    assert "does not give what the question asks for" in refused("Why is the effusion large?", answer)
    found = refused("Why is the effusion large?", answer, "hallucination", "wrong attribute", premise="It is large.")
    assert "does not give" not in found


def test_half_a_centimetre_is_a_size():
    assert "does not give" not in refused("How large is the effusion?", "About half a centimetre.")


WITHIN = "Heart size is within normal limits. The lungs are clear. Deformity of the right clavicle is again seen."
CHILD = "Elderly male. Fever and elevated c-reactive protein. The right heart border was lost."


@pytest.mark.parametrize(
    ("report", "question", "answer", "premise"),
    [
        (WITHIN, "Is the heart size within normal limits?", "No, the heart size is outside normal limits.", ""),
        (WITHIN, "Is the right clavicle deformed?", "No, the right clavicle is not deformed.", "It is deformed."),
        (WITHIN, "Would you call the lungs clear?", "no", ""),
        (WITHIN, "What is not clear?", "The lungs are not clear.", "The lungs are not clear."),
        (CHILD, "The elderly male has a fever, right?", "No, he has COVID-19.", "The elderly male has a fever."),
    ],
)
def test_who_denies_a_sentence_of_the_annotation_says_the_contrary(report, question, answer, premise):
    kind = "hallucination" if premise else "question"
    assert "contrary" in refused(question, answer, kind, "distorted knowledge", report=report, premise=premise)


@pytest.mark.parametrize(
    ("report", "question", "answer"),
    [
        (CHILD, "Is the right heart border visible?", "No, the right heart border is not visible."),
        (CHILD, "Is the left heart border lost?", "No, it is the right one."),
        ("Right effusion larger than left effusion.", "Is the left effusion larger than the right?", "no"),
        ("There is no effusion. The lungs are expanded without edema.", "Do the lungs show edema?", "no"),
        (
            "No pneumothorax. A pacemaker generator is on the left.",
            "Is there a pneumothorax after the pacemaker?",
            "no",
        ),
    ],
)
def test_a_denial_that_the_annotation_bears_out_passes(report, question, answer):
    kind = "question" if answer == "no" else "hallucination"
    assert "contrary" not in refused(question, answer, kind, report=report, premise="")


@pytest.mark.parametrize(
    ("report", "question", "answer"),
    [
        ("Lumbosacral spine. Large osteophytes on the vertebral bodies.", "Is the lumbosacral spine normal?", "yes"),
        ("Calcified granuloma in the left lung base.", "Is the left lung base clear?", "yes"),
        ("Patchy infiltrate in the right lower lobe.", "Is the patchy infiltrate normal?", "yes"),
    ],
)
def test_what_is_called_normal_has_no_finding_in_it(report, question, answer):
    assert "contrary" in refused(question, answer, "question", report=report)


def test_an_organ_is_normal_where_the_annotation_says_so_whatever_else_it_finds():
    report = "The lungs are clear. Calcified granuloma in the left lung base. Heart normal."
    assert not refused("Are the lungs clear?", "yes", "question", report=report)
    assert not refused("Is the heart normal?", "yes", "question", report=report)


@pytest.mark.parametrize("report", ["Mass in the right lung, highly suspicious for malignancy."])
def test_what_is_only_suspected_is_not_told_for_certain(report):
    assert "with reserve" in refused("Is the right lung mass malignant?", "yes", "question", report=report)
    assert "with reserve" in refused("What is the mass?", "It is a malignant mass.", report=report)
    assert "with reserve" not in refused("What is the mass?", "It could be a malignant mass.", report=report)
    sure = f"{report} Known malignancy."
    assert "with reserve" not in refused("What is the mass?", "It is a malignant mass.", report=sure)


@pytest.mark.parametrize(
    "question",
    [
        "Is this right?",
        "Is this a disease?",
        "What does it mean for the patient?",
        "Is the heart located here?",
        "Are the lungs clear without any of the mentioned issues?",
        "Is the impression 1?",
    ],
)
def test_a_question_about_nothing_is_refused(question):
    question_of = "the question asks about nothing"
    assert refused(question, "yes", "question").startswith(question_of)
    assert refused("What is the impression?", "The impression is 2.").startswith(question_of)


@pytest.mark.parametrize("question", ["Is this a chest radiograph?", "Is this normal?", "What does the effusion mean?"])
def test_a_question_about_the_image_or_a_finding_is_about_something(question):
    assert "about nothing" not in refused(question, "yes", "question")


def test_a_place_of_something_else_does_not_say_where():
    assert "names no place" in refused("Where is the effusion?", "There is an effusion; the lungs are clear.")
    assert not refused("Where is the effusion?", "There is one. It lies on the left.")


def test_a_denial_of_a_false_premise_in_other_words_is_a_doubt_and_one_of_a_true_premise_is_not():
    def refusal(report, answer):
        case = replace(CASE, annotation=report)
        asked = {"question": "Which of the two lungs is hazy?", "reference": answer, "answer_type": "open"}
        made = Item(id="i", case_id="c", source_id="s", kind="hallucination", category="nonexistent object", **asked)
        made = replace(
            made, premise="There is a lung opacity.", premise_form="presupposition", tags={"tier": "drafted"}
        )
        return first_refusal([WORDS], case, made, [])

    assert not refusal("Lungs are clear bilaterally with no infiltrate.", "Neither, both are clear.")
    assert refusal("There is a right lung opacity.", "There is no right lung opacity.")


def test_an_answer_to_why_that_gives_a_cause_in_no_known_form_is_a_doubt():
    question, answer = "Why are the lungs small?", "The back is bent forward too much and leaves less room."
    assert refused(question, answer).partition(": ")[0] in WORDS.doubts


def test_which_words_claim_something_does_not_depend_on_the_order_of_a_set():
    said = "No broken ribs are visible, as the bony thorax is intact."
    code = f"from auscult.construction.checks._wording import content; print(*sorted(content({said!r})))"
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert told.stdout.split() == [b"bony", b"broken", b"intact", b"rib", b"thorax"]
