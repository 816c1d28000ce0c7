"""Figures of a grid in words: scales, limits and what became of a hypothesis."""

import re
from collections.abc import Mapping
from typing import Literal

from auscult.ablation.contrasts import Contrast
from auscult.ablation.measures import BETTER_HIGHER, DETECTION
from auscult.ablation.plan import BASE, Hypothesis
from auscult.ablation.study import Study, Tested, limit_of
from auscult.reports import format as say
from auscult.reports.format import Scale
from auscult.statistics.crossed import FEWEST_CLUSTERS

STANDS = {
    "shown": "shown",
    "not shown": "not shown",
    "refuted": "refuted",
    "withheld": "withheld: answers are missing",
    "too few images": f"no verdict: fewer than {FEWEST_CLUSTERS} images",
    "not run": "not run",
}
SIDES = {"below": "less than", "above": "more than", "within": "nearer to 0 than"}
SIGNS = {"below": "<", "above": ">", "within": "within"}
NUMBERED = re.compile(r"[A-Z]\d+\b")


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


def claimed(h: Hypothesis, words: Mapping[str, str] = SIDES) -> str:
    """Its limit: ``less than −70.0 %``; with ``SIGNS`` in short."""
    limit, side = limit_of(h)
    return f"{words[side]} {say.figure(limit, scale_of(h.measure, h.form))}"


def in_order(study: Study) -> list[Tested]:
    """The hypotheses, the primary ones first."""
    return sorted(study.tested, key=lambda one: not one.hypothesis.primary)


def short_names(study: Study) -> dict[str, str]:
    """Hypothesis → H1, H2 and so on, the primary ones first; where each name begins with such a number, that."""
    names = [one.hypothesis.name for one in in_order(study)]
    own = [found[0] if (found := NUMBERED.match(name)) else "" for name in names]
    every = own if all(own) and len(set(own)) == len(own) else [f"H{n}" for n, _ in enumerate(names, 1)]
    return dict(zip(names, every, strict=True))


def one_seed(one: Tested) -> bool:
    """Whether a verdict is of one seed, and so of no other."""
    return one.found is not None and one.found.seeds == 1


def stands(one: Tested) -> str:
    """What became of it, and of how much that is said."""
    return f"{STANDS[one.standing]}{', for this seed' if one_seed(one) else ''}"


def over(study: Study) -> str:
    """Over what the intervals of a study hold."""
    counts = {len(rows) for arm, rows in study.rows.items() if arm != BASE}
    if counts <= {1}:
        return "images, for this seed alone"
    return "seeds and images" + (" (of an arm with one seed: over images, for that seed)" if 1 in counts else "")


def found_of(one: Tested) -> str:
    """The figure with its limits, or why there is none."""
    h, found = one.hypothesis, one.found
    if found is None:
        return (
            f"not done yet: {', '.join(one.lacks)}" if one.lacks else "no seed, or no item, of which all arms are done"
        )
    e, scale = found.estimate, scale_of(h.measure, h.form)
    limits = range_of(found, scale)
    if e.value is None:
        return f"withheld: {e.withheld}{f'; {limits} with all that is missing' if limits else ''}"
    divided = h.form != "difference" and e.clusters > 1
    none = f"no limits: {'what it is divided by may be 0' if divided else 'one image'}"
    return f"{say.figure(e.value, scale)} ({limits or none})"


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
