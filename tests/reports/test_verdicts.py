import re
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reports.odd_summaries import estimates, numbers, summaries
from tests.reports.synthetic import estimate, rate, summary

from auscult.analysis.gate.criteria import Timing
from auscult.analysis.gate.decision import Decided, Gate
from auscult.analysis.gate.lines import Line
from auscult.analysis.summary import Summary
from auscult.records import Canary, Estimate
from auscult.reports.cautions import STATISTICAL
from auscult.reports.face import SHORT, Face, Verdict
from auscult.reports.limits import Limit, limits_of
from auscult.reports.natural import of_100, per_100
from auscult.reports.verdicts import run_face


def verdict(face: Face, key: str) -> Verdict:
    return next(v for v in face.verdicts if v.key == key)


def found(tmp_path: Path, invented: Estimate, missed: Estimate, **changes: object) -> Summary:
    lines = (rate("all findings", "fabrication", invented), rate("all findings", "miss", missed))
    return summary(tmp_path, {"detection": lines}, **changes)


def test_invented_and_missed_are_told_of_a_hundred_images_with_what_counts_as_a_problem(tmp_path: Path) -> None:
    face = run_face(found(tmp_path, estimate(0.41, 0.08), estimate(0.3, 0.08)))
    assert verdict(face, "findings").word == "problem"
    assert verdict(face, "findings").sentence == (
        "It invents and misses findings: of 100 images without the finding it reports it in 41 (33 to 49); of 100 with "
        "it, it misses 30 (22 to 38), both more than the 5 that this page lets pass. Where 5 in 100 patients have it, "
        "92 (89 to 94) of 100 'present' are invented."
    )


def test_what_lies_on_both_sides_is_not_known_and_what_lies_below_is_clear(tmp_path: Path) -> None:
    little = estimate(0.02, 0.015, n=400, clusters=200)
    counted = replace(summary(tmp_path).detection[0], unclear_absent=0, unclear_present=0)
    both = run_face(found(tmp_path, little, little, detection=(counted,)))
    assert verdict(both, "findings").word == "clear"
    open_ = run_face(found(tmp_path, little, estimate(0.06, 0.04), detection=(counted,)))
    assert verdict(open_, "findings").word == "not known"
    assert "these images cannot tell" in verdict(open_, "findings").sentence


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


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
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
        assert len(shown.bars) <= 2
        if shown.word in ("met", "missed"):
            raise AssertionError("no limit was set")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
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


@given(estimates(), st.floats(0.01, 0.2))
def test_the_numbers_of_a_share_in_words_are_those_of_the_figure(one: Estimate, bound: float) -> None:
    said = of_100(one, bound)
    values = {per_100(v) for v in numbers(one)} | {
        per_100(bound),
        "100",
        f"{one.n:,}",
        str(round((one.value or 0) * one.n, 1)),
    }
    counted = {part for part in re.findall(r"counted: ([\d.,]+)", said)}
    for number in re.findall(r"[<>]?\d[\d,]*(?:\.\d+)?", said):
        assert number in values | counted, (said, number)


def every_sentence(face: Face) -> list[str]:
    of_verdicts = [s for v in face.verdicts for s in (v.question, v.sentence, v.short, *v.more)]
    of_bars = [s for v in face.verdicts for b in v.bars for s in (b.label, b.against_label, b.counts)]
    of_steps = [s.sentence for s in face.steps]
    return [face.title, face.about, face.stop, *of_verdicts, *of_bars, *face.cautions, *of_steps]


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
