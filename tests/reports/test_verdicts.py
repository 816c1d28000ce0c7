import re
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reports.odd_summaries import estimates, numbers, summaries
from tests.reports.synthetic import estimate, summary
from tests.reports.synthetic import rate as line

from auscult.analysis.gate.criteria import Timing
from auscult.analysis.gate.decision import Decided, Gate
from auscult.analysis.gate.lines import Line
from auscult.analysis.quantities.premise import DENIAL, KNOWING
from auscult.analysis.summary import Failures, Figure, Summary
from auscult.records import Canary, Certificate, Estimate
from auscult.reports.cautions import STATISTICAL
from auscult.reports.face import SHORT, Face, Verdict
from auscult.reports.limits import Limit, limits_of
from auscult.reports.natural import counts, of_100, per_100, rate, reach
from auscult.reports.page import missing_in_words
from auscult.reports.verdicts import run_face


def verdict(face: Face, key: str) -> Verdict:
    return next(v for v in face.verdicts if v.key == key)


def found(tmp_path: Path, invented: Estimate, missed: Estimate, **changes: object) -> Summary:
    lines = (line("all findings", "fabrication", invented), line("all findings", "miss", missed))
    return summary(tmp_path, {"detection": lines}, **changes)


def test_invented_and_missed_are_told_of_a_hundred_images_with_what_counts_as_a_problem(tmp_path: Path) -> None:
    face = run_face(found(tmp_path, estimate(0.41, 0.08), estimate(0.3, 0.08)))
    assert verdict(face, "findings").word == "problem"
    assert verdict(face, "findings").sentence == (
        "It reports a finding in 41 of 100 images that do not show it (33 to 49). It misses 30 of 100 findings that "
        "are present (22 to 38). If 5 in 100 patients have the finding, it is wrong 92 of the 100 times (89 to 94) "
        "that it says “present”."
    )
    assert [b.word for b in verdict(face, "findings").bars] == ["problem", "problem"]


def test_each_picture_has_its_own_word(tmp_path: Path) -> None:
    counted = replace(summary(tmp_path).detection[0], unclear_absent=0, unclear_present=0)
    face = run_face(found(tmp_path, estimate(0.41, 0.08), estimate(0.02, 0.015), detection=(counted,)))
    assert [b.word for b in verdict(face, "findings").bars] == ["problem", "clear"]


def test_few_images_are_told_as_they_were_counted(tmp_path: Path) -> None:
    invented, missed = estimate(2 / 9, 0.2, n=9, clusters=9), estimate(1 / 9, 0.1, n=9, clusters=9)
    counted = replace(summary(tmp_path).detection[0], unclear_absent=0, unclear_present=0)
    one = found(tmp_path, invented, missed, clusters=9, detection=(counted,))
    shown = verdict(run_face(one), "findings")
    assert shown.sentence.startswith(
        "It reported 2 of 9 findings that were absent. It missed 1 of 9 findings that were"
    )
    assert "too few" in shown.sentence and "of 100" not in shown.sentence and "patients" not in shown.sentence
    sure = verdict(run_face(one), "sure")
    assert (sure.word, sure.said) == ("not known", "too few images")
    assert "at least 60 images that show the finding and 60 that do not" in sure.sentence


def test_how_often_present_is_wrong_is_said_only_where_findings_are_invented(tmp_path: Path) -> None:
    counted = replace(summary(tmp_path).detection[0], unclear_absent=0, unclear_present=0)
    little, much = estimate(0.02, 0.015, n=400, clusters=200), estimate(0.41, 0.08)
    open_ = estimate(0.06, 0.04)
    for invented, missed, said in ((much, little, True), (open_, little, False), (little, little, False)):
        face = run_face(found(tmp_path, invented, missed, detection=(counted,)))
        assert ("patients have the finding" in verdict(face, "findings").sentence) is said


def test_none_of_many_says_on_how_many_images(tmp_path: Path) -> None:
    none = Estimate(value=0.0, low=0.0, high=0.03, n=1224, clusters=160, name="miss")
    shown = verdict(run_face(found(tmp_path, estimate(0.41, 0.08), none)), "findings")
    assert "It missed none of 1,224 findings on 160 images (up to 3 in 100 are possible)." in (shown.sentence)


