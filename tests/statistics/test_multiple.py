import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.statistics import holm


def test_holm_agrees_with_its_definition():
    # 4 x .005, 3 x .01, then 2 x .03, and never below the one before
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_one_p_value_stays_and_none_is_none():
    assert holm([0.2]) == [0.2] and holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_values_are_never_below_the_raw_ones(p_values):
    for raw, adjusted in zip(p_values, holm(p_values), strict=True):
        assert raw <= adjusted <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_smallest_p_value_is_multiplied_by_their_number(p_values):
    assert min(holm(p_values)) == pytest.approx(min(1.0, min(p_values) * len(p_values)))
