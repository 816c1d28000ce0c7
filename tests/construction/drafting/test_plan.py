"""What a model is asked to make of an image."""

from collections import Counter

import pytest

from auscult.construction.claims import DISTORTED, NONEXISTENT, WRONG_ATTRIBUTE
from auscult.construction.drafting.plan import Slot, plan_of, sentences_of


def bears_premise(slot: Slot) -> bool:
    """Whether it takes something for granted, or asks to confirm it."""
    return slot.truth is not None and not slot.twin_of


@pytest.mark.parametrize("pairs", range(1, 25))
def test_a_plan_has_as_many_slots_as_were_asked_for_numbered_from_one(pairs: int) -> None:
    assert [slot.number for slot in plan_of("case", pairs)] == list(range(1, pairs + 1))


@pytest.mark.parametrize("pairs", range(1, 25))
def test_a_false_premise_never_stands_without_a_true_one_in_the_same_form_style_length_and_difficulty(
    pairs: int,
) -> None:
    for case in map(str, range(20)):
        looks: dict[bool, list[tuple[object, ...]]] = {True: [], False: []}
        for slot in plan_of(case, pairs):
            if bears_premise(slot):
                assert slot.kind == ("non-hallucination" if slot.truth else "hallucination")
                looks[bool(slot.truth)].append((slot.category, slot.form, slot.style, slot.words, slot.difficulty))
        assert looks[True] == looks[False]


def test_over_many_images_categories_forms_styles_and_lengths_are_asked_about_equally_often() -> None:
    slots = [slot for case in range(1_000) for slot in plan_of(str(case), 6) if slot.kind == "hallucination"]
    assert Counter(s.category for s in slots).keys() == {NONEXISTENT, WRONG_ATTRIBUTE, DISTORTED}
    for name in ("category", "form", "style", "words", "difficulty"):
        counts = Counter(getattr(slot, name) for slot in slots).values()
        assert len(counts) == 3
        assert max(counts) < 1.15 * min(counts)


def test_neutral_twins_are_answered_yes_as_often_as_no_and_ask_about_an_earlier_premise() -> None:
    plans = [plan_of(str(case), 6) for case in range(1_000)]
    twins = [(slot, plan) for plan in plans for slot in plan if slot.twin_of]
    assert len(twins) == 1_000
    assert all(bears_premise(plan[slot.twin_of - 1]) and slot.twin_of < slot.number for slot, plan in twins)
    assert 440 < sum(bool(slot.truth) for slot, _ in twins) < 560


def test_which_of_the_two_premises_stands_first_does_not_tell_which_is_false() -> None:
    first = [next(s for s in plan_of(str(case), 2) if bears_premise(s)) for case in range(1_000)]
    assert 440 < sum(bool(slot.truth) for slot in first) < 560


def test_the_same_case_and_seed_give_the_same_plan_and_another_seed_another() -> None:
    assert plan_of("case", 10, 1) == plan_of("case", 10, 1)
    assert plan_of("case", 10, 1) != plan_of("case", 10, 2)


SAID = ["The heart is enlarged.", "No effusion.", "The lungs are clear.", "There is a mass in the left lung."]


def test_what_is_not_there_rests_on_a_sentence_that_denies_and_what_is_there_on_one_that_does_not() -> None:
    for case in map(str, range(50)):
        for slot in plan_of(case, 10, said=SAID):
            if slot.category == NONEXISTENT:
                assert slot.about in ((1, 4) if slot.truth else (2, 3))


def test_a_wrong_attribute_rests_on_the_sentence_of_the_right_one() -> None:
    for case in map(str, range(50)):
        of = {s.truth: s.about for s in plan_of(case, 10, said=SAID) if s.category == WRONG_ATTRIBUTE and s.form}
        assert of[True] == of[False]


def test_a_batch_goes_through_all_sentences_before_one_comes_again() -> None:
    said = [f"There is finding {n}." for n in range(20)]
    for case in map(str, range(20)):
        shared = [
            s.about for s in plan_of(case, 10, said=said) if s.about and s.category != NONEXISTENT and not s.truth
        ]
        assert len(set(shared)) == len(shared)


def test_an_annotation_that_denies_nothing_leaves_the_sentence_of_what_is_not_there_open() -> None:
    slots = plan_of("case", 10, said=["There is a mass."])
    assert {s.about for s in slots if s.kind == "hallucination" and s.category == NONEXISTENT} == {0}


def test_headers_are_no_sentences() -> None:
    found = sentences_of("Findings:\nThe heart is normal in size. No effusion.\nImpression: Normal chest.")
    assert [one.split(": ")[-1] for one in found] == ["The heart is normal in size.", "No effusion.", "Normal chest."]
