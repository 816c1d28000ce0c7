"""How many of the pairs that quality control let pass are wrong still: what readers say of a drawn part of them.

The rate is ``sum over strata of W_h x_h / n_h``, W_h a stratum's share of all pairs, x_h of n_h drawn ones wrong.
Readers overlook errors: the upper limit of what they call wrong is divided by the lower limit of the share of concealed
planted errors that they find, each limit with half the error (at 95 % together, 97.5 % each; Bonferroni). What readers
call wrong and is right raises the rate, and is not taken off.

Source: Neyman 1934, Journal of the Royal Statistical Society 97, 558-625 (strata); Rogan and Gladen 1978, American
Journal of Epidemiology 107, 71-76 (a prevalence from an instrument that overlooks); Hanley and Lippman-Hand 1983, JAMA
249, 1743-1745 (none seen).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from auscult.records import Estimate
from auscult.statistics.audited import Checked, audited_mean
from auscult.statistics.clusters import Labels
from auscult.statistics.guard import guarded
from auscult.statistics.mean import mean
from auscult.statistics.missing import joined

RATE, SENSITIVITY = "wrong pairs", "planted errors found"
METHOD = "stratified audit; upper limit over the lower limit of the readers' sensitivity"


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """All pairs that passed, and what readers said of those that were drawn.

    Attributes:
        stratum: of each pair, codes from 0.
        drawn: whether readers were to see it.
        wrong: share of its readers who do not call it right, "cannot tell" among them; NaN where nobody said. Read
            where ``drawn``.
        clusters: image or patient of each pair.
    """

    stratum: ArrayLike
    drawn: ArrayLike
    wrong: ArrayLike
    clusters: Labels


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Concealed wrong pairs, and what readers said of them.

    Attributes:
        found: share of its readers who call it wrong or partly wrong; NaN where nobody said.
        clusters: image or patient of each.
    """

    found: ArrayLike
    clusters: Labels


@dataclass(frozen=True, kw_only=True)
class Residual:
    """What an audit found.

    Attributes:
        rate: of all pairs; its upper limit holds what readers overlook.
        said: the same at the readers' word.
        sensitivity: of the readers; None where no planted error was read.
    """

    rate: Estimate
    said: Estimate
    sensitivity: Estimate | None


@guarded
def residual_rate(accepted: Accepted, planted: Planted | None, *, level: float = 0.95, unit: str = "image") -> Residual:
    """The rate of wrong pairs among all that passed.

    Args:
        accepted: all that passed.
        planted: concealed errors among the drawn ones; None, or none of them read: readers are taken to find all.
        level: confidence that the rate lies between both limits; each holds on its side with half the error.
        unit: what a cluster is.

    Raises:
        UserError: lengths differ, or a value lies outside 0 to 1.
    """
    stratum = np.asarray(accepted.stratum, np.int64)
    checked = Checked(
        said=np.zeros(len(stratum)), stratum=stratum, drawn=accepted.drawn, found=np.asarray(accepted.wrong, np.float64)
    )
    said = audited_mean(checked, accepted.clusters, name=RATE, level=level, unit=unit, higher_is_better=False)
    said = replace(said, instrument="readers", note=said.note.replace("answers", "pairs"))
    found = _sensitivity(planted, level, unit)
    if found is None:
        return Residual(
            rate=replace(said, note=joined(said.note, "readers are taken to overlook nothing")),
            said=said,
            sensitivity=None,
        )
    if said.high is None:
        return Residual(rate=said, said=said, sensitivity=found)
    least = found.low or 0.0
    high = min(1.0, said.high / least) if least > 0 else 1.0
    return Residual(rate=replace(said, high=high, method=METHOD), said=said, sensitivity=found)


def _sensitivity(planted: Planted | None, level: float, unit: str) -> Estimate | None:
    if planted is None:
        return None
    found = np.asarray(planted.found, np.float64)
    read = ~np.isnan(found)
    if not read.any():
        return None
    clusters = np.asarray(planted.clusters)[read]
    return mean(found[read], clusters, name=SENSITIVITY, level=level, unit=unit)
