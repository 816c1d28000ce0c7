import pytest
from tests.scoring.items import answer, item

from auscult.scoring import llava_med_closed, medtrinity_closed, pope, score
from auscult.scoring._vqa_normal import vqa_normal


def correct(module, truth, text):
    return module.rule(item(truth), text).values["correct"]


def test_llava_med_reads_no_in_normal():
    assert correct(llava_med_closed, "no", "normal heart") == 1.0


def test_llava_med_hits_both_truths_when_both_words_are_said():
    assert correct(llava_med_closed, "yes", "yes and no") == correct(llava_med_closed, "no", "yes and no") == 1.0


def test_llava_med_scores_other_truths_zero():
    assert correct(llava_med_closed, "left", "left") == 0.0
    assert correct(llava_med_closed, "left", "left, not right") == 1.0


def test_llava_med_turns_none_into_a_digit_before_it_looks():
    assert correct(llava_med_closed, "no", "none") == 0.0


def test_medtrinity_needs_no_yes_or_no():
    assert correct(medtrinity_closed, "Left", "on the left side") == 1.0
    assert correct(medtrinity_closed, "no", "abnormal") == 1.0


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", "yes"),
        ("No", "no"),
        ("No, there is", "no"),
        ("There is no dog", "no"),
        ("It is not there.", "no"),
        ("Sure. There is no dog", "yes"),
        ("NO", "yes"),
        ("None", "yes"),
        ("There isn't", "yes"),
        ("normal", "yes"),
    ],
)
def test_pope_reads_anything_but_a_plain_no_as_yes(text, parsed):
    assert pope.rule(item("yes"), text).parsed == parsed


def test_pope_scores_an_empty_answer():
    scored = score(pope.SCORER, item("yes"), answer("", "unusable"))
    assert scored.status == "ok" and scored.values == {"correct": 1.0, "says_yes": 1.0}


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The left lung.", "left lung"),
        ("x-ray", "x ray"),
        ("x-ray, chest - PA", "xray chest pa"),
        ("2.5 cm", "2.5 cm"),
        ("1,200 mm", "1200 mm"),
        ("two ribs, none broken", "2 ribs 0 broken"),
        ("dont", "don't"),
        ("couldnt've", "couldn't've"),
        ("couldntve", "couldntve"),
        ("girl's", "girl's"),
        (". " * 33, "."),
    ],
)
def test_vqa_normalisation(text, normalised):
    assert vqa_normal(text) == normalised
