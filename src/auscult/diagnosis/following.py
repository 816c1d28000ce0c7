"""Whether a model follows the stages that it is given: what planted errors show, and what gains are if it follows.

Source of the control: Med-StepBench (arXiv 2605.10002), which found that models adopt plausible wrong steps against the
image. How the share followed is identified stands in ``docs/concepts/diagnosis.md``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from auscult.diagnosis.effects import GAINS, OF_EYES, OF_KNOWLEDGE, Outcome, accuracy, between, gain, outcome, put_in
from auscult.diagnosis.table import Diagnosed
from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Mask, residual_correlation
from auscult.statistics.comparison import difference
from auscult.statistics.interval import Floats

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
KIND: Final = "answer type"
"""Tag by which it is told on which questions the share followed stands."""
_GRID: Final = np.linspace(0.0, 1.0, 1001)
_GAINS: Final = np.linspace(-1.0, 1.0, 4001)


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
    return None if found is None else _followed(table, found, what)[0]


def followed_by_kind(table: Diagnosed, what: str) -> Iterator[tuple[str, Estimate]]:
    """The same of each kind of question by its answer type, the most frequent first; where none was planted, n is 0."""
    values = np.array(table.tags.get(KIND, ()), object)
    for kind, _ in Counter(values).most_common():
        none = Estimate(name=f"given stages followed: {what}", unit=table.unit, withheld="no error could be planted")
        yield kind, followed(table.at(values == kind), what) or none


def _followed(table: Diagnosed, found: Control, what: str) -> tuple[Estimate, float]:
    """The share followed, and its value where that is withheld too."""
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
        return replace(whole, withheld="one cluster only"), 1.0
    whole = replace(whole, low=least.low, high=most.high)
    if min(end.contrast for end in (middle, least, most)) < LEAST_CONTRAST:
        return replace(whole, withheld=NEAR_CHANCE), middle.value
    return replace(whole, value=middle.value), middle.value


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
    down = _added_in_squares(over - top.low, _GRID * (bottom.high - under), rho)
    up = _added_in_squares(top.high - over, _GRID * (under - bottom.low), rho)
    left = over - _GRID * under
    may = _GRID[(left - down <= 0) & (left + up >= 0)]
    value = min(1.0, max(0.0, 1 - over / under)) if under > 0 else 1.0
    low, high = (1 - may.max(), 1 - may.min()) if len(may) else (value, value)
    return _Share(value, min(value, float(low)), max(value, float(high)), bottom.low)


def _added_in_squares(first: float, second: Floats, rho: float) -> Floats:
    """How far the limit of a difference lies from it; ``first``, ``second``: how far those of its parts do."""
    return np.sqrt(np.maximum(first**2 + second**2 - 2 * rho * first * second, 0.0))


@dataclass(frozen=True, kw_only=True)
class IfFollowed:
    """What a right stage brings if the model follows it.

    Attributes:
        span: the gain from f = 1 (``worst``, as measured) to f as planted errors show it (``best``). Its limits hold
            whatever share of right stages between these two is followed.
        gain: the upper end: right stages are followed as often as planted ones, and no guess is lucky. Limits alone
            where f is not identifiable.
        accuracy: the same, as right answers in all.
    """

    span: Estimate
    gain: Estimate
    accuracy: Estimate | None


def if_followed(table: Diagnosed, what: str) -> IfFollowed | None:
    """The gain of a right stage over f, on the items of all arms concerned; None without planted errors or a gain.

    Args:
        table: of the diagnosis.
        what: eyes or knowledge.
    """
    found, measured = control(table, what), gain(table, what)
    if found is None or measured is None or measured.value is None or measured.low is None or measured.high is None:
        return None
    share, value = _followed(table, found, what)
    over = _over_f(table, what, share, value, found)
    if over is None or over.low is None or over.high is None:
        return None
    low, high = min(measured.low, over.low), max(measured.high, over.high)
    best = high if over.value is None else over.value
    method = f"{measured.method}; over the share followed: {over.method}"
    span = replace(
        measured,
        name=f"gain if right, followed or not: {what}",
        value=None,
        p_value=None,
        worst=measured.value,
        best=best,
        low=low,
        high=high,
        method=method,
    )
    own = accuracy(table, GAINS[what][1], found.rows)
    return IfFollowed(span=span, gain=over, accuracy=_added(own, over, what))


def _over_f(table: Diagnosed, what: str, share: Estimate, value: float, of: Control) -> Estimate | None:
    """The gain over f, on the items that errors were planted for; None where it has no interval.

    Its limits hold every gain G for which d − G f may be 0, d being the gain as measured: the limits of both added in
    squares with their correlation over clusters (MOVER). They stand alone where those of f do: shown only where f is
    well known, they would hold the truth less often. Where every G on the scale is too small, what was measured is the
    least.

    Args:
        table: of the diagnosis.
        what: eyes or knowledge.
        share: f with its limits.
        value: of f, where it is withheld too.
        of: the planted arm beside its partners.
    """
    measured = gain(table, what, of.rows)
    if measured is None or measured.value is None or measured.low is None or measured.high is None:
        return None
    if share.low is None or share.high is None:
        return None
    left = measured.value - _GAINS * value
    above, below = share.high - value, value - share.low
    rho = _together(table, what, value, of)
    down = _added_in_squares(measured.value - measured.low, _GAINS * np.where(_GAINS > 0, above, below), rho)
    up = _added_in_squares(measured.high - measured.value, _GAINS * np.where(_GAINS > 0, below, above), rho)
    may = _GAINS[(left - down <= 0) & (left + up >= 0)]
    middle = float(np.clip(measured.value / max(value, STILL), -1.0, 1.0))
    return replace(
        measured,
        name=f"gain if right and followed as planted errors are: {what}",
        value=None if share.withheld else middle,
        withheld=share.withheld,
        low=min(middle, float(may.min()) if len(may) else measured.low),
        high=max(middle, float(may.max()) if len(may) else measured.high),
        worst=None,
        best=None,
        p_value=None,
        method="gain over the share followed, their cluster limits added in squares (MOVER)",
    )


def _together(table: Diagnosed, what: str, value: float, of: Control) -> float:
    """Correlation over clusters of the gain as measured and of f, from what each item adds to either."""
    rows = put_in(table, GAINS[what])
    assert rows is not None
    gold, own = (outcome(table.arms[name], of.rows & rows) for name in GAINS[what])
    kept = rows[of.rows]
    known = ~_lost(of)[kept] & ~gold.lost & ~own.lost
    x, y = (d[kept][known] for d in _contrasts(of)[0])
    codes = np.unique(table.clusters[of.rows & rows][known], return_inverse=True)[1]
    return residual_correlation(gold.least[known] - own.least[known], codes, (1 - value) * y - x, codes)


def _added(own: Estimate, over: Estimate, what: str) -> Estimate | None:
    """Right answers if the stage is right and followed: the model's own and what is gained."""
    if own.value is None or own.low is None or own.high is None or over.value is None:
        return None
    assert over.low is not None and over.high is not None
    value = min(1.0, max(0.0, own.value + over.value))
    return replace(
        over,
        name=f"accuracy if right and followed as planted errors are: {what}",
        value=value,
        low=max(0.0, value - float(np.hypot(own.value - own.low, over.value - over.low))),
        high=min(1.0, value + float(np.hypot(own.high - own.value, over.high - over.value))),
    )
