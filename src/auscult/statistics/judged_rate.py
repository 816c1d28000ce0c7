"""How often something is so, from how often a judge says so: its measured sensitivity and specificity taken out.

A judge says π·Se + (1 − π)(1 − Sp), so that π = (rate + Sp − 1) / (Se + Sp − 1). The clusters of the judged sample and
those of the sample whose truth is known are resampled (Bayesian bootstrap), each share with one more cluster that
nobody saw: for the lower limit the one that makes π least, for the upper the one that makes it greatest.

Source: Rogan and Gladen 1978, American Journal of Epidemiology 107, 71-76; Lang and Reiczigel 2014, Preventive
Veterinary Medicine 113, 13-22 (limits with both samples' errors); Rubin 1981, Annals of Statistics 9, 130-134 (Bayesian
bootstrap); Learned-Miller and Thomas 2019, arXiv:1905.06208 (the unseen one).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask, checked_values
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import NOTES, Floats, uncertified
from auscult.statistics.missing import joined, too_many

DRAWS: Final = 2_000
LEAST_YOUDEN: Final = 0.4
"""Lower limit of Se + Sp − 1 under which a judge is not corrected for: it does not tell."""
HANDFUL: Final = 10
"""Known ones of either kind that a judge needs at least."""
METHOD: Final = (
    "(rate + Sp − 1) / (Se + Sp − 1); percentiles over clusters of both samples, resampled with an unseen one"
)
LOWER_BOUND: Final = "sensitivity was measured on planted errors, which are easier to find: a lower bound"


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What a judge said where the truth is known; arrays of shape (known,).

    Attributes:
        truth: whether it is so.
        said: whether the judge says so; no verdict is no "so".
        clusters: code of the image or patient of each.
        planted: what is so was planted, and not found in what models say.
    """

    truth: Mask
    said: Mask
    clusters: Codes
    planted: bool = True

    @classmethod
    def of(cls, truth: ArrayLike, said: ArrayLike, clusters: Labels, *, planted: bool = True) -> "Known":
        """From arrays; a verdict that is NaN is none.

        Raises:
            UserError: lengths differ.
        """
        kinds = checked_mask("known verdicts", "truth", truth, len(np.atleast_1d(np.asarray(truth))))
        codes = checked_labels("known verdicts", clusters, len(kinds))
        verdicts = checked_mask("known verdicts", "said", as_numbers("known verdicts", said) == 1, len(kinds))
        return cls(truth=kinds, said=verdicts, clusters=codes, planted=planted)

    @property
    def youden(self) -> tuple[float, float]:
        """Sensitivity and specificity."""
        return float(self.said[self.truth].mean()), float(1 - self.said[~self.truth].mean())