def along(tmp_path: Path, accepted: Estimate, denied: Estimate, *, passed: bool | None = True) -> Summary:
    rows = ((KNOWING, accepted), (DENIAL, denied))
    lines = tuple(
        Figure(section="premise", group="all", label="all", metric=m, scorer="premise@5", with_image=e) for m, e in rows
    )
    of_models = {"part": "answers of real models", "what": "meant accepts", "measure": "read as meant"}
    row = {**of_models, "value": 0.95, "low": 0.9, "hits": 139, "n": 146}
    certificate = Certificate(
        instrument="premise@5, auscult 0.1.0", subject="answers", passed=passed, figures=(row,), summary=""
    )
    return summary(tmp_path, {"premise": lines}, certificates=(certificate,))


def test_denying_nothing_is_no_credit_to_a_model_that_agrees_with_everything(tmp_path: Path) -> None:
    shown = verdict(run_face(along(tmp_path, estimate(0.8, 0.05), estimate(0.02, 0.015))), "premises")
    assert "no credit" in shown.sentence and [b.word for b in shown.bars] == ["problem", ""]


def test_an_instrument_that_failed_its_test_is_named_with_its_question_and_its_size(tmp_path: Path) -> None:
    rare = estimate(0.02, 0.01)
    face = run_face(along(tmp_path, estimate(0.8, 0.05), rare, passed=False))
    shown = verdict(face, "premises")
    assert "The program that reads these answers overlooks a few." in shown.sentence
    assert any("139" in more and "146" in more for more in shown.more)
    (said,) = (c for c in face.cautions if shown.question in c)
    assert "overlooked 5 of 100" in said
    assert not any(shown.question in c for c in run_face(along(tmp_path, rare, rare)).cautions)


def test_what_an_instrument_may_have_overlooked_is_not_cleared(tmp_path: Path) -> None:
    nearly = estimate(0.03, 0.018)
    assert verdict(run_face(along(tmp_path, nearly, nearly)), "premises").word == "clear"
    assert verdict(run_face(along(tmp_path, nearly, nearly, passed=False)), "premises").word == "not known"


def test_the_line_says_the_gravest_fault_and_the_action_what_to_do_about_it(tmp_path: Path) -> None:
    much, little = estimate(0.41, 0.08), estimate(0.02, 0.015, n=400, clusters=200)
    counted = replace(summary(tmp_path).detection[0], unclear_absent=0, unclear_present=0)
    blind = Figure(
        section="pairs", label="pairs", metric="told apart", scorer="closed@2", with_image=estimate(0.5, 0.04)
    )

    def said(invented: Estimate, missed: Estimate, **changes: object) -> str:
        lines = (line("all findings", "fabrication", invented), line("all findings", "miss", missed))
        sections = {"detection": lines, "headline": (), **changes.pop("sections", {})}  # type: ignore[dict-item]
        face = run_face(summary(tmp_path, sections, **{"detection": (counted,), **changes}))
        assert face.action and len(face.action.split()) <= 22 and len(face.line.split()) <= 20
        return face.line

    assert said(much, little) == "It says yes too often: its “yes” cannot be relied on."
    assert said(little, much) == "It misses findings that are there."
    assert said(much, much, sections={"pairs": (blind,)}) == "It answers as if it does not see the image."
    assert said(little, little, clusters=12) == "Too few images to judge it."
    assert said(little, little).startswith("No fault in more than 5 of 100")


def test_nobody_rates_the_answers_of_a_model_that_does_not_see_the_image(tmp_path: Path) -> None:
    blind = Figure(
        section="pairs", label="pairs", metric="told apart", scorer="closed@2", with_image=estimate(0.5, 0.04)
    )
    face = run_face(summary(tmp_path, {"pairs": (blind,), "headline": ()}))
    assert face.steps[0].sentence.startswith("Whoever runs the model checks that the right image reaches it")
    assert not any("physician" in step.sentence for step in face.steps)


def test_on_drawn_images_the_next_step_is_always_a_test_on_real_ones(tmp_path: Path) -> None:
    manifest = {**summary(tmp_path).manifest, "items": {"source": {"reader": "phantoms"}}}
    assert any("tests it on real images" in s.sentence for s in run_face(summary(tmp_path, manifest=manifest)).steps)


def test_questions_that_take_something_false_for_granted_are_not_made_again_where_they_were_asked(
    tmp_path: Path,
) -> None:
    def commands(made: Summary) -> str:
        return " ".join(step.command for step in run_face(made).steps)

    asked = {"premise": along(tmp_path, estimate(0.5, 0.04), estimate(0.1, 0.04)).of("premise")}
    assert "--premises" in commands(summary(tmp_path, {"headline": ()}))
    assert "--premises" not in commands(summary(tmp_path, {**asked, "headline": ()}))
    unknown = replace(asked["premise"][0], with_image=None)
    assert "--premises" not in commands(summary(tmp_path, {**asked, "premise": (unknown,)})), "they are too few to tell"


