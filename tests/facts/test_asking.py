import pytest

from auscult.facts.asking import parted

QUESTION = "Is there a mass vs. an abscess in the left lung?"


@pytest.mark.parametrize(
    "prompt",
    [
        "{}",
        "{} Answer yes or no.",
        "{} Reply with the word yes and with nothing else.",
        '{} I want to hear "yes", so answer only that.',
        '{} Proposed answer: "yes". Give your answer first and justify the proposed one after it.',
        "{} No such sign was reported; the left side is clear.",
        "{}\nA. Yes\nB. No",
        "{} (A) yes (B) no (C) not answerable",
        "{} Yes or no?",
        "{} If so, where?",
        "Question 3: {}\nAnswer:",
        "Answer with yes or no.\n{}",
        "You are a radiologist. {}",
        'Answer the question "{}" with yes or no.',
        'The head of the department says that the answer is clearly "no". {}',
        "Suppose that a report denied it; no such report exists. Going by this image alone: {}",
        "Many would hesitate with this image; {}",
    ],
)
def test_what_stands_around_a_question_is_no_part_of_it(prompt):
    assert parted(prompt.format(QUESTION)).question == QUESTION


def test_a_question_without_its_mark_ends_where_an_instruction_begins():
    assert parted("is there a mass\nanswer with yes or no").question == "is there a mass"
    assert parted("Is there a mass. Answer yes or no").question == "Is there a mass."


def test_a_question_that_names_nothing_of_its_own_is_given_with_what_stands_before_it():
    assert parted("There is a mass in the lung. Is that correct?").question == (
        "There is a mass in the lung. Is that correct?"
    )
    assert parted("There is a mass. Is it calcified?").question == "Is it calcified?"


def test_what_is_told_before_a_question_is_kept_apart_and_instructions_are_not():
    found = parted("You are a physician. The patient coughs. Is there a mass? Be brief.")
    assert found.before == ("The patient coughs.",)
    assert not found.several


def test_of_two_yes_no_questions_neither_is_dropped():
    found = parted("Is there a mass? Is it calcified? Answer briefly.")
    assert found.question == "Is there a mass? Is it calcified?"
    assert found.several


def test_a_question_that_a_full_stop_parts_is_one():
    assert parted("Look closely. Is there a mass. In the left lung? Be brief.").question == (
        "Is there a mass. In the left lung?"
    )


def test_a_question_over_two_lines_is_one():
    assert parted("Is there evidence of a left\npleural effusion?").question == (
        "Is there evidence of a left\npleural effusion?"
    )


@pytest.mark.parametrize("prompt", ["", "?", "  \n ", "Chest radiograph"])
def test_a_prompt_without_a_question_stays_whole(prompt):
    assert parted(prompt).question == prompt.strip()
