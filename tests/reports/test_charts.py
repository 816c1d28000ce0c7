import pytest
from tests.reports.synthetic import estimate

from auscult.reports.charts import FEW, drawn, of_estimate
from auscult.reports.face import Bar


def test_a_bar_says_its_numbers_of_a_hundred_and_stands_where_they_are() -> None:
    made = drawn(Bar(label="invented", value=0.08, low=0.04, high=0.14, against=0.05, against_label="your limit"))
    assert (made.value, made.span, made.against) == ("8 of 100", "4 to 14", "your limit 5")
    assert (made.dot, made.low, made.high, made.limit) == (8.0, 4.0, 14.0, 5.0)
    assert made.described == "invented: 8 of 100 (4 to 14); your limit 5"


def test_a_difference_has_a_sign_and_its_zero() -> None:
    made = drawn(Bar(label="invented", value=-0.05, low=-0.1, high=0.02, scale=(-0.2, 0.2), better="lower"))
    assert (made.value, made.span, made.zero) == ("−5", "−10 to +2", 50.0)


def test_a_range_without_a_value_has_no_dot() -> None:
    made = drawn(Bar(label="right", low=0.2, high=0.6))
    assert made.dot is None and made.value == "20 to 60 of 100" and made.span == ""


def test_what_lies_beyond_the_scale_stands_at_its_end() -> None:
    assert drawn(Bar(label="x", value=12.0, low=3.0, high=40.0, scale=(0.0, 10.0))).high == 100.0


def test_counts_stand_in_place_of_a_picture() -> None:
    made = drawn(Bar(label="right", counts="3 of 4"))
    assert made.value == "3 of 4" and made.low is None


@pytest.mark.parametrize(("clusters", "counts"), [(FEW - 1, "3 of 4"), (FEW, "")])
def test_a_group_of_fewer_than_five_images_is_counted(clusters: int, counts: str) -> None:
    assert of_estimate("right", estimate(0.75, 0.2, n=4, clusters=clusters)).counts == counts


def test_a_share_that_counts_no_answers_is_not_counted() -> None:
    made = of_estimate("words", estimate(0.5, 0.2, n=2, clusters=1), counted=False)
    assert made.counts.replace("\xa0", " ") == "too few: 1 image"


def test_a_withheld_figure_on_few_images_says_its_range_and_the_reason_it_is_withheld_for() -> None:
    why = "2 of 35 items are missing (5.7%, over 5%)"
    held = estimate(None, low=0.31, high=0.88, n=33, clusters=3, withheld=why)
    assert of_estimate("right", held).counts == f"31 to 88 of 100: {why}"


def test_a_figure_that_is_withheld_shows_its_range_or_says_that_it_is_not_known() -> None:
    alone = of_estimate("right", estimate(None, low=0.2, high=0.6, worst=0.3, best=0.5, withheld="too much is missing"))
    assert (alone.value, alone.low, alone.high) == (None, 0.2, 0.6)
    assert of_estimate("right", estimate(None, withheld="too few")).counts == "not known"
