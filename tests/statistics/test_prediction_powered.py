import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.statistics.mean import mean
from auscult.statistics.prediction_powered import Verdicts, powered_mean

NAMES = {"name": "supported"}


def verdicts(cheap, judged, certain, audited, **more):
    return Verdicts(cheap=cheap, judged=judged, certain=certain, audited=audited, **more)


def test_by_hand():
    # 10 items, 8 certain: cheap says 6 of 8; four audited, of whose three ones the judge denies one: -1/4 on 8 of 10
    cheap = np.array([1, 1, 1, 1, 1, 1, 0, 0, np.nan, np.nan])
    judged = np.array([1, 1, 0, np.nan, np.nan, np.nan, 0, np.nan, 1, 0])
    certain = np.array([True] * 8 + [False] * 2)
    audited = np.array([True, True, True, False, False, False, True, False, False, False])
    found = powered_mean(verdicts(cheap, judged, certain, audited), range(10), **NAMES)
    assert found.estimate.value == pytest.approx(0.7 - 0.8 / 4)
    assert (found.certain, found.audited, found.saved) == (8, 4, 4)
    assert found.error.value == pytest.approx(1 / 4)
    assert found.estimate.low < 0.5 < 0.7 < found.estimate.high


def test_where_nothing_is_certain_it_is_the_plain_mean():
    rng = np.random.default_rng(1)
    y, clusters = (rng.random(120) < 0.4).astype(float), np.arange(120) // 6
    none = np.zeros(120, dtype=bool)
    found, plain = powered_mean(verdicts(y, y, none, none), clusters, **NAMES), mean(y, clusters, name="x")
    estimate = found.estimate
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert found.design_effect == pytest.approx(1) and found.saved == 0


