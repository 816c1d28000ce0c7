import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from auscult.statistics.one_sided import Group, bounds, clusters_for, gap_limits, lower_limit, upper_limit


def upper(sums: list[float], sizes: list[float], confidence: float = 0.95) -> float:
    return float(upper_limit(np.array([sums], float), np.array([sizes], float), confidence)[0])


@pytest.mark.parametrize(("clusters", "items"), [(20, 1), (20, 10), (59, 1), (300, 7)])
def test_no_event_is_the_rule_of_three_on_clusters_however_many_items_they_have(clusters: int, items: int) -> None:
    found = upper([0] * clusters, [items] * clusters)
    assert found == pytest.approx(1 - 0.05 ** (1 / clusters), abs=1e-12)
    assert found == pytest.approx(3 / clusters, rel=0.1)


@pytest.mark.parametrize("events", [1, 2, 5, 20])
def test_one_item_a_cluster_is_near_the_exact_binomial_bound_and_not_under_it(events: int) -> None:
    exact = stats.beta.ppf(0.95, events + 1, 100 - events)
    assert exact - 1e-4 <= upper([1] * events + [0] * (100 - events), [1] * 100) <= exact * 1.03


def test_the_lower_bound_is_the_mirror_image() -> None:
    sums, sizes = np.array([[0, 1, 2, 3, 0, 0.0]]), np.array([[3, 3, 3, 3, 2, 1.0]])
    assert lower_limit(sums, sizes)[0] == pytest.approx(1 - upper_limit(sizes - sums, sizes)[0])
    assert lower_limit(sums, sizes)[0] < 6 / 15 < upper_limit(sums, sizes)[0]


def test_asking_the_same_images_more_often_gains_nothing_and_more_images_do() -> None:
    once = upper([0, 0, 0, 1] * 10, [1] * 40)
    assert upper([0, 0, 0, 5] * 10, [5] * 40) == pytest.approx(once)
    assert upper([0, 0, 0, 1] * 20, [1] * 80) < once


def test_one_cluster_shows_next_to_nothing() -> None:
    assert upper([0], [50]) == pytest.approx(0.95)


def test_a_missing_answer_opens_both_bounds() -> None:
    known = np.zeros(50)
    lost = known.copy()
    lost[:5] = 1
    whole, open_ = bounds(known, known, np.arange(50), 0.95, 0.95), bounds(known, lost, np.arange(50), 0.95, 0.95)
    assert whole.high == pytest.approx(1 - 0.05 ** (1 / 50)) and whole.exact
    assert open_.high > 0.1 and not open_.exact
    assert open_.low == whole.low == 0


@given(
    st.lists(st.tuples(st.integers(1, 12), st.floats(0, 1)), min_size=2, max_size=40), st.sampled_from([0.95, 0.975])
)
def test_bounds_hold_the_mean_and_stay_on_the_scale(drawn: list[tuple[int, float]], confidence: float) -> None:
    sizes = np.array([[float(n) for n, _ in drawn]])
    sums = sizes * np.array([[share for _, share in drawn]])
    low, high = lower_limit(sums, sizes, confidence)[0], upper_limit(sums, sizes, confidence)[0]
    mean = sums.sum() / sizes.sum()
    assert 0 <= low <= mean + 1e-9 and mean - 1e-9 <= high <= 1


def test_more_confidence_is_a_wider_bound() -> None:
    sums, sizes = [0, 1, 0, 2, 0, 0, 0, 1.0], [4.0] * 8
    assert upper(sums, sizes, 0.975) > upper(sums, sizes, 0.95)


def test_how_many_images_zero_events_need_is_the_rule_of_three() -> None:
    found = clusters_for(np.zeros(20), np.full(20, 3.0), 0.05, 0.95, below=True)
    assert found == pytest.approx(np.log(0.05) / np.log(0.95), abs=1)


def test_as_many_images_as_said_do_reach_the_limit_and_a_tenth_fewer_do_not() -> None:
    sums, sizes = np.array([1.0, 0, 0, 0, 0] * 8), np.full(40, 2.0)
    needed = clusters_for(sums, sizes, 0.15, 0.95, below=True)
    assert needed is not None and needed > 40
    times = needed // 5 + 1
    assert upper([1, 0, 0, 0, 0] * times, [2] * 5 * times) <= 0.15
    fewer = int(needed * 0.9) // 5
    assert upper([1, 0, 0, 0, 0] * fewer, [2] * 5 * fewer) > 0.15


def test_no_number_of_images_moves_a_value_that_lies_on_its_limit() -> None:
    sums, sizes = np.array([1.0, 0, 0, 0, 0] * 8), np.ones(40)
    assert clusters_for(sums, sizes, 0.2, 0.95, below=True) is None
    assert clusters_for(sums, sizes, 0.2, 0.95, below=False) is None


def test_the_bounds_of_a_gap_hold_it_and_turn_round_with_it() -> None:
    rng = np.random.default_rng(3)
    first, second = (rng.random(200) < 0.4).astype(float), (rng.random(200) < 0.2).astype(float)
    a, b = Group(first, first, np.arange(200)), Group(second, second, np.arange(200, 400))
    low, high = gap_limits(a, b, 0.95, 0.95)
    assert low < first.mean() - second.mean() < high
    assert gap_limits(b, a, 0.95, 0.95) == pytest.approx((-high, -low))


def test_groups_on_the_same_images_are_compared_more_sharply() -> None:
    hard = np.repeat(np.random.default_rng(0).random(60) < 0.3, 4).astype(float)
    codes = np.repeat(np.arange(60), 4)
    same = gap_limits(Group(hard, hard, codes), Group(hard, hard, codes), 0.95, 0.95)
    apart = gap_limits(Group(hard, hard, codes), Group(hard, hard, codes + 60), 0.95, 0.95)
    assert same[1] < apart[1]
