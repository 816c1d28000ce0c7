import numpy as np
import pytest

from auscult.errors import UserError
from auscult.statistics.bland_altman import SKEWED, limits_of_agreement


def test_bias_and_limits_are_mean_and_mean_with_1_96_standard_deviations():
    off = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    found = limits_of_agreement(off, np.arange(10), name="x")
    spread = 1.959964 * off.std(ddof=1)
    assert (found.bias.value, found.lower.value, found.upper.value) == pytest.approx((3, 3 - spread, 3 + spread))
    assert found.bias.low < 3 < found.bias.high and found.bias.n == found.bias.clusters == 10


@pytest.mark.parametrize("draw", [lambda rng, n: rng.normal(1.5, 3, n), lambda rng, n: rng.uniform(-4, 6, n)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(draw):
    rng, held, tries = np.random.default_rng(3), np.zeros(3), 400
    big = draw(rng, 1_000_000)
    spread = 1.959964 * big.std()
    truths = (big.mean(), big.mean() - spread, big.mean() + spread)
    for _ in range(tries):
        found = limits_of_agreement(draw(rng, 40), np.arange(40), name="x")
        parts = (found.bias, found.lower, found.upper)
        held += [part.low <= truth <= part.high for part, truth in zip(parts, truths, strict=True)]
    assert (held / tries >= 0.92).all(), held / tries


def test_items_of_one_cluster_do_not_make_the_interval_narrower():
    rng = np.random.default_rng(1)
    off = rng.normal(0, 2, 30)
    alone = limits_of_agreement(off, np.arange(30), name="x")
    repeated = limits_of_agreement(np.repeat(off, 5), np.repeat(np.arange(30), 5), name="x")
    assert repeated.bias.high - repeated.bias.low == pytest.approx(alone.bias.high - alone.bias.low)


def test_few_images_have_no_interval_and_say_so():
    found = limits_of_agreement([1.0, 2.0], [0, 1], name="x")
    assert found.bias.value == 1.5 and found.bias.low is None and "fewer than 10 images" in found.bias.note
    assert limits_of_agreement([], [], name="x").bias.withheld == "no answer holds a number"
    assert limits_of_agreement([1.0], [0], name="x").lower.withheld == "one answer has no spread"


def test_too_many_without_a_number_withhold_all_since_an_error_has_no_greatest_value():
    found = limits_of_agreement(np.arange(20.0), np.arange(20), name="x", missing=2)
    assert found.bias.value is None and "2 of 22 items are missing" in found.bias.withheld
    assert limits_of_agreement(np.arange(40.0), np.arange(40), name="x", missing=1).bias.note.startswith("1 without")


def test_a_difference_that_is_no_number_is_refused():
    with pytest.raises(UserError, match="no finite number"):
        limits_of_agreement([np.nan], [0], name="x")


def test_the_limits_on_the_long_side_of_skewed_errors_hold_as_often_as_they_say():
    rng, held, tries = np.random.default_rng(4), np.zeros(3), 300
    truths = (4, 4 - 1.959964 * 2, 4 + 1.959964 * 2)
    for _ in range(tries):
        found = limits_of_agreement(rng.gamma(4, size=200), np.arange(200), name="x")
        parts = (found.bias, found.lower, found.upper)
        held += [part.low <= truth <= part.high for part, truth in zip(parts, truths, strict=True)]
    assert (held / tries >= 0.92).all(), held / tries


def test_skewed_errors_of_few_images_say_that_the_interval_is_approximate():
    rng = np.random.default_rng(5)
    assert SKEWED in limits_of_agreement(rng.gamma(1, size=30), np.arange(30), name="x").bias.note
    assert SKEWED not in limits_of_agreement(rng.uniform(-1, 1, 30), np.arange(30), name="x").bias.note


def test_errors_that_are_all_the_same_have_limits_without_reach():
    found = limits_of_agreement(np.full(12, 2.0), np.arange(12), name="x")
    assert (found.upper.low, found.upper.value, found.upper.high) == (2, 2, 2)
