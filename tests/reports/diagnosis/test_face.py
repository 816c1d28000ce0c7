import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.reports.diagnosis.arrays import ALL, PUBLISHED, diagnosis

from auscult.diagnosis.diagnosis import Diagnosis, Finding
from auscult.reports.cautions import STATISTICAL
from auscult.reports.diagnosis.face import About, about_of, diagnosis_face
from auscult.reports.diagnosis.words import of_100
from auscult.reports.face import SHORT, Face
from auscult.reports.places import PLUMBING
from auscult.reports.screen import MOST, Ending, lines

ABOUT = About(model="made", source="vqa-rad", created="2026-05-01", judge="facts", command="auscult diagnose items")


def face(*errors: float, about: About = ABOUT, **how: object) -> Face:
    return diagnosis_face(diagnosis(*errors, **how), about)


def verdict(shown: Face, key: str):
    return next(v for v in shown.verdicts if v.key == key)


def test_the_first_line_says_the_models_own_accuracy_and_what_the_costliest_stage_brings_two_rates_in_all() -> None:
    own = r"\d+ of 100 answers \(\d+ to \d+\) are right as it is; "
    brings = r"\d+ more of 100 \(\d+ to \d+\) are right\."
    assert re.fullmatch(rf"{own}given a right description instead of its own, {brings}", face(0.4, 0.1).line)
    assert re.fullmatch(rf"{own}given the right knowledge instead of its own, {brings}", face(0.1, 0.4).line)
    assert face(0.05, 0.05, 0.5).line.endswith(" stay wrong.")


def test_as_it_is_means_with_nothing_given_and_not_with_its_own_words_back() -> None:
    line = higher_by_itself(0.9).line
    assert line.startswith("90 of 100 answers ")
    assert re.search(r"; given its own words back \d+ are, and given a right description in their place \d+\.$", line)
    assert " more of 100" not in line  # which would be added to the 90
    assert higher_by_itself(0.9).action.startswith("Where it goes by its own words, its eyes cost it most")


@pytest.mark.parametrize(
    ("errors", "said"),
    [((0.4, 0.1, 0.04), "Its eyes"), ((0.05, 0.4, 0.04), "Its knowledge"), ((0.05, 0.05, 0.5), "Its reasoning")],
)
def test_what_costs_most_is_named_with_what_to_do(errors: tuple[float, ...], said: str) -> None:
    assert face(*errors).action.startswith(f"{said} cost")


def test_what_is_first_by_chance_only_seems_to_be() -> None:
    assert face(0.2, 0.19, 0.02).action.startswith("It seems that its ")


def test_few_images_name_no_stage() -> None:
    shown = face(0.5, 0.1, items=16)
    few = r"Too few images to tell which stage costs most\. \d+ of 100 answers \(.*\) are right as it is\."
    assert re.fullmatch(few, shown.line)  # that first, and one rate
    assert shown.action == "Ask about more images: 20 at least."
    console = Console(width=80)
    said = lines(shown, Ending(path=Path("out"), page=Path("out/diagnosis.html")), console)
    assert said[1].plain.startswith("Too few images to tell which stage costs most.")
    assert verdict(shown, "sure").said == "too few images"


def test_a_gain_beyond_chance_is_a_problem_and_one_that_may_be_none_is_not_known() -> None:
    shown = face(0.4, 0.03, 0.0)
    assert verdict(shown, "eyes").word == "problem"
    assert verdict(shown, "knowledge").word in ("not known", "clear")
    assert verdict(face(0.4, 0.0, 0.0), "knowledge").word == "clear"
    assert verdict(face(0.1, 0.1, 0.4), "reasoning").word == "problem"


def test_gains_are_said_to_be_at_least_so_much_where_nothing_shows_that_stages_are_followed() -> None:
    follows = verdict(face(), "follows")
    assert (follows.word, follows.said) == ("not known", "not measured")
    assert any(s.command == "auscult diagnose items --arms default,planted" for s in face().steps)


def test_answers_that_never_came_are_counted() -> None:
    assert "3 of 240 answers are missing" in verdict(face(lost=3), "sure").sentence


