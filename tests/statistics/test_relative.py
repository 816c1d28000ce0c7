import numpy as np
import pytest

from auscult.statistics.relative import NOTHING_TO_FALL, relative_fall


def test_a_rate_that_fell_from_forty_to_ten_of_a_hundred_fell_by_three_quarters() -> None:
    before, after = np.arange(100) < 40, np.arange(100) < 10
    found = relative_fall(before, after, np.arange(100))
    assert found.value == pytest.approx(0.75)
    assert found.low is not None and found.high is not None
    assert 0.5 < found.low < 0.75 < found.high < 0.9


def test_a_rate_that_fell_to_nothing_has_a_limit_below_one() -> None:
    found = relative_fall(np.arange(100) < 40, np.zeros(100), np.arange(100))
    assert found.value == 1 == found.high and found.low is not None and 0.8 < found.low < 0.97


def test_what_did_not_change_fell_by_nothing_and_a_rise_is_below_nought() -> None:
    before = np.arange(100) < 40
    same, rose = relative_fall(before, before, np.arange(100)), relative_fall(before, np.ones(100), np.arange(100))
    assert (
        same.value == pytest.approx(0) and same.low is not None and same.high is not None and same.low < 0 < same.high
    )
    assert rose.value == pytest.approx(-1.5)


def test_where_nothing_was_there_before_nothing_can_fall() -> None:
    assert relative_fall(np.zeros(50), np.zeros(50), np.arange(50)).withheld == NOTHING_TO_FALL
    few = relative_fall(np.arange(12) < 1, np.zeros(12), np.arange(12))
    assert few.low is None or few.low < 0.5


def test_too_many_missing_answers_withhold_it() -> None:
    lost = np.arange(100) % 10 == 0
    found = relative_fall(np.arange(100) < 40, np.zeros(100), np.arange(100), missing=lost)
    assert found.value is None and found.missing == 10 and "over 5%" in found.withheld


def test_the_interval_covers_the_truth() -> None:
    held = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        image = np.repeat(np.arange(40), 4)
        rate = rng.beta(1.5, 1.5, size=40)[image]
        same = rng.random(len(image))
        found = relative_fall(
            same < rate, np.where(rng.random(len(image)) < 0.5, same, rng.random(len(image))) < 0.4 * rate, image
        )
        assert found.low is not None and found.high is not None
        held += found.low <= 0.6 <= found.high
    assert held >= 276
