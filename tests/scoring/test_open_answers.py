import pytest
from tests.scoring.items import item

from auscult.scoring import exact_match, llava_med_open, medtrinity_open, scorers_for, token_f1


def scored(rule, truth, text):
    return rule(item(truth, "What is it?", "open"), text)


@pytest.mark.parametrize("text", ["The left lung.", "LEFT LUNG", "**left lung**", "Answer: left lung", "left-lung"])
def test_exact_match_ignores_case_punctuation_and_articles(text):
    assert scored(exact_match.rule, "left lung", text).values == {"correct": 1.0}


@pytest.mark.parametrize("text", ["right lung", "left lung and heart", "lung left"])
def test_exact_match_is_exact(text):
    assert scored(exact_match.rule, "left lung", text).values == {"correct": 0.0}


@pytest.mark.parametrize("text", ["x-ray", "X ray", "xray", "An X\u2010ray."])
def test_spellings_of_x_ray_are_one(text):
    assert scored(exact_match.rule, "X-Ray", text).values["correct"] == 1.0


@pytest.mark.parametrize("rule", [exact_match.rule, token_f1.rule])
@pytest.mark.parametrize("text", ["I cannot determine this.", "...", "<think>left lung</think>"])
def test_refusals_and_wordless_answers_are_unusable(rule, text):
    assert scored(rule, "left lung", text).status == "unusable"


def test_set_recall_counts_a_word_once():
    assert scored(token_f1.rule, "left lung", "left left").values == {
        "recall": 0.5,
        "precision": 1.0,
        "f1": pytest.approx(2 / 3),
    }


def test_published_recall_grows_with_repetition():
    assert scored(llava_med_open.rule, "left lung", "left left").values["recall"] == pytest.approx(2 / 3)
    assert scored(llava_med_open.rule, "yes sir", "yes yes yes").values["recall"] == pytest.approx(3 / 4)


def test_published_exact_match_is_truth_words_over_said_words():
    assert scored(llava_med_open.rule, "left lung", "in left upper lung").values["exact_match"] == 0.5


@pytest.mark.parametrize("text", ["", "heart"])
def test_published_overlap_is_zero_without_a_hit(text):
    assert set(scored(llava_med_open.rule, "left lung", text).values.values()) == {0.0}


def test_medtrinity_keeps_the_full_stop_that_llava_med_takes_off():
    values = scored(medtrinity_open.rule, "left lung", "The left lung.").values
    assert values["recall"] == 0.5 and values["recall_normalised"] == 1.0
    assert scored(llava_med_open.rule, "left lung", "The left lung.").values["recall"] == 1.0


def test_sound_scorers_come_first_and_published_ones_name_their_system():
    found = scorers_for({"open"})
    sound = ["exact-match", "facts", "premise", "token-f1"]
    assert [s.name for s in found] == [*sound, "llava-med-open", "medtrinity-open"]
    assert [s.published for s in found] == ["", "", "", "", "LLaVA-Med", "MedTrinity-25M"]
