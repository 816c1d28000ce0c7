"""Whether a model follows the stages that it is given: what planted errors show, and what gains are if it follows.

Source of the control: Med-StepBench (arXiv 2605.10002), which found that models adopt plausible wrong steps against the
image. How the share followed is identified stands in ``docs/concepts/diagnosis.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from auscult.diagnosis.effects import GAINS, OF_EYES, OF_KNOWLEDGE, Outcome, between, gain, outcome, put_in
from auscult.diagnosis.table import Diagnosed
from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Mask, residual_correlation
from auscult.statistics.comparison import difference
from auscult.statistics.interval import Floats, jackknife_reach, zero_event_limit

PLANTED: Final = {
    OF_EYES: ("planted_vr", "replace_vr", ("self_vr",)),
    OF_KNOWLEDGE: ("planted_kr", "replace_vr_kr", ("gold_vr_own_kr", "replace_vr")),
}
"""Stage → the arm with a planted error, the arm with gold in its place, those with the model's own, the best first."""
LEAST_CONTRAST: Final = 0.2
"""Lower limit of o − A₀ below which the share followed is not identifiable, and its limits stand alone."""
NEAR_CHANCE: Final = "not identifiable: with its own stage right answers and those that the error entails are too near"
STILL: Final = 1e-9
"""Width of an interval under which it is none."""
_GRID: Final = np.linspace(0.0, 1.0, 1001)


@dataclass(frozen=True, eq=False)
class Control:
    """The planted arm of a stage beside its partners, on the items that all three were put for.

    Attributes:
        rows: mask of these, shape (items,).
        adopts: with the planted error.
        adopts_own: with the model's own stage.
        gold: right with the gold stage.
        own: right with the model's own.
    """

    rows: Mask
    adopts: Outcome
    adopts_own: Outcome
    gold: Outcome
    own: Outcome


def control(table: Diagnosed, what: str, degree: str = "") -> Control | None:
    """The planted arm of eyes or knowledge, of errors of one degree or of all; None where it was not run."""
    name, gold, owns = PLANTED[what]
    own = next((arm for arm in owns if arm in table.arms), "")
    rows = put_in(table, (name, gold, own))
    if rows is None or table.arms[name].adopts is None or table.arms[name].adopts_own is None:
        return None
    arm = table.arms[name]
    if degree:
        rows = rows & (np.array(arm.degree) == degree)
    if not rows.any():
        return None
    assert arm.adopts is not None and arm.adopts_own is not None
    return Control(
        rows=rows,
        adopts=_known(arm.adopts, arm.adopts_most, rows),
        adopts_own=_known(arm.adopts_own[:, None], arm.adopts_own_most, rows),
        gold=outcome(table.arms[gold], rows),
        own=outcome(table.arms[own], rows),
    )


def _known(least: Floats, most: Floats | None, rows: Mask) -> Outcome:
    """Shares of draws, those that are missing between 0 and 1."""
    greatest = least if most is None else most.reshape(least.shape)
    missing = np.isnan(least[rows])
    return Outcome(
        least=np.where(missing, 0.0, least[rows]).mean(axis=1),
        most=np.where(missing, 1.0, greatest[rows]).mean(axis=1),
        lost=np.asarray(missing.any(axis=1)),
        silent=np.zeros(len(missing), bool),
    )


def adopted(table: Diagnosed, what: str, degree: str = "") -> Estimate | None:
    """Answers that a planted error entails, minus those with the model's own stage."""
    found = control(table, what, degree)
    if found is None:
        return None
    return between(table, found.adopts, found.adopts_own, found.rows, f"adopted planted errors: {what}")


def degrees(table: Diagnosed, what: str) -> Iterator[str]:
    """How grave the planted errors of a stage are, where they differ."""
    arm = table.arms.get(PLANTED[what][0])
    kinds = sorted(set(arm.degree) - {""}) if arm else []
    yield from kinds if len(kinds) > 1 else ()


