import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.statistics.mean import mean
from auscult.statistics.plausibility import (
    Drawing,
    Opinion,
    draw_truths,
    plausible_accuracy,
    weights,
)


def said(*ranked):
    """Annotators with their labels in order of rank."""
    return [Opinion(f"r{n}", {label: rank for rank, label in enumerate(labels)}) for n, labels in enumerate(ranked)]


def images(items, each=2):
    return {item: f"image {n // each}" for n, item in enumerate(items)}


def test_inverse_rank_weights_by_hand():
    # a: 1 + 1/2, b: 1/2 + 1, c: 1/3; together 10/3
    found = weights(said(("a", "b", "c"), ("b", "a")))
    assert found == pytest.approx({"a": 1.5 / (10 / 3), "b": 1.5 / (10 / 3), "c": (1 / 3) / (10 / 3)})


@given(st.lists(st.permutations("abcd"), min_size=1, max_size=5))
def test_weights_add_up_to_one_whatever_is_said(ranked):
    assert sum(weights(said(*ranked)).values()) == pytest.approx(1)


def test_where_all_agree_it_is_plain_accuracy_with_its_interval():
    items = [f"i{n}" for n in range(40)]
    opinions = {i: said(("yes",), ("yes",)) for i in items}
    answers = {i: ["yes" if n % 4 else "no"] for n, i in enumerate(items)}
    found = plausible_accuracy(answers, opinions, images(items))
    plain = mean([n % 4 > 0 for n in range(40)], np.arange(40) // 2, name="x")
    estimate = found.estimate
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((0.75, plain.low, plain.high))
    assert all(c.label == "yes" and c.share == 1 for c in found.certainty.values())


def test_where_each_says_something_else_a_label_is_right_as_often_as_there_are_labels():
    items = [f"i{n}" for n in range(60)]
    opinions = {i: said(("a",), ("b",), ("c",), ("d",)) for i in items}
    found = plausible_accuracy({i: ["a"] for i in items}, opinions, images(items))
    assert found.estimate.value == pytest.approx(0.25, abs=0.02)
    assert np.mean([c.share for c in found.certainty.values()]) == pytest.approx(0.25, abs=0.03)
    top = plausible_accuracy({i: ["a", "b"] for i in items}, opinions, images(items), top=2)
    assert top.estimate.value == pytest.approx(0.5, abs=0.02)


def test_the_interval_is_wider_than_that_of_items_alone():
    rng = np.random.default_rng(1)
    items = [f"i{n}" for n in range(50)]
    opinions = {i: said(("a", "b"), ("b", "a")) for i in items}
    answers = {i: ["ab"[rng.integers(2)]] for i in items}
    found = plausible_accuracy(answers, opinions, {i: i for i in items})
    # each item is right in about half of the draws: items alone vary little, annotators much
    plain = mean([0.5] * 50, range(50), name="x")
    assert found.estimate.high - found.estimate.low > 0.15 + (plain.high - plain.low)
    assert found.estimate.variance == ("items", "images", "annotators")


def test_the_two_label_draw_has_its_known_chance():
    # weights 2/3 and 1/3 of three annotators: Dirichlet(2, 1), whose first part is the larger with chance 3/4
    opinions = said(("a",), ("a",), ("b",))
    labels, drawn = draw_truths("i", opinions, Drawing(draws=20_000))
    assert labels == ["a", "b"] and (drawn == 0).mean() == pytest.approx(0.75, abs=0.01)
    trusted = draw_truths("i", opinions, Drawing(draws=20_000, temperature=30))[1]
    assert (trusted == 0).mean() > 0.95
    assert (draw_truths("i", opinions, Drawing(temperature=math.inf))[1] == 0).all()


def test_draws_of_an_item_do_not_depend_on_the_others():
    opinions = said(("a",), ("b",))
    alone = draw_truths("i7", opinions, Drawing())[1]
    assert (alone == draw_truths("i7", opinions, Drawing())[1]).all()
    assert (alone != draw_truths("i8", opinions, Drawing())[1]).any()
    assert (alone != draw_truths("i7", opinions, Drawing(seed=1))[1]).any()


def test_accuracy_against_each_annotator_shows_whether_a_ranking_would_hold():
    items = [f"i{n}" for n in range(30)]
    opinions = {i: [Opinion("first", {"a": 0}), Opinion("second", {"b": 0, "c": 0})] for i in items}
    found = plausible_accuracy({i: ["b"] for i in items}, opinions, images(items))
    assert found.by_annotator["first"].value == 0
    assert found.by_annotator["second"].value == 0.5  # one of two tied first choices


def test_missing_answers_are_not_wrong_ones_and_unusable_ones_are():
    items = [f"i{n}" for n in range(40)]
    opinions = {i: said(("a",)) for i in items}
    answers = {i: ["a"] for i in items[2:]} | {items[0]: []}
    found = plausible_accuracy(answers, opinions, images(items), missing=[items[1]])
    assert found.estimate.n == 39 and found.estimate.missing == 1 and found.estimate.unusable == 1
    assert found.estimate.value == pytest.approx(38 / 39)
    assert (found.estimate.worst, found.estimate.best) == pytest.approx((38 / 40, 39 / 40))


def test_items_that_nobody_annotated_are_left_out_and_counted():
    found = plausible_accuracy({"x": ["a"], "y": ["a"]}, {"x": said(("a",)), "z": said(("a",))}, {"x": "1"})
    assert found.estimate.n == 1 and found.without == 2


@pytest.mark.parametrize("wrong", [{"temperature": 0}, {"prior": -1}, {"draws": 0}, {"temperature": math.nan}])
def test_drawings_that_mean_nothing_are_refused(wrong):
    with pytest.raises(UserError, match="must be above 0"):
        Drawing(**wrong)
