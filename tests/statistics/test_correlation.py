import numpy as np
import pytest
from scipy import stats

from auscult.errors import UserError
from auscult.statistics.correlation import correlations, one_number


def grades(rng, items, noise, names=("accuracy", "relevance", "detail", "risk")):
    """Whole grades from 1 to 10 that share one part, each with noise of its own."""
    shared = rng.normal(6, 2, items)
    return {
        name: np.clip(np.rint(shared + rng.normal(0, n, items)), 1, 10) for name, n in zip(names, noise, strict=False)
    }


@pytest.mark.parametrize(("method", "theirs"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)])
def test_values_are_scipys(method, theirs):
    found = grades(np.random.default_rng(1), 90, (0.5, 1, 2, 3))
    ours = correlations(found, np.arange(90) // 3, method=method)
    for (a, b), estimate in ours.pairs.items():
        assert estimate.value == pytest.approx(theirs(found[a], found[b])[0], abs=1e-12)
        assert estimate.low < estimate.value < estimate.high
        assert estimate.n == 90 and estimate.clusters == 30
    assert len(ours.pairs) == 6


def test_share_of_the_first_component_by_hand():
    # of two metrics with correlation r the eigenvalues are 1 + r and 1 - r
    found = correlations({"a": [1, 2, 3, 4, 5, 7], "b": [2, 1, 4, 3, 6, 6]}, range(6))
    r = found.pairs["a", "b"].value
    assert found.first_component.value == pytest.approx((1 + r) / 2)


def test_items_that_repeat_an_image_do_not_narrow_the_interval():
    one = grades(np.random.default_rng(2), 40, (1, 1))
    apart = correlations(one, range(40)).pairs["accuracy", "relevance"]
    many = correlations({k: np.repeat(v, 10) for k, v in one.items()}, np.repeat(range(40), 10))
    together = many.pairs["accuracy", "relevance"]
    assert (together.low, together.high) == pytest.approx((apart.low, apart.high), abs=1e-9)


@pytest.mark.parametrize(("rho", "method"), [(0.95, "pearson"), (0.3, "pearson"), (0.9, "spearman")])
def test_intervals_hold_the_truth_in_simulation(rho, method):
    rng, inside, runs = np.random.default_rng(3), 0, 100
    truth = rho if method == "pearson" else 6 / np.pi * np.arcsin(rho / 2)
    spread = np.linalg.cholesky([[1, rho], [rho, 1]])
    for _ in range(runs):
        # half of each variance is shared within an image of four items
        both = np.sqrt(0.5) * (np.repeat(rng.normal(size=(30, 2)), 4, axis=0) + rng.normal(size=(120, 2)))
        a, b = (both @ spread.T).T
        estimate = correlations({"a": a, "b": b}, np.arange(120) // 4, method=method).pairs["a", "b"]
        inside += estimate.low <= truth <= estimate.high
    assert inside / runs >= 0.9


def test_items_that_lack_a_metric_are_left_out_of_all():
    values = {"a": [1, 2, 3, 4, np.nan], "b": [1, 3, 2, 4, 9]}
    found = correlations(values, range(5))
    assert found.n == 4 and found.left_out == 1
    assert found.pairs["a", "b"].value == pytest.approx(0.8)


def test_a_metric_without_spread_is_withheld_with_the_reason():
    found = correlations({"a": [1, 2, 3], "b": [5, 5, 5]}, range(3))
    assert found.pairs["a", "b"].value is None
    assert found.pairs["a", "b"].withheld == "all values of b are alike"
    assert found.first_component is None and found.pairs["a", "b"].value is None
    assert "all values of b are alike" in one_number(found).sentence


def test_the_same_metric_twice_is_exactly_one():
    found = correlations({"a": [1, 2, 3, 5], "b": [2, 4, 6, 10]}, range(4))
    estimate = found.pairs["a", "b"]
    assert (estimate.low, estimate.value, estimate.high) == pytest.approx((1, 1, 1))
    assert one_number(found).sentence == "A and b correlate 1.00 (1.00 to 1.00): read them as one."


def test_one_image_that_makes_the_spread_gives_no_interval():
    found = correlations({"a": [1, 1, 1, 9], "b": [1, 1, 1, 8]}, range(4)).pairs["a", "b"]
    assert found.low is None and "a single image holds all the spread" in found.note


def test_the_report_says_which_metrics_are_one():
    rng = np.random.default_rng(4)
    found = correlations(grades(rng, 800, (0.3, 0.3, 1.5, 1.5)), np.arange(800) // 4)
    said = one_number(found)
    assert said.groups == (("accuracy", "relevance"),) and not said.all_one
    pair = found.pairs["accuracy", "relevance"]
    assert said.sentence.startswith(f"Accuracy and relevance correlate {pair.value:.2f}".replace("0.", ".") + " (.")
    assert said.sentence.endswith("read them as one.")


def test_four_that_are_one_are_said_to_be_one():
    said = one_number(correlations(grades(np.random.default_rng(5), 800, (0.2,) * 4), np.arange(800) // 4))
    assert said.all_one and "Accuracy, relevance, detail and risk correlate" in said.sentence
    assert "one line holds 9" in said.sentence and said.sentence.endswith("read them as one number.")


def test_metrics_that_differ_are_not_called_one():
    said = one_number(correlations(grades(np.random.default_rng(6), 400, (2, 2, 2, 2)), np.arange(400)))
    assert said.groups == () and said.sentence.startswith("No two metrics are one number: the closest, ")


def test_a_high_correlation_of_few_items_is_not_yet_one():
    found = correlations(grades(np.random.default_rng(9), 30, (0.6, 0.6)), range(30))
    pair = found.pairs["accuracy", "relevance"]
    assert pair.value > 0.9 > pair.low and one_number(found).groups == ()


def test_a_chain_of_metrics_is_not_one_unless_its_ends_are():
    rng = np.random.default_rng(7)
    middle = rng.normal(size=4000)
    a, b = middle + rng.normal(0, 0.4, 4000), middle + rng.normal(0, 0.4, 4000)
    found = correlations({"a": a, "middle": middle, "b": b}, np.arange(4000))
    assert found.pairs["a", "middle"].low > 0.9 and found.pairs["a", "b"].high < 0.9
    assert [len(g) for g in one_number(found).groups] == [2]


def test_many_clusters_are_left_out_in_blocks():
    rng = np.random.default_rng(8)
    a = rng.normal(size=3000)
    found = correlations({"a": a, "b": a + rng.normal(size=3000)}, np.arange(3000)).pairs["a", "b"]
    z = 1.96 / np.sqrt(3000 - 3)
    assert found.high - found.low == pytest.approx(
        np.tanh(np.arctanh(found.value) + z) - np.tanh(np.arctanh(found.value) - z), rel=0.15
    )


def test_metrics_of_different_length_are_refused():
    with pytest.raises(UserError, match="a, b have different numbers of values"):
        correlations({"a": [1, 2], "b": [1, 2, 3]}, range(2))
