"""Signal detection: how well answers tell true from false, apart from how readily they say yes."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask
from auscult.statistics.composite import two_shares
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import Floats, square_and_add
from auscult.statistics.missing import completions, over_missing

METHOD = "square-and-add of the cluster intervals of both rates on the normal scale (MOVER)"
AT_THE_END = "a rate is 0 or 1: how far beyond it the truth lies, this many items cannot show"


@dataclass(frozen=True)
class Discrimination:
    """Sensitivity and bias of yes/no decisions.

    Attributes:
        d_prime: distance of signal from noise in standard deviations; 0: they are not told apart.
        criterion: 0: no bias; below 0: yes comes too easily; above 0: no does.
    """

    d_prime: Estimate
    criterion: Estimate


@dataclass(frozen=True)
class _Rate:
    """A rate on the normal scale: its corrected value and how far its limits lie below and above."""

    share: Estimate
    z: float
    down: float
    up: float
    ended: bool


def log_linear(events: float, trials: float) -> float:
    """The corrected rate ``(events + 0.5) / (trials + 1)``, which is never 0 or 1.

    Source: Snodgrass and Corwin 1988, J Exp Psychol Gen 117, 34-50; Hautus 1995, Behav Res Methods 27, 46-51.
    """
    return (events + 0.5) / (trials + 1)


@guarded
def discrimination(
    says_yes: ArrayLike,
    signal: ArrayLike,
    clusters: Labels,
    *,
    missing: ArrayLike | None = None,
    unusable: ArrayLike | None = None,
    level: float = 0.95,
    instrument: str = "",
    unit: str = "image",
    max_missing: float = 0.05,
) -> Discrimination:
    """d′ = z(H) − z(F) and c = −(z(H) + z(F)) / 2, with H the yes rate of signal and F that of noise items.

    Both rates are log-linearly corrected. The limits take each rate's own cluster interval to the normal scale and add
    the distances in squares, with the correlation of the two rates over clusters. No limit lies beyond what the same
    number of items could show.

    Args:
        says_yes: 1 where the answer is yes, shape (items,); a mean over samples where there are several.
        signal: whether yes is right, shape (items,).
        clusters: image or patient of each item, shape (items,).
        missing: as in `mean`.
        unusable: as in `mean`; an unusable answer is no yes.
        level: confidence level.
        instrument: scorer or metric with its version.
        unit: what a cluster is.
        max_missing: share of missing items, among signal or among noise, above which the values are withheld and the
            limits, over every way to answer the missing ones, stand alone.

    Raises:
        UserError: lengths differ, or a value lies outside [0, 1].

    Source: Macmillan and Creelman 2005, Detection Theory, 2nd ed., eq. 1.5 and 2.1; Zou and Donner 2008, Statistics in
        Medicine 27, 1693-1702 (MOVER).
    """
    yes = as_numbers("d′", says_yes)
    codes = checked_labels("d′", clusters, len(yes))
    right = checked_mask("d′", "signal", signal, len(yes))
    lost = checked_mask("d′", "missing", missing, len(yes))
    silent = checked_mask("d′", "unusable", unusable, len(yes))
    about = Estimate(name="d′", level=level, unit=unit, instrument=instrument)
    found = _of_rates(about, yes, right, codes, silent, lost, max_missing)
    if not lost.any():
        return found
    # at the ends of d′ missing signals and missing noise are answered in opposite ways, at those of c in the same
    worst, best = (np.where(lost, np.where(right, end, 1 - end), yes) for end in (0.0, 1.0))
    filled = completions(np.minimum(worst, best), np.maximum(worst, best), 2 * codes + right)
    completed = [
        _of_rates(about, one, right, codes, silent, np.zeros_like(lost), max_missing) for one in (worst, best, *filled)
    ]
    d_prime = replace(found.d_prime, worst=completed[0].d_prime.value, best=completed[1].d_prime.value)
    return Discrimination(
        over_missing(d_prime, [c.d_prime for c in completed]),
        over_missing(found.criterion, [c.criterion for c in completed]),
    )


def _of_rates(
    about: Estimate,
    yes: Floats,
    right: Mask,
    codes: Codes,
    silent: Mask,
    lost: Mask,
    max_missing: float,
) -> Discrimination:
    """Both figures, at the level of ``about``; limits of what is there alone."""
    names = ("yes to what is true", "yes to what is false")
    found = two_shares(about, names, yes, right, codes, silent, lost, max_missing)
    if found.whole.withheld:
        return Discrimination(found.whole, replace(found.whole, name="criterion c"))
    hits, alarms = (_on_normal_scale(share) for share in found.halves)
    whole = replace(found.whole, note=_note(hits, alarms))
    return Discrimination(_d_prime(whole, hits, alarms, found.rho), _criterion(whole, hits, alarms, found.rho))


def _z(share: float) -> float:
    return float(special.ndtri(share))


def _on_normal_scale(share: Estimate) -> _Rate:
    n, value = share.n, share.value or 0.0
    least, most = log_linear(0, n), log_linear(n, n)
    centre = log_linear(value * n, n)
    z = _z(centre)
    if share.low is None or share.high is None:
        return _Rate(share, z, math.nan, math.nan, ended=False)
    down = z - _z(min(max(share.low, least), centre))
    up = _z(max(min(share.high, most), centre)) - z
    return _Rate(share, z, down, up, ended=value <= 0 or value >= 1)


def _note(hits: _Rate, alarms: _Rate) -> str:
    """What the intervals of the two rates say of themselves, and whether one of them is at its end."""
    said = [f"{r.share.name}: {r.share.note}" for r in (hits, alarms) if r.share.note]
    if hits.ended or alarms.ended:
        said.append(AT_THE_END)
    return "; ".join(said)


def _d_prime(whole: Estimate, hits: _Rate, alarms: _Rate, rho: float) -> Estimate:
    value = hits.z - alarms.z
    if math.isnan(hits.down + alarms.down):
        return replace(whole, value=value, method="none")
    low, high = square_and_add(hits.down, alarms.up, -rho), square_and_add(hits.up, alarms.down, -rho)
    return replace(whole, value=value, low=value - low, high=value + high, method=METHOD)


def _criterion(whole: Estimate, hits: _Rate, alarms: _Rate, rho: float) -> Estimate:
    value = -0.5 * (hits.z + alarms.z)
    whole = replace(whole, name="criterion c", value=value)
    if math.isnan(hits.down + alarms.down):
        return replace(whole, method="none")
    low, high = square_and_add(hits.up, alarms.up, rho) / 2, square_and_add(hits.down, alarms.down, rho) / 2
    return replace(whole, low=value - low, high=value + high, method=METHOD)
