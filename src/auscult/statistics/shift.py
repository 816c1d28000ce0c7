"""A cure, or a shift? Whether a changed model tells true from false better, or only says no (or yes) more readily.

Whoever moves the threshold of a model moves along its ROC curve. So the point of the changed model (false alarms, hits)
is held against the curve of the unchanged model's own margins: above it, it tells apart what the old one could not; on
it, the same would have been had by a constant added to the margin; below it, it tells apart less. The point is where
its margins are above 0, so that point and curve are of one instrument: what answers say may differ from how they begin
("Yes, this is another one"), and would lay the unchanged model itself off its own curve. The distance is that of the
hits, in points, at the same false alarms. Two curves: of one constant for all questions, and of one constant for
each question's words, where each is asked of enough images.

Point and curve are resampled together by image, so that a mere shift is on its curve in each resample; with several
changed models (seeds) their variance is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from auscult.records import Estimate
from auscult.statistics.clusters import Codes, Labels, Mask, checked_labels, checked_mask
from auscult.statistics.guard import as_numbers, guarded
from auscult.statistics.interval import CERTIFIED_CLUSTERS, Floats
from auscult.statistics.missing import joined, too_many
from auscult.statistics.ranking import area, area_change, refuse_no_number, stretches
from auscult.statistics.roc import above_curve
from auscult.statistics.seeds import Variance, with_seeds

Verdict = Literal["discriminates", "shifts", "harms", "not known"]
ENOUGH: Final = 50
"""True items, and false ones, that the test needs."""
UNLIKE: Final = 0.1
"""Share of the items of one kind whose answers may say otherwise than their margins lean: the verdict is of these."""
ENOUGH_A_QUESTION: Final = 10
"""True items, and false ones, that a question's own curve needs."""
TESTED: Final = 0.5
"""Share of the items whose question has a curve of its own, below which these curves decide nothing."""
SAME: Final = 0.02
"""Distance from the curve, either way, within which the 90 % interval of a shift lies."""
RESAMPLES: Final = 1000
FEW: Final = 10
"""False alarms under which the height of the curve at them is noted as uncertain beyond its interval."""
FEW_ALARMS = f"under {FEW} false alarms: the height of a curve there hangs on a handful of answers"
AT_ONCE: Final = 2_000_000
"""Numbers of a block of resamples."""
METHOD = "hits above the unchanged model's own ROC at equal false alarms; joint bootstrap of images, t"
UNTESTED = "each question is asked of too few images to tell from a shift of its own for each question"


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where a model stands: shares and log-linearly corrected figures, of several models their means.

    Attributes:
        hits: says yes where yes is right.
        false_alarms: says yes where no is right.
        d_prime: z(hits) - z(false alarms).
        criterion: -(z(hits) + z(false alarms)) / 2; above 0 it says no too readily.
        area: AUROC of the yes-margin.
    """

    hits: float
    false_alarms: float
    d_prime: float
    criterion: float
    area: Estimate


@dataclass(frozen=True, kw_only=True)
class OffCurve:
    """How far a point lies above a curve, as a share: 0.02 is two points.

    Attributes:
        estimate: hits beyond those of the curve at equal false alarms, at 95 %.
        narrower: the same at 90 %.
        matched: hits beyond those of the curve at as many yes, at 95 %: where false alarms are few, the curve is steep
            and its height at them hangs on a handful of answers, this one does not.
    """

    estimate: Estimate
    narrower: Estimate
    matched: Estimate

    @property
    def above(self) -> bool:
        """Whether it is above for certain, by either distance."""
        return all(e.low is not None and e.low > 0 for e in (self.estimate, self.matched))

    @property
    def below(self) -> bool:
        """Whether it is below for certain, by either distance."""
        return all(e.high is not None and e.high < 0 for e in (self.estimate, self.matched))

    @property
    def on_it(self) -> bool:
        """Whether it is within ``SAME`` of it: two one-sided tests at 5 %."""
        low, high = self.narrower.low, self.narrower.high
        return low is not None and high is not None and low >= -SAME and high <= SAME


@dataclass(frozen=True, kw_only=True)
class CureOrShift:
    """What became of a model.

    Attributes:
        verdict: ``discriminates``: above both curves; ``shifts``: within two points of the curve of each question's own
            constant (of one constant, where that is tested of less than half of the items), whatever the sign;
            ``harms``: below it; else ``not known``.
        reason: what keeps it from being known, or what it cannot exclude; empty: nothing.
        above_global: against one constant for all questions.
        above_question: against a constant for each question's words; None: not tested.
        tested: share of the items whose question is tested on its own.
        area: change of the AUROC of the margin.
        within: change of the AUROC within a question's words (two-alternative forced choice); None: no question is
            true of one image and false of another.
        d_prime: change of d′.
        criterion: change of the criterion.
        before: the unchanged model.
        after: the changed one.
        positives: items of which yes is right.
        negatives: the others.
        seeds: changed models.
    """

    verdict: Verdict
    reason: str
    above_global: OffCurve
    above_question: OffCurve | None
    tested: float
    area: Estimate
    within: Estimate | None
    d_prime: Estimate
    criterion: Estimate
    before: Point
    after: Point
    positives: int
    negatives: int
    seeds: int


@dataclass(frozen=True)
class _Data:
    """Items that both arms have; ``said`` and ``leans`` of shape (1 + seeds, items), the unchanged model first.

    ``said``: 1 where the answer is yes; ``leans``: 1 where the margin is above 0.
    """

    margin: Floats
    said: Floats
    leans: Floats
    true: Mask
    codes: Codes
    questions: Codes | None


@guarded
def cure_or_shift(
    truth: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    clusters: Labels,
    *,
    said_before: ArrayLike | None = None,
    said_after: ArrayLike | None = None,
    questions: Labels | None = None,
    missing: ArrayLike | None = None,
    unit: str = "image",
    max_missing: float = 0.05,
    resamples: int = RESAMPLES,
) -> CureOrShift | None:
    """Tells a cure from a shift of the threshold.

    Args:
        truth: whether yes is right, shape (items,).
        before: yes-margins of the unchanged model, shape (items,).
        after: of the changed one, shape (items,), or of several, (seeds, items).
        clusters: image or patient of each item, shape (items,).
        said_before: 1 where it said yes, shape (items,); None: where its margin is above 0. Hits, false alarms, d′ and
            criterion are of these; where they differ from the margins in over a tenth of either kind of items, no
            verdict is given.
        said_after: likewise, of the shape of ``after``.
        questions: the words of each item's question, shape (items,); None: no curve for each.
        missing: items without a margin or a readable answer in one of the arms.
        unit: what a cluster is.
        max_missing: share of missing items above which nothing is said.
        resamples: of images; the same numbers each time.

    Returns:
        None where an item of either kind is lacking.

    Raises:
        UserError: lengths differ, or a margin that is there is no number.

    Source: Macmillan and Creelman 2005, Detection Theory, 2nd ed., chapters 1 and 3; DeLong et al. 1988, Biometrics 44,
        837-845; Schuirmann 1987, J Pharmacokinet Biopharm 15, 657-680 (two one-sided tests).
    """
    name = "cure or shift"
    first, others = as_numbers(name, before), np.atleast_2d(as_numbers(name, after))
    lost = checked_mask(name, "missing", missing, len(first))
    refuse_no_number(name, (first, *others), lost)
    said = np.vstack([_said(first[None], said_before), _said(others, said_after)])
    codes, true = checked_labels(name, clusters, len(first)), checked_mask(name, "truth", truth, len(first))
    words = None if questions is None else checked_labels(name, questions, len(first))
    kept = ~lost
    data = _Data(
        margin=first[kept],
        said=said[:, kept],
        leans=np.asarray(np.vstack([first, others])[:, kept] > 0, np.float64),
        true=true[kept],
        codes=np.unique(codes[kept], return_inverse=True)[1],
        questions=None if words is None else words[kept],
    )
    if not data.true.any() or data.true.all():
        return None
    about = Estimate(
        name=name,
        unit=unit,
        n=len(data.true),
        clusters=int(data.codes.max()) + 1,
        missing=int(lost.sum()),
        withheld=too_many(int(lost.sum()), len(lost), max_missing),
        method=METHOD,
    )
    given = {"unit": unit, "missing": lost, "max_missing": max_missing}
    found = _resampled(about, data, resamples)
    within = None if words is None else area_change(first, others, true, codes, strata=words, **given)  # type: ignore[arg-type]
    verdict, reason = _held_against_words(found, within)
    return replace(
        found,
        verdict=verdict,
        reason=reason,
        area=area_change(first, others, true, codes, **given),  # type: ignore[arg-type]
        within=None if within is None or within.value is None else replace(within, name="change within a question"),
        before=replace(found.before, area=area(first, true, codes, **given)),  # type: ignore[arg-type]
        after=replace(found.after, area=area(others, true, codes, **given)),  # type: ignore[arg-type]
    )


def _held_against_words(found: CureOrShift, within: Estimate | None) -> tuple[Verdict, str]:
    """The verdict where few questions have a curve of their own: a constant for each leaves the ranking within it."""
    if found.reason != UNTESTED or within is None:
        return found.verdict, found.reason
    if within.low is None or within.high is None or within.low == within.high:
        return "not known", UNTESTED
    told = within.low > 0 if found.verdict == "discriminates" else within.low >= -SAME and within.high <= SAME
    return (found.verdict, "") if told else ("not known", UNTESTED)


def _said(margins: Floats, said: ArrayLike | None) -> Floats:
    return np.asarray(margins > 0, np.float64) if said is None else np.atleast_2d(np.asarray(said, np.float64))


def _resampled(about: Estimate, data: _Data, resamples: int) -> CureOrShift:
    """All figures but the areas."""
    strata = [] if data.questions is None else [r for r in stretches(data.questions) if _testable(data.true[r])]
    every = [np.arange(len(data.true))]
    once = np.ones((1, len(data.true)))
    rng = np.random.default_rng(0)
    count = about.clusters
    block = max(1, AT_ONCE // len(data.true))
    drawn: list[tuple[Floats, ...]] = []
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        weights = rng.multinomial(count, np.full(count, 1 / count), size=size)[:, data.codes].astype(np.float64)
        drawn.append(_figures(data, weights, every, strata))
    point = _figures(data, once, every, strata)
    spread = [np.concatenate([block[n] for block in drawn]) for n in range(len(point))]
    hits, alarms = (_share(data, once, rows)[0] for rows in (data.true, ~data.true))
    few = float(alarms[1:].mean()) * float((~data.true).sum()) < FEW
    overall, by_question = (
        _off_curve(replace(about, name=name, note=FEW_ALARMS if few else ""), point[n : n + 2], spread[n : n + 2])
        for n, name in ((0, "above its own curve"), (2, "above each question's own curve"))
    )
    d_prime, criterion = (
        _limits(replace(about, name=name), point[n][0], spread[n], False)
        for n, name in ((4, "change of d′"), (5, "change of the criterion"))
    )
    tested = sum(map(len, strata)) / len(data.true)
    verdict, reason = _verdict(about, data, overall, by_question if tested >= TESTED else None)
    z_hits, z_alarms = (_normal(share, float(rows.sum())) for share, rows in ((hits, data.true), (alarms, ~data.true)))
    before, after = (
        Point(
            hits=float(hits[rows].mean()),
            false_alarms=float(alarms[rows].mean()),
            d_prime=float((z_hits - z_alarms)[rows].mean()),
            criterion=float(-(z_hits + z_alarms)[rows].mean() / 2),
            area=about,
        )
        for rows in (slice(0, 1), slice(1, None))
    )
    return CureOrShift(
        verdict=verdict,
        reason=reason,
        above_global=overall,
        above_question=by_question if strata else None,
        tested=tested,
        area=about,
        within=None,
        d_prime=d_prime,
        criterion=criterion,
        before=before,
        after=after,
        positives=int(data.true.sum()),
        negatives=int((~data.true).sum()),
        seeds=len(data.said) - 1,
    )


def _testable(true: Mask) -> bool:
    return min(int(true.sum()), int((~true).sum())) >= ENOUGH_A_QUESTION


def _figures(data: _Data, weights: Floats, every: list[Codes], strata: list[Codes]) -> tuple[Floats, ...]:
    """Distances from one curve, mean distances from each question's, changes of d′ and c; each (resamples, seeds)."""
    hits, alarms = (_share(data, weights, rows) for rows in (data.true, ~data.true))
    counts = [weights[:, rows].sum(1, keepdims=True) for rows in (data.true, ~data.true)]
    with np.errstate(invalid="ignore"):
        z_hits, z_alarms = (_normal(share, n) for share, n in zip((hits, alarms), counts, strict=True))
    d_prime, criterion = z_hits - z_alarms, -(z_hits + z_alarms) / 2
    return (
        *_distances(data, weights, every),
        *_distances(data, weights, strata),
        d_prime[:, 1:] - d_prime[:, :1],
        criterion[:, 1:] - criterion[:, :1],
    )


