"""Kendall's τ-b equals scipy's; its interval covers."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from auscult.errors import UserError
from auscult.statistics import cohen_kappa, krippendorff_alpha
from auscult.statistics.concordance import kendall_tau

RATINGS = st.lists(st.tuples(st.integers(1, 10), st.integers(1, 4)), min_size=3, max_size=60)


@settings(max_examples=20, deadline=None)
@given(RATINGS)
def test_tau_is_scipys(rows: list[tuple[int, int]]) -> None:
    x, y = zip(*rows, strict=True)
    ours, theirs = kendall_tau(x, y, range(len(rows))), stats.kendalltau(x, y).statistic
    assert (ours.value is None) == bool(np.isnan(theirs))
    assert ours.value is None or ours.value == pytest.approx(theirs, abs=1e-12)


def test_tau_without_ties_worked_by_hand() -> None:
    """1 2 3 4 against 1 2 4 3: five pairs concord, one does not."""
    assert kendall_tau([1, 2, 3, 4], [1, 2, 4, 3], list("abcd")).value == pytest.approx(4 / 6)


def test_limits_are_those_of_leaving_out_one_cluster_by_hand() -> None:
    rng = np.random.default_rng(3)
    x, clusters = rng.integers(1, 11, 40), np.repeat(np.arange(10), 4)
    y = x + rng.integers(-3, 4, 40)
    found = kendall_tau(x, y, clusters)
    left = [np.arctanh(stats.kendalltau(x[clusters != c], y[clusters != c]).statistic) for c in range(10)]
    error = np.sqrt(0.9 * ((np.array(left) - np.mean(left)) ** 2).sum())
    reach = stats.t.ppf(0.975, 9) * error
    assert found.low == pytest.approx(np.tanh(np.arctanh(found.value) - reach))
    assert found.high == pytest.approx(np.tanh(np.arctanh(found.value) + reach))


def test_intervals_cover_what_a_large_population_shows() -> None:
    rng = np.random.default_rng(11)

    def made(clusters: int):
        own = np.repeat(rng.normal(0, 0.6, clusters), 4)
        truth = rng.integers(0, 4, 4 * clusters)
        score = np.clip(np.round(8 - 1.2 * truth + own + rng.normal(0, 1.5, 4 * clusters)), 1, 10)
        return kendall_tau(score, -truth, np.repeat(np.arange(clusters), 4))

    true = made(6000).value
    covered = np.mean([e.low <= true <= e.high for e in (made(40) for _ in range(300))])
    assert 0.5 < true < 0.95 and 0.92 <= covered <= 0.98


def test_copies_of_items_in_a_cluster_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(1, 11, 60)
    y = x + rng.integers(-3, 4, 60)
    once = kendall_tau(x, y, range(60))
    # τ of doubled items counts a pair of copies as tied, so only the width is compared
    twice = kendall_tau(np.repeat(x, 2), np.repeat(y, 2), np.repeat(np.arange(60), 2))
    assert (twice.high - twice.low) == pytest.approx(once.high - once.low, rel=0.15)


def test_what_cannot_be_told_is_withheld_or_without_an_interval() -> None:
    assert "no order" in kendall_tau([5, 5, 5], [1, 2, 3], [0, 1, 2]).withheld
    whole = kendall_tau([1, 2, 8, 9], [0, 2, 3, 4], [0, 1, 2, 3])
    assert whole.value == 1 and whole.low is None and "cannot show" in whole.note and "insufficient" in whole.note
    lost = kendall_tau([1, 2, 3, np.nan], [1, 2, 3, 4], [0, 1, 2, 3], missing=[0, 0, 0, 1])
    assert lost.value is None and "1 of 4" in lost.withheld and lost.missing == 1
    with pytest.raises(UserError, match="item 3 is no number"):
        kendall_tau([1, 2, 3, np.nan], [1, 2, 3, 4], [0, 1, 2, 3])


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weighted_kappa_is_scikit_learns(weights: str) -> None:
    rng = np.random.default_rng(1)
    first = rng.integers(1, 11, 300)
    second = np.clip(first + rng.integers(-2, 3, 300), 1, 10)
    ours = cohen_kappa(first.tolist(), second.tolist(), range(300), weights=weights, categories=range(1, 11))
    assert ours.value == pytest.approx(cohen_kappa_score(first, second, weights=weights, labels=range(1, 11)))


def test_interval_alpha_of_ten_point_scores_by_its_definition() -> None:
    """α = 1 − mean squared difference within items over that between all ratings (Krippendorff 2011, section D)."""
    rng = np.random.default_rng(2)
    rows = [[int(v), int(np.clip(v + rng.integers(-1, 2), 1, 10))] for v in rng.integers(1, 11, 50)]
    within = np.mean([(a - b) ** 2 for a, b in rows])
    between = np.mean([(a - b) ** 2 for a, b in combinations([v for r in rows for v in r], 2)])
    found = krippendorff_alpha(rows, range(50), metric="interval", categories=range(1, 11))
    assert found.value == pytest.approx(1 - within / between)