def test_a_run_whose_every_request_failed_says_that_alone_and_how_to_go_on(tmp_path: Path) -> None:
    lost = Failures(condition="with", asked=48, usable=0, unusable=0, request_failed=48, kinds={"rejected": 48})
    face = run_face(summary(tmp_path, failures=(lost,)))
    assert face.stop == "Not one answer came to 48 questions with their image: there is nothing to count."
    assert face.verdicts == () and "gives the same command again" in face.steps[0].sentence


def test_answers_to_probes_that_are_missing_are_named_beside_those_of_the_run(tmp_path: Path) -> None:
    whole = Failures(condition="with", asked=88, usable=88, unusable=0, request_failed=0)
    probed = Failures(condition="probe", asked=555, usable=552, unusable=0, unread=3, request_failed=0)
    said = verdict(run_face(summary(tmp_path, failures=(whole, probed))), "sure").sentence
    assert "No answer to the questions as they are is missing." in said
    assert "Of 555 to changed questions 3 are missing or cannot be read." in said
    assert missing_in_words(summary(tmp_path, failures=(whole, probed))) == (
        "nothing, of 88\xa0answers; 3 could not be read, of 555\xa0answers to changed questions"
    )


def test_that_other_instruments_scored_a_run_before_is_for_the_methods_alone(tmp_path: Path) -> None:
    note = "Instruments changed: number@3 scored this run before; all of it was scored anew by number@5."
    shown = run_face(summary(tmp_path, warnings=(note, "The images are phantoms.")))
    assert shown.cautions[-1] == "The images are phantoms." and note not in shown.cautions


def test_what_a_physician_found_who_rated_some_answers_stands_on_the_first_screen(tmp_path: Path) -> None:
    def rated(metric: str, value: float, label: str = "checked by a physician") -> Figure:
        about = {"section": "corrected", "group": "physician", "scorer": "physician@1"}
        return Figure(label=label, metric=metric, with_image=estimate(value), **about)  # type: ignore[arg-type]

    lines = (line("all findings", "fabrication", estimate(0.41)), line("all findings", "miss", estimate(0.3)))
    people = (
        rated("wrong reference", 0.1),
        rated("fabrication", 0.5, "by the instruments"),
        rated("fabrication", 0.45),
    )
    shown = verdict(run_face(summary(tmp_path, {"detection": lines, "corrected": people})), "findings")
    assert shown.sentence.endswith(
        "Checked by a physician: 45 of 100 images without the finding (39 to 51) have it reported."
    )
    assert shown.more[0].startswith("Checked by a physician: 10 of 100 right answers of the test set")
    assert shown.more[1].startswith("If 5 in 100 patients have the finding")


def test_what_lies_on_both_sides_is_not_known_and_what_lies_below_is_clear(tmp_path: Path) -> None:
    little = estimate(0.02, 0.015, n=400, clusters=200)
    counted = replace(summary(tmp_path).detection[0], unclear_absent=0, unclear_present=0)
    both = run_face(found(tmp_path, little, little, detection=(counted,)))
    assert verdict(both, "findings").word == "clear"
    open_ = run_face(found(tmp_path, little, estimate(0.06, 0.04), detection=(counted,)))
    assert verdict(open_, "findings").word == "not known"
    assert "These images cannot tell" in verdict(open_, "findings").sentence


def test_a_limit_set_before_decides_in_place_of_what_counts_as_a_problem(tmp_path: Path) -> None:
    one = found(tmp_path, estimate(0.08, 0.02), estimate(0.02, 0.015))
    limit = Limit(key="findings", words="invented", good="at most", limit=0.12, met=True)
    shown = verdict(run_face(one, [limit]), "findings")
    assert shown.word == "met"
    assert shown.sentence.endswith("Limit set before, invented at most 12 of 100: met.")
    assert next(b for b in shown.bars if b.label == "invented").against == 0.12
    assert verdict(run_face(one, [replace(limit, met=False)]), "findings").word == "missed"
    assert verdict(run_face(one, [replace(limit, met=None)]), "findings").word == "not known"


def test_no_rate_is_shown_where_only_the_loop_ran_or_the_images_did_not_arrive(tmp_path: Path) -> None:
    for changed in (
        summary(tmp_path, plumbing_only=True),
        summary(tmp_path, canary=Canary(status="failed", detail="")),
    ):
        face = run_face(changed)
        assert face.stop and not face.verdicts and face.steps


