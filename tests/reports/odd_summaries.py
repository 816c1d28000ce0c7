"""Summaries as odd as a run can make them: figures empty, withheld, ranges alone, of one image, at either end."""

import math

from hypothesis import strategies as st

from auscult.analysis.summary import Detection, Failures, Figure, Paired, Quality, Section, Summary
from auscult.records import Canary, Certificate, Estimate

SHARES = st.one_of(st.sampled_from([0.0, 1.0, 0.05, 0.5, 1e-9, 0.999999]), st.floats(0, 1))
COUNTS = st.one_of(st.sampled_from([0, 1, 4, 5, 59]), st.integers(0, 5000))


@st.composite
def estimates(draw: st.DrawFn, low: float = 0.0, high: float = 1.0) -> Estimate:
    """Any estimate on a scale."""
    ends = sorted(low + (high - low) * draw(SHARES) for _ in range(3))
    n, missing = draw(COUNTS), draw(COUNTS)
    form = draw(st.sampled_from(["whole", "range", "span", "withheld", "no interval", "empty"]))
    about = {"name": "x", "n": n, "missing": missing, "clusters": draw(st.integers(0, n)), "unit": "image"}
    about |= {"unread": draw(st.integers(0, missing)), "unusable": draw(st.integers(0, n))}
    if form == "whole":
        return Estimate(value=ends[1], low=ends[0], high=ends[2], **about)  # type: ignore[arg-type]
    if form == "range":
        why = f"{missing} of {n + missing} items are missing"
        return Estimate(low=ends[0], high=ends[2], withheld=why, **about)  # type: ignore[arg-type]
    if form == "span":
        return Estimate(worst=ends[0], best=ends[2], decided=1, **about)  # type: ignore[arg-type]
    if form == "no interval":
        return Estimate(value=ends[1], **about)  # type: ignore[arg-type]
    return Estimate(withheld="no items" if form == "withheld" else "", **about)  # type: ignore[arg-type]


@st.composite
def figures(draw: st.DrawFn, section: Section, metric: str, **about: object) -> Figure:
    """A line under all conditions, of which some were not asked."""
    share = bool(about.pop("share", True))
    of = estimates() if share else estimates(1.0, 10.0)
    maybe = st.one_of(st.none(), of)
    gain = st.one_of(st.none(), estimates(-1.0, 1.0))
    return Figure(
        section=section,
        label=str(about.pop("label", "a line")),
        metric=metric,
        scorer="closed@5",
        share=share,
        with_image=draw(maybe),
        control_with=draw(maybe),
        without_image=draw(maybe),
        wrong_image=draw(maybe),
        gain_over_none=draw(gain),
        gain_over_wrong=draw(gain),
        chance=draw(st.one_of(st.none(), SHARES)),
        **about,  # type: ignore[arg-type]
    )


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    """A summary whose parts come and go."""
    lines: list[st.SearchStrategy[Figure]] = [
        figures("headline", "accuracy", label="yes/no questions", answer_type="yes_no", kind="question"),
        figures("headline", "accuracy", label="multiple choice", answer_type="choice", kind="question"),
        figures("headline", "recall", label="open questions", answer_type="open", kind="question"),
        figures("headline", "hallucinated (lower is better)", label="report", answer_type="report"),
        figures("headline", "omitted (lower is better)", label="report", answer_type="report"),
        figures("quality", "contradicted", label="questions", group="support@1"),
        figures("quality", "accuracy", label="all", group="judge@1", share=False),
        figures("quality", "harm", label="all", group="judge@1", share=False),
        figures("pairs", "told apart", answer_type="yes_no"),
        figures("premise", "knowing acceptance", group="all forms"),
        figures("premise", "raw acceptance", group="all forms"),
        figures("premise", "over-denial", group="all forms"),
        figures("corrected", "invented", group="physician", label="checked by a physician"),
        figures("corrected", "severe harm", group="physician", label="checked by a physician"),
    ]
    targets = draw(st.sampled_from([(), ("mass",), ("all findings", "mass", "effusion")]))
    lines += [figures("detection", m, label=t) for t in targets for m in ("fabrication", "miss")]
    chosen = [draw(line) for line in lines if draw(st.booleans())]
    counted = tuple(
        Detection(target=t, tp=draw(COUNTS), fp=draw(COUNTS), tn=draw(COUNTS), fn=draw(COUNTS),
                  unclear_present=draw(COUNTS), unclear_absent=draw(COUNTS),
                  invented_at_most=draw(st.one_of(st.none(), SHARES)), missed_at_most=None)
        for t in targets
    )  # fmt: skip
    asked = [draw(COUNTS) for _ in range(4)]
    failures = Failures(condition="with", asked=sum(asked), usable=asked[0], unusable=asked[1], unread=asked[2],
                        request_failed=asked[3], cut_short=draw(st.integers(0, sum(asked))),
                        kinds={"timeout": asked[3]} if asked[3] else {})  # fmt: skip
    passed = draw(st.sampled_from([True, False, None]))
    certificate = Certificate(instrument="closed@5", subject="x", passed=passed, figures=(), summary="x")
    return Summary(
        title="a model on items",
        manifest=draw(st.sampled_from([{}, {"model": {"spec": "openai:m@http://h/v1"}, "created": "2025-05-01"}])),
        plumbing_only=draw(st.integers(0, 9)) == 0,
        cases=draw(COUNTS),
        items=draw(COUNTS),
        clusters=draw(COUNTS),
        unit=draw(st.sampled_from(["image", "patient", "study"])),
        figures=tuple(chosen),
        detection=counted,
        pairs=draw(st.sampled_from([None, Paired(questions=3, pairs=12, items=9)])),
        quality=(Quality(instrument="judge@1", kind="judge", about="", low=1.0, high=10.0),),
        failures=(failures,) if draw(st.booleans()) else (),
        canary=Canary(status=draw(st.sampled_from(["passed", "failed", "inconclusive", "skipped"])), detail="x"),
        certificates=(certificate,),
        warnings=tuple(draw(st.sampled_from([(), ("Canary skipped: x.",), ("A 95 % confidence interval.", "Fine.")]))),
    )


def numbers(estimate: Estimate | None) -> set[float]:
    """Every value that an estimate may lend to a sentence."""
    if estimate is None:
        return set()
    ends = (estimate.value, estimate.low, estimate.high, estimate.worst, estimate.best)
    return {e for e in ends if e is not None and math.isfinite(e)}
