from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.statistics import difference, sign_flip
from auscult.statistics.interval import zero_event_limit

CLUSTERS = np.arange(120) // 6


def arms(seed: int, a: float = 0.5, b: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return (rng.random(120) < a).astype(float), (rng.random(120) < b).astype(float)


def listed(sums: list[float]) -> float:
    """The sign-flip p-value by listing all flips."""
    flips = np.array(list(product([-1, 1], repeat=len(sums)))) @ np.abs(sums)
    return float(np.mean(np.abs(flips) >= abs(sum(sums)) - 1e-9))


@settings(max_examples=33, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=10))
def test_the_sign_flip_test_counts_all_flips(sums):
    assert sign_flip(sums) == pytest.approx(listed(sums), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=4, max_size=10))
def test_real_totals_are_tested_on_a_fine_lattice(sums):
    found = sign_flip(sums)
    flips = np.abs(np.array(list(product([-1, 1], repeat=len(sums)))) @ np.abs(sums))
    tolerance = 2e-3 * max(np.abs(sums).max(), 1e-12) * len(sums)
    unsure = float(np.mean(np.abs(flips - abs(sum(sums))) <= tolerance))
    assert abs(found - listed(sums)) <= unsure + 1e-9


def test_all_clusters_one_way_have_the_smallest_p():
    assert sign_flip([1.0] * 10) == pytest.approx(2 / 2**10)
    assert 0 < sign_flip([3.0] * 2000) < 1e-11


def test_no_difference_has_p_one():
    assert sign_flip([0.0, 0.0]) == 1.0
    assert sign_flip([2.0, -2.0]) == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_swapping_the_arms_mirrors_everything(seed):
    a, b = arms(seed, 0.7)
    one, two = difference(a, b, CLUSTERS, name="d"), difference(b, a, CLUSTERS, name="d")
    assert (one.value, one.low, one.high) == pytest.approx((-two.value, -two.high, -two.low))
    assert one.p_value == pytest.approx(two.p_value)


def test_a_clear_difference_is_found():
    e = difference(*arms(1, 0.9, 0.4), CLUSTERS, name="d")
    assert e.low > 0.3 and e.p_value < 1e-4 and e.n == 120 and e.clusters == 20


def test_the_interval_is_the_paired_t_interval_of_equal_clusters():
    a, b = arms(2, 0.6)
    by_cluster = (a - b).reshape(20, 6).mean(1)
    half = 2.0930241 * by_cluster.std(ddof=1) / np.sqrt(20)  # t, 19 degrees of freedom
    e = difference(a, b, CLUSTERS, name="d")
    assert (e.low, e.high) == pytest.approx((by_cluster.mean() - half, by_cluster.mean() + half), abs=1e-6)


def test_arms_that_never_differ_have_the_exact_bound():
    a, _ = arms(3)
    e = difference(a, a, CLUSTERS, name="d")
    reach = zero_event_limit(20, 0.95)
    assert (e.value, e.low, e.high, e.p_value) == (0, pytest.approx(-reach), pytest.approx(reach), 1.0)
    assert "no item differs" in e.note


def test_a_difference_in_one_cluster_is_wide_and_noted():
    a = np.zeros(120)
    b = a.copy()
    a[:3] = 1
    e = difference(a, b, CLUSTERS, name="d")
    assert "few clusters" in e.note and e.low < 0 < e.high and e.p_value == 1.0


def test_where_few_clusters_differ_all_one_way_the_interval_leaves_out_zero_as_the_test_does():
    """Nine of sixty images, each in one of eight questions: p = 2 / 2^9, and zero stood well within the interval."""
    clusters = np.repeat(np.arange(60), 8)
    a = ((clusters < 9) & (np.arange(480) % 8 == 0)).astype(float)
    e = difference(a, np.zeros(480), clusters, name="d")
    assert e.p_value == pytest.approx(2 / 2**9) and "few clusters" in e.note
    assert 0 < e.low < 1e-6 < e.value < e.high
    back = difference(np.zeros(480), a, clusters, name="d")
    assert (back.low, back.high) == (-e.high, -e.low)


def test_where_the_test_does_not_tell_it_from_zero_the_interval_reaches_zero():
    """Five of five images the same way: t would leave out zero, the test cannot be under 2 / 2^5."""
    clusters = np.repeat(np.arange(5), 10)
    a = (np.arange(50) % 10 < np.repeat([4, 5, 5, 5, 6], 10)).astype(float)
    e = difference(a, np.zeros(50), clusters, name="d")
    assert e.p_value == pytest.approx(2 / 2**5) and e.low == 0.0 and e.value == 0.5


