"""Means where a cheap instrument speaks for some items and an expensive judge for the others and for a random audit.

Two-phase (double) sampling with the difference estimator: the cheap verdicts' total, plus what the audit found them to
be off by, weighted up from the audited to all. Nothing is assumed of the cheap instrument; a bad one widens the
interval and biases nothing. Limits add those of the uncorrected mean and of the two kinds of error in squares, each
with its own cluster interval, so that an audit without a disagreement still brings its exact bound.

Source: Neyman 1938, Journal of the American Statistical Association 33, 101-116 (double sampling); Särndal, Swensson
and Wretman 1992, Model Assisted Survey Sampling, chapters 6 and 9 (difference estimator); Angelopoulos, Bates,
Fannjiang, Jordan and Zrnic 2023, Science 382, 669-674 (prediction-powered inference); Zou and Donner 2008, Statistics
in Medicine 27, 1693-1702 (limits added in squares).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.addends import Addend, by_cluster, limits_of_sum, reach
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask, checked_values, totals
from auscult.statistics.guard import guarded
from auscult.statistics.interval import CERTIFIED_CLUSTERS, Floats, proportion, uncertified
from auscult.statistics.mean import mean
from auscult.statistics.missing import joined, over_missing

ROUTED = ("items", "images", "routing")
METHOD = "design-weighted difference estimator; cluster limits of the mean and of the audited error added in squares"


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What was said of the answers of one model, item by item; all of shape (items,), verdicts from 0 to 1.

    Attributes:
        cheap: verdict of the cheap instrument; read where it is certain.
        judged: verdict of the judge; read where the cheap one is not certain, and in the audit.
        certain: the cheap instrument was certain, and the judge need not be asked.
        audited: the judge was asked all the same, by a draw that looked at nothing but the item's id.
        missing: the judge was asked and gave no verdict, or there is no answer to judge; None: none.
        unusable: the answer was empty or refused; ``judged`` holds its verdict (0). None: none.
    """

    cheap: ArrayLike
    judged: ArrayLike
    certain: ArrayLike
    audited: ArrayLike
    missing: ArrayLike | None = None
    unusable: ArrayLike | None = None


@dataclass(frozen=True)
class Powered:
    """A design-weighted mean, and what it was made of.

    Attributes:
        estimate: of the mean verdict that the judge would have given to all items; the interval holds the routing.
        error: share of the certain verdicts that the judge does not share, from the audit.
        certain: items of which the cheap instrument was certain.
        audited: of these, those with a verdict of the judge.
        saved: items that the judge was not asked about.
        design_effect: square of the interval's width over that of an interval with every verdict the judge's own, as
            far as the data tell it; 1: routing costs nothing.
    """

    estimate: Estimate
    error: Estimate
    certain: int
    audited: int
    saved: int
    design_effect: float | None


@dataclass(frozen=True)
class _Known:
    """Verdicts that were checked: ``taken`` is the judge's or, where certain, the cheap one; 0 where ``lost``."""

    taken: Floats
    weights: Floats
    certain: Mask
    audited: Mask
    unheard: Mask
    lost: Mask
    silent: Mask
    off: Floats

    @property
    def share(self) -> float:
        """Weight of the certain stratum."""
        return float(self.certain.sum() / max(1, len(self.certain)))

    @property
    def missing_share(self) -> float:
        """Share of the items that would be missing, had all been put to the judge."""
        tried = int((self.audited | self.unheard).sum())
        unheard = self.share * int(self.unheard.sum()) / tried if tried else 0.0
        return float(self.lost.mean()) + unheard


