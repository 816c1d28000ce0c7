import pytest
from tests.scorers.items import item

from auscult.scorers import rules_for
from auscult.scorers.rules import exact_match, llava_med_open, medtrinity_open, token_f1


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
        "f1_counted": 0.5,
    }


def test_counted_f1_falls_with_repetition():
    values = scored(token_f1.rule, "cyst", "cyst " * 40).values
    assert values["f1"] == 1.0 and values["f1_counted"] == pytest.approx(2 / 41)


@pytest.mark.parametrize(
    ("truth", "text"),
    [
        ("ER+", "ER-"),
        ("<5 mm", ">5 mm"),
        ("-2.5", "2.5"),
        ("T1 α", "T1 β"),
        ("5 µm", "5 m"),
        ("hepatitis A", "hepatitis"),
        ("Ödem", "dem"),
        ("肺炎", "肺癌"),
    ],
)
def test_signs_and_letters_of_any_script_are_compared(truth, text):
    assert scored(exact_match.rule, truth, text).values == {"correct": 0.0}
    assert scored(token_f1.rule, truth, text).values["recall"] < 1


@pytest.mark.parametrize("text", ["左肺下叶结节", "όγκος", "гидроторакс", "흉수", "ER−", "＜5 mm", "–2.5"])
def test_equal_texts_of_any_script_match(text):
    assert scored(exact_match.rule, text, text).values == {"correct": 1.0}
    assert set(scored(token_f1.rule, text, text).values.values()) == {1.0}


@pytest.mark.parametrize(("truth", "text"), [("3", "3.0"), ("3.0", "3"), ("1,200", "1200"), ("2.50", "2.5")])
def test_one_number_in_two_notations_is_equal(truth, text):
    assert scored(exact_match.rule, truth, text).values == {"correct": 1.0}
    assert scored(token_f1.rule, truth, text).values["f1_counted"] == 1.0


@pytest.mark.parametrize("scorer", [exact_match.SCORER, token_f1.SCORER])
def test_a_reference_without_words_is_not_measurable(scorer):
    assert not scorer.applies(item("...", "What is it?", "open")) and scorer.applies(item("+", "What is it?", "open"))


@pytest.mark.parametrize(
    ("text", "status", "parsed"),
    [
        ("", "unusable", "empty"),
        ("...", "unusable", "no language"),
        ("<think>left or", "unusable", "cut short"),
        ("I cannot tell.", "unusable", "refused"),
        ("gorb wexil frun dasp omkel trovi", "unusable", "no language"),
        ("Una imagen de la cabeza sin ninguna fractura.", "unread", "unread"),
    ],
)
@pytest.mark.parametrize("rule", [exact_match.rule, token_f1.rule])
def test_an_answer_that_shares_no_word_is_told_by_its_kind(rule, text, status, parsed):
    verdict = scored(rule, "left lung", text)
    assert (verdict.status, verdict.parsed) == (status, parsed)


def test_what_the_model_goes_on_to_say_for_others_is_not_compared():
    text = "mass</s>USER: And the liver? ASSISTANT: cyst"
    assert scored(token_f1.rule, "cyst", text).values["recall"] == 0.0
    assert scored(exact_match.rule, "mass", text).values["correct"] == 1.0


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
    found = rules_for({"open"})
    sound = ["exact-match", "facts", "premise", "token-f1"]
    assert [s.instrument.name for s in found] == [*sound, "llava-med-open", "medtrinity-open"]
    assert [s.instrument.published for s in found] == ["", "", "", "", "LLaVA-Med", "MedTrinity-25M"]
