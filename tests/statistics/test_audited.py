import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.statistics.audited import FEWEST, Checked, allocated, audited_mean, audited_ratio
from auscult.statistics.mean import mean

NAMES = {"name": "correct"}


def checked(said, stratum, found, **more):
    found = np.asarray(found, float)
    return Checked(said=said, stratum=stratum, drawn=more.pop("drawn", ~np.isnan(found)), found=found, **more)


def drawn(seed, images=60, wrong=0.1, n=60):
    """Answers of which an instrument calls a fifth of the wrong ones right; two strata, as it calls them."""
    rng = np.random.default_rng(seed)
    image = np.repeat(np.arange(images), rng.integers(1, 8, images))
    true = (rng.random(len(image)) > wrong).astype(float)
    said = np.where((true == 0) & (rng.random(len(image)) < 0.2), 1.0, true)
    seen = np.zeros(len(image), bool)
    sizes = [int((said == k).sum()) for k in (0, 1)]
    for k, many in enumerate(allocated(sizes, (0.3, 0.22), n)):
        seen[rng.choice(np.flatnonzero(said == k), many, replace=False)] = True
    return image, true, said, seen


def test_by_hand():
    # 8 of 10 are called right; of these 4 were seen and 1 denied, of the 2 called wrong 2 seen and 1 right after all
    said = [1] * 8 + [0] * 2
    found = [1, 1, 1, 0, np.nan, np.nan, np.nan, np.nan, 1, 0]
    estimate = audited_mean(checked(said, said, found), range(10), **NAMES)
    assert estimate.value == pytest.approx(0.8 - 0.8 / 4 + 0.2 / 2)
    assert estimate.low < estimate.value < estimate.high and "6 of 10 answers were rated" in estimate.note


def test_it_is_the_weighted_formula_when_each_has_its_probability():
    image, true, said, seen = drawn(3)
    found = np.where(seen, true, np.nan)
    probability = np.array([seen[said == k].mean() for k in (0, 1)])[said.astype(int)]
    formula = said.mean() + ((found - said)[seen] / probability[seen]).sum() / len(said)
    assert audited_mean(checked(said, said, found), image, **NAMES).value == pytest.approx(formula)


def test_where_people_saw_all_it_is_the_mean_of_what_they_say():
    image, true, said, _ = drawn(4, wrong=0.3)
    estimate, plain = audited_mean(checked(said, said, true), image, **NAMES), mean(true, image, **NAMES)
    assert estimate.value == pytest.approx(plain.value)
    # the uncorrected mean may lie further apart over images, and then stands for it
    assert estimate.low <= plain.low + 1e-9 and estimate.high >= plain.high - 1e-9
    assert estimate.high - estimate.low < 1.3 * (plain.high - plain.low)


def test_where_no_error_was_found_a_bound_stands_and_shrinks_with_what_was_seen():
    image, said = np.arange(2000), np.tile([1.0, 1.0, 1.0, 0.0], 500)
    widths = []
    for n in (30, 300):
        seen = np.zeros(2000, bool)
        seen[np.random.default_rng(n).choice(2000, n, replace=False)] = True
        estimate = audited_mean(checked(said, said, np.where(seen, said, np.nan)), image, **NAMES)
        assert estimate.value == pytest.approx(0.75)
        assert estimate.low < 0.75 - 3 / n and estimate.high > 0.75 + 0.7 / n
        widths.append(estimate.high - estimate.low)
    assert widths[1] < widths[0] / 3