@pytest.mark.parametrize("level", [0.9, 0.95, 0.995])
@pytest.mark.parametrize("lost", [0, 3])
def test_test_and_interval_agree(level, lost):
    """Whatever is drawn: the limits hold zero exactly where the p-value is above the level's."""
    told = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        clusters = rng.integers(0, rng.integers(4, 40), size=100)
        a, b = (rng.random(100) < rate for rate in rng.choice([0.01, 0.05, 0.1, 0.3, 0.6], size=2))
        e = difference(a, b, clusters, name="d", level=level, missing_a=np.arange(100) < lost)
        assert (e.low <= 0 <= e.high) == (e.p_value > 1 - level), (seed, e)
        told += e.p_value <= 1 - level
    assert 20 < told < 100


def test_only_common_items_are_compared():
    a, b = arms(4)
    lost_a, lost_b = np.arange(120) == 5, np.arange(120) == 77
    kept = ~lost_a & ~lost_b
    e = difference(a, b, CLUSTERS, name="d", missing_a=lost_a, missing_b=lost_b)
    assert (e.n, e.missing) == (118, 2)
    assert e.value == pytest.approx((a - b)[kept].mean())


def test_missing_scores_bound_the_difference():
    a, b = np.ones(120), np.zeros(120)
    lost = np.arange(120) < 6
    e = difference(a, b, CLUSTERS, name="d", missing_a=lost)
    assert (e.worst, e.best) == (pytest.approx(114 / 120), 1.0)
    both = difference(a, b, CLUSTERS, name="d", missing_a=lost, missing_b=lost)
    assert both.worst == pytest.approx((114 - 6) / 120)


def test_too_many_missing_scores_withhold_the_difference():
    e = difference(*arms(5), CLUSTERS, name="d", missing_b=np.arange(120) < 7)
    assert e.value is None and e.p_value is None and "7 of 120" in e.withheld


def test_no_common_item_is_withheld():
    assert "no item in common" in difference([1], [0], [0], name="d", missing_a=[True]).withheld


def test_arms_of_different_length_are_refused():
    with pytest.raises(UserError, match="same items in both"):
        difference([1, 0], [1], [0, 1], name="d")


SCALE = (1.0, 10.0)


def test_scores_of_any_scale_give_the_interval_of_the_unit_scale_stretched():
    a, b = arms(5, 0.7)
    unit = difference(a, b, CLUSTERS, name="d")
    wide = difference(1 + 9 * a, 1 + 9 * b, CLUSTERS, name="d", bounds=SCALE)
    assert (wide.value, wide.low, wide.high) == pytest.approx((9 * unit.value, 9 * unit.low, 9 * unit.high))
    assert wide.p_value == pytest.approx(unit.p_value) and wide.method == unit.method


def test_whole_scores_from_1_to_10_are_tested_exactly():
    sums = [3.0, -1.0, 4.0, 1.0, 5.0, -2.0]
    a = 5 + np.array(sums)
    e = difference(a, np.full(6, 5.0), np.arange(6), name="d", bounds=SCALE)
    assert e.p_value == pytest.approx(listed(sums)) and e.value == pytest.approx(10 / 6)


def test_missing_scores_could_have_been_anything_within_the_bounds():
    a, b = np.full(20, 5.0), np.full(20, 5.0)
    lost = np.arange(20) == 0
    e = difference(a, b, np.arange(20), name="d", missing_a=lost, bounds=SCALE)
    assert (e.worst, e.best) == pytest.approx(((1 - 5) / 20, (10 - 5) / 20))


def test_no_difference_on_a_wide_scale_keeps_a_bound_as_wide():
    a = np.full(20, 7.0)
    e = difference(a, a, np.arange(20), name="d", bounds=SCALE)
    assert e.high == pytest.approx(9 * zero_event_limit(20, 0.95)) == -e.low


@pytest.mark.parametrize("bounds", [(0.0, np.inf), (1.0, 1.0), (1.0, 0.0)])
def test_bounds_that_are_none_are_refused(bounds):
    with pytest.raises(UserError, match="least and the greatest"):
        difference([0.5], [0.5], [0], name="d", bounds=bounds)


def test_a_score_outside_its_bounds_is_refused():
    with pytest.raises(UserError, match="1 to 10"):
        difference([0.5, 3], [3, 3], [0, 1], name="d", bounds=SCALE)


def test_the_worst_of_a_difference_is_its_greatest_where_lower_is_better() -> None:
    given = {"a": [1, 0, 0, 1], "b": [0, 0, 1, 0], "clusters": list("wxyz"), "missing_a": [True, False, False, False]}
    higher = difference(**given, name="gain")  # type: ignore[arg-type]
    lower = difference(**given, name="led", higher_is_better=False)  # type: ignore[arg-type]
    assert (higher.worst, higher.best) == (0.0, 0.25) == (lower.best, lower.worst)
    assert (higher.low, higher.high, higher.p_value) == (lower.low, lower.high, lower.p_value)
