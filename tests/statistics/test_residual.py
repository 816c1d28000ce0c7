import numpy as np
import pytest

from auscult.statistics.residual import Accepted, Planted, residual_rate


def accepted(wrong, n=None, strata=None, images=None):
    """``wrong`` of the drawn pairs; ``n`` pairs in all, each of an image of its own."""
    wrong = np.asarray(wrong, float)
    n = n or len(wrong)
    found = np.full(n, np.nan)
    found[: len(wrong)] = wrong
    stratum = np.zeros(n, int) if strata is None else np.asarray(strata)
    return Accepted(
        stratum=stratum, drawn=~np.isnan(found), wrong=found, clusters=np.arange(n) if images is None else images
    )


@pytest.mark.parametrize(("read", "limit"), [(149, 0.020), (60, 0.049)])
def test_none_wrong_in_so_many_images_shows_at_most_so_much(read, limit):
    # 95 % on its side: level 0.90 leaves 5 % above
    found = residual_rate(accepted(np.zeros(read), n=1_000_000), None, level=0.90)
    assert found.rate.value == 0 and found.rate.high == pytest.approx(limit, abs=0.0005)
    assert found.sensitivity is None and "overlook nothing" in found.rate.note


def test_the_rate_is_the_weighted_sum_over_strata():
    # 80 pairs of one stratum, 2 of 10 wrong; 20 of another, 3 of 5 wrong
    strata = [0] * 80 + [1] * 20
    found = np.full(100, np.nan)
    found[:10], found[80:85] = [1, 1, *[0] * 8], [1, 1, 1, 0, 0]
    of = Accepted(stratum=strata, drawn=~np.isnan(found), wrong=found, clusters=np.arange(100))
    assert residual_rate(of, None).rate.value == pytest.approx(0.8 * 0.2 + 0.2 * 0.6)


def test_what_readers_overlook_raises_the_upper_limit_by_their_lower_limit_on_planted_errors():
    of = accepted([1] * 6 + [0] * 94, n=2000)
    planted = Planted(found=[1] * 32 + [0] * 8, clusters=np.arange(40))
    found = residual_rate(of, planted)
    assert found.sensitivity.value == 0.8 and found.sensitivity.low == pytest.approx(0.6435, abs=0.02)
    assert found.rate.high == pytest.approx(found.said.high / found.sensitivity.low)
    assert (found.rate.value, found.rate.low) == (found.said.value, found.said.low)


def test_readers_who_find_no_planted_error_show_nothing():
    found = residual_rate(accepted(np.zeros(200)), Planted(found=np.zeros(30), clusters=np.arange(30)))
    assert found.rate.high == 1.0


def test_planted_errors_that_nobody_read_do_not_count():
    of = accepted([0] * 50)
    assert residual_rate(of, Planted(found=[np.nan] * 9, clusters=np.arange(9))).sensitivity is None


def test_pairs_of_few_images_show_less_than_as_many_images():
    images = np.repeat(np.arange(15), 10)
    few, many = (residual_rate(accepted(np.zeros(150), images=i), None).rate.high for i in (images, np.arange(150)))
    assert few > 5 * many


def test_of_drawn_pairs_that_were_passed_over_the_worst_is_held():
    of = accepted([0] * 98 + [1, 1])
    passed = Accepted(
        stratum=np.zeros(102, int), drawn=np.ones(102, bool), wrong=[*of.wrong, np.nan, np.nan], clusters=np.arange(102)
    )
    assert residual_rate(passed, None).rate.high > residual_rate(of, None).rate.high
    assert residual_rate(passed, None).rate.missing == 2


def test_the_limit_holds_where_readers_overlook_a_fifth():
    """A short simulation; ``benchmarks/residual_coverage.py`` is the long one."""
    rng, held = np.random.default_rng(5), []
    for _ in range(300):
        image = np.repeat(np.arange(300), 3)
        stratum = rng.integers(0, 3, len(image))
        true = rng.random(len(image)) < np.array([0.02, 0.05, 0.15])[stratum]
        drawn = np.zeros(len(image), bool)
        drawn[rng.choice(len(image), 150, replace=False)] = True
        seen = true & (rng.random(len(image)) < 0.8)
        planted = Planted(found=(rng.random(40) < 0.8).astype(float), clusters=np.arange(40))
        found = residual_rate(Accepted(stratum=stratum, drawn=drawn, wrong=seen.astype(float), clusters=image), planted)
        held.append(found.rate.high >= true.mean())
    assert np.mean(held) >= 0.95
