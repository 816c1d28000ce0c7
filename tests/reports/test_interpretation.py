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
    assert "With few-shot 2: 40 of 100 more (fabrication)." in verdict.sentence and "20 of 100" not in verdict.sentence


def test_a_table_explains_the_figures_that_it_has_and_no_others():
    (rates,), (kinds,) = (list(tables_of([line("zero-shot", part, "x", 0.5)])) for part in ("rates", "classes"))
    assert any("FP / (FP + TN)" in note for note in rates.notes)
    assert not any("FP / (FP + TN)" in note for note in kinds.notes)


def test_a_model_that_sees_phantoms_alone_is_stopped_on_other_images():
    face = face_of([line("zero-shot", "rates", "miss", 0.1)], "m", plumbing=True, left_out=())
    assert face.stop and not face.verdicts