def followed(table: Diagnosed, what: str) -> Estimate | None:
    """Share of the given stages that the model follows: 1 − (g − A) / (o − A₀); None without the planted arm.

    Its limits hold every share R passed over for which g − A − R (o − A₀) may be 0: those of both differences added in
    squares with their correlation over clusters (MOVER). They stand alone where o − A₀ is not clearly above 0.
    """
    found = control(table, what)
    if found is None:
        return None
    codes = table.clusters[found.rows]
    ends = [_passed_over(x, y, codes, table.unit) for x, y in _contrasts(found)]
    middle, least, most = ends if len(ends) == 3 else ends * 3
    whole = Estimate(
        name=f"given stages followed: {what}",
        n=int(found.rows.sum()) - int(_lost(found).sum()),
        clusters=len(np.unique(codes)),
        unit=table.unit,
        missing=int(_lost(found).sum()),
        method="1 − ratio of two paired differences, their cluster limits added in squares (MOVER)",
    )
    if middle is None or least is None or most is None:
        return replace(whole, withheld="one cluster only")
    whole = replace(whole, low=least.low, high=most.high)
    if min(end.contrast for end in (middle, least, most)) < LEAST_CONTRAST:
        return replace(whole, withheld=NEAR_CHANCE)
    return replace(whole, value=middle.value)


def _lost(found: Control) -> Mask:
    return np.asarray(np.logical_or.reduce([o.lost for o in (found.adopts, found.adopts_own, found.gold, found.own)]))


def _contrasts(found: Control) -> list[tuple[Floats, Floats]]:
    """v11 − A and v01 − A₀ by item; where a value is open also so that least, and that most, seems to be followed."""
    a, a0, v11, v01 = found.adopts, found.adopts_own, found.gold, found.own
    middle = v11.least - a.least, v01.least - a0.least
    if not any((o.least < o.most).any() for o in (a, a0, v11, v01)):
        return [middle]
    known = ~_lost(found)
    filled = [np.where(known, d, d[known].mean() if known.any() else 0.0) for d in middle]
    least = v11.most - a.least, v01.least - a0.most
    most = v11.least - a.most, v01.most - a0.least
    return [(filled[0], filled[1]), least, most]


@dataclass(frozen=True)
class _Share:
    """A share followed with its limits, and the lower limit of o − A₀."""

    value: float
    low: float
    high: float
    contrast: float


def _passed_over(x: Floats, y: Floats, codes: Codes, unit: str) -> _Share | None:
    """Followed, from g − A and o − A₀ by item; None where there is one cluster only."""
    top, bottom = (difference(d.clip(0), (-d).clip(0), codes, name="contrast", unit=unit) for d in (x, y))
    if bottom.low is None or bottom.high is None or top.low is None or top.high is None:
        return None
    over, under = float(top.value or 0.0), float(bottom.value or 0.0)
    rho = residual_correlation(x, codes, y, codes)
    down = _apart(over - top.low, bottom.high - under, rho)
    up = _apart(top.high - over, under - bottom.low, rho)
    left = over - _GRID * under
    may = _GRID[(left - down <= 0) & (left + up >= 0)]
    value = min(1.0, max(0.0, 1 - over / under)) if under > 0 else 1.0
    low, high = (1 - may.max(), 1 - may.min()) if len(may) else (value, value)
    return _Share(value, min(value, float(low)), max(value, float(high)), bottom.low)


def _apart(first: float, second: float, rho: float) -> Floats:
    """How far the limit of first − R second lies from it, for all R of the grid."""
    return np.sqrt(np.maximum(first**2 + (_GRID * second) ** 2 - 2 * rho * _GRID * first * second, 0.0))


@dataclass(frozen=True, kw_only=True)
class IfFollowed:
    """What a right stage brings if the model follows it.

    Attributes:
        span: the gain from f = 1 (``worst``, as measured) to f as planted errors show it (``best``). Its limits hold
            whatever share of right stages between these two is followed.
        gain: the upper end: right stages are followed as often as planted ones, and no guess is lucky. None where f is
            not identifiable.
        accuracy: the same, as right answers in all.
    """

    span: Estimate
    gain: Estimate | None
    accuracy: Estimate | None