def test_the_published_arms_alone_tell_no_gain_and_the_page_says_so() -> None:
    shown = face(arms=PUBLISHED)
    assert "cannot be told" in shown.line and "cannot be told" in shown.action
    assert verdict(shown, "eyes").word == "not known"  # how often the judge found it wrong is known all the same
    assert "in the judge's view" in verdict(shown, "eyes").sentence


def test_a_model_that_never_writes_stages_is_told_so_and_no_question_stays_without_an_answer() -> None:
    shown = face(broken=240)
    assert shown.line.startswith("None of its 240 answers came in three stages")
    assert "staged:51" in shown.action
    assert [v.key for v in shown.verdicts if not v.sentence] == []
    assert "240 were not in three stages" in verdict(shown, "sure").sentence


def test_many_answers_without_stages_are_cautioned_about() -> None:
    assert face(broken=24).cautions[0].startswith("24 of 240 answers did not come in three stages")
    assert face(broken=6).cautions == ()


def test_a_model_that_can_see_other_images_alone_shows_no_figure() -> None:
    manifest = {"model": {"spec": "phantom", "sees_only": "phantoms"}, "judge": {"spec": "facts"}}
    shown = face(about=about_of(manifest, {"vqa-rad"}))
    assert (shown.stop, shown.verdicts, shown.line) == (PLUMBING, (), "")
    assert not face(about=about_of(manifest, {"phantoms"})).stop


def followed(shown: Diagnosis, value: float | None, low: float, high: float, n: int = 46) -> Diagnosis:
    """The same with errors planted in the description for ``n`` questions; none could be where that is 0."""
    of = replace(shown.findings[0].estimate, value=value, low=low, high=high, n=n, withheld="")
    arm = replace(shown.arms[0], arm="planted_vr", not_put=shown.items - n)
    counts = {"": n, "yes_no": n - 6, "number": 6, "choice": 0} if n else {}
    more = [
        Finding(
            section="followed", what="eyes", group=kind, label="given stages followed", estimate=replace(of, n=some)
        )
        for kind, some in counts.items()
    ]
    return replace(shown, findings=(*shown.findings, *more), arms=(*shown.arms, arm))


def test_a_model_that_passes_over_what_it_is_given_has_a_problem_that_stands_first_and_says_on_what() -> None:
    shown = diagnosis_face(followed(diagnosis(0.0, 0.0, 0.0), 0.06, 0.0, 0.15), ABOUT)
    assert shown.verdicts[0].key == "follows"
    assert (shown.verdicts[0].word, shown.verdicts[0].said) == ("problem", "hardly")
    assert "46 of 240 questions for descriptions (40 yes/no, 6 number; no choice)" in shown.verdicts[0].sentence
    assert verdict(diagnosis_face(followed(diagnosis(), 0.5, 0.3, 0.7), ABOUT), "follows").said == "partly"


def test_errors_that_could_not_be_planted_are_said_and_not_proposed_again() -> None:
    shown = diagnosis_face(followed(diagnosis(), None, 0, 1, n=0), ABOUT)
    assert "none could be" in verdict(shown, "follows").sentence
    assert not any("plant" in s.command + s.sentence for s in shown.steps)
    recorded = replace(ABOUT, command="auscult diagnose items --traces runs")
    assert not any("plant" in s.command + s.sentence for s in face(about=recorded).steps)


def higher_by_itself(value: float, **how: object) -> Face:
    """A model that is right more often with nothing given."""
    found = diagnosis(0.2, 0.05, 0.0, **how)
    base = next(f for f in found.of("arm", group="baseline") if f.label == "accuracy")
    higher = replace(base, estimate=replace(base.estimate, value=value, usable_value=0.99))
    return diagnosis_face(replace(found, findings=tuple(higher if f is base else f for f in found.findings)), ABOUT)


def test_right_answers_by_itself_and_with_its_own_words_back_are_of_all_answers() -> None:
    back = diagnosis(0.2, 0.05, 0.0).one("if_right", "")
    assert back is not None and back.estimate.value is not None
    said = f"By itself it answers 90 of 100 rightly, and given its own words back {back.estimate.value:.0%}"[:-1]
    assert said in higher_by_itself(0.9).cautions[0]
    some = higher_by_itself(0.9, broken=6).cautions[0]
    assert some.startswith("Of the 234 questions whose stages can be given back to it, by itself it answers 92 of 100")


