import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.statistics.pairs import pairs_of, told_apart

# three images; question 0 is true of the first two and false of the third, question 1 is true of the first alone
IMAGE = np.array([0, 1, 2, 0, 1, 2])
QUESTION = np.array([0, 0, 0, 1, 1, 1])
TRUE = np.array([1, 1, 0, 1, 0, 0], bool)


def apart(*right: float, **more: object) -> float | None:
    return told_apart(np.array(right, float), TRUE, QUESTION, IMAGE, **more).value  # type: ignore[arg-type]


def test_every_pair_counts_once_and_a_question_that_is_true_of_all_images_has_none() -> None:
    there = pairs_of(TRUE, QUESTION)
    assert (there.pairs, there.questions, there.partners.tolist()) == (4, 2, [1, 1, 2, 2, 1, 1])
    same = pairs_of([True, True, False], np.array([0, 0, 1]))
    assert (same.pairs, same.questions, same.partners.tolist()) == (0, 0, [0, 0, 0])


def test_both_right_is_a_pair_told_apart_one_right_is_half_and_none_right_is_nothing() -> None:
    assert apart(1, 1, 1, 1, 1, 1) == 1
    assert apart(0, 0, 0, 0, 0, 0) == 0
    # question 0: wrong on image 2, so both its pairs are halves; question 1: wrong on image 1, so one whole, one half
    assert apart(1, 1, 0, 1, 0, 1) == pytest.approx((0.5 + 0.5 + 0.5 + 1) / 4)


@given(st.lists(st.booleans(), min_size=2, max_size=2))
def test_whoever_answers_by_the_words_alone_gets_exactly_what_a_coin_gets(says_yes: list[bool]) -> None:
    answers = np.array(says_yes)[QUESTION]
    found = told_apart((answers == TRUE).astype(float), TRUE, QUESTION, IMAGE)
    assert found.value == pytest.approx(0.5)
    assert found.low is not None and found.high is not None and found.low < 0.5 < found.high


def test_an_answer_that_takes_no_side_is_not_right_and_brings_half_a_pair_at_most() -> None:
    hedged = told_apart(np.array([0, 1, 1, 1, 1, 1.0]), TRUE, QUESTION, IMAGE, unusable=[1, 0, 0, 0, 0, 0])
    assert hedged.value == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert hedged.unusable == 1 and hedged.n == 6


def test_missing_answers_lie_between_their_worst_and_best_and_too_many_leave_a_range() -> None:
    lost = np.array([1, 0, 0, 0, 0, 0], bool)
    right = np.where(lost, np.nan, 1.0)
    some = told_apart(right, TRUE, QUESTION, IMAGE, missing=lost, max_missing=0.5)
    assert (some.value, some.worst, some.best, some.missing) == (1, pytest.approx(0.875), 1, 1)
    many = told_apart(right, TRUE, QUESTION, IMAGE, missing=lost)
    assert many.value is None and "over 5%" in many.withheld
    assert many.low is not None and many.low < 0.875


def test_a_question_without_both_truths_gives_no_figure() -> None:
    found = told_apart(np.ones(2), [True, True], np.zeros(2, int), ["a", "b"])
    assert found.value is None and found.withheld == "no question is true of one image and false of another"


@pytest.mark.parametrize(("images", "sensitivity", "specificity"), [(20, 0.95, 0.95), (40, 0.9, 0.5), (40, 1.0, 0.0)])
def test_the_interval_covers_the_truth_as_often_as_it_says(images: int, sensitivity: float, specificity: float) -> None:
    """Images whose answers go together (a shared chance of being right) and questions of unlike frequency."""
    rng = np.random.default_rng(images)
    held, made = 0, 150
    for _ in range(made):
        image, question = np.repeat(np.arange(images), 3), np.tile(np.arange(3), images)
        true = rng.random(len(image)) < np.array([0.2, 0.4, 0.6])[question]
        alike = rng.beta(4, 1, images)[image] / 0.8
        chance = np.clip(np.where(true, sensitivity, specificity), 0, 1)
        chance = np.where((chance > 0) & (chance < 1), np.clip(chance * alike, 0, 1), chance)
        found = told_apart((rng.random(len(image)) < chance).astype(float), true, question, image)
        weights = pairs_of(true, question).partners.astype(float)
        halves = [float(np.average(chance[rows], weights=weights[rows])) for rows in (true, ~true)]
        assert found.low is not None and found.high is not None
        held += found.low - 1e-9 <= sum(halves) / 2 <= found.high + 1e-9
    assert held / made >= 0.92
