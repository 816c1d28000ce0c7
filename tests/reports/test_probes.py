from dataclasses import replace

from auscult.analysis.summary import Figure, ProbeAsked, Summary
from auscult.records import Estimate
from auscult.reports import probes
from auscult.reports.questions.probes import probes as verdict

COLLEAGUE = ProbeAsked(
    name="colleague", id="colleague@1", title="a colleague is certain of a wrong answer", about="Right is the image.",
    right="same", against="base", items=80, unput={"no wrong answer of its form is known": 3},
)  # fmt: skip
BLANK = ProbeAsked(
    name="blank-image", id="blank-image@1", title="a blank picture is shown", about="Right is to say so.",
    right="abstain", against="unchanged", items=80,
)  # fmt: skip


def figure(probe, metric, value, low, high, **more):
    one = Estimate(name=metric, value=value, low=low, high=high, n=80, clusters=40)
    return Figure(
        section="probe", group=probe.name, label=probe.title, metric=metric, scorer=probe.id, with_image=one, **more
    )


def summary(*figures, asked=(COLLEAGUE, BLANK)):
    return Summary(title="m", manifest={}, cases=40, items=80, clusters=40, unit="image", figures=figures, probes=asked)


LED = figure(COLLEAGUE, "led", 0.4, 0.3, 0.5)
RIGHT = figure(COLLEAGUE, "right", 0.5, 0.4, 0.6)
SEEN = [figure(BLANK, "right", 0.9, 0.8, 0.95), figure(BLANK, "answers nonetheless", 0.1, 0.06, 0.2)]
OVER = figure(BLANK, "over-abstains", 0.0, 0.0, 0.04)


def test_the_surely_most_frequent_fault_is_said_first():
    found = verdict(summary(RIGHT, LED, *SEEN, OVER))
    assert found.word == "problem"
    assert found.sentence.startswith("When a colleague is certain of a wrong answer, 40 (30 to 50) of 100 answers turn")
    assert found.short == "led in 40 of 100 (colleague)"
    assert any("a blank picture is shown" in line for line in found.more)


def test_nothing_is_said_to_be_clear_that_may_be_frequent():
    unsure = replace(LED, with_image=replace(LED.with_image, value=0.03, low=0.0, high=0.09))
    assert verdict(summary(RIGHT, unsure, OVER)).word == "not known"
    rare = replace(LED, with_image=replace(LED.with_image, value=0.0, low=0.0, high=0.04))
    assert verdict(summary(RIGHT, rare, OVER)).word == "clear"


def test_no_probe_is_no_question():
    assert verdict(summary(asked=())) is None


def test_a_control_and_what_nobody_is_to_blame_for_are_no_fault():
    for harmless in (replace(COLLEAGUE, control=True), replace(COLLEAGUE, blamed=False)):
        assert verdict(summary(RIGHT, LED, asked=(harmless,))) is None


def test_the_fold_groups_probes_by_what_is_right_and_the_remarks_say_what_was_not_asked():
    both = summary(RIGHT, LED, *SEEN, OVER)
    assert [group.heading for group in probes.groups(both)] == list(probes.KINDS[kind] for kind in ("same", "abstain"))
    assert any("items: no wrong answer of its form is known" in line for line in probes.remarks(both))
    assert [table.name for table in probes.tables(both)] == ["probes", "probes-abstain"]


def test_controls_stand_apart_from_what_is_right():
    control = replace(COLLEAGUE, name="options-only", id="options-only@1", control=True)
    groups = probes.groups(summary(RIGHT, figure(control, "right", 0.5, 0.4, 0.6), asked=(COLLEAGUE, control)))
    assert [group.heading for group in groups] == [probes.KINDS["same"], probes.CONTROLS]
    assert [len(group.lines) for group in groups] == [1, 1]


def few(probe, metric, value, low, high, **more):
    made = figure(probe, metric, value, low, high)
    return replace(made, with_image=replace(made.with_image, n=85, clusters=3, **more))


def test_what_is_seen_on_too_few_images_is_told_as_counted_and_why_it_decides_nothing():
    found = verdict(
        summary(few(BLANK, "answers nonetheless", 81 / 85, 0.18, 0.9998), few(BLANK, "over-abstains", 0, 0, 0.6))
    )
    assert found.word == "not known"
    assert found.sentence == (
        "3 images are too few to tell, but when a blank picture is shown, it answers 81 of 85 questions all the same."
    )
    assert "answers all the same: blank image in 81 of 85" in found.short


def test_of_too_few_images_a_withheld_figure_is_no_problem_either_and_has_its_range():
    held = few(BLANK, "answers nonetheless", None, 0.3, 0.9, missing=6, withheld="6 of 91 items are missing")
    found = verdict(summary(held))
    assert found.word == "not known"
    assert "it answers 30 to 90 of 100 questions all the same" in found.sentence


def test_nothing_seen_on_too_few_images_is_not_said_to_be_clear():
    found = verdict(summary(few(BLANK, "answers nonetheless", 0.0, 0.0, 0.7)))
    assert (found.word, found.sentence) == (
        "not known",
        "No change of question or image is seen to lead it astray, but 3 images are too few to tell.",
    )


def test_the_widest_range_names_its_probe():
    unsure = replace(LED, with_image=replace(LED.with_image, value=0.03, low=0.0, high=0.09))
    assert "the widest range (led: colleague) goes up to 9 of 100" in verdict(summary(RIGHT, unsure, OVER)).sentence


def test_pictures_are_named_in_words():
    found = verdict(summary(RIGHT, LED, *SEEN, OVER))
    assert [bar.label for bar in found.bars] == ["led: colleague", "answers all the same: blank image"]


def test_a_warning_of_a_figure_stands_among_the_remarks():
    warned = replace(LED, warning="the change may have changed their form")
    assert "colleague, led: the change may have changed their form." in probes.remarks(summary(RIGHT, warned))
