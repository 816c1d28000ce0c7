"""Means of what people would say of all answers, where they saw a drawn part and an instrument spoke of each.

Stratified two-phase sampling with the difference estimator: mean(f) + sum((y - f) / pi) / N, where ``f`` is what the
instrument says, ``y`` what people say of the drawn answers, and ``pi`` the probability with which each was drawn (drawn
over all, in its stratum). Nothing is assumed of the instrument: a bad one widens the interval and biases nothing.

Limits add in squares those of the mean over images and, stratum by stratum, those of the two kinds of error that were
found, each with its own cluster interval. Strata in which no error of a kind was found are bounded together: by the
greatest error that would have stayed unseen in all of them with the tail probability. The more of a
stratum people saw, the less this second part adds: the share 1 - (seen / all)^2 of its variance, the finite population
correction and what images differ by that the first part does not hold. Where they saw all, the interval is that of what
they say.

Source: Neyman 1934, Journal of the Royal Statistical Society 97, 558-625 (strata, and how many to draw of each);
Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, chapters 6 and 9; Angelopoulos, Bates, Fannjiang,
Jordan and Zrnic 2023, Science 382, 669-674; Donner and Zou 2012, Statistical Methods in Medical Research 21, 347-359
(ratios).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.addends import Addend, by_cluster, limits_of_sum, reach
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.guard import guarded
from auscult.statistics.interval import CERTIFIED_CLUSTERS, Floats, proportion, uncertified
from auscult.statistics.missing import joined, over_missing

CHECKED = ("items", "images", "draw")
METHOD = "design-weighted difference estimator by strata; cluster limits added in squares"
FEWEST = 5
"""Answers drawn of each stratum at least, while they last: fewer say nothing of their spread."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was said of the answers of one model.

    Attributes:
        said: what the instrument says of each answer, 0 to 1, shape (answers,); anything where ``failed``.
        stratum: from which each answer was drawn, codes from 0; -1: its value is known and needs no check.
        drawn: whether people were to see it.
        found: what people say of it, 0 to 1; NaN where they could not tell or left it out. Read where ``drawn``.
        failed: there is no answer. None: none.
    """

    said: ArrayLike
    stratum: ArrayLike
    drawn: ArrayLike
    found: ArrayLike
    failed: ArrayLike | None = None


@dataclass(frozen=True)
class _Known:
    """The same, checked; ``failed`` and answers without a verdict are completed or left out."""

    said: Floats
    stratum: Codes
    seen: Mask
    found: Floats
    open_: Mask
    failed: Mask


def allocated(sizes: Sequence[int], deviations: Sequence[float], n: int) -> list[int]:
    """How many of ``n`` to draw of each stratum: by size times expected deviation, at least ``FEWEST`` while they last.

    Source: Neyman 1934, section IV.
    """
    n, fewest = min(n, sum(sizes)), min(FEWEST, n // max(1, len(sizes)))
    drawn = [0] * len(sizes)
    while sum(drawn) < n:
        # the stratum that is furthest behind its share, those under the least number first
        behind = [
            (drawn[h] >= min(fewest, size), (drawn[h] + 0.5) / max(size * deviations[h], 1e-12), h)
            for h, size in enumerate(sizes)
            if drawn[h] < size
        ]
        drawn[min(behind)[2]] += 1
    return drawn


@guarded
def audited_mean(
    checked: Checked,
    clusters: Labels,
    *,
    name: str,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
    higher_is_better: bool = True,
) -> Estimate:
    """What people would say of all answers, on the mean.

    Args:
        checked: of one model's answers.
        clusters: image or patient of each answer, shape (answers,).
        name: of the figure.
        level: confidence level.
        instrument: whose word ``said`` is, with its version.
        unit: what a cluster is.
        max_missing: share of the answers, design-weighted, that failed or got no verdict, above which the value is
            withheld and the range over them stands alone.
        higher_is_better: which end is the best.

    Returns:
        ``n`` are all answers; how many of them people saw stands in the note. ``missing`` are answers that failed and
        drawn ones without a verdict; the limits hold their worst and best case.

    Raises:
        UserError: lengths differ, or a value lies outside 0 to 1.
    """
    codes = checked_labels(name, clusters, len(np.atleast_1d(np.asarray(checked.said))))
    known = _checked(name, checked, len(codes))
    estimate = Estimate(
        name=name,
        level=level,
        n=int((~known.failed).sum()),
        clusters=len(np.unique(codes[~known.failed])),
        unit=unit,
        variance=CHECKED,
        instrument=instrument,
        missing=int(known.failed.sum() + known.open_.sum()),
        method=METHOD,
    )
    reason = _withheld(known, max_missing)
    if not len(codes) or known.failed.all():
        return replace(estimate, withheld=reason)
    completed = [_with_limits(estimate, end, codes, level) for end in _completions(known)]
    if reason:
        whole = replace(estimate, withheld=reason)
    else:
        whole = replace(_with_limits(estimate, known, codes, level), note=_note(known, codes, unit))
    if not completed:
        return whole
    ends = sorted(e.value for e in completed if e.value is not None)
    worst, best = (ends[0], ends[-1]) if higher_is_better else (ends[-1], ends[0])
    return replace(over_missing(whole, completed), worst=worst, best=best)


def audited_ratio(part: Estimate, whole: Estimate, *, name: str) -> Estimate:
    """One audited mean over another of the same answers, such as inventions over all answers where nothing was there.

    Both rise and fall together where the one is a part of the other; that is not relied on.

    Raises:
        UserError: the figures are of other answers.
    """
    if part.n != whole.n:
        raise UserError(f"{name}: {part.n} answers over {whole.n}; give two figures of the same answers")
    found = replace(part, name=name, worst=None, best=None, value=None, note=joined(part.note))
    withheld = part.withheld or whole.withheld
    if None in (part.low, part.high, whole.low, whole.high) or not whole.low:
        return replace(found, low=None, high=None, withheld=withheld or f"there may be none to take {name} of")
    assert part.low is not None and part.high is not None and whole.low is not None and whole.high is not None
    if withheld or part.value is None or whole.value is None:
        ends = part.low / whole.high, min(1.0, part.high / whole.low)
        return replace(found, low=ends[0], high=ends[1], withheld=withheld)
    value = min(1.0, part.value / whole.value)
    below = (part.value - part.low) / whole.value, value * (whole.high - whole.value) / whole.high
    above = (part.high - part.value) / whole.value, value * (whole.value - whole.low) / whole.low
    low, high = value - math.hypot(*below), value + math.hypot(*above)
    return replace(found, value=value, low=max(0.0, low), high=min(1.0, high))


def _checked(name: str, given: Checked, count: int) -> _Known:
    failed = checked_mask(name, "failed", given.failed, count)
    drawn = checked_mask(name, "drawn", given.drawn, count) & ~failed
    said = checked_values(name, np.asarray(given.said, np.float64), ~failed, (0.0, 1.0))
    found = np.asarray(given.found, np.float64)
    stratum = np.where(failed, -1, np.asarray(given.stratum, np.int64))
    if not said.shape == found.shape == stratum.shape == (count,):
        raise UserError(f"{name}: {count} answers but values of shape {said.shape}, {found.shape} and {stratum.shape}")
    if (drawn & (stratum < 0)).any():
        raise UserError(f"{name}: answer {int(np.flatnonzero(drawn & (stratum < 0))[0])} was drawn from no stratum")
    seen = drawn & ~np.isnan(found)
    return _Known(said, stratum, seen, checked_values(name, found, seen, (0.0, 1.0)), drawn & ~seen, failed)


def _withheld(known: _Known, max_missing: float) -> str:
    present = ~known.failed
    if not present.any():
        return "no answers"
    share = known.failed.mean()
    for code in np.unique(known.stratum[known.stratum >= 0]):
        of = known.stratum == code
        if not (known.seen & of).any():
            return f"none of {int(of.sum())} answers of one kind was checked"
        tried = int(((known.seen | known.open_) & of).sum())
        share += of.mean() * int((known.open_ & of).sum()) / tried
    if share > max_missing:
        return f"{share:.1%} of the answers failed or got no verdict, design-weighted (over {max_missing:.0%})"
    return ""


def _completions(known: _Known) -> list[_Known]:
    """The same with 0, and with 1, for every answer that failed and every drawn one without a verdict."""
    if not (known.open_.any() or known.failed.any()):
        return []
    none = np.zeros_like(known.failed)
    return [
        replace(
            known,
            said=np.where(known.failed, end, known.said),
            seen=known.seen | known.open_,
            found=np.where(known.open_, end, known.found),
            open_=none,
            failed=none,
        )
        for end in (0.0, 1.0)
    ]


def _with_limits(estimate: Estimate, known: _Known, codes: Codes, level: float) -> Estimate:
    present = ~known.failed
    corrections, moved = _corrections(known, codes, level)
    base = _base(known.said, moved, present, codes, level)
    low, high = limits_of_sum([base, *corrections])
    value = min(1.0, max(0.0, float(moved[present].mean())))
    return replace(estimate, value=value, low=max(0.0, min(low, value)), high=min(1.0, max(high, value)))


def _base(said: Floats, moved: Floats, present: Mask, codes: Codes, level: float) -> Addend:
    """The uncorrected mean, as uncertain as it or the corrected one is over images, whichever is more."""
    ends = []
    for values in (said, np.clip(moved, 0.0, 1.0)):
        sums, sizes = totals(values[present], codes[present])
        found = proportion(sums[None], sizes[None], level)
        ends.append(reach(float(found.value[0]), float(found.low[0]), float(found.high[0]), 1.0))
    down, up = (max(side) for side in zip(*ends, strict=True))
    value = float(said[present].mean())
    return Addend(value, down, up, by_cluster(codes, np.where(present, said - value, 0.0) / present.sum()))


@dataclass(frozen=True)
class _Unseen:
    """A stratum without an error of one kind: what it weighs, its greatest error, and the clusters that were seen."""

    weight: float
    most: float
    clusters: Codes


def _corrections(known: _Known, codes: Codes, level: float) -> tuple[list[Addend], Floats]:
    """What people add where the instrument was too low, and take off where it was too high, by stratum.

    Beside them ``said`` as people would have it: what they say where they saw, elsewhere moved by the mean errors.

    A value can only be too low by what it lacks to 1: that bounds each error over the whole stratum.
    """
    parts, count = [], int((~known.failed).sum())
    moved = np.where(known.seen, known.found, known.said)
    none = by_cluster(codes, np.zeros(len(codes)))
    for sign in (1.0, -1.0):
        without: list[_Unseen] = []
        for code in np.unique(known.stratum[known.stratum >= 0]):
            of = known.stratum == code
            seen, weight, mean = known.seen & of, of.sum() / count, float(known.said[of].mean())
            rest = weight * math.sqrt(1 - (seen.sum() / of.sum()) ** 2)
            size = np.where(seen, np.maximum(sign * (known.found - known.said), 0.0), 0.0)
            most = 1 - mean if sign > 0 else mean
            if not size.any():
                without.append(_Unseen(rest, most, np.unique(codes[seen])))
                continue
            sums, sizes = totals(size[seen], codes[seen])
            found = proportion(sums[None], sizes[None], level)
            value = min(float(found.value[0]), most)
            down, up = reach(value, float(found.low[0]), float(found.high[0]), most)
            residuals = by_cluster(codes, np.where(seen, size - float(found.value[0]), 0.0) / seen.sum())
            ends = (down, up) if sign > 0 else (up, down)
            parts.append(Addend(sign * weight * value, rest * ends[0], rest * ends[1], sign * weight * residuals))
            moved[of & ~seen] += sign * value
        bound = _bound_together(without, level)
        parts.append(Addend(0.0, 0.0 if sign > 0 else bound, bound if sign > 0 else 0.0, none))
    return parts, moved


def _bound_together(strata: list[_Unseen], level: float) -> float:
    """The greatest weighted error of strata where none was seen: one that all would have hidden with the tail's chance.

    That is the greatest sum of weight times p with the product of (1 - p) ** clusters at the tail probability: each
    1 - p is proportional to clusters over weight (Lagrange), at most 1. A cluster seen in several strata counts once.
    """
    strata = [s for s in strata if s.weight * s.most > 0]
    blind = sum(s.weight * s.most for s in strata if not len(s.clusters))
    strata = [s for s in strata if len(s.clusters)]
    if not strata:
        return blind
    weights, most = (np.array([getattr(s, name) for s in strata]) for name in ("weight", "most"))
    seen = np.array([len(s.clusters) for s in strata], np.float64)
    seen *= len(np.unique(np.concatenate([s.clusters for s in strata]))) / seen.sum()

    def hidden(scale: float) -> Floats:
        return np.asarray(np.clip(1 - np.exp(scale) * seen / weights, 0.0, most * (1 - 1e-12)))

    tail = math.log((1 - level) / 2)
    if (seen * np.log1p(-hidden(-700.0))).sum() > tail:
        return blind + float((weights * most).sum())
    scale = float(optimize.brentq(lambda s: (seen * np.log1p(-hidden(s))).sum() - tail, -700.0, 700.0))
    return blind + float((weights * hidden(scale)).sum())


def _note(known: _Known, codes: Codes, unit: str) -> str:
    seen = int(known.seen.sum())
    images = len(np.unique(codes[known.seen]))
    return joined(
        f"{seen} of {int((known.stratum >= 0).sum())} answers were rated",
        f"they were of {images} {unit}s (under {CERTIFIED_CLUSTERS})" if images < CERTIFIED_CLUSTERS else "",
        uncertified(len(np.unique(codes)), unit),
    )
