import re
from xml.etree import ElementTree

from tests.reports.synthetic import SCRIPT, estimate, figure

from auscult.analysis.summary import Figure
from auscult.reports.charts import ROWS, condition_chart, gain_chart

LINES = [figure(f"MR {SCRIPT} $x$", 0.6, 0.5), figure("CT", 0.4, 0.5)]


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_labels_stay_text_and_are_escaped() -> None:
    chart = condition_chart(LINES, "By modality")
    assert chart and f"MR {SCRIPT} $x$" in texts(chart.svg)
    assert "<script" not in chart.svg


def test_a_chart_brings_no_style_no_loose_id_and_no_colour_of_its_own() -> None:
    chart = gain_chart(LINES, "Gain")
    assert chart and "<style" not in chart.svg and "<!DOCTYPE" not in chart.svg
    assert all(re.search(rf'#{i}["\)]', chart.svg) for i in re.findall(r' id="([^"]+)"', chart.svg))
    assert not re.findall(r"(?:fill|stroke): #", chart.svg)


def test_dots_stand_where_their_values_are() -> None:
    chart = condition_chart([figure("x", 0.8, 0.2)], "x")
    assert chart
    dots = [float(m) for m in re.findall(r'<circle cx="([\d.]+)"', chart.svg)]
    right, left = dots
    ticks = {
        t.text: float(t.get("x", 0)) for t in ElementTree.fromstring(chart.svg).iter() if t.text in ("20 %", "80 %")
    }
    assert abs(right - ticks["80 %"]) < 0.1 and abs(left - ticks["20 %"]) < 0.1


def test_a_withheld_figure_is_named_and_has_no_dot() -> None:
    lines = [
        figure("CT", 0.4, 0.5),
        Figure(
            section="headline",
            label="MR",
            metric="accuracy",
            scorer="s",
            with_image=estimate(None, withheld="few"),
            wrong_image=estimate(0.5),
        ),
    ]
    chart = condition_chart(lines, "x")
    assert chart and texts(chart.svg).count("withheld") == 1


def test_a_withheld_point_is_a_dotted_range_without_a_dot() -> None:
    one = estimate(None, low=0.2, high=0.6, withheld="too much is missing")
    line = Figure(section="headline", label="CT", metric="accuracy", scorer="s", with_image=one)
    made = condition_chart([line, figure("MR", 0.5, 0.4)], "x")
    assert made is not None and "stroke-dasharray" in made.svg and "withheld" not in made.svg


def test_a_long_table_is_cut_and_says_so() -> None:
    chart = condition_chart([figure(f"tag {n}", 0.4, 0.5) for n in range(ROWS + 7)], "x")
    assert chart and chart.left_out == 7 and f"tag {ROWS}" not in texts(chart.svg)


def test_nothing_measured_is_no_chart() -> None:
    assert condition_chart([], "x") is None
    assert (
        gain_chart(
            [Figure(section="headline", label="a", metric="accuracy", scorer="s", with_image=estimate(0.5))], "x"
        )
        is None
    )


def test_ticks_are_round_and_hold_zero_where_the_axis_does() -> None:
    chart = gain_chart([figure("x", 0.9, 0.6)], "x")
    assert chart and {"0", "+10", "\u221210"} <= set(texts(chart.svg)) and len(texts(chart.svg)) <= 12


def test_two_equal_figures_are_two_dots() -> None:
    chart = condition_chart([figure("x", 0.5, 0.5)], "x")
    assert chart and len({y for _, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', chart.svg)}) == 2
