import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics import mean, mean_with_repeats
from auscult.statistics.interval import clopper_pearson, wilson

fast = settings(max_examples=50, deadline=None)


@st.composite
def clustered(draw: st.DrawFn, real: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Scores and cluster numbers of 2 to 15 clusters of 1 to 8 items."""
    sizes = draw(st.lists(st.integers(1, 8), min_size=2, max_size=15))
    one = st.floats(0, 1) if real else st.sampled_from([0.0, 1.0])
    values = draw(st.lists(one, min_size=sum(sizes), max_size=sum(sizes)))
    return np.array(values), np.repeat(np.arange(len(sizes)), sizes)


def limits(e: Estimate) -> tuple[float, float, float]:
    assert e.value is not None and e.low is not None and e.high is not None
    return e.low, e.value, e.high


@fast
@given(clustered(real=True) | clustered())
def test_the_interval_holds_the_value_and_lies_in_bounds(data):
    low, value, high = limits(mean(*data, name="x"))
    assert 0 <= low <= value <= high <= 1
    assert value == pytest.approx(data[0].mean())


@fast
@given(clustered(real=True) | clustered())
def test_more_confidence_is_wider(data):
    narrow, wide = mean(*data, name="x", level=0.8), mean(*data, name="x", level=0.99)
    assert limits(wide)[0] <= limits(narrow)[0] and limits(wide)[2] >= limits(narrow)[2]


@fast
@given(clustered(), st.randoms(use_true_random=False))
def test_order_of_items_and_names_of_clusters_do_not_matter(data, random):
    values, clusters = data
    order = random.sample(range(len(values)), len(values))
    names = {c: f"patient {n}" for n, c in enumerate(random.sample(sorted(set(clusters)), len(set(clusters))))}
    renamed = [names[c] for c in clusters[order]]
    assert limits(mean(values, clusters, name="x")) == limits(mean(values[order], renamed, name="x"))


@fast
@given(clustered(real=True), st.integers(2, 5))
def test_asking_every_item_again_gains_nothing(data, times):
    values, clusters = data
    assume(not np.isin(values, (0, 1)).all())  # one binary item a cluster has intervals of its own
    again = mean(np.repeat(values, times), np.repeat(clusters, times), name="x")
    assert limits(again) == pytest.approx(limits(mean(values, clusters, name="x")), abs=1e-6)


@fast
@given(clustered())
def test_the_share_of_failures_has_the_mirrored_interval(data):
    values, clusters = data
    low, value, high = limits(mean(values, clusters, name="x"))
    assert limits(mean(1 - values, clusters, name="x")) == pytest.approx((1 - high, 1 - value, 1 - low), abs=1e-9)


@pytest.mark.parametrize("events", [10, 17, 30])
def test_one_item_a_cluster_is_wilson(events):
    e = mean([1] * events + [0] * (40 - events), range(40), name="x")
    assert limits(e)[::2] == pytest.approx(wilson(np.float64(events), np.float64(40), 0.95))
    assert e.method.startswith("Wilson") and not e.note


def test_wilson_and_clopper_pearson_agree_with_published_limits():
    # 81 of 263 (Newcombe 1998, Statistics in Medicine 17, table I)
    assert wilson(np.float64(81), np.float64(263), 0.95) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert clopper_pearson(np.float64(81), np.float64(263), 0.95) == pytest.approx((0.2527, 0.3676), abs=5e-5)


def test_few_events_of_single_items_use_the_exact_interval_and_say_so():
    e = mean([1] * 2 + [0] * 38, range(40), name="x")
    assert e.method.startswith("Clopper-Pearson") and "few events" in e.note


def test_no_event_gives_the_exact_bound_for_clusters():
    e = mean(np.zeros(240), np.repeat(np.arange(24), 10), name="x")
    assert limits(e) == (0, 0, pytest.approx(1 - 0.025 ** (1 / 24)))
    assert "no event" in e.note and e.method.startswith("exact")


def test_only_events_gives_the_mirrored_bound():
    assert limits(mean(np.ones(240), np.repeat(np.arange(24), 10), name="x"))[0] == pytest.approx(0.025 ** (1 / 24))


def test_equal_clusters_give_the_t_interval_on_the_logit_scale():
    clusters = np.repeat(np.arange(12), 10)
    values = np.concatenate([[1.0] * k + [0.0] * (10 - k) for k in (2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 2, 7)])
    means = values.reshape(12, 10).mean(1)
    centre, p = np.log(means.mean() / (1 - means.mean())), means.mean()
    half = 2.2009852 * means.std(ddof=1) / np.sqrt(12) / (p * (1 - p))  # t, 11 degrees of freedom
    e = mean(values, clusters, name="x")
    assert limits(e)[::2] == pytest.approx(tuple(1 / (1 + np.exp(-(centre + s * half))) for s in (-1, 1)), abs=1e-6)
    assert e.method.startswith("cluster t") and not e.note


def test_events_in_one_cluster_only_carry_a_note():
    values = np.zeros(250)
    values[:6] = 1
    e = mean(values, np.repeat(np.arange(25), 10), name="x")
    assert "few clusters" in e.note and limits(e)[2] > 0.1


def test_few_clusters_carry_a_note():
    assert "under 10 clusters" in mean([0, 1, 1, 0, 1, 0, 1, 1, 0], np.repeat([0, 1, 2], 3), name="x").note


def test_one_cluster_has_a_value_and_no_interval():
    e = mean([0, 1, 1], ["a", "a", "a"], name="x")
    assert e.value == pytest.approx(2 / 3) and e.low is None and e.high is None and "one cluster" in e.note


def test_missing_items_leave_n_and_bound_the_value():
    e = mean([1, 1, 0, 9] * 10, np.arange(40) // 4, name="x", missing=[False, False, False, True] * 10, max_missing=0.5)
    assert (e.n, e.missing) == (30, 10)
    assert (e.worst, e.value, e.best) == (0.5, pytest.approx(2 / 3), 0.75)


def test_worst_is_high_where_lower_is_better():
    missing = np.arange(100) == 0
    e = mean(np.arange(100) % 2, np.arange(100) // 10, name="x", missing=missing, higher_is_better=False)
    assert e.worst == 0.51 and e.best == 0.5


def test_too_many_missing_items_withhold_the_value():
    e = mean(np.ones(100), np.arange(100) // 10, name="x", missing=np.arange(100) < 6)
    assert (e.value, e.usable_value, e.high) == (None, None, 1.0) and e.low is not None and e.low < 0.94
    assert e.withheld == "6 of 100 items are missing (6.0%, over 5%)"
    assert (e.worst, e.best) == (0.94, 1.0)
    assert mean(np.ones(100), np.arange(100) // 10, name="x", missing=np.arange(100) < 5).value == 1


def test_nothing_at_all_is_withheld():
    assert mean([], [], name="x").withheld == "no items"


def test_unusable_answers_stay_in_n():
    e = mean([1, 1, 0, 0] * 10, np.arange(40) // 4, name="x", unusable=[False, False, False, True] * 10)
    assert (e.n, e.unusable, e.value, e.usable_value, e.coverage) == (40, 10, 0.5, pytest.approx(2 / 3), 0.75)


def test_an_unusable_answer_has_no_error_in_millimetres():
    unusable = [False, True] * 10
    e = mean([4.0, 0.0] * 10, np.arange(20) // 2, name="x", unusable=unusable, bounds=(0, None), higher_is_better=False)
    assert (e.n, e.value, e.unusable, e.coverage) == (10, 4.0, 10, 0.5)


def test_a_missing_error_in_millimetres_has_a_best_case_only():
    missing = np.arange(40) == 3
    e = mean(np.full(40, 2.0), np.arange(40) // 4, name="x", missing=missing, bounds=(0, None), higher_is_better=False)
    assert e.worst is None and e.best == pytest.approx(1.95)


def test_errors_in_millimetres_have_a_positive_interval():
    errors = np.random.default_rng(0).lognormal(1, 1, 200)
    low, value, high = limits(mean(errors, np.arange(200) // 10, name="x", bounds=(0, None)))
    assert 0 < low < value < high and high - value > value - low


def test_other_bounds_scale_the_interval():
    values, clusters = np.random.default_rng(0).random(100), np.arange(100) // 5
    scaled = mean(10 * values + 5, clusters, name="x", bounds=(5, 15))
    assert limits(scaled) == pytest.approx(tuple(10 * v + 5 for v in limits(mean(values, clusters, name="x"))))


@pytest.mark.parametrize(
    ("values", "clusters", "kwargs", "message"),
    [
        ([0, 1.5], [1, 2], {}, "value 1.5 of item 1"),
        ([0, float("nan")], [1, 2], {}, "value nan of item 1"),
        ([0, 1], [1], {}, "2 values but cluster labels"),
        ([0, 1], [1, 2], {"missing": [True]}, "2 values but 'missing'"),
        ([[0, 1]], [1], {}, "one value for each item"),
    ],
)
def test_bad_input_is_one_line(values, clusters, kwargs, message):
    with pytest.raises(UserError, match=message) as caught:
        mean(values, clusters, name="x", **kwargs)
    assert "\n" not in str(caught.value)


def test_repeats_split_the_variance_as_simulated():
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(400), 5)
    rates = np.clip(0.5 + 0.2 * rng.normal(size=400), 0.05, 0.95)[clusters]
    r = mean_with_repeats(rng.random((2000, 3)) < rates[:, None], clusters, name="x")
    decoding = (rates * (1 - rates)).mean() / (2000 * 3)
    assert r.decoding == pytest.approx(decoding, rel=0.1)
    assert r.total - r.decoding == pytest.approx(rates[::5].var() / 400, rel=0.25)
    assert r.estimate.variance == ("items", "images", "decoding") and r.estimate.n == 2000


def test_repeats_that_never_differ_have_no_decoding_variance():
    values = (np.arange(100) % 3 == 0).astype(float)
    r = mean_with_repeats(np.stack([values, values], 1), np.arange(100) // 5, name="x")
    assert r.decoding == 0
    assert limits(r.estimate) == pytest.approx(limits(mean(values, np.arange(100) // 5, name="x")))


def test_an_item_counts_with_the_repeats_that_it_has():
    values = np.tile([[1.0, 0.0]], (40, 1))
    missing = np.zeros((40, 2), dtype=bool)
    missing[0, 1] = True
    e = mean_with_repeats(values, np.arange(40) // 4, name="x", missing=missing).estimate
    assert (e.n, e.missing, e.value) == (40, 1, pytest.approx(40 / 79))


def test_one_answer_an_item_says_nothing_about_decoding():
    with pytest.raises(UserError, match="at least 2 answers"):
        mean_with_repeats(np.ones((5, 1)), range(5), name="x")