def test_where_all_certain_items_are_audited_the_value_is_the_judges_mean():
    rng = np.random.default_rng(2)
    y = (rng.random(200) < 0.6).astype(float)
    cheap = np.where(rng.random(200) < 0.3, 1 - y, y)
    certain = rng.random(200) < 0.7
    found = powered_mean(verdicts(cheap, y, certain, certain), np.arange(200) // 4, **NAMES)
    assert found.estimate.value == pytest.approx(y.mean())
    assert abs(np.where(certain, cheap, y).mean() - y.mean()) > 0.01


def test_an_audit_without_disagreement_brings_a_bound_and_not_zero():
    cheap = np.tile([1.0, 0.0], 200)
    certain, clusters = np.ones(400, dtype=bool), np.arange(400) // 4
    widths = []
    for share in (40, 4):
        audited = np.arange(400) % share == 0
        found = powered_mean(verdicts(cheap, cheap, certain, audited), clusters, **NAMES)
        assert "a bound, not zero" in found.estimate.note and found.error.value == 0
        widths.append(found.estimate.high - found.estimate.low)
        # nothing else varies: half of each image is supported, so the width is the audit's alone
        assert found.estimate.low < 0.5 - 1 / audited.sum() < 0.5 + 1 / audited.sum() < found.estimate.high
    assert widths[0] > 2 * widths[1]


def test_verdicts_that_are_all_ones_can_only_be_too_high():
    ones = np.ones(100)
    audited = np.arange(100) < 30
    estimate = powered_mean(verdicts(ones, ones, ones > 0, audited), range(100), **NAMES).estimate
    assert estimate.high == 1 and estimate.low < 0.95


def test_without_an_audit_nothing_is_said():
    y = np.ones(50)
    estimate = powered_mean(verdicts(y, y, y > 0, y > 1), range(50), **NAMES).estimate
    assert estimate.value is None and "none of the 50 certain verdicts was audited" in estimate.withheld


def test_missing_verdicts_are_bounds_and_above_five_percent_withhold():
    rng = np.random.default_rng(3)
    y = (rng.random(400) < 0.5).astype(float)
    certain, clusters = np.arange(400) % 2 == 0, np.arange(400) // 4
    audited = certain & (np.arange(400) % 8 == 0)
    few = (np.arange(400) % 2 == 1) & (np.arange(400) < 20)
    found = powered_mean(verdicts(y, y, certain, audited, missing=few), clusters, **NAMES)
    assert found.estimate.missing == 10 and found.estimate.n == 390
    assert found.estimate.worst < found.estimate.value < found.estimate.best
    assert found.estimate.best - found.estimate.worst == pytest.approx(10 / 400)
    many = audited & (np.arange(400) < 200)
    estimate = powered_mean(verdicts(y, y, certain, audited, missing=many), clusters, **NAMES).estimate
    assert estimate.value is None and "25.0% of the items are missing" in estimate.withheld


def test_a_failing_judge_does_not_let_easy_items_stand_for_hard_ones():
    # certain ones are all right, hard ones all wrong; the judge failed on some hard ones
    certain = np.arange(1000) < 500
    y = certain.astype(float)
    audited = certain & (np.arange(1000) % 5 == 0)
    lost = np.arange(1000) >= 960
    estimate = powered_mean(verdicts(y, y, certain, audited, missing=lost), np.arange(1000) // 2, **NAMES).estimate
    assert estimate.value == pytest.approx(0.5)


def test_an_unusable_answer_counts_as_not_supported():
    y = np.array([1.0, 1.0, 1.0, 0.0])
    none, unread = np.zeros(4, dtype=bool), np.array([False, False, False, True])
    estimate = powered_mean(verdicts(y, y, none, none, unusable=unread), range(4), **NAMES).estimate
    assert estimate.value == 0.75 and estimate.unusable == 1 and estimate.coverage == 0.75


def test_an_audit_of_uncertain_items_is_refused():
    y, on = np.ones(3), np.ones(3, dtype=bool)
    with pytest.raises(UserError, match="item 0 is audited but was not certain"):
        powered_mean(verdicts(y, y, ~on, on), range(3), **NAMES)


@given(seed=st.integers(0, 2**31), items=st.integers(1, 40), images=st.integers(1, 12), fails=st.sampled_from([0, 0.3]))
@settings(max_examples=40, deadline=None)
def test_limits_hold_the_value_whatever_was_said(seed, items, images, fails):
    rng = np.random.default_rng(seed)
    certain = rng.random(items) < rng.random()
    audited = certain & (rng.random(items) < rng.random())
    y, cheap = ((rng.random(items) < rng.random()).astype(float) for _ in range(2))
    found = powered_mean(
        verdicts(cheap, y, certain, audited, missing=rng.random(items) < fails),
        rng.integers(0, images, items),
        max_missing=1,
        **NAMES,
    )
    estimate = found.estimate
    assert (estimate.value is None) == bool(estimate.withheld)
    if estimate.value is not None:
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert estimate.worst is None or estimate.worst <= estimate.value <= estimate.best


def study(rng, images, rate, icc, up, down, share, audit, each=6):
    """Judge's verdicts in clusters, a checker with these chances to turn a 0 up and a 1 down, and an audit."""
    clusters = np.repeat(np.arange(images), rng.integers(1, 2 * each, images))
    own = rng.beta(rate * (1 - icc) / icc, (1 - rate) * (1 - icc) / icc, images) if icc else np.full(images, rate)
    n = len(clusters)
    y = (rng.random(n) < own[clusters]).astype(float)
    cheap = np.where(rng.random(n) < np.where(y > 0, down, up), 1 - y, y)
    certain = rng.random(n) < share
    return y, cheap, certain, certain & (rng.random(n) < audit), clusters


@pytest.mark.parametrize(
    "design",
    [
        {"images": 12, "rate": 0.5, "icc": 0.2, "up": 0.0, "down": 0.1, "share": 0.6, "audit": 0.3},
        {"images": 24, "rate": 0.1, "icc": 0.0, "up": 0.0, "down": 0.0, "share": 0.8, "audit": 0.1},
        {"images": 60, "rate": 0.85, "icc": 0.2, "up": 0.2, "down": 0.03, "share": 0.7, "audit": 0.2},
        {"images": 150, "rate": 0.5, "icc": 0.1, "up": 0.3, "down": 0.0, "share": 0.7, "audit": 0.2},
    ],
    ids=["few images", "no disagreement", "sensitive", "biased checker"],
)
def test_intervals_hold_the_truth_in_simulation(design):
    rng, inside, naive, runs = np.random.default_rng(7), 0, 0, 80
    for _ in range(runs):
        y, cheap, certain, audited, clusters = study(rng, **design)
        found = powered_mean(verdicts(cheap, y, certain, audited), clusters, **NAMES)
        assert found.estimate.low < found.estimate.value < found.estimate.high or found.estimate.value in (0, 1)
        inside += found.estimate.low <= design["rate"] <= found.estimate.high
        plain = mean(np.where(certain, cheap, y), clusters, name="x")
        naive += plain.low <= design["rate"] <= plain.high
    assert inside / runs >= 0.93
    if design["up"] >= 0.3:
        assert naive / runs < 0.5  # taken at its word, the checker is wrong for certain


def test_the_corrected_mean_is_unbiased_where_the_uncorrected_is_not():
    rng, corrected, taken = np.random.default_rng(8), [], []
    for _ in range(80):
        y, cheap, certain, audited, clusters = study(rng, 60, 0.4, 0.1, 0.25, 0.0, 0.7, 0.2)
        found = powered_mean(verdicts(cheap, y, certain, audited), clusters, **NAMES)
        corrected.append(found.estimate.value)
        taken.append(np.where(certain, cheap, y).mean())
    standard_error = np.std(corrected) / np.sqrt(len(corrected))
    assert abs(np.mean(corrected) - 0.4) < 3.5 * standard_error + 0.003
    assert np.mean(taken) > 0.4 + 0.08
