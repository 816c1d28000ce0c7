"""Means of what is known only between two values, worked by hand."""

import numpy as np
import pytest

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.mean import mean
from auscult.statistics.partial import NOT_MEASURABLE, partial_mean

FEW = np.arange(10)


def partial(least: list[float], most: list[float], **more: object) -> Estimate:
    return partial_mean(least, most, FEW[: len(least)], name="hallucinated", higher_is_better=False, **more)


def test_what_is_known_exactly_gives_the_figure_and_interval_of_a_plain_mean() -> None:
    values = [1.0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    own, plain = partial(values, values), mean(values, FEW, name="hallucinated")
    assert (own.value, own.low, own.high, own.method, own.usable_value) == (
        plain.value, plain.low, plain.high, plain.method, plain.usable_value
    )  # fmt: skip
    assert (own.worst, own.best, own.decided, own.span) == (None, None, None, None)


def test_the_undecided_make_a_range_with_the_lower_limit_of_one_end_and_the_upper_of_the_other() -> None:
    least, most = [1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1.0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    own = partial(least, most)
    assert own.value is None and own.span == (0.1, 0.4) and (own.worst, own.best) == (0.4, 0.1)
    assert (own.decided, own.n) == (7, 10)
    assert own.low == mean(least, FEW, name="").low and own.high == mean(most, FEW, name="").high


def test_nothing_decided_is_not_measurable_and_never_0() -> None:
    own = partial([0.0, 0.0], [1.0, 1.0])
    assert (own.value, own.low, own.high, own.span, own.withheld) == (None, None, None, None, NOT_MEASURABLE)


def test_a_refusal_decides_nothing() -> None:
    own = partial([0.0, 0.0, 0.0], [1.0, 1.0, 0.0], unusable=[False, False, True])
    assert own.withheld == NOT_MEASURABLE and own.decided == 0


def test_missing_items_widen_a_range_too() -> None:
    own = partial([1.0, 0, 0, 0], [1.0, 0, 1, 1], missing=[False, False, False, True])
    assert own.span == (1 / 4, 3 / 4) and (own.n, own.missing, own.decided) == (3, 1, 2)


def test_few_missing_items_leave_the_value_and_bound_it() -> None:
    own = partial([1.0, 0, 0, 0], [1.0, 0, 0, 1], missing=[False, False, False, True], max_missing=0.25)
    assert own.value == pytest.approx(1 / 3) and (own.best, own.worst) == (1 / 4, 2 / 4)


def test_many_missing_items_hide_the_value_and_leave_the_limits() -> None:
    own = partial([1.0, 0, 0, 0], [1.0, 0, 0, 1], missing=[False, False, False, True])
    assert own.value is None and "1 of 4 items are missing" in own.withheld
    assert own.low is not None and own.high is not None


def test_an_item_that_may_not_count_is_left_out_where_that_makes_the_end() -> None:
    # n = 3 known, a = 1; A = 1 accepted and N = 2 not accepted of unknown weight
    values, light = [1.0, 0, 0, 1, 0, 0], [1, 1, 1, 0, 0, 0]
    lost = [False, False, False, True, True, True]
    own = partial(values, values, weights=(light, np.ones(6)), missing=lost)
    assert (own.best, own.worst) == (1 / 5, 2 / 4)


def test_weights_between_0_and_1_are_set_where_the_end_is_most_extreme() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        low = rng.random(6)
        high, light = low + (1 - low) * rng.random(6), rng.random(6)
        heavy = light + rng.random(6)
        own = partial(list(low), list(high), weights=(light, heavy), missing=[True] * 6)
        corners = [np.where([n >> k & 1 for k in range(6)], heavy, light) for n in range(64)]
        assert own.best == pytest.approx(min(np.average(low, weights=w) for w in corners))
        assert own.worst == pytest.approx(max(np.average(high, weights=w) for w in corners))


def test_items_without_weight_are_in_no_figure() -> None:
    own = partial([1.0, 0, 0], [1.0, 0, 0], weights=([2, 3, 0], [2, 3, 0]))
    assert (own.value, own.n) == (2 / 5, 2)
    assert partial([1.0], [1.0], weights=([0], [0])).withheld == "no items"


def test_a_value_beyond_the_scale_is_refused() -> None:
    with pytest.raises(UserError, match="hallucinated: value 2"):
        partial([0.0], [2.0])
