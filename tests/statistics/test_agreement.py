import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from auscult.errors import UserError
from auscult.statistics import cohen_kappa, gwet_ac, krippendorff_alpha, percent_agreement
from auscult.statistics.agreement import JACKKNIFE, OBSERVED

# Krippendorff 2011, section C: four observers, twelve units, some not rated by all; alpha .743 (nominal), .815
# (ordinal), .849 (interval). Gwet's irrCAC gives AC1 .775 and 81.8 % agreement on the same table.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = list(zip(*OBSERVERS, strict=True))
TWELVE = list(range(12))


@pytest.mark.parametrize(("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_krippendorffs_example(metric, alpha):
    found = krippendorff_alpha(UNITS, TWELVE, metric=metric)
    assert found.value == pytest.approx(alpha, abs=5e-4)
    assert found.n == 11 and "1 items with fewer than two ratings" in found.note


def test_ac1_and_percent_agreement_of_the_same_example():
    assert gwet_ac(UNITS, TWELVE).value == pytest.approx(0.77544, abs=5e-6)
    assert percent_agreement(UNITS, TWELVE).value == pytest.approx(0.81818, abs=5e-6)


def table(counts):
    """Two raters' ratings with this cross table."""
    pairs = [(a, b) for (a, b), n in np.ndenumerate(np.array(counts)) for _ in range(n)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_where_nearly_all_agree_on_one_category_kappa_falls_below_zero_and_ac1_does_not():
    # Gwet 2008, table 2 kind: 118 of 125 rated alike. By hand: p_o = 118/125; kappa p_e = (120*123 + 5*2)/125^2;
    # AC1 p_e = 2 * pi * (1 - pi) with pi = 243/250.
    first, second = table([[118, 2], [5, 0]])
    kappa = cohen_kappa(first, second, range(125))
    ac1 = gwet_ac(list(zip(first, second, strict=True)), range(125))
    p_o = 118 / 125
    p_e = (120 * 123 + 5 * 2) / 125**2
    pi = 243 / 250
    assert kappa.value == pytest.approx((p_o - p_e) / (1 - p_e)) and kappa.value < 0
    assert ac1.value == pytest.approx((p_o - 2 * pi * (1 - pi)) / (1 - 2 * pi * (1 - pi))) and ac1.value > 0.94


@given(seed=st.integers(0, 2**31), q=st.integers(2, 5), noise=st.floats(0.1, 0.9))
@settings(max_examples=30, deadline=None)
def test_kappa_is_scikit_learns(seed, q, noise):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, q, 60)
    second = np.where(rng.random(60) < noise, rng.integers(0, q, 60), first)
    for ours, theirs in (("identity", None), ("linear", "linear"), ("quadratic", "quadratic")):
        found = cohen_kappa(first.tolist(), second.tolist(), np.arange(60) // 3, weights=ours, categories=range(q))
        expected = cohen_kappa_score(first, second, weights=theirs, labels=list(range(q)))
        assert found.value == pytest.approx(expected, abs=1e-12)
        assert found.low <= found.value <= found.high


def test_weighted_ac2_by_hand():
    # ratings 0 and 1, 1 and 1, 2 and 0; linear weights 1 - |k - l| / 2: mean of .5, 1 and 0
    found = gwet_ac([[0, 1], [1, 1], [2, 0]], range(3), weights="linear", categories=(0, 1, 2))
    pi = np.array([2, 3, 1]) / 6
    expected = (3 + 4 * 0.5) / (3 * 2) * (pi * (1 - pi)).sum()
    assert found.value == pytest.approx((0.5 - expected) / (1 - expected))


def test_one_category_only_is_withheld_with_the_reason():
    same = ["no"] * 20
    for found in (
        cohen_kappa(same, same, range(20), categories=("no", "yes")),
        krippendorff_alpha([["no", "no"]] * 20, range(20)),
        gwet_ac([["no", "no"]] * 20, range(20)),
    ):
        assert found.value is None and "one category" in found.withheld


def test_ac1_is_defined_where_raters_use_one_of_two_categories():
    assert gwet_ac([["no", "no"]] * 20, range(20), categories=("no", "yes")).value == 1.0


def test_nothing_rated_twice_is_withheld():
    found = krippendorff_alpha([["yes", None], [None, "no"]], range(2))
    assert found.value is None and found.withheld == "no item has two ratings"
    assert percent_agreement([], []).withheld


def test_perfect_agreement_has_an_interval_that_narrows_with_images():
    def low(images):
        return cohen_kappa([0, 1] * images, [0, 1] * images, np.repeat(np.arange(images), 2)).low

    assert 0 < low(20) < low(200) < 1
    assert cohen_kappa([0, 1] * 20, [0, 1] * 20, np.repeat(np.arange(20), 2)).high == 1.0


def test_images_not_answers_carry_the_interval():
    rng = np.random.default_rng(4)
    first = rng.integers(0, 2, 100)
    second = np.where(rng.random(100) < 0.3, 1 - first, first)
    alone = cohen_kappa(first.tolist(), second.tolist(), range(100))
    twice = cohen_kappa(np.repeat(first, 4).tolist(), np.repeat(second, 4).tolist(), np.repeat(np.arange(100), 4))
    assert alone.method == twice.method == JACKKNIFE
    assert (twice.low, twice.high) == pytest.approx((alone.low, alone.high))
    assert (twice.n, twice.clusters) == (400, 100)


def test_few_images_with_a_disagreement_are_said():
    first = [0, 1] * 50
    found = cohen_kappa(first, [1, *first[1:]], np.arange(100))
    assert found.method == OBSERVED and "1 of 100 images hold a disagreement" in found.note


def test_too_few_items_or_positives_are_called_insufficient():
    few = percent_agreement([["no", "yes"], ["no", "no"]] * 20, range(40))
    rare = percent_agreement([["no", "yes"], *[["no", "no"]] * 149], range(150))
    enough = percent_agreement([["no", "yes"], ["no", "no"]] * 75, range(150))
    assert "40 items" in few.note and "1 items outside" in rare.note and "insufficient" not in enough.note


def test_order_of_items_and_names_of_images_change_nothing():
    rng = np.random.default_rng(1)
    ratings = rng.integers(0, 3, (90, 3)).tolist()
    names = [f"image {k // 4}" for k in range(90)]
    order = rng.permutation(90)
    found = krippendorff_alpha(ratings, names, metric="ordinal")
    moved = krippendorff_alpha([ratings[k] for k in order], [f"x{names[k]}" for k in order], metric="ordinal")
    assert (moved.value, moved.low, moved.high) == pytest.approx((found.value, found.low, found.high), rel=1e-12)


@pytest.mark.parametrize("noise", [0.15, 0.5])
def test_the_interval_covers_about_as_often_as_it_says(noise):
    def draw(rng, images):
        rate = rng.beta(noise * 4, (1 - noise) * 4, images)
        image = np.repeat(np.arange(images), 5)
        first = rng.integers(0, 3, len(image))
        return first, np.where(rng.random(len(image)) < rate[image], rng.integers(0, 3, len(image)), first), image

    truth = cohen_kappa_score(*draw(np.random.default_rng(0), 40_000)[:2])
    rng, held = np.random.default_rng(1), 0
    for _ in range(200):
        first, second, image = draw(rng, 40)
        found = cohen_kappa(first.tolist(), second.tolist(), image)
        held += found.low <= truth <= found.high
    assert 0.89 <= held / 200 <= 0.99


def test_what_is_wrong_with_ratings_is_said():
    with pytest.raises(UserError, match="'maybe' is none of the categories yes, no"):
        percent_agreement([["yes", "maybe"]], [0], categories=("yes", "no"))
    with pytest.raises(UserError, match="different numbers of raters"):
        gwet_ac([["yes", "no"], ["yes"]], [0, 1])
    with pytest.raises(UserError, match="needs numbers"):
        krippendorff_alpha([["yes", "no"]], [0], metric="interval")
    with pytest.raises(UserError, match="one label for each value"):
        cohen_kappa(["yes"], ["no"], [0, 1])


def test_no_weights_are_those_of_scikit_learn_and_no_word_is_taken_for_another():
    first, second = [1, 1, 2, 3, 3, 2, 1, 3, 2, 1], [1, 2, 2, 3, 1, 2, 1, 2, 2, 3]
    plain = cohen_kappa(first, second, range(10), weights=None)
    assert plain.value == pytest.approx(cohen_kappa_score(first, second, weights=None))
    assert plain.instrument == "Cohen's kappa"
    pairs = list(zip(first, second, strict=True))
    assert gwet_ac(pairs, range(10), weights=None) == gwet_ac(pairs, range(10))


def test_an_ac2_is_called_one_and_an_array_of_ratings_is_taken():
    pairs = np.array([["1", "2"], ["1", "1"], ["2", "1"]])
    found = gwet_ac(pairs, range(3), weights="linear")
    assert (found.name, found.instrument) == ("Gwet's AC2", "Gwet's AC2, linear weights")
    assert gwet_ac(pairs, range(3)).name == "Gwet's AC1"
    assert gwet_ac(pairs, range(3), name="agreement").name == "agreement"
