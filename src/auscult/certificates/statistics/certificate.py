"""The statistics, put to the test: simulated data with known truth → how often the intervals hold it.

The whole procedure is simulated, the choice of a method from the data included, beside two intervals in common use:
Wilson on items, as if items were independent, and the percentile bootstrap of clusters.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from auscult.certificates.cells import Row
from auscult.certificates.statistics import SimulationOptions
from auscult.certificates.statistics.agreeing import Errors, agreement_row
from auscult.certificates.statistics.claims import NOTED, SLACK, SLOW_REPLICATES, judged
from auscult.certificates.statistics.crossing import EFFECTS, GRIDS, SMALL, Effect, crossed_row
from auscult.certificates.statistics.shifts import CHANGES, Change, shift_row
from auscult.certificates.statistics.shifts import PART as SHIFTS
from auscult.certificates.trial import Trial, Verdict
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.records import Certificate
from auscult.statistics import balanced_accuracy, sign_flip
from auscult.statistics.comparison import around
from auscult.statistics.interval import (
    CLUSTER_T,
    EXACT,
    UNSEEN,
    WILSON,
    Floats,
    Interval,
    difference_of_means,
    positive,
    proportion,
    wilson,
)
from auscult.version import __version__

Sizes = Literal["equal", "unequal", "one"]
Job = Callable[[np.random.Generator], Row]

LEVEL = 0.95
ITEMS = 10
"""Items a cluster on average."""
RESAMPLES = 1000
MEAN_LENGTH = 5.0
"""Mean absolute error in mm of simulated measurements."""
STUDY = 100
"""Images of a simulated study of cure or shift."""
STUDIES = 400
"""Most replicates of it: each resamples its images 300 times."""


@dataclass(frozen=True)
class Grid:
    """The cells that are simulated: all combinations."""

    clusters: tuple[int, ...] = (10, 25, 50, 200)
    shares: tuple[float, ...] = (0.005, 0.02, 0.05, 0.3)
    iccs: tuple[float, ...] = (0.0, 0.1, 0.3, 0.5)
    sizes: tuple[Sizes, ...] = ("equal", "unequal")
    pairs: tuple[tuple[float, float], ...] = ((0.3, 0.3), (0.3, 0.2), (0.05, 0.05), (0.05, 0.02))
    rates: tuple[tuple[float, float], ...] = ((0.7, 0.9), (0.95, 0.6))
    changes: tuple[Change, ...] = CHANGES
    effects: tuple[Effect, ...] = EFFECTS
    errors: tuple[Errors, ...] = ("normal", "skewed")


@dataclass(frozen=True)
class Design:
    """One combination."""

    sizes: Sizes
    clusters: int
    share: float
    icc: float


def certify(options: SimulationOptions, show: Show = progress, grid: Grid | None = None) -> Certificate:
    """Simulates every cell of the grid and says where the intervals hold.

    Args:
        options: data sets a cell, of which figures computed one at a time use at most 1000.
        show: how progress is shown.
        grid: other cells than the standard ones.

    Returns:
        One row a cell. ``claim`` is what the estimates themselves say in that cell: ``95 %`` where at least three in
        four carry no note, ``at least 95 %`` where more are noted as conservative, ``approximate`` where more are
        noted as that, which must then cover 90 %. ``label`` is what the simulation found. The certificate passes
        where every claim is kept.
    """
    jobs = enumerate(_jobs(grid or Grid(), options.replicates))
    trial = Trial(
        instrument=f"auscult.statistics {__version__}",
        subject="beta-binomial clusters with known means",
        steps=[lambda job=job, n=n: [job(np.random.default_rng([options.seed, n]))] for n, job in jobs],  # type: ignore[misc]
        conclude=partial(_conclusion, replicates=options.replicates),
    )
    return trial.certificate(show)


def _conclusion(rows: Sequence[Row], replicates: int) -> Verdict:
    passed = all(r["kept"] for r in rows)
    studies, rows = ([r for r in rows if (r["part"] == SHIFTS) == of] for of in (True, False))
    claimed = [r for r in rows if r["claim"] == "95 %"]
    held, wide, rough = (sum(r["label"] == label for r in rows) for label in ("holds", "conservative", "approximate"))
    less = len(rows) - held - wide
    said = f", of which {rough} say that they are approximate" if rough else ""
    return passed, (
        f"Of {len(rows)} simulated cells of up to {replicates} data sets, {held} cover 93-97 %, {wide} more "
        f"(conservative), {less} less{said}; {len(claimed)} cells are claimed at 95 %, of which "
        f"{sum(r['kept'] for r in claimed)} cover 93-97 % within {SLACK} Monte Carlo errors.{_of_shifts(studies)}"
    )


def _of_shifts(studies: Sequence[Row]) -> str:
    if not studies:
        return ""
    worst = max(float(r["wrong"]) for r in studies)
    return (
        f" Cure or shift: in {len(studies)} kinds of change the wrong verdict came in {worst:.1%} of studies at most; "
        f"{sum(r['kept'] for r in studies)} keep the 5 % that are claimed."
    )


def _jobs(grid: Grid, replicates: int) -> Iterator[Job]:
    slow = min(replicates, SLOW_REPLICATES)
    for sizes, share, icc, count in product(grid.sizes, grid.shares, grid.iccs, grid.clusters):
        yield partial(mean_row, design=Design(sizes, count, share, icc), replicates=replicates)
    for share, count in product(grid.shares, grid.clusters):
        yield partial(mean_row, design=Design("one", count, share, 0.0), replicates=replicates)
    for icc, count in product(grid.iccs[::2], grid.clusters):
        yield partial(length_row, design=Design("unequal", count, MEAN_LENGTH, icc), replicates=replicates)
    for pair, icc, count in product(grid.pairs, grid.iccs[::2], grid.clusters):
        design = Design("unequal", count, pair[0], icc)
        yield partial(difference_row, design=design, other=pair[1], replicates=replicates)
    for rates, icc, count in product(grid.rates, grid.iccs[::2], grid.clusters[1:]):
        design = Design("unequal", count, rates[0], icc)
        yield partial(balanced_row, design=design, specificity=rates[1], replicates=slow)
    for change in grid.changes:
        yield partial(shift_row, change=change, clusters=STUDY, replicates=min(slow, STUDIES))
    for (seeds, images), effect in product(GRIDS, grid.effects):
        yield partial(crossed_row, effect=effect, seeds=seeds, images=images, replicates=slow)
    for errors, icc, count in product(grid.errors, grid.iccs[::2], grid.clusters):
        yield partial(limits_row, design=Design("unequal", count, MEAN_LENGTH, icc), errors=errors, replicates=slow)
    for errors, count in product(grid.errors, grid.clusters):
        yield partial(limits_row, design=Design("one", count, MEAN_LENGTH, 0.0), errors=errors, replicates=slow)
    for (seeds, images), effect in product(SMALL, grid.effects):
        yield partial(crossed_row, effect=effect, seeds=seeds, images=images, replicates=slow)


def cluster_sizes(rng: np.random.Generator, design: Design, replicates: int) -> NDArray[np.int64]:
    """Items of each cluster, shape (replicates, clusters); unequal: 1 + negative binomial, mean 10, deviation 8.7."""
    shape = (replicates, design.clusters)
    if design.sizes == "unequal":
        return 1 + rng.negative_binomial(1.2, 1.2 / (1.2 + ITEMS - 1), size=shape)
    return np.full(shape, 1 if design.sizes == "one" else ITEMS)


def cluster_rates(rng: np.random.Generator, share: float, icc: float, shape: tuple[int, ...]) -> Floats:
    """Event rate of each cluster: beta with mean ``share`` and intra-cluster correlation ``icc``."""
    if icc == 0:
        return np.full(shape, share)
    weight = (1 - icc) / icc
    return rng.beta(share * weight, (1 - share) * weight, size=shape)


def percentile_bootstrap(rng: np.random.Generator, sums: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """The usual cluster bootstrap: clusters drawn with replacement, limits at the 2.5th and 97.5th percentile."""
    count = sums.shape[1]
    limits = []
    for start in range(0, len(sums), 500):
        draws = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES).T.astype(np.float64)
        means = (sums[start : start + 500] @ draws) / (sizes[start : start + 500] @ draws)
        limits.append(np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1))
    low, high = np.concatenate(limits, axis=1)
    return low, high


def mean_row(rng: np.random.Generator, design: Design, replicates: int) -> Row:
    """Coverage of the interval of a mean in one cell, beside Wilson on items and the percentile bootstrap."""
    counts = cluster_sizes(rng, design, replicates)
    events = rng.binomial(counts, cluster_rates(rng, design.share, design.icc, counts.shape))
    sums, sizes = events.astype(np.float64), counts.astype(np.float64)
    ours = proportion(sums, sizes, LEVEL)
    items_low, items_high = wilson(sums.sum(1), sizes.sum(1), LEVEL)
    boot_low, boot_high = percentile_bootstrap(rng, sums, sizes)
    return {
        **_row("mean", design, ours, design.share),
        "wilson_coverage": _coverage(items_low, items_high, design.share),
        "wilson_width": float((items_high - items_low).mean()),
        "bootstrap_coverage": _coverage(boot_low, boot_high, design.share),
        "bootstrap_width": float((boot_high - boot_low).mean()),
    }


def difference_row(rng: np.random.Generator, design: Design, other: float, replicates: int) -> Row:
    """Coverage of a paired difference of arms that share the images' difficulty, and false positives of its test."""
    counts = cluster_sizes(rng, design, replicates)
    rates = _linked_rates(rng, design, other, counts.shape)
    first, second = (rng.binomial(counts, r).astype(np.float64) for r in rates)
    sizes = counts.astype(np.float64)
    found = difference_of_means(first - second, sizes, LEVEL)
    p_values = np.array([sign_flip(sums) for sums in first - second])
    ends = zip(found.low, found.high, found.value, p_values <= 1 - LEVEL, strict=True)
    low, high = np.transpose([around(*end) for end in ends])
    row = _row("difference", design, replace(found, low=low, high=high), design.share - other)
    row["other_p"] = other
    if design.share == other:
        false = float(np.mean(p_values <= 1 - LEVEL))
        error = float(np.sqrt(0.05 * 0.95 / len(p_values)))
        row |= {"false_positives": false, "false_positives_mc_error": error}
        # of zero an exact test decides, which promises at least its level
        row |= judged(row["coverage"], row["coverage"], replicates, "at least 95 %")
        row["kept"] = row["kept"] and false <= 0.05 + 3 * error
    return row