def _share(data: _Data, weights: Floats, rows: Mask) -> Floats:
    """Share that each model says yes to among some items, shape (resamples, 1 + seeds)."""
    with np.errstate(invalid="ignore"):
        return np.asarray(weights[:, rows] @ data.said[:, rows].T / weights[:, rows].sum(1, keepdims=True))


def _normal(share: Floats, of: Floats | float) -> Floats:
    """A rate on the normal scale, log-linearly corrected as in ``detection.log_linear``."""
    return np.asarray(special.ndtri((share * of + 0.5) / (of + 1)))


def _distances(data: _Data, weights: Floats, strata: list[Codes]) -> tuple[Floats, Floats]:
    """Means over strata, by their true items, of how far each model's point lies above the curve; (resamples, seeds).

    At equal false alarms, and at as many yes. NaN where there is no stratum with items of both kinds.
    """
    above = np.zeros((2, len(weights), len(data.said) - 1))
    of = np.zeros((len(weights), 1))
    for rows in strata:
        found, size = above_curve(data.margin[rows], data.leans[1:, rows], data.true[rows], weights[:, rows])
        above += found
        of += size
    with np.errstate(invalid="ignore", divide="ignore"):
        upright, matched = np.where(of > 0, above / of, np.nan)
    return upright, matched


