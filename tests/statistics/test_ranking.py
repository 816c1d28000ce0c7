import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from auscult.errors import UserError
from auscult.statistics.ranking import area, area_change


def drawn(seed: int, d: float = 1.5, images: int = 60, each: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Margins, truth and images."""
    rng = np.random.default_rng(seed)
    image = np.repeat(np.arange(images), each)
    truth = rng.random(len(image)) < 0.5
    noise = np.sqrt(0.2) * rng.normal(size=images)[image] + np.sqrt(0.8) * rng.normal(size=len(image))
    return noise + d * truth, truth, image


def test_ties_count_half_as_published() -> None:
    found = area([0.9, 0.7, 0.7, 0.2, 0.2], [1, 1, 0, 0, 1], range(5))  # detection golden number D6
    assert found.value == pytest.approx(4 / 6)
    assert area([1.0] * 5, [1, 1, 0, 0, 1], range(5)).value == 0.5


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10), st.booleans()), min_size=3, max_size=60))
def test_the_area_is_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    scores, truth = [r[0] for r in rows], [r[1] for r in rows]
    ours = area(scores, truth, range(len(rows)))
    if len(set(truth)) == 1:
        assert ours.value is None and ours.withheld
    else:
        assert ours.value == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)


def test_the_interval_of_ten_point_grades_covers_what_a_large_population_shows() -> None:
    rng = np.random.default_rng(11)

    def made(images: int):
        own = np.repeat(rng.normal(0, 0.6, images), 4)
        wrong = rng.integers(0, 4, 4 * images)
        grade = np.clip(np.round(8 - 1.2 * wrong + own + rng.normal(0, 1.5, 4 * images)), 1, 10)
        return area(-grade, wrong > 1, np.repeat(np.arange(images), 4))

    true = made(6000).value
    covered = np.mean([e.low <= true <= e.high for e in (made(40) for _ in range(300))])
    assert 0.5 < true < 0.95 and 0.92 <= covered <= 0.98


@pytest.mark.parametrize("slope", [1.0, 3.0])
def test_no_constant_changes_the_area(slope: float) -> None:
    margin, truth, image = drawn(2)
    found = area_change(margin, slope * margin - 4, truth, image)
    assert (found.value, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_no_constant_a_question_changes_the_area_within_its_words() -> None:
    margin, truth, image = drawn(3)
    question = np.tile(np.arange(5), 60)
    moved = margin + np.array([3.0, -2.0, 0.5, 8.0, -5.0])[question]
    within = area_change(margin, moved, truth, image, strata=question)
    over = area_change(margin, moved, truth, image)
    assert within.value == 0 and over.high is not None and over.high < 0


def test_a_gain_is_found_and_its_interval_covers_the_truth() -> None:
    truth_of = stats.norm.cdf(2.2 / np.sqrt(2)) - stats.norm.cdf(1.2 / np.sqrt(2))
    held = above = 0
    for seed in range(200):
        margin, truth, image = drawn(seed, d=1.2)
        rng = np.random.default_rng([seed, 1])
        other = 0.8 * (margin - 1.2 * truth) + 0.6 * rng.normal(size=len(truth)) + 2.2 * truth
        found = area_change(margin, other, truth, image)
        assert found.low is not None and found.high is not None
        held += found.low <= truth_of <= found.high
        above += found.low > 0
    assert 182 <= held <= 199 and above > 190


def test_several_models_widen_the_interval_by_how_far_they_differ() -> None:
    margin, truth, image = drawn(4)
    rng = np.random.default_rng(0)
    alike = np.stack([margin + 0.1 * rng.normal(size=len(truth)) for _ in range(4)])
    apart = alike + np.array([[0.0], [0.5], [2.0], [-1.0]]) * truth
    one, two = (area_change(margin, after, truth, image) for after in (alike, apart))
    assert one.variance == ("items", "images", "seeds") == two.variance
    assert one.high is not None and two.high is not None and two.low is not None and one.low is not None
    assert two.high - two.low > 3 * (one.high - one.low)


def test_few_items_and_few_images_are_said() -> None:
    margin, truth, image = drawn(5, images=9)
    assert "insufficient" in area(margin, truth, image).note
    assert area(margin, truth, image).low is None
    assert area(margin, np.ones_like(truth), image).withheld == "no item is true where another one is false"


def test_margins_that_are_missing_are_left_out_and_too_many_withhold_the_figure() -> None:
    margin, truth, image = drawn(6)
    lost = np.arange(len(truth)) < 6
    found = area(np.where(lost, np.nan, margin), truth, image, missing=lost)
    assert found.value == area(margin[~lost], truth[~lost], image[~lost]).value and found.missing == 6
    many = np.arange(len(truth)) < 60
    assert "over 5%" in area(margin, truth, image, missing=many).withheld
    with pytest.raises(UserError, match="margin nan of item 0 is no number"):
        area(np.where(lost, np.nan, margin), truth, image)
