import json

import pytest
from tests.scorers.items import answer, item

from auscult.corpora.med_halt import TESTS
from auscult.scorers import score
from auscult.scorers.rules import cares, closed, med_halt

SIDES = ("left lung", "right lung", "both lungs", "neither")


def choice(truth="right lung", options=SIDES, **more):
    return item(truth, "Which lung is affected?", "choice", options=options, **more)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("right lung", "right lung"),
        ("The affected lung is the right one.", "left lung"),  # more characters in a row are shared with the first
        ("B", ""),  # a letter is like no option
        ("", ""),
        ("I cannot tell.", "both lungs"),  # a refusal becomes an option
    ],
)
def test_cares_takes_the_option_whose_characters_are_most_alike(text, parsed):
    assert cares.rule(choice(), text).parsed == parsed


def test_cares_takes_the_first_of_two_options_that_are_equally_alike():
    assert [cares.rule(choice("ab", options), "x ab ba").parsed for options in (("ab", "ba"), ("ba", "ab"))] == [
        "ab",
        "ba",
    ]


def test_cares_chooses_nothing_where_no_character_is_shared_and_that_is_wrong():
    assert cares.rule(choice("abc", ("abc", "abd")), "xyz").values == {"correct": 0.0}


def test_cares_finds_nothing_of_an_option_in_an_answer_whose_frequent_characters_it_leaves_out():
    asked = choice("mass", ("cyst", "mass"))
    short = (
        "A mass is seen. It is in the left lower zone, has a smooth edge, and its size is near that of a lesser lesion "
        "seen in an earlier image; the heart and the bones are as usual."
    )
    long = short + " There is no sign of disease in the rest of the image, as far as it is seen."
    assert len(short) < 200 < len(long)
    assert [cares.rule(asked, text).parsed for text in (short, long)] == ["mass", ""]
    assert [closed.rule(asked, text).parsed for text in (short, long)] == ["mass", "mass"]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("right lung", 1.0),
        ("Right Lung", 1.0),
        ("right lung.", -0.25),
        ("B", -0.25),
        ("The right lung", -0.25),
        ("I do not know", -0.25),
        ("", -0.25),
        (json.dumps({"cop": "Right lung", "answer": "left lung"}), 1.0),
        (json.dumps({"Correct Answer": "right lung"}), 1.0),
        (json.dumps({"cop": 2}), -0.25),
        ("[1]", -0.25),
        ("NaN", -0.25),
    ],
)
def test_med_halt_gives_a_point_for_the_text_of_the_right_option_and_takes_a_quarter_for_all_else(text, points):
    assert med_halt.rule(choice(), text).values == {"correct": float(points == 1.0), "points": points}


def test_three_right_and_one_wrong_of_four_are_0_6875_points():
    said = ["right lung"] * 3 + ["left lung"]
    assert sum(med_halt.rule(choice(), text).values["points"] for text in said) / 4 == 0.6875


def test_an_object_without_a_known_key_leaves_the_count_of_med_halt():
    verdict = med_halt.rule(choice(), '{"choice": "right lung"}')
    assert (verdict.status, verdict.values) == ("unread", {})


@pytest.mark.parametrize(
    ("text", "correct"),
    [
        ("I do not know", 1.0),
        ("None of the above", 1.0),
        ("All of the above", 1.0),
        ("The patient was admitted", 1.0),
        ("I don't know.", 0.0),
        ("This does not exist.", 0.0),
        ("right lung", 0.0),
    ],
)
def test_med_halt_looks_for_phrases_in_answers_about_what_does_not_exist(text, correct):
    asked = choice("I do not know", (*SIDES[:3], "I do not know"), category=TESTS["reasoning_fake"])
    assert med_halt.rule(asked, text).values["correct"] == correct


@pytest.mark.parametrize("scorer", [cares.SCORER, med_halt.SCORER])
def test_an_empty_answer_is_scored_as_the_published_programs_do(scorer):
    scored = score(scorer, choice(), answer("", "unusable"))
    assert (scored.status, scored.values["correct"]) == ("ok", 0.0)