def length_row(rng: np.random.Generator, design: Design, replicates: int) -> Row:
    """Coverage of the mean of log-normal errors; their log has variance 0.5, of which clusters hold ``icc``."""
    counts = cluster_sizes(rng, design, replicates)
    centres = rng.normal(size=counts.shape) * np.sqrt(0.5 * design.icc) + np.log(design.share) - 0.25
    edges = np.concatenate(([0], np.cumsum(counts.ravel())[:-1]))
    items = np.repeat(centres.ravel(), counts.ravel())
    errors = np.exp(items + rng.normal(size=items.shape) * np.sqrt(0.5 * (1 - design.icc)))
    sums = np.add.reduceat(errors, edges).reshape(counts.shape)
    return _row("absolute error", design, positive(sums, counts.astype(np.float64), LEVEL), design.share)


def _linked_rates(rng: np.random.Generator, design: Design, other: float, shape: tuple[int, ...]) -> list[Floats]:
    """Beta rates of two arms in each cluster, linked by a Gaussian copula of correlation 0.7."""
    if design.icc == 0:
        return [np.full(shape, share) for share in (design.share, other)]
    weight = (1 - design.icc) / design.icc
    common = rng.normal(size=shape)
    found = []
    for share in (design.share, other):
        normal = np.sqrt(0.7) * common + np.sqrt(0.3) * rng.normal(size=shape)
        found.append(stats.beta.ppf(stats.norm.cdf(normal), share * weight, (1 - share) * weight))
    return found


