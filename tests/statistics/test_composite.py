import numpy as np
import pytest

from auscult.statistics import balanced_accuracy, mean, ratio

CLUSTERS = np.arange(300) // 6
RNG = np.random.default_rng(0)
POSITIVE = RNG.random(300) < 0.3
CORRECT = (RNG.random(300) < np.where(POSITIVE, 0.6, 0.9)).astype(float)


def test_balanced_accuracy_is_the_mean_of_both_shares():
    e = balanced_accuracy(CORRECT, POSITIVE, CLUSTERS)
    assert e.value == pytest.approx((CORRECT[POSITIVE].mean() + CORRECT[~POSITIVE].mean()) / 2)
    assert e.low < e.value < e.high and e.n == 300 and e.clusters == 50


def test_shares_from_different_images_add_their_reach_in_squares():
    positive = CLUSTERS < 25
    e = balanced_accuracy(CORRECT, positive, CLUSTERS)
    sick = mean(CORRECT[positive], CLUSTERS[positive], name="x")
    well = mean(CORRECT[~positive], CLUSTERS[~positive], name="x")
    assert e.value - e.low == pytest.approx(np.hypot(sick.value - sick.low, well.value - well.low) / 2)
    assert e.high - e.value == pytest.approx(np.hypot(sick.high - sick.value, well.high - well.value) / 2)


def test_a_perfect_model_still_has_an_interval():
    e = balanced_accuracy(np.ones(300), POSITIVE, CLUSTERS)
    assert e.value == 1 and 0.9 < e.low < 1 and "sensitivity" in e.note


def test_no_positive_item_withholds_it():
    assert "sensitivity" in balanced_accuracy(CORRECT, np.zeros(300, dtype=bool), CLUSTERS).withheld


def test_missing_positives_are_judged_among_positives():
    missing = np.zeros(300, dtype=bool)
    missing[np.flatnonzero(POSITIVE)[:8]] = True  # 8 of 300 in all, yet about one positive in eleven
    e = balanced_accuracy(CORRECT, POSITIVE, CLUSTERS, missing=missing)
    assert e.value is None and "sensitivity" in e.withheld
    kept = balanced_accuracy(CORRECT, POSITIVE, CLUSTERS, missing=missing, max_missing=0.2)
    assert kept.missing == 8 and kept.worst < kept.value < kept.best


def test_f1_and_precision_are_ratios_of_totals():
    said = np.where(CORRECT == 1, POSITIVE, ~POSITIVE)
    hit, spurious, lost = (POSITIVE & said), (~POSITIVE & said), (POSITIVE & ~said)
    f1 = ratio(2 * hit, 2 * hit + spurious + lost, CLUSTERS, name="f1")
    assert f1.value == pytest.approx(2 * hit.sum() / (2 * hit.sum() + spurious.sum() + lost.sum()))
    assert 0 < f1.low < f1.value < f1.high < 1
    precision = ratio(hit, said, CLUSTERS, name="precision")
    plain = mean(hit[said], CLUSTERS[said], name="precision")
    assert (precision.low, precision.value, precision.high) == pytest.approx((plain.low, plain.value, plain.high))


def test_a_ratio_over_nothing_is_withheld():
    assert ratio([0, 0], [0, 0], [1, 2], name="precision").withheld == "the denominator is 0"
