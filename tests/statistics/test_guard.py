"""Whatever no figure can come of is refused in one line, by every function that is given it."""

import importlib
import pkgutil
from inspect import isfunction, signature

import numpy as np
import pytest

import auscult.statistics as statistics
from auscult.errors import UserError
from auscult.statistics.bland_altman import limits_of_agreement
from auscult.statistics.correlation import correlations
from auscult.statistics.guard import BETWEEN, FROM_TO
from auscult.statistics.interval import wilson

BAD = {
    **dict.fromkeys(BETWEEN, (95, 0, 1, -0.1, float("nan"), "0.95", None, True)),
    **dict.fromkeys(FROM_TO, (5, -0.1, float("nan"), "0.05", None)),
    "bounds": ((1, 0), (0, 0), (0, float("nan")), "ab", 1, (None, 1)),
    "weights": ("none", "unweighted", "Quadratic", 2),
    "metric": ("ratio", "Nominal", "x", None),
    "method": ("kendall", None),
    "side": ("over", None),
}
WORDS = ("weights", "metric", "method", "side")


def functions():
    for found in pkgutil.iter_modules(statistics.__path__):
        module = importlib.import_module(f"auscult.statistics.{found.name}")
        for name, function in vars(module).items():
            if isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_"):
                yield function


def takes_it(function, argument):
    annotation = signature(function).parameters[argument].annotation
    return "Literal" in str(annotation) if argument in WORDS else annotation is float or argument == "bounds"


GIVEN = [
    (function, argument, bad)
    for function in functions()
    for argument in signature(function).parameters
    if argument in BAD and takes_it(function, argument)
    for bad in BAD[argument]
]


@pytest.mark.parametrize(("function", "argument", "bad"), GIVEN, ids=lambda v: getattr(v, "__name__", repr(v)))
def test_every_function_refuses_what_cannot_be(function, argument, bad):
    needed = {n: None for n, p in signature(function).parameters.items() if p.default is p.empty and n not in BAD}
    with pytest.raises(UserError) as refused:
        function(**{**needed, argument: bad})
    assert argument in str(refused.value) and "\n" not in str(refused.value)


def test_what_is_looked_at_is_found():
    assert {argument for _, argument, _ in GIVEN} == set(BAD)
    assert len({function for function, _, _ in GIVEN}) > 25


def test_arguments_by_place_are_looked_at_too():
    with pytest.raises(UserError, match="level"):
        wilson(np.array([1.0]), np.array([2.0]), 95)


def test_the_message_names_the_figure_and_what_is_known():
    with pytest.raises(UserError, match=r"^accuracy: level lies between 0 and 1, as in 0.95, and is not 95$"):
        statistics.mean([1, 0], ["a", "b"], name="accuracy", level=95)
    with pytest.raises(UserError, match=r"unknown metric 'ratio'; known: interval, nominal, ordinal$"):
        statistics.krippendorff_alpha([["1", "2"]], ["a"], metric="ratio")


@pytest.mark.parametrize("empty", [None, float("nan"), ""])
def test_an_item_without_a_cluster_is_refused(empty):
    for clusters in ([*"abc", empty], np.array([*"abc", empty], dtype=object)):
        with pytest.raises(UserError, match="item 3 has no cluster"):
            statistics.mean([1, 0, 1, 1], clusters, name="x")
    with pytest.raises(UserError, match="item 1 has no cluster"):
        statistics.mean([1, 0, 1], np.array([1.0, np.nan, 2.0]), name="x")


def test_labels_of_several_kinds_are_refused_and_numbers_of_several_are_not():
    with pytest.raises(UserError, match="clusters of several kinds, as 1 and '1'"):
        statistics.mean([1, 0, 1], [1, "1", "2"], name="x")
    assert statistics.mean([1, 0, 1], [1, 1.0, np.int64(2)], name="x").clusters == 2


@pytest.mark.parametrize("mask", [[0.5, 0, 1], ["no", "yes", "no"], [float("nan"), 0, 1], [2, 0, 1]])
def test_a_mask_is_true_or_false(mask):
    with pytest.raises(UserError, match="'missing' is true or false"):
        statistics.mean([1, 0, 1], [*"abc"], name="x", missing=mask)
    with pytest.raises(UserError, match="'positive' is true or false"):
        statistics.balanced_accuracy([1, 0, 1], mask, [*"abc"])


@pytest.mark.parametrize(
    "call",
    [
        lambda v: statistics.mean(v, [*"ab"], name="x"),
        lambda v: statistics.difference(v, [0, 1], [*"ab"], name="x"),
        lambda v: statistics.balanced_accuracy(v, [0, 1], [*"ab"]),
        lambda v: statistics.ratio(v, [1, 1], [*"ab"], name="x"),
        lambda v: statistics.smallest_visible_difference(v, [*"ab"]),
        lambda v: statistics.holm(v),
        lambda v: statistics.sign_flip(v),
        lambda v: limits_of_agreement(v, [*"ab"], name="x"),
        lambda v: correlations({"a": v, "b": [1, 2]}, [*"ab"]),
    ],
)
def test_values_that_are_no_numbers_are_refused_in_one_line(call):
    with pytest.raises(UserError, match="no numbers"):
        call(["yes", "no"])


def test_a_numerator_lies_within_its_denominator():
    for top, bottom in (([2, 1], [1, 1]), ([1, 0], [0, 1]), ([-1, 1], [1, 1]), ([float("nan"), 1], [1, 1])):
        with pytest.raises(UserError, match="precision: numerator"):
            statistics.ratio(top, bottom, [1, 2], name="precision")
    with pytest.raises(UserError, match="precision: value -1"):
        statistics.ratio([0, 1], [-1, 1], [1, 2], name="precision")
    with pytest.raises(UserError, match="3 numerators and 2 denominators"):
        statistics.ratio([0, 1, 1], [1, 1], [1, 2], name="precision")


def test_no_power_under_the_chance_of_a_false_finding():
    with pytest.raises(UserError, match=r"0.01 is not over alpha, 0.05"):
        statistics.smallest_visible_difference([1, 0, 1, 0], [*"abcd"], power=0.01)


@pytest.mark.parametrize("p_values", [[1.5, 0.2], [-0.2, 0.1], [float("nan"), 0.01]])
def test_holm_takes_p_values(p_values):
    with pytest.raises(UserError, match="is no p-value"):
        statistics.holm(p_values)


def test_the_sign_flip_test_takes_finite_totals():
    with pytest.raises(UserError, match="nan is no total"):
        statistics.sign_flip([1, float("nan")])