@settings(max_examples=83, suppress_health_check=[HealthCheck.too_slow])
@given(summaries())
def test_no_summary_however_odd_is_left_without_a_face_in_plain_words(odd: Summary) -> None:
    face = run_face(odd)
    assert face.stop or [v.key for v in face.verdicts if v.key != "harm"] == [
        "findings", "premises", "image", "guessing", "sure",
    ]  # fmt: skip
    assert len(face.cautions) <= 4 and len(set(face.cautions)) == len(face.cautions)
    assert len(face.steps) <= 3
    for said in every_sentence(face):
        assert not STATISTICAL.search(said), said
        assert not re.search(r"\b(?:None|nan|inf|e-\d)\b|\{|\}|  ", said.replace("None of", "")), said
        for sentence in re.split(r"(?<=[.;?!:])\s", said):
            assert len(sentence.split()) <= 45, sentence
    for shown in face.verdicts:
        assert 0 < len(shown.short) <= SHORT, shown.short
        assert len(shown.bars) <= 2 and len(shown.said) <= 16
        if shown.word in ("met", "missed"):
            raise AssertionError("no limit was set")


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(summaries())
def test_a_verdict_never_clears_what_its_range_does_not(odd: Summary) -> None:
    for shown in run_face(odd).verdicts:
        if shown.key not in ("findings", "premises") or not shown.bars or shown.bars[0].against is None:
            continue
        ends = [(b.low, b.high) for b in shown.bars]
        if shown.word == "clear":
            assert all(high is not None and high <= 0.05 for _, high in ends)
        if shown.word == "problem" and shown.section in ("findings", "premises"):
            assert any(low is not None and low > 0.05 for low, _ in ends)


@given(estimates(), st.floats(0.01, 0.2), st.booleans())
def test_the_numbers_of_a_share_in_words_are_those_of_the_figure(one: Estimate, bound: float, counted: bool) -> None:
    said = (of_100(one, counted=counted), rate(one, "images", "images" if counted else ""), reach(one, bound))
    shares = {per_100(v) for v in numbers(one)}
    # in words: fewer than 1, more than 99
    values = shares | {share.lstrip("<>") for share in shares}
    values |= {per_100(bound), "100", f"{one.n:,}", f"{one.missing:,}", f"{one.n + one.missing:,}", f"{one.clusters:,}"}
    if counted:
        values |= set(counts(one).replace(",", "").split(" of ")) | set(counts(one).split(" of "))
    for number in re.findall(r"[<>]?\d[\d,]*(?:\.\d+)?", " ".join(said).replace(", ", " ")):
        assert number in values, (said, number)


def every_sentence(face: Face) -> list[str]:
    of_verdicts = [s for v in face.verdicts for s in (v.question, v.sentence, v.short, *v.more)]
    of_bars = [s for v in face.verdicts for b in v.bars for s in (b.label, b.against_label, b.counts)]
    of_steps = [s.sentence for s in face.steps]
    return [
        face.title,
        face.about,
        face.line,
        face.action,
        face.stop,
        *of_verdicts,
        *of_bars,
        *face.cautions,
        *of_steps,
    ]


def test_the_criteria_of_a_gate_become_limits_by_the_part_that_decides() -> None:
    lines = (
        Line(label="mass", verdict="PASS", limit=0.1, good="at most"),
        Line(label="effusion", verdict="INCONCLUSIVE", limit=0.1, good="at most", need="about 40 more images"),
    )
    about = {"kind": "inventions", "about": "invented findings", "why": "", "name": "inventions"}
    (open_,) = limits_of(_gate(Decided(verdict="INCONCLUSIVE", lines=lines, **about)))  # type: ignore[arg-type]
    assert open_ == Limit(
        key="findings", words="invented (effusion)", good="at most", limit=0.1, met=None, need="about 40 more images"
    )
    (met,) = limits_of(_gate(Decided(verdict="PASS", lines=lines[:1], **about)))  # type: ignore[arg-type]
    assert (met.words, met.met) == ("invented", True)
    canary = Decided(
        verdict="PASS", lines=(Line(label="all", verdict="PASS"),), name="c", kind="canary", about="", why=""
    )
    assert limits_of(_gate(canary)) == ()


def _gate(decided: Decided) -> Gate:
    timing = Timing(status="dated", detail="", made="here")
    return Gate(verdict="PASS", confidence=0.95, criteria={}, timing=timing, run={}, unit="image", decided=(decided,))