def if_followed(table: Diagnosed, what: str) -> IfFollowed | None:
    """The gain of a right stage over f, on the items of all arms concerned; None without planted errors or a gain.

    Args:
        table: of the diagnosis.
        what: eyes or knowledge.
    """
    found, share, measured = control(table, what), followed(table, what), gain(table, what)
    four = put_in(table, GAINS[what])
    if found is None or share is None or four is None or measured is None:
        return None
    if measured.value is None or measured.low is None or measured.high is None or share.low is None:
        return None
    span = replace(measured, name=f"gain if right, followed or not: {what}", value=None, p_value=None)
    if share.value is None:
        most = min(1.0, measured.high / max(share.low, 1e-3)) if measured.high > 0 else measured.high
        return IfFollowed(span=replace(span, worst=measured.value, best=most, high=most), gain=None, accuracy=None)
    parts = _parts(table, found, what, found.rows & four)
    if parts is None:
        return None
    over, whole = (
        _jackknifed(*parts, least=share.low, with_own=own, what=what, unit=table.unit) for own in (False, True)
    )
    span = replace(
        span,
        worst=measured.value,
        best=over.value,
        low=min(e for e in (measured.low, over.low) if e is not None),
        high=max(e for e in (measured.high, over.high) if e is not None),
        method=f"{measured.method}; over the share followed: {over.method}",
    )
    return IfFollowed(span=span, gain=over, accuracy=whole)


def _parts(table: Diagnosed, found: Control, what: str, rows: Mask) -> tuple[Floats, Floats] | None:
    """Cluster totals of gain, g − A, o − A₀ and right with the own stage, shape (4, clusters), and sizes."""
    kept = rows[found.rows]
    gold, own = (outcome(table.arms[name], rows) for name in GAINS[what])
    known = ~_lost(found)[kept] & ~gold.lost & ~own.lost
    x, y = (d[kept][known] for d in _contrasts(found)[0])
    codes = np.unique(table.clusters[rows][known], return_inverse=True)[1]
    parts = (gold.least[known] - own.least[known], x, y, own.least[known])
    sizes = np.bincount(codes).astype(np.float64)
    return (np.array([np.bincount(codes, part) for part in parts]), sizes) if len(sizes) > 1 else None


def _jackknifed(sums: Floats, sizes: Floats, *, least: float, with_own: bool, what: str, unit: str) -> Estimate:
    """Gain over f, or with the own accuracy added; limits by leaving out one cluster at a time.

    Where that makes no difference, or all lies beyond the scale, the limits are those of a difference of which no
    cluster is seen to differ, over ``least``, the lower limit of f.
    """
    value = float(_over_f(sums.sum(axis=1), sizes.sum(), with_own))
    left = _over_f(sums.sum(axis=1)[:, None] - sums, sizes.sum() - sizes, with_own)
    reach = jackknife_reach(np.asarray(left), 0.95)
    ends = (0.0, 1.0) if with_own else (-1.0, 1.0)
    shown, low, high = (float(np.clip(end, *ends)) for end in (value, value - reach, value + reach))
    method = "ratio of paired differences; jackknife over clusters, t"
    if high - low < STILL:
        reach = zero_event_limit(len(sizes), 0.95) / max(least, 1e-3)
        low, high = (float(np.clip(end, *ends)) for end in (shown - reach, shown + reach))
        method = "ratio of paired differences; exact bound for clusters, none of which differs, over the share followed"
    return Estimate(
        name=f"{'accuracy' if with_own else 'gain'} if right and followed as planted errors are: {what}",
        value=shown,
        low=low,
        high=high,
        n=int(sizes.sum()),
        clusters=len(sizes),
        unit=unit,
        method=method,
    )


def _over_f(sums: Floats, size: Floats | float, with_own: bool) -> Floats:
    """The gain over f = 1 − x / y, from totals of gain, x, y and the own accuracy; f is at most 1."""
    d, x, y, own = sums / size
    share = np.clip(1 - x / y, 1e-3, 1.0)
    return np.asarray(d / share + (own if with_own else 0.0))
