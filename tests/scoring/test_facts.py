import pytest
from tests.scoring.items import answer, item

from auscult.scoring import facts, score, scorers_for

REFERENCE = "There is a small left pleural effusion. The heart is enlarged. No pneumothorax."


def values(text, reference=REFERENCE, question="Describe the image.", **tags):
    return facts.rule(item(reference, question, "open", tags=tags), text).values


def test_a_right_answer_has_everything():
    found = values("Small left effusion and cardiomegaly, no pneumothorax.", exhaustive="yes")
    assert found == {"precision": 1, "recall": 1, "fact_f1": 1, "hallucinated": 0, "contradicted": 0, "omitted": 0}


def test_a_wrong_side_is_contradicted_and_not_found():
    found = values("Right effusion and cardiomegaly.")
    assert found["precision"] == found["recall"] == 0.5
    assert found["contradicted"] == found["hallucinated"] == 0.5 and found["omitted"] == 0


def test_what_is_left_out_is_omitted():
    found = values("The heart is enlarged.")
    assert found["recall"] == found["omitted"] == 0.5 and found["precision"] == 1


def test_an_unmentioned_finding_is_a_hallucination_only_where_the_reference_is_exhaustive():
    text = "Left effusion, cardiomegaly and a lung nodule."
    assert values(text)["hallucinated"] == 0
    assert values(text, exhaustive="yes")["hallucinated"] == pytest.approx(1 / 3)
    assert values(text, exhaustive="no")["hallucinated"] == 0


def test_denials_are_no_findings_but_can_be_wrong():
    found = values("No effusion. No pneumothorax.")
    assert found["contradicted"] == 0.5 and found["recall"] == 0 and found["fact_f1"] == 0


def test_saying_normal_of_a_normal_study_is_right():
    assert values("The lungs are clear.", "Normal chest radiograph.")["fact_f1"] == 1
    assert values("There is an effusion.", "Normal chest radiograph.")["fact_f1"] == 0


def test_the_question_tells_the_organ_of_a_bare_mass():
    asked = "What is seen in the liver?"
    assert values("A mass.", "A hepatic lesion.", asked)["fact_f1"] == 1
    assert values("A mass.", "A hepatic lesion.", "What is seen in the kidney?")["fact_f1"] == 0


def test_a_refusal_is_unusable():
    verdict = facts.rule(item(REFERENCE, "What is seen?", "open"), "I cannot determine this from the image.")
    assert verdict.status == "unusable" and verdict.values == {"fact_f1": 0.0}


def test_items_whose_reference_names_no_finding_are_not_scored():
    assert not facts.SCORER.applies(item("the left side", "Where?", "open"))
    assert facts.SCORER.applies(item("pleural effusion", "What is seen?", "open"))
    assert not facts.SCORER.applies(item("pleural effusion", "What is seen?", "yes_no"))


def test_it_is_found_by_name_and_explains_itself():
    assert facts.SCORER in scorers_for({"report"})
    found = score(facts.SCORER, item(REFERENCE, "", "report"), answer("Right pleural effusion."))
    assert found.explanation == "contradicted: pleural effusion (side); omitted: cardiomegaly (object)"
