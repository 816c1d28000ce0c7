"""A rate freed of the judge's measured error."""

import numpy as np
import pytest

from auscult.statistics.judged_rate import LOWER_BOUND, Known, corrected_rate


def known(sensitivity: float, specificity: float, each: int = 200, seed: int = 0, **more: bool) -> Known:
    """A judge put to the test on so many of either kind."""
    rng, truth = np.random.default_rng(seed), np.arange(2 * each) % 2 == 0
    said = np.where(truth, rng.random(2 * each) < sensitivity, rng.random(2 * each) >= specificity)
    return Known.of(truth, said.astype(float), np.arange(2 * each) // 2, **more)


def test_the_formula_of_rogan_and_gladen() -> None:
    truth = np.repeat([True, False], 100)
    said = np.concatenate([np.arange(100) < 80, np.arange(100) < 10]).astype(float)
    found = corrected_rate(np.arange(200) < 62, np.arange(200), Known.of(truth, said, np.arange(200)), name="x")
    assert found.value == pytest.approx((0.31 + 0.9 - 1) / (0.8 + 0.9 - 1))


def test_a_judge_that_does_not_tell_is_withheld_and_says_how_little_it_does() -> None:
    found = corrected_rate(np.arange(100) < 30, np.arange(100), known(0.6, 0.7), name="x")
    assert found.value is None and found.low is None and "does not tell" in found.withheld


def test_planted_errors_make_a_lower_bound_and_human_labels_do_not() -> None:
    said, images = np.arange(100) < 30, np.arange(100)
    assert LOWER_BOUND in corrected_rate(said, images, known(0.9, 0.9), name="x").note
    assert LOWER_BOUND not in corrected_rate(said, images, known(0.9, 0.9, planted=False), name="x").note


def test_an_interval_holds_the_judges_own_uncertainty() -> None:
    said, images = np.arange(1_000) < 300, np.arange(1_000)
    few, many = (corrected_rate(said, images, known(0.85, 0.9, each), name="x") for each in (60, 2_000))
    assert few.low is not None and few.high is not None and many.low is not None and many.high is not None
    assert few.high - few.low > 1.5 * (many.high - many.low)


def test_more_questions_of_one_image_do_not_narrow_it() -> None:
    said = np.arange(200) < 60
    alone = corrected_rate(said, np.arange(200), known(0.9, 0.9), name="x")
    thrice = corrected_rate(np.repeat(said, 3), np.repeat(np.arange(200), 3), known(0.9, 0.9), name="x")
    assert alone.low is not None and thrice.low == pytest.approx(alone.low, abs=0.01)


def test_a_perfect_judge_of_whom_no_error_is_known_still_has_an_interval() -> None:
    found = corrected_rate(np.zeros(100), np.arange(100), known(1.0, 1.0, 50), name="x")
    assert found.value == 0.0 and found.high is not None and found.high > 0.02


def test_verdicts_that_are_missing_widen_it_to_their_worst_and_best() -> None:
    said, lost = np.arange(400) < 100, np.arange(400) >= 390
    whole = corrected_rate(said, np.arange(400), known(0.9, 0.9), name="x")
    less = corrected_rate(np.where(lost, np.nan, said), np.arange(400), known(0.9, 0.9), name="x", missing=lost)
    assert less.missing == 10 and less.high is not None and whole.high is not None and less.high > whole.high
    many = np.arange(400) >= 300
    held = corrected_rate(np.where(many, np.nan, said), np.arange(400), known(0.9, 0.9), name="x", missing=many)
    assert held.value is None and held.low is not None and held.withheld


@pytest.mark.parametrize(("rate", "sensitivity", "specificity"), [(0.05, 0.9, 0.95), (0.3, 0.8, 0.85)])
def test_the_interval_holds_the_true_rate_at_its_level(rate: float, sensitivity: float, specificity: float) -> None:
    rng, held = np.random.default_rng(9), 0
    for seed in range(150):
        truth = np.repeat(rng.random(150) < rate, 2)
        said = np.where(truth, rng.random(300) < sensitivity, rng.random(300) >= specificity)
        judge = known(sensitivity, specificity, 150, seed)
        found = corrected_rate(said, np.arange(300) // 2, judge, name="x", seed=seed)
        assert found.low is not None and found.high is not None
        held += found.low <= rate <= found.high
    assert held >= 136  # 95 % of 150, less two standard errors
