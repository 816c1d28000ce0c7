"""Figures of a grid in words: scales, limits and what became of a hypothesis."""

from typing import Literal

from auscult.ablation.contrasts import Contrast
from auscult.ablation.measures import BETTER_HIGHER, DETECTION
from auscult.ablation.plan import Hypothesis
from auscult.ablation.study import Tested, limit_of
from auscult.reports import format as say
from auscult.reports.format import Scale

STANDS = {
    "shown": "shown",
    "not shown": "not shown",
    "refuted": "refuted",
    "withheld": "withheld: answers are missing",
    "not run": "not run",
}
SIDES = {"below": "less than", "above": "more than", "within": "nearer to 0 than"}


def scale_of(measure: str, form: str = "figure") -> Scale:
    """The scale of a figure of a grid."""
    if form == "ratio of effects":
        return Scale.PLAIN
    if form == "relative":
        return Scale.SHARE
    if measure in DETECTION:
        return Scale.PLAIN
    return Scale.POINTS if form == "difference" else Scale.SHARE


def better(measure: str) -> Literal["", "higher", "lower"]:
    """Which end of a measure is the good one; of the criterion neither."""
    return "higher" if measure in BETTER_HIGHER else "" if measure == "criterion" else "lower"


def asked(h: Hypothesis) -> str:
    """What a hypothesis is about, in one line: ``both minus base, knowing acceptance, on new form``."""
    between = {
        "difference": f"{h.arm} minus {h.against}",
        "relative": f"{h.arm} relative to {h.against}",
        "ratio of effects": f"effect of {h.arm} over effect of {h.against}",
    }[h.form]
    return f"{h.measure}, {between}, on {h.set}"


def claimed(h: Hypothesis) -> str:
    """Its limit: ``less than −70.0 %``."""
    limit, side = limit_of(h)
    return f"{SIDES[side]} {say.figure(limit, scale_of(h.measure, h.form))}"


def found_of(one: Tested) -> str:
    """The figure with its limits, or why there is none."""
    h, found = one.hypothesis, one.found
    if found is None:
        return "its cells are not done"
    e, scale = found.estimate, scale_of(h.measure, h.form)
    limits = range_of(found, scale)
    if e.value is None:
        return f"withheld: {e.withheld}{f'; {limits} with all that is missing' if limits else ''}"
    return f"{say.figure(e.value, scale)}{f' ({limits})' if limits else ''}"


def range_of(found: Contrast, scale: Scale) -> str:
    """Limits of a figure; a side without one says so. Empty where there is none at all."""
    low, high = found.estimate.low, found.estimate.high
    if low is None and high is None:
        return ""
    if high is None:
        return f"{say.bare(low or 0.0, scale)} or more, no upper limit"
    if low is None:
        return f"{say.bare(high, scale)} or less, no lower limit"
    return say.interval(low, high, scale)


def chances(one: Tested) -> str:
    """Its p-value, after Holm where it is primary."""
    if one.p_value is None:
        return ""
    if one.adjusted is None:
        return f"{say.p_value(one.p_value)}, exploratory"
    return f"{say.p_value(one.adjusted)} after Holm"
