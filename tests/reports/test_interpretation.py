import pytest

from auscult.interpretation.figures import Line
from auscult.records import Estimate
from auscult.reports.interpretation import face_of, tables_of


def line(way, part, metric, value, p=None):
    found = Estimate(name=metric, value=value, low=value, high=value, n=20, clusters=20, p_value=p)
    return Line(task="ascites", way=way, part=part, label="all", metric=metric, figure=found)


def test_what_examples_are_shown_to_change_stands_on_the_first_screen_and_what_may_be_chance_does_not():
    lines = [
        line("zero-shot", "rates", "miss", 0.1),
        line("few-shot 2 minus zero-shot", "rates", "fabrication", 0.4, p=0.01),
        line("few-shot 2 minus zero-shot", "rates", "miss", 0.2, p=0.3),
    ]
    (verdict,) = face_of(lines, "m", plumbing=False, left_out=()).verdicts
    assert (
        "With 2 examples a class: 40 of 100 more (fabrication)." in verdict.sentence
        and "20 of 100" not in verdict.sentence
    )


def test_a_table_explains_the_figures_that_it_has_and_no_others():
    (rates,), (kinds,) = (list(tables_of([line("zero-shot", part, "x", 0.5)])) for part in ("rates", "classes"))
    assert any("FP / (FP + TN)" in note for note in rates.notes)
    assert not any("FP / (FP + TN)" in note for note in kinds.notes)


def test_a_model_that_sees_phantoms_alone_is_stopped_on_other_images():
    face = face_of([line("zero-shot", "rates", "miss", 0.1)], "m", plumbing=True, left_out=())
    assert face.stop and not face.verdicts


def first(*lines):
    (verdict,) = face_of(lines, "m", plumbing=False, left_out=()).verdicts
    return verdict


def share(metric, value, n, low=None, high=None, **more):
    figure = Estimate(name=metric, value=value, low=low, high=high, n=n, clusters=n, **more)
    return Line(task="pleural-effusion", way="zero-shot", part="rates", label="all", metric=metric, figure=figure)


def shift(metric, value, low=None, high=None, n=24):
    figure = Estimate(name=metric, value=value, low=low, high=high, n=n, clusters=n)
    return Line(
        task="midline-shift", way="zero-shot", part="agreement", label="all", metric=metric, share=False, figure=figure
    )


def agreement(value, low, high):
    return (
        shift("bias", value, low, high),
        shift("lower limit of agreement", -4.0, -6.0, -2.0),
        shift("upper limit of agreement", 6.0, 4.0, 8.0),
    )


def test_each_line_names_its_task_and_how_many_images_are_behind_each_rate():
    few = first(share("fabrication", 0.0, 3, 0.0, 0.71), share("miss", 0.25, 4, 0.01, 0.81))
    assert few.short == "Pleural effusion: invents it in 0 of 3; misses it in 1 of 4"
    assert "it invents it in 0 of 3 images without it (0 to 71 of 100)" in few.sentence
    many = first(share("fabrication", 0.1, 400, 0.08, 0.13))
    assert many.short == "Pleural effusion: invents it in 10 of 100 (n 400)"
    assert "10 of 100 images without it (8 to 13), by 400" in many.sentence


def test_a_rate_that_says_nothing_is_not_known_and_has_no_picture():
    gone = first(share("miss", None, 1, 0.001, 0.999, missing=3, withheld="too many missing"))
    assert gone.said == "not known" and not gone.bars
    assert "how often it misses it in 4 images with it cannot be told" in gone.sentence
    assert " to " not in gone.sentence + gone.short


@pytest.mark.parametrize(
    ("ends", "word", "said"),
    [
        ((0.3, 2.1), "problem", "says too much"),
        ((-2.1, -0.3), "problem", "says too little"),
        ((-0.3, 2.1), "not known", "not known"),
    ],
)
def test_a_bias_stands_with_its_interval_and_is_open_only_where_that_holds_nothing(ends, word, said):
    found = first(*agreement(sum(ends) / 2, *ends))
    assert (found.word, found.said) == (word, said)
    low, high = (f"{end:+.1f}".replace("-", "\u2212") for end in ends)
    assert f"mm ({low} to {high}) on average, on 24 images" in found.short
    limits = "from \u22124.0 (\u22126.0 to \u22122.0) to +6.0 (+4.0 to +8.0) mm off"
    assert f"nineteen of twenty answers are {limits}" in found.sentence


def test_rates_of_few_images_are_not_known_by_the_rule_of_every_page_and_a_sure_error_is_a_problem():
    few = first(share("fabrication", 0.0, 3, 0.0, 0.71), share("miss", 0.0, 2, 0.0, 0.84))
    assert (few.word, few.said) == ("not known", "not known") and "That is too few to tell." in few.sentence
    many = first(share("fabrication", 0.0, 400, 0.0, 0.01), share("miss", 0.5, 200, 0.43, 0.57))
    assert many.word == "problem"
    assert first(share("fabrication", 0.0, 400, 0.0, 0.01)).word == "clear"


def few_shifts(invented):
    nine = [
        shift("bias", 8.0, -0.5, 16.0, n=9),
        shift("lower limit of agreement", -3.4, -20.0, 9.0, n=9),
        shift("upper limit of agreement", 23.8, 9.0, 40.0, n=9),
    ]
    figure = Estimate(name="invented", value=invented, low=0.2, high=0.99, n=5, clusters=5)
    about = {"task": "midline-shift", "way": "zero-shot", "part": "agreement", "metric": "more than 2 mm"}
    return first(*nine, Line(label="nothing there", figure=figure, **about))


def test_limits_of_few_images_are_left_out_and_shifts_named_where_there_are_none_stand_on_the_first_screen():
    said = few_shifts(0.8)
    assert "nineteen of twenty" not in said.sentence and said.word == "problem"
    assert "names one of over 2 mm in 4 of 5 images that have none (20 to 99 of 100)" in said.sentence
    assert "over 2 mm" not in few_shifts(0.2).sentence


def test_the_page_of_phantoms_says_that_they_are_no_evidence_and_every_page_has_a_verdict_and_what_to_do():
    lines = [share("miss", 0.5, 200, 0.43, 0.57)]
    drawn = face_of(lines, "m", plumbing=False, left_out=("lung-cancer",), drawn=True)
    assert "no evidence of how it reads patients" in drawn.cautions[0]
    assert drawn.cautions[1].startswith("Not asked: lung cancer. ") and drawn.line and drawn.action
    assert "drawn ones say nothing about patients" in drawn.steps[0].sentence
    real = face_of(lines, "m", plumbing=False, left_out=(), runs={"pleural-effusion": "a/run"})
    assert not real.cautions and real.steps[0].command == "auscult rate make a/run --out sheet"
