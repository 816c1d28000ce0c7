import numpy as np
import pytest
from scipy import stats

from auscult.statistics.crossed import crossed, p_value


def table(seeds: int, clusters: int, by_seed: float, by_cluster: float, rest: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (
        rng.normal(0, by_seed, (seeds, 1))
        + rng.normal(0, by_cluster, (1, clusters))
        + rng.normal(0, rest, (seeds, clusters))
    )


def test_with_one_seed_a_mean_has_the_t_interval_of_its_clusters() -> None:
    values = table(1, 40, 0, 1, 1)
    found = crossed(values)
    low, high = stats.t.interval(0.95, 39, values.mean(), stats.sem(values[0]))
    assert (found.value, found.low, found.high) == pytest.approx((values.mean(), low, high))
    assert found.components is None


def test_where_only_seeds_vary_it_has_the_t_interval_of_the_means_of_seeds() -> None:
    values = np.repeat(table(6, 1, 1, 0, 0), 50, axis=1)
    found = crossed(values)
    assert (found.low, found.high) == pytest.approx(stats.t.interval(0.95, 5, values.mean(), stats.sem(values[:, 0])))
    assert found.components is not None
    assert found.components.cluster + found.components.interaction == pytest.approx(0)


def test_components_find_what_was_put_in() -> None:
    parts = [crossed(table(20, 200, 0.3, 1.0, 2.0, n)).components for n in range(40)]
    seed, cluster, rest = (np.mean([getattr(p, name) for p in parts]) for name in ("seed", "cluster", "interaction"))
    assert seed == pytest.approx(0.09 / 20, rel=0.15)
    assert cluster == pytest.approx(1 / 200, rel=0.15)
    assert rest == pytest.approx(4 / 4000, rel=0.1)


def test_the_limits_hold_for_other_seeds_and_other_images() -> None:
    held = [crossed(table(5, 30, 0.5, 1.0, 1.0, n)) for n in range(300)]
    covered = np.mean([one.low <= 0 <= one.high for one in held if one.low is not None and one.high is not None])
    assert 0.92 <= covered <= 0.995
    images = [crossed(table(5, 30, 0.5, 1.0, 1.0, n).mean(axis=0, keepdims=True)) for n in range(300)]
    assert np.mean([one.low <= 0 <= one.high for one in images if one.low is not None and one.high is not None]) < 0.9


def test_a_ratio_has_the_limits_at_which_it_is_just_not_refused() -> None:
    rng = np.random.default_rng(1)
    whole = rng.normal(2, 1, (6, 40))
    part = 0.3 * whole + rng.normal(0, 0.5, (6, 40))
    found = crossed(part, whole)
    assert found.value == pytest.approx(part.sum() / whole.sum())
    assert found.low is not None and found.high is not None
    for limit, side in ((found.low, "above"), (found.high, "below")):
        assert p_value(part, whole, limit, side) == pytest.approx(0.025, abs=1e-4)  # type: ignore[arg-type]


def test_a_ratio_to_what_may_be_nothing_has_no_limit_on_that_side() -> None:
    rng = np.random.default_rng(2)
    part, whole = rng.normal(1, 1, (4, 30)), rng.normal(0.02, 1, (4, 30))
    found = crossed(part, whole)
    assert None in (found.low, found.high)
    nothing = crossed(part, np.zeros_like(part))
    assert (nothing.value, nothing.method) == (None, "none")


def test_where_few_clusters_differ_the_limits_are_those_of_rare_events_and_never_of_width_0() -> None:
    part, whole = np.zeros((5, 100)), np.full((5, 100), 3.0)
    same = crossed(part, whole)
    assert same.low is not None and same.high is not None
    assert same.low < -0.005 and same.high > 0.005
    part[:, 7] = 1
    rare = crossed(part, whole)
    assert rare.value == pytest.approx(1 / 300)
    assert rare.low is not None and rare.high is not None and rare.low < 0 < rare.high
    assert rare.method.startswith("few clusters differ")
    assert p_value(part, whole, rare.high, "below") == pytest.approx(0.025, abs=2e-3)


@pytest.mark.parametrize("side", ["below", "above"])
def test_a_p_value_is_small_on_its_side_and_large_on_the_other(side: str) -> None:
    values = table(5, 50, 0.1, 0.5, 0.5) + (-1 if side == "below" else 1)
    assert p_value(values, None, 0.0, side) < 0.001  # type: ignore[arg-type]
    other = "above" if side == "below" else "below"
    assert p_value(values, None, 0.0, other) > 0.99  # type: ignore[arg-type]
    assert p_value(values, None, 5.0, "within") < 0.001
    assert p_value(values, None, 0.5, "within") > 0.9


def test_a_relative_change_is_never_surer_than_the_difference_that_it_is_made_of() -> None:
    items, before, after = np.full((1, 12), 6.0), np.full((1, 12), 3.0), np.full((1, 12), 3.0)
    after[0, 4] -= 1
    difference, relative = crossed(after - before, items), crossed(after - before, before, items)
    assert difference.method.startswith("few clusters differ") and difference.low is not None
    assert difference.high is not None and relative.low is not None and relative.high is not None
    assert relative.low <= difference.low / 0.5 and relative.high >= difference.high / 0.5
    assert relative.method.endswith("no surer than their difference, as few clusters differ")
    assert 0.2 < p_value(after - before, before, -0.2, "below", items) <= 1
    told = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        was = rng.binomial(4, rng.beta(1, 1, 14))[None] * 1.0
        now = np.clip(was - rng.binomial(1, 0.4, (1, 14)) + rng.binomial(1, 0.1, (1, 14)), 0, 4)
        whole = np.full(was.shape, 4.0)
        of, by = crossed(now - was, whole), crossed(now - was, was, whole)
        if of.low is not None and of.high is not None and of.low <= 0 <= of.high:
            told += 1
            assert by.low is not None and by.low <= 0 and (by.high is None or by.high >= 0)
    assert told > 10


def test_a_relative_change_has_limits_from_both_rates_and_its_p_value_ends_with_them() -> None:
    rng = np.random.default_rng(4)
    items = np.full((5, 60), 4.0)
    before = np.broadcast_to(rng.binomial(4, 0.7, 60) * 1.0, items.shape)
    after = rng.binomial(4, np.clip(0.1 + rng.normal(0, 0.03, (5, 1)), 0, 1), items.shape).astype(np.float64)
    found = crossed(after - before, before, items)
    assert found.value == pytest.approx(after.sum() / before.sum() - 1)
    assert found.value is not None and found.low is not None and found.high is not None
    assert -1 < found.low < found.value < found.high < -0.6
    assert p_value(after - before, before, found.high, "below", items) == pytest.approx(0.025, abs=1e-3)
    gone = crossed(-before, before, items)
    assert gone.value == gone.low == -1 and gone.high is not None and -1 < gone.high < -0.85
