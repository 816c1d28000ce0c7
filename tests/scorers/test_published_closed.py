import pytest
from tests.scorers.items import answer, item

from auscult.scorers import score
from auscult.scorers.rules import llava_med_closed, medtrinity_closed, medvh, pope, vcd
from auscult.scorers.rules._vqa_normal import vqa_normal


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


@pytest.mark.parametrize(
    ("truth", "text", "values"),
    [
        ("no", "not sure", {"correct": 1.0, "says_yes": 0.0}),
        ("no", "I do not know", {"correct": 1.0, "says_yes": 0.0}),
        ("no", "", {"correct": 0.0, "says_yes": 1.0}),
        ("yes", "", {"correct": 0.0, "says_yes": 0.0}),
        ("yes", "Yesterday's film", {"correct": 1.0, "says_yes": 1.0}),
        ("yes", "No", {"correct": 0.0, "says_yes": 0.0}),
    ],
)
def test_vcd_looks_for_the_truth_anywhere(truth, text, values):
    assert vcd.rule(item(truth), text).values == values


def test_pope_and_vcd_disagree_on_an_answer_that_decides_nothing():
    assert (correct(pope, "no", "unknown"), correct(vcd, "no", "unknown")) == (0.0, 1.0)
    assert (correct(pope, "yes", "unknown"), correct(vcd, "yes", "unknown")) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("B", 1.0), ("B. right", 1.0), ("Both", 1.0), ("right", 0.0), (" B", 0.0), ("b", 0.0), ("", 0.0)],
)
def test_medvh_compares_the_first_character(text, value):
    assert medvh.rule(item("right", answer_type="choice", options=("left", "right")), text).values["correct"] == value


def test_an_item_without_a_reference_is_scored_by_no_rule():
    assert not any(m.SCORER.applies(item("")) for m in (pope, vcd, llava_med_closed)) and pope.SCORER.applies(
        item("no")
    )