def test_a_judge_that_its_certificate_does_not_show_to_tell_is_called_so() -> None:
    found = diagnosis()
    rate = next(f for f in found.of("rate", "knowledge"))
    fixed = replace(rate, section="corrected", estimate=replace(rate.estimate, value=None, low=None, high=None))
    fixed = replace(fixed, estimate=replace(fixed.estimate, withheld="it does not tell"))
    said = verdict(diagnosis_face(replace(found, findings=(*found.findings, fixed)), ABOUT), "knowledge")
    assert "in the judge's view, and this judge is not shown to tell." in said.sentence
    assert not any("not known questions" in m for m in said.more)


def test_a_range_without_a_number_is_said_and_how_much_the_judge_left_open() -> None:
    of = replace(diagnosis().findings[0].estimate, value=None, low=0.16, high=1.0)
    assert of_100(of, "questions") == "16 to 100 of 100 questions"
    found = diagnosis()
    rate = next(f for f in found.of("rate", "eyes"))
    for worst, best, said in (
        (0.47, 0.73, "the judge left 26 of 100 open"),
        (0.1, 0.9, "the judge could not decide most"),
    ):
        open_ = replace(rate, estimate=replace(rate.estimate, value=None, low=0.06, high=0.97, worst=worst, best=best))
        shown = diagnosis_face(replace(found, findings=tuple(open_ if f is rate else f for f in found.findings)), ABOUT)
        assert f"in 6 to 97 of 100: {said}; " in verdict(shown, "eyes").short
        assert "6 to 97 of 100 questions" in verdict(shown, "eyes").sentence and said in verdict(shown, "eyes").sentence
    assert "left" not in verdict(face(), "eyes").sentence


def test_drawn_images_are_cautioned_about() -> None:
    assert any("phantoms" in c for c in face(about=replace(ABOUT, drawn=True)).cautions)
    assert face().cautions == ()


def test_what_right_eyes_give_is_not_told_where_one_given_stage_spoils_traces_and_the_command_that_tells_is_named() -> (
    None
):
    shown = face(arms=[a for a in ALL if a != "gold_vr_own_kr"], skipped=0.54)
    assert (
        shown.line.endswith("; how many if it saw rightly cannot be told from this run.") and len(shown.line) <= 2 * 80
    )
    assert "54 of 100 traces that go on from a given first stage lack a stage" in shown.cautions[0]
    assert "--arms default,gold_vr_own_kr tells" in shown.cautions[0]
    assert "54 of 100 traces" in verdict(shown, "eyes").short
    assert verdict(shown, "eyes").word == "not known" and "cannot be told" in verdict(shown, "eyes").sentence
    assert shown.action == "Which stage costs most cannot be told."
    assert shown.steps[0].command == "auscult diagnose items --arms default,gold_vr_own_kr"
    told = face(skipped=0.54)
    assert "cannot be told" not in told.line and verdict(told, "eyes").word == "problem"


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"skipped": 0.5, "arms": ALL[:5] + ALL[6:]},
        {"lost": 30},
        {"arms": PUBLISHED},
        {"items": 16},
        {"items": 2},
        {"broken": 240},
    ],
)
def test_the_first_screen_has_no_word_of_statistics_and_fits_a_terminal(how: dict[str, object]) -> None:
    shown = face(0.4, 0.1, 0.04, **how)
    for said in (shown.line, shown.action, *(v.sentence for v in shown.verdicts), *shown.cautions):
        assert not STATISTICAL.search(said), said
    assert all(len(v.short or v.sentence) <= SHORT + 20 for v in shown.verdicts)
    console = Console(width=80)
    made = lines(shown, Ending(path=Path("out"), page=Path("out/diagnosis.html")), console)
    assert sum(max(1, -(-line.cell_len // 80)) for line in made) < MOST
    assert [v.key for v in shown.verdicts if not v.short] == []