def _off_curve(about: Estimate, point: Sequence[Floats], spread: Sequence[Floats]) -> OffCurve:
    """The distances at equal false alarms and at as many yes."""
    about = replace(about, level=0.95)
    return OffCurve(
        estimate=_limits(about, point[0][0], spread[0], True),
        narrower=_limits(replace(about, level=0.9), point[0][0], spread[0], True),
        matched=_limits(replace(about, note=""), point[1][0], spread[1], True),
    )


def _limits(about: Estimate, point: Floats, spread: Floats, corrected: bool) -> Estimate:
    """Mean over seeds, shape (seeds,), with limits from resamples, shape (resamples, seeds).

    Args:
        about: names and counts.
        point: of the items at hand.
        spread: of resamples.
        corrected: whether the limits hold the figure with and without the bias that resampling shows.
    """
    if about.withheld or np.isnan(point).any():
        return about
    spread = spread[~np.isnan(spread).any(1)]
    value = float(point.mean())
    if about.clusters < CERTIFIED_CLUSTERS or len(spread) < 2:
        few = f"under {CERTIFIED_CLUSTERS} {about.unit}s"
        return replace(about, value=value, method="none", note=joined(about.note, few))
    found = with_seeds(about, value, Variance.of_resamples(point, spread, about.clusters))
    bias = float((spread.mean(0) - point).mean()) if corrected else 0.0
    if found.low is None or found.high is None:
        return found
    return replace(found, low=min(found.low, found.low - bias), high=max(found.high, found.high - bias))


def _verdict(about: Estimate, data: _Data, overall: OffCurve, per_question: OffCurve | None) -> tuple[Verdict, str]:
    """The verdict, and what keeps it from being known."""
    true = data.true
    if about.withheld:
        return "not known", about.withheld
    for rows, what in ((true, "yes"), (~true, "no")):
        if rows.sum() < ENOUGH:
            return "not known", f"{int(rows.sum())} items of which {what} is right; {ENOUGH} of either kind are needed"
    unlike = max(float((data.said != data.leans)[:, rows].mean(axis=1).max()) for rows in (true, ~true))
    if unlike > UNLIKE:
        return "not known", f"{100 * unlike:.0f} % of answers of a kind say otherwise than they lean"
    own = per_question or overall
    if own.on_it:
        return "shifts", "" if per_question else UNTESTED
    if own.below and not overall.above:
        return "harms", ""
    if own.above and overall.above:
        return "discriminates", "" if per_question else UNTESTED
    if own.above:
        return "not known", "above the curve of each question, and not above the one of all"
    return "not known", "the interval holds both a shift and more than one"