@guarded
def corrected_rate(
    said: ArrayLike,
    clusters: Labels,
    known: Known,
    *,
    name: str,
    missing: ArrayLike | None = None,
    level: float = 0.95,
    unit: str = "image",
    max_missing: float = 0.05,
    seed: int = 0,
) -> Estimate:
    """The rate freed of the judge's error.

    Args:
        said: 1 where the judge says so, 0 where not, shape (items,).
        clusters: image or patient of each item, shape (items,); other ones than those of ``known``.
        known: what the judge said where the truth is known.
        name: of the figure.
        missing: no verdict, though there is something to judge; between 0 and 1.
        level: confidence level.
        unit: what a cluster is.
        max_missing: share of missing items above which the value is withheld and the limits stand alone.
        seed: of the resampling.

    Returns:
        Withheld without limits where too little is known of the judge, or where the lower limit of Se + Sp − 1 is under
        ``LEAST_YOUDEN``.

    Raises:
        UserError: lengths differ, or a verdict lies outside 0 to 1.
    """
    verdicts = as_numbers(name, said)
    codes = checked_labels(name, clusters, len(verdicts))
    lost = checked_mask(name, "missing", missing, len(verdicts))
    found = checked_values(name, verdicts, ~lost, (0.0, 1.0))
    whole = Estimate(
        name=name,
        level=level,
        n=int((~lost).sum()),
        clusters=len(np.unique(codes[~lost])),
        unit=unit,
        method=METHOD,
        variance=("items", "images", "judge"),
        missing=int(lost.sum()),
    )
    positives, negatives = int(known.truth.sum()), int((~known.truth).sum())
    if not whole.n:
        return replace(whole, withheld="no item has a verdict")
    if min(positives, negatives) < HANDFUL:
        return replace(whole, withheld=f"the judge was tested on {positives} errors and {negatives} right ones")
    sensitivity, specificity = known.youden
    told = f"sensitivity {sensitivity:.2f} (n = {positives}), specificity {specificity:.2f} (n = {negatives})"
    rng = np.random.default_rng(seed)
    of_judge = _judge_draws(known, rng)
    youden = float(np.quantile(of_judge[0][0] + of_judge[0][1] - 1, (1 - level) / 2))
    if youden < LEAST_YOUDEN:
        held = f"Se + Sp − 1 of the judge may be {youden:.2f} (under {LEAST_YOUDEN:g}): it does not tell ({told})"
        return replace(whole, withheld=held)
    ends = [np.where(lost, end, found) for end in (0.0, 1.0)]
    tail = (1 - level) / 2
    rates = (_rate_draws(v, codes, end, rng) for v, end in zip(ends, (0.0, 1.0), strict=True))
    # the least π goes with much sensitivity and little specificity, the greatest with the reverse
    least, most = (_true(rate, se, sp) for rate, (se, sp) in zip(rates, (of_judge[1], of_judge[2]), strict=True))
    low, high = float(np.quantile(least, tail)), float(np.quantile(most, 1 - tail))
    notes = joined(told, LOWER_BOUND if known.planted else "", uncertified(whole.clusters, unit))
    value, worst, best = (
        float(_true(np.array(v.mean()), sensitivity, specificity)) for v in (found[~lost], ends[1], ends[0])
    )
    if whole.clusters < 2:
        return replace(whole, value=value, method="none", note=joined(told, NOTES[0]))
    made = replace(whole, low=min(low, value), high=max(high, value), note=notes)
    if lost.any():
        made = replace(made, worst=worst, best=best)
    if held := too_many(int(lost.sum()), len(lost), max_missing):
        return replace(made, withheld=held)
    return replace(made, value=value)


def _true(rate: Floats, sensitivity: Floats | float, specificity: Floats | float) -> Floats:
    return np.asarray(np.clip((rate + specificity - 1) / np.maximum(sensitivity + specificity - 1, 1e-9), 0.0, 1.0))


def _rate_draws(values: Floats, codes: Codes, unseen: float, rng: np.random.Generator) -> Floats:
    """Rates of resampled clusters, with one of the mean size that nobody saw and whose rate is ``unseen``."""
    sums, sizes = np.bincount(codes, values), np.bincount(codes).astype(np.float64)
    kept = sizes > 0
    drawn = _weighted(np.stack([sums[kept], sizes[kept]], axis=1), rng)
    size = sizes[kept].mean() * rng.standard_gamma(1.0, len(drawn))
    return np.asarray((drawn[:, 0] + unseen * size) / (drawn[:, 1] + size))


def _judge_draws(known: Known, rng: np.random.Generator) -> tuple[tuple[Floats, Floats], ...]:
    """Sensitivity and specificity of resampled clusters: both least; for the least π; for the greatest."""
    count = int(known.clusters.max()) + 1
    cells = [
        np.bincount(known.clusters, (known.truth == true) & (known.said == said), minlength=count)
        for true, said in ((True, True), (True, False), (False, False), (False, True))
    ]
    found, missed, cleared, blamed = _weighted(np.stack(cells, axis=1), rng).T
    sick, well = (
        (kind.sum() / max(1, np.bincount(known.clusters, kind).astype(bool).sum()))
        * rng.standard_gamma(1.0, len(found))
        for kind in (known.truth, ~known.truth)
    )
    se = [(found + seen * sick) / (found + missed + sick) for seen in (0.0, 1.0)]
    sp = [(cleared + seen * well) / (cleared + blamed + well) for seen in (0.0, 1.0)]
    return (se[0], sp[0]), (se[1], sp[0]), (se[0], sp[1])


def _weighted(cells: Floats, rng: np.random.Generator) -> Floats:
    """Totals over clusters with exponential weights, shape (draws, cells); equal clusters are drawn together."""
    kinds, many = np.unique(cells, axis=0, return_counts=True)
    return np.asarray(rng.standard_gamma(many, (DRAWS, len(many))) @ kinds)
