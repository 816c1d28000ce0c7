"""Limits hold whatever the missing values were: worked by hand, and for any way to fill them in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from auscult.records import Estimate
from auscult.statistics import balanced_accuracy, difference, mean, mean_with_repeats
from auscult.statistics.detection import Discrimination, discrimination
from auscult.statistics.missing import completions

ROUNDING = 1e-9


def test_by_hand_seven_of_ten_right_and_two_not_read() -> None:
    # Clopper-Pearson: 7 of 12 reaches down to 27.7 %, 9 of 12 up to 94.5 %; 7 of 10 alone would be 34.8 to 93.3 %
    right, lost = np.array([1] * 7 + [0] * 3 + [np.nan] * 2), np.arange(12) >= 10
    shown = mean(right, range(12), name="accuracy", missing=lost, max_missing=0.2)
    assert (shown.value, shown.worst, shown.best) == (0.7, pytest.approx(7 / 12), pytest.approx(9 / 12))
    assert (shown.low, shown.high) == (pytest.approx(0.2767, abs=1e-4), pytest.approx(0.9451, abs=1e-4))
    hidden = mean(right, range(12), name="accuracy", missing=lost)
    assert hidden.value is None and "2 of 12 items are missing (16.7%, over 5%)" in hidden.withheld
    assert (hidden.low, hidden.high) == (shown.low, shown.high)


def test_one_missing_value_is_enough_to_open_the_interval() -> None:
    right = np.arange(200) % 4 > 0
    whole = mean(right, range(200), name="x")
    open_ = mean(right, range(200), name="x", missing=np.arange(200) == 0)
    assert open_.low is not None and whole.low is not None and open_.high is not None and whole.high is not None
    assert open_.low == whole.low  # the missing one was wrong
    assert open_.high > whole.high


def test_nothing_read_at_all_leaves_everything_open() -> None:
    found = mean([np.nan] * 40, range(40), name="x", missing=[True] * 40)
    assert (found.value, found.n, found.low, found.high) == (None, 0, 0.0, 1.0) and found.withheld


def test_an_error_without_a_greatest_value_has_no_upper_limit() -> None:
    errors, lost = np.linspace(1, 3, 60), np.arange(60) == 5
    found = mean(errors, range(60), name="mm", missing=lost, bounds=(0.0, None), higher_is_better=False)
    assert found.value is not None and found.low is not None and found.high is None


def test_a_difference_is_tested_in_its_worst_case() -> None:
    a, b = np.ones(40), np.r_[np.zeros(6), np.ones(34)]
    clear = difference(a, b, range(40), name="d")
    assert clear.p_value is not None and clear.p_value < 0.05
    lost = np.arange(40) >= 38
    open_ = difference(a, b, range(40), name="d", missing_a=lost)
    least = difference(np.where(lost, 0, a), b, range(40), name="d")
    assert (open_.low, open_.worst, open_.p_value) == (least.low, 4 / 40, least.p_value)
    assert open_.p_value is not None and open_.p_value > 0.05
    either_way = difference(a, b, range(40), name="d", missing_a=np.arange(40) >= 30, max_missing=1)
    assert either_way.worst is not None and either_way.worst < 0 and either_way.p_value == 1.0


def test_a_class_that_lost_more_is_hidden_and_the_other_shown() -> None:
    right, sick = np.arange(200) % 5 > 0, np.arange(200) < 100
    lost = np.arange(200) < 8
    found = balanced_accuracy(right, sick, range(200), missing=lost)
    assert found.value is None and found.withheld.startswith("sensitivity: 8 of 100")
    assert mean(right[~sick], range(100), name="specificity", missing=lost[~sick]).value == 0.8
    corner = balanced_accuracy(right & ~lost, sick, range(200))
    assert found.low == pytest.approx(corner.low, abs=0.005)


def test_d_prime_is_least_and_most_where_unread_answers_oppose_and_the_criterion_where_they_agree() -> None:
    signal, lost, yes = np.arange(80) < 40, np.arange(80) % 4 == 0, np.where(np.arange(80) % 40 < 25, 1.0, 0.0)
    printed = discrimination(yes, signal, range(80), missing=lost)

    def full(filled: NDArray[np.float64]) -> Discrimination:
        return discrimination(np.where(lost, filled, yes), signal, range(80))

    ones, zeros = np.ones(80), np.zeros(80)
    assert (printed.criterion.low, printed.criterion.high) == (full(ones).criterion.low, full(zeros).criterion.high)
    best, worst = full(signal.astype(float)).d_prime, full((~signal).astype(float)).d_prime
    assert (printed.d_prime.worst, printed.d_prime.best) == (worst.value, best.value)
    assert (printed.d_prime.low, printed.d_prime.high) == (worst.low, best.high)


def test_a_sample_that_was_not_read_opens_the_interval_by_its_share() -> None:
    values = np.tile([1.0, 0.0], (40, 1))
    lost = np.zeros((40, 2), bool)
    lost[0, 0] = True
    found = mean_with_repeats(values, range(40), name="x", missing=lost).estimate
    assert (found.worst, found.best) == (39 / 80, 40 / 80)


def limits(found: Estimate) -> tuple[float, float]:
    return (-np.inf if found.low is None else found.low, np.inf if found.high is None else found.high)


Made = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]


def answered(rng: np.random.Generator) -> Made:
    """Clusters, what would be right if all were read, which were not, and the truth class of each item."""
    count, images = int(rng.integers(24, 91)), int(rng.integers(10, 41))
    clusters = rng.integers(0, images, count)
    rates = rng.beta(1, 1, images)
    lost = rng.random(count) < rng.choice([0.03, 0.1, 0.4])
    lost[0] = True
    right = rng.random(count) < np.where(lost, rng.choice([0.0, 0.2, 0.8, 1.0]), rates[clusters])
    sick = rng.random(count) < 0.5
    sick[:4] = [True, False, True, False]
    return clusters, right.astype(float), lost, sick


def printed_and_full(made: Made) -> list[tuple[Estimate, Estimate]]:
    """What is printed of a figure, and what would have been with every answer read."""
    clusters, right, lost, sick = made
    yes, other = np.where(sick, right, 1 - right), 1 - right[::-1]
    two = discrimination(yes, sick, clusters, missing=lost), discrimination(yes, sick, clusters)
    return [
        (mean(right, clusters, name="x", missing=lost), mean(right, clusters, name="x")),
        (balanced_accuracy(right, sick, clusters, missing=lost), balanced_accuracy(right, sick, clusters)),
        (
            difference(right, other, clusters, name="d", missing_a=lost),
            difference(right, other, clusters, name="d"),
        ),
        (two[0].d_prime, two[1].d_prime),
        (two[0].criterion, two[1].criterion),
    ]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_unread_answers_meant_the_interval_covers_the_figure(seed: int) -> None:
    for printed, full in printed_and_full(answered(np.random.default_rng(seed))):
        low, high = limits(printed)
        assert full.value is not None and low - ROUNDING <= full.value <= high + ROUNDING
        for end in (printed.worst, printed.best, printed.value):
            assert end is None or low - ROUNDING <= end <= high + ROUNDING


def test_what_would_have_been_printed_hardly_ever_lies_beyond() -> None:
    """Where it does, the method of the interval has changed: clusters look skewed in one case and not in another."""
    beyond = []
    for seed in range(200):
        for printed, full in printed_and_full(answered(np.random.default_rng(seed)))[:3]:
            low, high = limits(printed)
            if full.low is not None and full.high is not None:
                beyond.append(max(low - full.low, full.high - high))
    assert np.mean(np.array(beyond) > ROUNDING) < 0.01 and max(beyond) < 0.08


def test_missing_values_that_set_images_apart_are_among_the_cases() -> None:
    least, most = np.array([0.0, 0, 1, 0]), np.array([0.0, 1, 1, 1])
    found = {tuple(c) for c in completions(least, most, np.array([0, 0, 1, 1]))}
    assert found == {(0, 0, 1, 0), (0, 1, 1, 1), (0, 0, 1, 1)}  # the better image gets the better value
