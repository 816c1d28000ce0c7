from tests.scorers.items import answer, item

from auscult.scorers import rules_for, score
from auscult.scorers.rules import facts

REFERENCE = "There is a small left pleural effusion. The heart is enlarged. No pneumothorax."


def values(text, reference=REFERENCE, question="Describe the image.", **tags):
    return facts.rule(item(reference, question, "open", tags=tags), text).values


def made_up(found):
    return found["hallucinated"], found["hallucinated_at_most"]


def test_a_right_answer_has_everything():
    found = values("Small left effusion and cardiomegaly, no pneumothorax.", exhaustive="yes")
    assert (found["precision"], found["recall"], found["fact_f1"]) == (1, 1, 1)
    assert made_up(found) == (0, 0) and (found["contradicted"], found["omitted"], found["omitted_of"]) == (0, 0, 2)


def test_a_wrong_side_is_contradicted_and_not_found():
    found = values("Right effusion and cardiomegaly.")
    assert found["precision"] == found["recall"] == 0.5
    assert found["contradicted"] == 1 and made_up(found) == (1, 1) and found["omitted"] == 0


def test_what_is_left_out_is_omitted():
    found = values("The heart is enlarged.")
    assert found["recall"] == found["omitted"] == 0.5 and found["precision"] == 1


def test_of_an_unmentioned_finding_nobody_can_say_unless_the_reference_is_exhaustive():
    text = "Left effusion, cardiomegaly and a lung nodule."
    assert made_up(values(text)) == made_up(values(text, exhaustive="no")) == (0, 1)
    assert made_up(values(text, exhaustive="yes")) == (1, 1)


def test_of_an_unmentioned_denial_and_hedge_nobody_can_say_either():
    assert (
        made_up(values("Left effusion. No fracture.")) == made_up(values("Left effusion, perhaps a nodule.")) == (0, 1)
    )
    assert made_up(values("Left effusion, perhaps a nodule.", exhaustive="yes")) == (0, 0)


def test_a_hedge_on_what_the_reference_denies_is_never_made_up():
    assert made_up(values("Left effusion, possibly a pneumothorax.")) == (0, 0)


def test_a_finding_that_is_told_in_more_detail_than_the_reference_has_it_agrees_and_the_detail_is_open():
    found = values("A new effusion on the right.", "There is a pleural effusion.")
    assert (found["fact_f1"], found["recall"]) == (1, 1) and made_up(found) == (0, 1)
    assert values("Right effusion.", "There is a left pleural effusion.")["fact_f1"] == 0
    assert values("A brain tumour.", "There is a lesion in the brain.", "What is it?")["fact_f1"] == 0
    assert made_up(values("Right effusion.", "There is a pleural effusion.", exhaustive="yes")) == (0, 1)


def test_one_contradicted_claim_decides_whatever_else_is_said():
    assert made_up(values("Right effusion and a lung nodule.")) == (1, 1)


def test_denials_are_no_findings_but_can_be_wrong():
    found = values("No effusion. No pneumothorax.")
    assert found["contradicted"] == 1 and found["recall"] == 0 and found["fact_f1"] == 0


def test_saying_normal_of_a_normal_study_is_right():
    assert values("The lungs are clear.", "Normal chest radiograph.")["fact_f1"] == 1
    assert values("There is an effusion.", "Normal chest radiograph.")["fact_f1"] == 0


def test_the_question_tells_the_organ_of_a_bare_mass():
    asked = "What is seen in the liver?"
    assert values("A mass.", "A hepatic lesion.", asked)["fact_f1"] == 1
    assert values("A mass.", "A hepatic lesion.", "What is seen in the kidney?")["fact_f1"] == 0


def test_a_refusal_is_unusable():
    verdict = facts.rule(item(REFERENCE, "What is seen?", "open"), "I cannot determine this from the image.")
    assert verdict.status == "unusable" and verdict.values == {"fact_f1": 0, "omitted": 1, "omitted_of": 2}


def test_a_loop_of_letters_is_no_language_and_an_open_thought_is_cut_short():
    for text, why in (
        ("xqzt vbrr kkpw zzqx tttt wqqx", "no language"),
        ("<think>There may be an effusion", "cut short"),
    ):
        verdict = facts.rule(item(REFERENCE, "What is seen?", "open"), text)
        assert (verdict.status, verdict.parsed) == ("unusable", why)


def test_an_empty_answer_leaves_out_all_findings_and_a_failed_request_is_missing():
    asked = item(REFERENCE, "", "report")
    empty = score(facts.SCORER, asked, answer("", status="unusable"))
    assert empty.values == {"fact_f1": 0, "omitted": 1, "omitted_of": 2}
    failed = score(facts.SCORER, asked, answer("", status="request_failed"))
    assert (failed.status, failed.values) == ("request_failed", {"omitted_of": 2})


def test_where_no_finding_can_be_read_nobody_knows_what_was_said():
    verdict = facts.rule(item(REFERENCE, "What is seen?", "open"), "A picture like many others.")
    assert (verdict.status, verdict.parsed, verdict.values) == ("unread", "unread", {"omitted_of": 2})


def test_items_whose_reference_names_no_finding_are_not_scored():
    assert not facts.SCORER.applies(item("the left side", "Where?", "open"))
    assert facts.SCORER.applies(item("pleural effusion", "What is seen?", "open"))
    assert not facts.SCORER.applies(item("pleural effusion", "What is seen?", "yes_no"))


def test_it_is_found_by_name_and_explains_itself():
    assert facts.SCORER in rules_for({"report"})
    found = score(facts.SCORER, item(REFERENCE, "", "report"), answer("Right pleural effusion."))
    assert found.explanation == "contradicted: pleural effusion (side); omitted: cardiomegaly (object)"
