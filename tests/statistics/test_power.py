import numpy as np
import pytest

from auscult.errors import UserError
from auscult.statistics import difference, smallest_visible_difference

CLUSTERS = np.repeat(np.arange(72), 7)


def arms(rng: np.random.Generator, gap: float) -> tuple[np.ndarray, np.ndarray]:
    base = rng.beta(3, 3, size=72)[CLUSTERS] * (1 - gap)
    return (rng.random(504) < base + gap).astype(float), (rng.random(504) < base).astype(float)


def test_the_named_difference_is_seen_as_often_as_said():
    rng = np.random.default_rng(1)
    pair = arms(rng, 0.09)
    gap = smallest_visible_difference(pair[0], CLUSTERS, other=pair[1]).difference
    seen = [difference(*arms(rng, gap), CLUSTERS, name="d").p_value <= 0.05 for _ in range(400)]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.1)


def test_an_expected_mean_follows_the_formula():
    found = smallest_visible_difference(0.5, np.arange(100))
    assert found.difference == pytest.approx((1.984217 + 0.845267) * np.sqrt(2 * 0.25 / 100), rel=1e-3)


def test_the_sentence_names_images_points_and_assumption():
    sentence = smallest_visible_difference(0.5, CLUSTERS, icc=0.1).sentence
    assert sentence.startswith("With these 72 images a difference under ") and "points cannot be seen" in sentence
    assert "independently" in sentence


def test_more_images_see_smaller_differences_and_more_items_of_one_image_hardly_do():
    few, many = (smallest_visible_difference(0.5, np.repeat(np.arange(n), 10)).difference for n in (20, 80))
    long = smallest_visible_difference(0.5, np.repeat(np.arange(20), 100)).difference
    assert many < 0.55 * few and long > 0.8 * few


def test_independent_arms_are_the_careful_end():
    rng = np.random.default_rng(2)
    base = (rng.random(504) < 0.5).astype(float)
    close = np.where(rng.random(504) < 0.1, 1 - base, base)
    measured = smallest_visible_difference(base, CLUSTERS, other=close)
    assert measured.difference < smallest_visible_difference(base, CLUSTERS).difference


def test_no_spread_and_one_image_say_so():
    assert np.isnan(smallest_visible_difference(np.ones(504), CLUSTERS).difference)
    assert "no difference can be seen" in smallest_visible_difference([0, 1], [1, 1]).sentence


def test_no_items_are_refused():
    with pytest.raises(UserError, match="no items"):
        smallest_visible_difference(0.5, [])
