"""Limits worked by hand, and against scipy's own."""

import numpy as np
import pytest
from scipy import stats

from auscult.statistics import difference, mean
from auscult.statistics.interval import METHODS, UNSEEN, _with_unseen_cluster, wilson

CLUSTERS, ITEMS = 20, 4
T_OVER_Z = (2.0930240544 / 1.9599639845) ** 2
"""Squared ratio of the quantiles of t with 19 degrees of freedom (20 clusters of one size) and of the normal."""


def by_hand(rates, unseen, tail):
    """A limit of the mean of 20 rates with one more, by the beta of mean and variance of their Dirichlet average."""
    every = [*rates, unseen]
    centre = sum(every) / 21
    variance = T_OVER_Z * sum((r - centre) ** 2 for r in every) / (21 * 22)
    weight = centre * (1 - centre) / variance - 1
    return stats.beta.ppf(tail, centre * weight, (1 - centre) * weight)


@pytest.mark.parametrize("events", [1, 2, 7, 19])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_one_item_a_cluster_and_one_unseen_is_clopper_pearson(events, level):
    sums = np.array([[1.0] * events + [0.0] * (CLUSTERS - events)])
    found = _with_unseen_cluster(sums, np.ones_like(sums), np.array([np.inf]), level, (np.zeros(1), np.ones(1)))
    exact = stats.binomtest(events, CLUSTERS).proportion_ci(level, method="exact")
    assert [float(limit[0]) for limit in found] == pytest.approx([exact.low, exact.high], abs=1e-9)


@pytest.mark.parametrize(
    ("rates", "ends"),
    [
        # 2 of 4 items in one of 20 clusters: the unseen one has 0 of its items, or half-way from .5 to 1
        ([0.0] * 19 + [0.5], (0.0, 0.75)),
        # 1 of 4 in 19 clusters and all in one: half-way from .25 to 0, or all
        ([0.25] * 19 + [1.0], (0.125, 1.0)),
    ],
)
def test_few_clusters_with_events_worked_by_hand(rates, ends):
    values = np.concatenate([[1.0] * round(ITEMS * r) + [0.0] * round(ITEMS * (1 - r)) for r in rates])
    found = mean(values, np.repeat(np.arange(CLUSTERS), ITEMS), name="x")
    assert found.method == METHODS[UNSEEN]
    assert (found.low, found.high) == pytest.approx(
        [by_hand(rates, e, q) for e, q in zip(ends, (0.025, 0.975), strict=True)]
    )


def test_a_difference_in_few_clusters_worked_by_hand():
    # 2 of 4 items differ in one of 20 clusters: .5 there, .75 on a scale from 0 to 1, where all others lie at .5
    ones = np.zeros(CLUSTERS * ITEMS)
    ones[:2] = 1.0
    found = difference(ones, np.zeros_like(ones), np.repeat(np.arange(CLUSTERS), ITEMS), name="x")
    rates = [0.75] + [0.5] * 19
    expected = [2 * by_hand(rates, unseen, tail) - 1 for unseen, tail in ((0.0, 0.025), (1.0, 0.975))]
    assert (found.low, found.high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("events", "method"), [(9, "Clopper-Pearson"), (10, "Wilson"), (30, "Wilson"), (31, "Clopper-")]
)
def test_under_ten_events_or_ten_items_without_one_the_exact_interval_is_taken(events, method):
    found = mean([1] * events + [0] * (40 - events), range(40), name="x")
    own = stats.binomtest(events, 40).proportion_ci(method="wilson" if method == "Wilson" else "exact")
    assert found.method.startswith(method)
    assert (found.low, found.high) == pytest.approx((own.low, own.high))


def test_wilson_is_scipys():
    low, high = wilson(np.array([7.0]), np.array([23.0]), 0.9)
    own = stats.binomtest(7, 23).proportion_ci(0.9, method="wilson")
    assert (low[0], high[0]) == pytest.approx((own.low, own.high))