def test_strata_without_an_error_are_bounded_together():
    # the same draw, cut into four strata that say the same: nothing was learned, and the bound stays
    image, said = np.arange(400), np.ones(400)
    seen = np.arange(400) % 4 == 0
    found = np.where(seen, 1.0, np.nan)
    one = audited_mean(checked(said, np.zeros(400, int), found), image, **NAMES)
    four = audited_mean(checked(said, np.arange(400) // 100, found), image, **NAMES)
    assert one.low == pytest.approx(four.low) and 0.95 < one.low < 0.97


def test_a_bad_instrument_biases_nothing():
    values = []
    for seed in range(60):
        image, true, said, seen = drawn(seed, wrong=0.4)
        said = 1 - said
        estimate = audited_mean(checked(said, said, np.where(seen, true, np.nan)), image, **NAMES)
        values.append(estimate.value - true.mean())
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(60)


def test_who_gives_no_verdict_on_a_drawn_answer_leaves_a_range():
    said = np.ones(100)
    found = np.where(np.arange(100) < 50, 1.0, np.nan)
    found[:2] = np.nan
    drawn = np.arange(100) < 50
    estimate = audited_mean(checked(said, np.zeros(100, int), found, drawn=drawn), range(100), **NAMES)
    assert (estimate.missing, estimate.worst, estimate.best) == (2, pytest.approx(0.96), 1.0)
    found[:5] = np.nan
    withheld = audited_mean(checked(said, np.zeros(100, int), found, drawn=drawn), range(100), **NAMES)
    assert withheld.value is None and "10.0% of the answers" in withheld.withheld
    assert withheld.low < 0.9 and withheld.high == 1.0 and (withheld.worst, withheld.best) == (pytest.approx(0.9), 1.0)


def test_a_kind_of_answer_that_nobody_saw_is_not_guessed():
    said = np.array([1.0] * 90 + [0.0] * 10)
    found = np.where(np.arange(100) < 40, 1.0, np.nan)
    estimate = audited_mean(checked(said, said, found), range(100), **NAMES)
    assert estimate.value is None and "none of 10 answers" in estimate.withheld


def test_answers_that_failed_are_worst_and_best():
    said, found = np.ones(100), np.where(np.arange(100) < 60, 1.0, np.nan)
    failed = np.arange(100) >= 97
    estimate = audited_mean(checked(said, np.zeros(100, int), found, failed=failed), range(100), **NAMES)
    assert (estimate.n, estimate.missing) == (97, 3)
    assert (estimate.worst, estimate.best) == (pytest.approx(0.97), 1.0) and estimate.low < 0.97


def test_a_ratio_holds_what_both_of_its_parts_leave_open():
    image, true, said, seen = drawn(5, images=200, wrong=0.3, n=150)
    half = np.arange(len(said)) % 2 == 0
    found = np.where(seen, (1 - true) * half, np.nan)
    part = audited_mean(checked((1 - said) * half, said, found), image, **NAMES)
    whole = audited_mean(checked(half.astype(float), said, np.where(seen, half, np.nan)), image, **NAMES)
    ratio = audited_ratio(part, whole, name="rate")
    assert ratio.value == pytest.approx(part.value / whole.value)
    assert ratio.low < part.low / whole.value < ratio.value < part.high / whole.value < ratio.high
    assert ratio.low <= 0.3 <= ratio.high
    with pytest.raises(UserError, match="the same answers"):
        audited_ratio(part, mean(true[:9], image[:9], **NAMES), name="rate")


@given(st.lists(st.integers(0, 300), min_size=1, max_size=9), st.integers(1, 400), st.randoms(use_true_random=False))
def test_an_allocation_draws_what_there_is_and_leaves_no_kind_out(sizes, n, rng):
    deviations = [rng.choice([0.2, 0.5]) for _ in sizes]
    drawn = allocated(sizes, deviations, n)
    assert sum(drawn) == min(n, sum(sizes)) and all(d <= s for d, s in zip(drawn, sizes, strict=True))
    fewest = min(FEWEST, n // len(sizes))
    assert all(d >= min(fewest, s) for d, s in zip(drawn, sizes, strict=True))


def test_more_are_drawn_where_more_is_unsure():
    assert allocated([1000, 1000], [0.2, 0.5], 70) == [20, 50]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.02, 0.5, 1.0]), st.integers(2, 80))
def test_limits_hold_the_value_and_stay_within_0_and_1(seed, wrong, n):
    image, true, said, seen = drawn(seed, images=12, wrong=wrong, n=n)
    estimate = audited_mean(checked(said, said, np.where(seen, true, np.nan)), image, **NAMES)
    assert 0 <= estimate.low <= estimate.high <= 1
    assert estimate.value is None or estimate.low <= estimate.value <= estimate.high


@pytest.mark.slow
@pytest.mark.parametrize(("images", "wrong", "n"), [(30, 0.01, 40), (100, 0.05, 100), (100, 0.3, 100)])
def test_intervals_hold_the_truth_at_least_as_often_as_they_say(images, wrong, n):
    held = []
    for seed in range(2000):
        image, true, said, seen = drawn([seed, images], images, wrong, n)
        estimate = audited_mean(checked(said, said, np.where(seen, true, np.nan)), image, **NAMES)
        held.append(estimate.low <= 1 - wrong <= estimate.high)
    assert np.mean(held) > 0.945 - 1.645 * np.sqrt(0.05 * 0.95 / 2000)


def test_lengths_and_draws_from_nowhere_are_refused():
    with pytest.raises(UserError, match="drawn from no stratum"):
        audited_mean(checked([1.0, 1.0], [-1, 0], [1.0, 1.0]), range(2), **NAMES)
    with pytest.raises(UserError, match="values of shape"):
        audited_mean(Checked(said=[1.0], stratum=[0, 0], drawn=[True], found=[1.0]), range(1), **NAMES)