@guarded
def powered_mean(
    verdicts: Verdicts,
    clusters: Labels,
    *,
    name: str,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Powered:
    """Mean of the judge's verdicts over all items, most of which it did not see.

    Args:
        verdicts: of one model's answers.
        clusters: image or patient of each item, shape (items,).
        name: of the figure.
        level: confidence level.
        instrument: judge and cheap instrument, with their versions.
        unit: what a cluster is.
        max_missing: share of missing items, design-weighted, above which the value is withheld.

    Returns:
        The estimate's ``missing`` are items that the judge alone could have told and did not; an audit without a
        verdict is named in the note. ``worst`` and ``best`` hold both, and the limits are those of these two cases.
        Without any audited item of those that are certain, the value is withheld: nobody knows how wrong they are.

    Raises:
        UserError: lengths differ, a verdict lies outside 0 to 1, or an audited item is not certain.
    """
    codes = checked_labels(name, clusters, len(np.atleast_1d(np.asarray(verdicts.certain))))
    known = _checked(name, verdicts, len(codes))
    present = ~known.lost
    error = mean(
        np.abs(known.off[known.audited]),
        codes[known.audited],
        name="routing error",
        level=level,
        instrument=instrument,
        unit=unit,
    )
    estimate = Estimate(
        name=name,
        level=level,
        n=int(present.sum()),
        clusters=len(np.unique(codes[present])),
        unit=unit,
        variance=ROUTED,
        instrument=instrument,
        missing=int(known.lost.sum()),
        unusable=int(known.silent.sum()),
        coverage=1 - float(known.silent.sum() / present.sum()) if present.any() else None,
    )
    asked = ~known.certain | known.audited | known.unheard
    counts = int(known.certain.sum()), int(known.audited.sum()), int((~asked).sum())
    reason = _withheld(known, max_missing)
    completed = [_with_limits(estimate, k, codes, level) for k in _completions(known)]
    if reason:
        whole = _spanning(replace(estimate, withheld=reason), completed)
        return Powered(whole, error, *counts, None)
    base = _base(known, codes, level)
    whole = replace(_with_limits(estimate, known, codes, level), note=_note(known, codes, unit))
    return Powered(_spanning(whole, completed), error, *counts, _design_effect(base, whole))


def _spanning(whole: Estimate, completed: list[Estimate]) -> Estimate:
    """The estimate over the worst and the best case of what is missing; itself where nothing is."""
    if not completed:
        return whole
    values = [e.value for e in (whole, *completed) if e.value is not None]
    return replace(over_missing(whole, completed), worst=min(values), best=max(values))


def _with_limits(estimate: Estimate, known: _Known, codes: Codes, level: float) -> Estimate:
    """The estimate with its value and the limits of what is there."""
    low, high = limits_of_sum([_base(known, codes, level), *_corrections(known, codes, level)])
    value = _value(known)
    return replace(estimate, value=value, low=max(0.0, min(low, value)), high=min(1.0, max(high, value)), method=METHOD)


def _checked(name: str, verdicts: Verdicts, count: int) -> _Known:
    certain = checked_mask(name, "certain", verdicts.certain, count)
    drawn = checked_mask(name, "audited", verdicts.audited, count)
    gone = checked_mask(name, "missing", verdicts.missing, count)
    silent = checked_mask(name, "unusable", verdicts.unusable, count) & ~certain & ~gone
    if (drawn & ~certain).any():
        row = int(np.flatnonzero(drawn & ~certain)[0])
        raise UserError(f"{name}: item {row} is audited but was not certain; the audit is of certain items only")
    lost, unheard, audited = gone & ~certain, drawn & gone, drawn & ~gone
    judged = checked_values(name, np.asarray(verdicts.judged, np.float64), (~certain & ~lost) | audited, (0.0, 1.0))
    cheap = checked_values(name, np.asarray(verdicts.cheap, np.float64), certain, (0.0, 1.0))
    if judged.shape != (count,) or cheap.shape != (count,):
        raise UserError(f"{name}: {count} items but verdicts of shape {cheap.shape} and {judged.shape}")
    taken = np.where(certain, cheap, np.where(lost, 0.0, judged))
    # what the judge failed on is made up for by what it told of other items that had to be put to it
    hard = ~certain & ~silent
    told = int((hard & ~lost).sum())
    weights = np.where(lost, 0.0, np.where(hard, hard.sum() / max(1, told), 1.0))
    return _Known(taken, weights, certain, audited, unheard, lost, silent, np.where(audited, judged - cheap, 0.0))


def _withheld(known: _Known, max_missing: float) -> str:
    if not len(known.taken):
        return "no items"
    if known.lost.all():
        return "no item has a value"
    if known.certain.any() and not known.audited.any():
        return f"none of the {int(known.certain.sum())} certain verdicts was audited: their error is unknown"
    if known.missing_share > max_missing:
        return f"{known.missing_share:.1%} of the items are missing, design-weighted (over {max_missing:.0%})"
    return ""


def _base(known: _Known, codes: Codes, level: float) -> Addend:
    """The uncorrected mean."""
    kept = known.weights > 0
    sums, sizes = totals(known.taken[kept], codes[kept], known.weights[kept])
    found = proportion(sums[None], sizes[None], level)
    value = float(found.value[0])
    down, up = reach(value, float(found.low[0]), float(found.high[0]), 1.0)
    weight = float(known.weights.sum())
    return Addend(value, down, up, by_cluster(codes, known.weights * (known.taken - value) / weight))


def _corrections(known: _Known, codes: Codes, level: float) -> list[Addend]:
    """What the audit adds where the cheap verdict was too low, and takes off where it was too high.

    A verdict can only be too low by what it lacks to 1: that bounds each error over the whole stratum.
    """
    if not known.certain.any():
        return []
    cheap = known.taken[known.certain]
    parts = []
    for sign, most in ((1.0, float(1 - cheap.mean())), (-1.0, float(cheap.mean()))):
        size = np.maximum(sign * known.off, 0.0)
        sums, sizes = totals(size[known.audited], codes[known.audited])
        found = proportion(sums[None], sizes[None], level)
        value = min(float(found.value[0]), most)
        down, up = reach(value, float(found.low[0]), float(found.high[0]), most)
        scale = known.share * sign
        residuals = np.where(known.audited, size - float(found.value[0]), 0.0) / known.audited.sum()
        ends = (down, up) if sign > 0 else (up, down)
        parts.append(
            Addend(scale * value, known.share * ends[0], known.share * ends[1], scale * by_cluster(codes, residuals))
        )
    return parts


def _value(known: _Known) -> float:
    """The design-weighted mean."""
    value = float((known.weights * known.taken).sum() / known.weights.sum())
    if not known.audited.any():
        return value
    cheap = float(known.taken[known.certain].mean())
    value += known.share * min(max(float(known.off[known.audited].mean()), -cheap), 1 - cheap)
    return min(1.0, max(0.0, value))  # beyond by rounding only


def _completions(known: _Known) -> list[_Known]:
    """The same with 0, and with 1, for every verdict that the judge did not give.

    None where it gave them all, and where it was asked for no audit: then the rest is not known either.
    """
    audited = known.audited | known.unheard
    if not (known.lost.any() or known.unheard.any()) or (known.certain.any() and not audited.any()):
        return []
    none = np.zeros_like(audited)
    return [
        replace(
            known,
            taken=np.where(known.lost, end, known.taken),
            weights=np.ones_like(known.taken),
            audited=audited,
            unheard=none,
            lost=none,
            off=np.where(known.unheard, end - known.taken, known.off),
        )
        for end in (0.0, 1.0)
    ]


def _design_effect(base: Addend, estimate: Estimate) -> float | None:
    """Squared width over that of the uncorrected mean, moved to where the corrected value lies."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None or base.down + base.up <= 0:
        return None
    moved = 1.0
    if 0 < base.value < 1 and 0 < value < 1:
        moved = value * (1 - value) / (base.value * (1 - base.value))
    return ((high - low) / (base.down + base.up)) ** 2 / moved


def _note(known: _Known, codes: Codes, unit: str) -> str:
    notes = []
    audited = int(known.audited.sum())
    if audited:
        wrong = int((known.off != 0).sum())
        seen = len(np.unique(codes[known.audited]))
        if not wrong:
            notes.append(f"the judge agreed with all {audited} audited verdicts: their error is a bound, not zero")
        if seen < CERTIFIED_CLUSTERS:
            notes.append(f"the audit saw {seen} {unit}s (under {CERTIFIED_CLUSTERS})")
    notes.append(uncertified(len(np.unique(codes)), unit))
    if known.unheard.any():
        notes.append(f"{int(known.unheard.sum())} audited items got no verdict of the judge")
    return joined(*notes)