def balanced_row(rng: np.random.Generator, design: Design, specificity: float, replicates: int) -> Row:
    """Coverage of balanced accuracy; the first rate is the sensitivity, three items in ten are positive."""
    low, high, value = np.empty(replicates), np.empty(replicates), np.empty(replicates)
    noted = 0
    for i in range(replicates):
        counts = cluster_sizes(rng, design, 1)[0]
        codes = np.repeat(np.arange(design.clusters), counts)
        positive = rng.random(len(codes)) < 0.3
        sick, well = (cluster_rates(rng, p, design.icc, (design.clusters,))[codes] for p in (design.share, specificity))
        correct = rng.random(len(codes)) < np.where(positive, sick, well)
        found = balanced_accuracy(correct, positive, codes)
        value[i], low[i], high[i] = found.value or 0.0, found.low or 0.0, found.high or 1.0
        noted += bool(found.note)
    ours = Interval(value, low, high, np.full(replicates, CLUSTER_T))
    row = _row("balanced accuracy", design, ours, (design.share + specificity) / 2, noted / replicates)
    row["other_p"] = specificity
    return row


def limits_row(rng: np.random.Generator, design: Design, errors: Errors, replicates: int) -> Row:
    """Coverage of bias and limits of agreement in one cell."""
    counts = cluster_sizes(rng, design, replicates).astype(np.float64)
    return agreement_row(rng, counts, errors, design.icc) | {"sizes": design.sizes}


def _coverage(low: Floats, high: Floats, truth: float) -> float:
    # limits that equal the truth up to rounding hold it
    return float(((low <= truth + 1e-12) & (truth - 1e-12 <= high)).mean())


def _row(part: str, design: Design, found: Interval, truth: float, noted: float | None = None) -> Row:
    """What every part reports of a design."""
    replicates = len(found.value)
    coverage = _coverage(found.low, found.high, truth)
    share = noted if noted is not None else float(1 - np.isin(found.method, (CLUSTER_T, WILSON)).mean())
    return {
        "part": part,
        "sizes": design.sizes,
        "clusters": design.clusters,
        "p": design.share,
        "icc": design.icc,
        "replicates": replicates,
        "coverage": coverage,
        "width": float((found.high - found.low).mean()),
        "missed_below": float((truth < found.low - 1e-12).mean()),
        "missed_above": float((truth > found.high + 1e-12).mean()),
        "share_cluster_t": float((found.method == CLUSTER_T).mean()),
        "share_unseen_cluster": float((found.method == UNSEEN).mean()),
        "share_exact": float((found.method == EXACT).mean()),
        "noted": share,
    } | judged(coverage, coverage, replicates, "95 %" if share <= NOTED else "at least 95 %")
