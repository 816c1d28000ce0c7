"""Figures of a grid in words: scales, limits and what became of a hypothesis."""

import re
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
SIGNS = {"by less than": "<", "by more than": ">", "less than": "<", "more than": ">"}
"""How a claim is said where a line is short; the longer words first."""
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


def claimed(h: Hypothesis) -> str:
    """Its limit: ``less than −70.0 %``."""
    limit, side = limit_of(h)
    return f"{SIDES[side]} {say.figure(limit, scale_of(h.measure, h.form))}"


def claim_of(h: Hypothesis) -> str:
    """What it claims of its arm: ``accuracy falls by less than 2 points``, ``over-denial is higher than in both``."""
    (limit, side), scale = limit_of(h), scale_of(h.measure, h.form)
    amount = say.plain(abs(limit)) if scale is Scale.PLAIN else f"{abs(limit) * 100:.4g}{say.NBSP}{scale.value}"
    if h.form == "ratio of effects":
        return f"{SIDES[side]} {say.plain(limit)} of what {h.against} does to {h.measure}"
    other = "" if h.against == BASE else h.against
    if side == "within":
        return f"{h.measure} {f'differs from {other}' if other else 'changes'} by less than {amount}"
    sinks = limit < 0 or (limit == 0 and side == "below")
    moved = (("falls", "rises"), (f"is lower than in {other}", f"is higher than in {other}"))[bool(other)][not sinks]
    by = f" by {'less' if (side == 'below') != sinks else 'more'} than {amount}" if limit else ""
    return f"{h.measure} {moved}{by}"


def short_claim(h: Hypothesis) -> str:
    """The same with a sign in place of words: ``accuracy falls <2 points``."""
    words = claim_of(h)
    for long, sign in SIGNS.items():
        words = re.sub(rf"\b{long} (?=[\d{say.MINUS}])", sign, words)
    return words


def signed_claim(h: Hypothesis) -> str:
    """The same as an inequality: ``accuracy >−2 points``."""
    (limit, side), scale = limit_of(h), scale_of(h.measure, h.form)
    if h.form == "ratio of effects" or side == "within" or scale is Scale.PLAIN or not limit:
        return short_claim(h)
    amount = f"{limit * 100:+.4g}".replace("-", say.MINUS)
    against = "" if h.against == BASE else f" minus {h.against}"
    return f"{h.measure}{against} {SIGNS[SIDES[side]]}{amount}{say.NBSP}{scale.value}"


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


def found_of(one: Tested, digits: int = 1) -> str:
    """The figure with its limits, or why there is none; with so many digits where it is in percent or points."""
    h, found = one.hypothesis, one.found
    if found is None:
        return (
            f"not done yet: {', '.join(one.lacks)}" if one.lacks else "no seed, or no item, of which all arms are done"
        )
    e, scale = found.estimate, scale_of(h.measure, h.form)
    limits = range_of(found, scale, digits)
    if e.value is None:
        return f"withheld: {e.withheld}{f'; {limits} with all that is missing' if limits else ''}"
    divided = h.form != "difference" and e.clusters > 1
    none = f"no limits: {'what it is divided by may be 0' if divided else 'one image'}"
    return f"{say.figure(e.value, scale, digits)} ({limits or none})"


def range_of(found: Contrast, scale: Scale, digits: int = 1) -> str:
    """Limits of a figure; a side without one says so. Empty where there is none at all."""
    low, high = found.estimate.low, found.estimate.high
    if low is None and high is None:
        return ""
    if high is None:
        return f"{say.bare(low or 0.0, scale, digits)} or more, no upper limit"
    if low is None:
        return f"{say.bare(high, scale, digits)} or less, no lower limit"
    return say.interval(low, high, scale, digits)


def chances(one: Tested) -> str:
    """Its p-value, after Holm where it is primary."""
    if one.p_value is None:
        return ""
    if one.adjusted is None:
        return f"{say.p_value(one.p_value)}, exploratory"
    return f"{say.p_value(one.adjusted)} after Holm"
