import pytest

from auscult.reports import format as say
from auscult.reports.format import Scale


@pytest.mark.parametrize(
    ("value", "scale", "shown"),
    [
        (0.541, Scale.SHARE, "54.1 %"),
        (0.0, Scale.SHARE, "0.0 %"),
        (1.0, Scale.SHARE, "100.0 %"),
        (0.0004, Scale.SHARE, "<0.1 %"),
        (0.9999, Scale.SHARE, ">99.9 %"),
        (0.012, Scale.POINTS, "+1.2 points"),
        (-0.04, Scale.POINTS, "−4.0 points"),
        (0.0, Scale.POINTS, "0.0 points"),
        (-0.0001, Scale.POINTS, "0.0 points"),
        (3.42, Scale.PLAIN, "3.42"),
        (-12.04, Scale.PLAIN, "−12.0"),
        (0, Scale.PLAIN, "0"),
        (12345.6, Scale.PLAIN, "12,346"),
    ],
)
def test_a_figure_carries_its_unit_and_never_rounds_up_to_certainty(value: float, scale: Scale, shown: str) -> None:
    assert say.figure(value, scale).replace(say.NBSP, " ") == shown


def test_a_limit_that_leaves_out_zero_is_never_shown_as_zero() -> None:
    assert say.interval(1e-9, 0.075, Scale.POINTS).replace(say.NBSP, " ") == "<0.1 to 7.5"
    assert say.interval(-0.075, -1e-9, Scale.POINTS).replace(say.NBSP, " ") == f"{say.MINUS}7.5 to >{say.MINUS}0.1"
    assert say.interval(0.0, 0.075, Scale.POINTS) == f"0.0{say.DASH}7.5"


def test_one_point_is_singular() -> None:
    assert say.figure(0.01, Scale.POINTS, 0) == f"+1{say.NBSP}point"


@pytest.mark.parametrize(
    ("low", "high", "scale", "shown"),
    [
        (0.48, 0.6, Scale.SHARE, "48.0–60.0"),
        (-0.04, 0.062, Scale.POINTS, "−4.0 to 6.2"),
        (0.0, 0.0003, Scale.SHARE, "0.0 to <0.1"),
    ],
)
def test_an_interval_is_not_read_as_a_subtraction(low: float, high: float, scale: Scale, shown: str) -> None:
    assert say.interval(low, high, scale).replace(say.NBSP, " ") == shown


@pytest.mark.parametrize(
    ("p", "shown"), [(0.0001, "p < 0.001"), (0.049, "p = 0.049"), (0.6, "p = 0.60"), (1.0, "p > 0.99")]
)
def test_p_values(p: float, shown: str) -> None:
    assert say.p_value(p).replace(say.NBSP, " ") == shown


def test_counts_agree_with_their_noun() -> None:
    assert [say.count(n, w).replace(say.NBSP, " ") for n, w in ((1, "image"), (1200, "patient"), (2, "study"))] == [
        "1 image",
        "1,200 patients",
        "2 studies",
    ]


def test_durations() -> None:
    assert [say.duration(s).replace(say.NBSP, " ") for s in (0.84, 200, 7500)] == ["0.8 s", "3 min 20 s", "2 h 05 min"]
