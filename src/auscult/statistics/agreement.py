"""Agreement of raters: percent agreement, Cohen's κ, Gwet's AC1 and AC2, Krippendorff's α, with cluster intervals.

All but percent agreement have the form 1 − D_o/D_e, observed over expected disagreement, where both are made of totals
that add up over clusters (images, patients). The interval is a delete-one-cluster jackknife with t on the log of
D_o/D_e; where few clusters hold a disagreement, limits come from the certified interval of the observed disagreement.
docs/concepts/agreement.md holds its simulated coverage.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Labels, checked_labels, totals
from auscult.statistics.guard import guarded
from auscult.statistics.interval import Floats, jackknife_reach, proportion
from auscult.statistics.mean import mean
from auscult.statistics.missing import joined

Weights = Literal["identity", "linear", "quadratic"] | None
"""``identity`` and None: raters agree or do not."""
Metric = Literal["nominal", "ordinal", "interval"]
Rating = Hashable
Ints = NDArray[np.int64]
Disagreements = Callable[[Floats], tuple[Floats, Floats]]
"""Totals of shape (batch, quantities) → observed and expected disagreement, each of shape (batch,)."""

ENOUGH_ITEMS = 100
"""Items under which an agreement is called insufficient."""
ENOUGH_POSITIVES = 10
"""Items that some rater puts outside the most frequent category, under which it is called insufficient."""
FEW_CLUSTERS = 10
"""Clusters with a disagreement under which the jackknife undercovers, see docs/concepts/agreement.md."""
JACKKNIFE = "delete-one-cluster jackknife, t on the scale log(1 - figure)"
OBSERVED = "cluster interval of the observed disagreement, expected disagreement taken as known"


@dataclass(frozen=True)
class Ratings:
    """What raters said, as numbers.

    Attributes:
        codes: shape (items, raters), number of the category, -1 where a rater gave none.
        categories: in order.
        clusters: image or patient of each item, shape (items,).
        left_out: items with fewer than two ratings, which are not among these.
    """

    codes: Ints
    categories: tuple[Rating, ...]
    clusters: Ints
    left_out: int

    @property
    def counts(self) -> Floats:
        """How many raters put an item into each category, shape (items, categories)."""
        each = self.codes[:, :, None] == np.arange(len(self.categories))
        return np.asarray(each.sum(1), np.float64)


@dataclass(frozen=True)
class _Disagreement:
    """What a figure is made of.

    Attributes:
        parts: each item's parts of the totals, shape (items, quantities).
        totals: from totals to observed and expected disagreement.
        own: observed disagreement within each item, from 0 to 1.
        mass: what each item counts in the observed disagreement; 0 where it has no pair of ratings.
    """

    parts: Floats
    totals: Disagreements
    own: Floats
    mass: Floats


@guarded
def percent_agreement(
    ratings: Sequence[Sequence[Rating]],
    clusters: Labels,
    *,
    categories: Sequence[Rating] | None = None,
    name: str = "percent agreement",
    level: float = 0.95,
    unit: str = "image",
) -> Estimate:
    """Share of the pairs of raters that agree, item by item; it holds what chance alone would give.

    Args:
        ratings: shape (items, raters); None or "" where a rater gave none.
        clusters: image or patient of each item, shape (items,).
        categories: all that can be given, in order; where not given, those that occur.
        name: of the figure.
        level: confidence level.
        unit: what a cluster is.

    Raises:
        UserError: rows of several lengths, an unknown category, or not one cluster label an item.
    """
    found = read_ratings(name, ratings, clusters, categories)
    share = _alike(found, _weights("identity", len(found.categories)))
    estimate = mean(share, found.clusters, name=name, level=level, unit=unit, instrument="percent agreement")
    return _with_note(estimate, found)


@guarded
def cohen_kappa(
    first: Sequence[Rating],
    second: Sequence[Rating],
    clusters: Labels,
    *,
    weights: Weights = "identity",
    categories: Sequence[Rating] | None = None,
    name: str = "Cohen's kappa",
    level: float = 0.95,
    unit: str = "image",
) -> Estimate:
    """Cohen's κ of two raters: 1 − Σ v_kl p_kl / Σ v_kl p_k· p_·l with disagreement weights v.

    v is 0 on the diagonal and, off it, 1 (identity), |k − l| (linear) or (k − l)² (quadratic). Withheld where both
    raters use one and the same category only: expected disagreement is 0 then.

    Args:
        first: one rating an item, shape (items,); None or "" where there is none.
        second: likewise, of the same items.
        clusters: image or patient of each item, shape (items,).
        weights: ``identity`` or None (unweighted), ``linear`` or ``quadratic``.
        categories: all that can be given, in order; where not given, those that occur.
        name: of the figure.
        level: confidence level.
        unit: what a cluster is.

    Raises:
        UserError: raters of different lengths, an unknown category or weights, or not one cluster label an item.

    Source: Cohen 1960, Educational and Psychological Measurement 20, 37-46; 1968, Psychological Bulletin 70, 213-220.
    """
    if len(first) != len(second):
        raise UserError(f"{name}: {len(first)} ratings by the first rater and {len(second)} by the second")
    found = read_ratings(name, list(zip(first, second, strict=True)), clusters, categories)
    q = len(found.categories)
    apart = 1 - _weights(weights, q)
    cells = np.zeros((len(found.codes), q * q))
    cells[np.arange(len(cells)), found.codes[:, 0] * q + found.codes[:, 1]] = 1.0

    def disagreements(sums: Floats) -> tuple[Floats, Floats]:
        table = sums.reshape(-1, q, q)
        shares = table / table.sum((1, 2), keepdims=True)
        expected = np.einsum("kl,bk,bl->b", apart, shares.sum(2), shares.sum(1))
        return np.einsum("kl,bkl->b", apart, shares), expected

    instrument = "Cohen's kappa" if weights in ("identity", None) else f"Cohen's kappa, {weights} weights"
    estimate = Estimate(name=name, level=level, unit=unit, instrument=instrument)
    own = apart[found.codes[:, 0], found.codes[:, 1]]
    return _estimate(found, _Disagreement(cells, disagreements, own, np.ones(len(own))), estimate)


@guarded
def gwet_ac(
    ratings: Sequence[Sequence[Rating]],
    clusters: Labels,
    *,
    weights: Weights = "identity",
    categories: Sequence[Rating] | None = None,
    name: str = "",
    level: float = 0.95,
    unit: str = "image",
) -> Estimate:
    """Gwet's AC1, and AC2 with other weights, of any number of raters with missing ratings.

    Observed agreement is the mean over items of the weighted share of agreeing pairs of raters; expected agreement is
    T_w / (q (q − 1)) Σ π_k (1 − π_k), where T_w is the sum of all weights and π_k the mean share of ratings k; items
    with one rating count in it. It stays steady where one category is far more frequent than others, which κ does not.
    Categories that nobody used count in q: name them all.

    Args:
        ratings: shape (items, raters); None or "" where a rater gave none.
        clusters: image or patient of each item, shape (items,).
        weights: ``identity`` or None (AC1), ``linear`` or ``quadratic`` (AC2).
        categories: all that can be given, in order; where not given, those that occur.
        name: of the figure; empty: Gwet's AC1 or AC2.
        level: confidence level.
        unit: what a cluster is.

    Raises:
        UserError: rows of several lengths, an unknown category or weights, or not one cluster label an item.

    Source: Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29-48; Gwet 2014, Handbook of
    Inter-Rater Reliability, 4th edition, chapters 2 to 4.
    """
    found = read_ratings(name or "Gwet's AC", ratings, clusters, categories, least=1)
    q, counts = len(found.categories), found.counts
    alike = _weights(weights, q)
    several = (counts.sum(1) >= 2).astype(np.float64)
    share = _alike(found, alike)
    parts = np.column_stack([several, share * several, np.ones(len(share)), counts / counts.sum(1, keepdims=True)])

    def disagreements(sums: Floats) -> tuple[Floats, Floats]:
        observed = 1 - sums[:, 1] / np.maximum(sums[:, 0], 1e-300)
        prevalence = sums[:, 3:] / sums[:, 2:3]
        spread = (prevalence * (1 - prevalence)).sum(1)
        return observed, 1 - alike.sum() / max(q * (q - 1), 1) * spread

    instrument = "Gwet's AC1" if weights in ("identity", None) else f"Gwet's AC2, {weights} weights"
    estimate = Estimate(name=name or instrument.split(",")[0], level=level, unit=unit, instrument=instrument)
    if q < 2:
        why = "one category only: name all that could have been given"
        return _with_note(replace(estimate, n=int(several.sum()), withheld=why), found)
    return _estimate(found, _Disagreement(parts, disagreements, 1 - share, several), estimate)


@guarded
def krippendorff_alpha(
    ratings: Sequence[Sequence[Rating]],
    clusters: Labels,
    *,
    metric: Metric = "nominal",
    categories: Sequence[Rating] | None = None,
    name: str = "Krippendorff's alpha",
    level: float = 0.95,
    unit: str = "image",
) -> Estimate:
    """Krippendorff's α of any number of raters with missing ratings.

    From the coincidences o_ck of the pairs of ratings of an item (each weighted by 1 / (ratings − 1)), their margins
    n_c and n: α = 1 − (n − 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck. δ² is 1 off the diagonal (nominal), (c − k)² of the
    categories' own numbers (interval), or the squared number of ratings from c to k, the ends by half (ordinal).

    Args:
        ratings: shape (items, raters); None or "" where a rater gave none.
        clusters: image or patient of each item, shape (items,).
        metric: ``nominal``, ``ordinal``, or ``interval``, of which categories are numbers.
        categories: all that can be given, in order; where not given, those that occur.
        name: of the figure.
        level: confidence level.
        unit: what a cluster is.

    Raises:
        UserError: rows of several lengths, an unknown category or metric, not one cluster label an item, or
            a category that is no number where the metric is ``interval``.

    Source: Krippendorff 2011, Computing Krippendorff's alpha-reliability.
    """
    found = read_ratings(name, ratings, clusters, categories)
    q, counts = len(found.categories), found.counts
    given = counts.sum(1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(q) * counts[:, :, None]
    coincidences = (pairs / (given - 1)).reshape(len(counts), q * q)
    fixed = 1 - np.eye(q) if metric != "interval" else _squares(name, found.categories)

    def distances(table: Floats) -> Floats:
        apart = _between(table.sum(2)) if metric == "ordinal" else np.broadcast_to(fixed, table.shape)
        # on a scale from 0 to 1, as limits of the observed disagreement need it
        return np.asarray(apart / np.maximum(apart.max((1, 2), keepdims=True), 1e-300))

    def disagreements(sums: Floats) -> tuple[Floats, Floats]:
        table = sums.reshape(-1, q, q)
        margins, apart = table.sum(2), distances(table)
        n = margins.sum(1)
        expected = np.einsum("bc,bk,bck->b", margins, margins, apart) / (n * (n - 1))
        return np.einsum("bck,bck->b", table, apart) / n, expected

    whole = distances(coincidences.sum(0).reshape(1, q, q))[0].ravel()
    mass = counts.sum(1)
    estimate = Estimate(name=name, level=level, unit=unit, instrument=f"Krippendorff's alpha, {metric}")
    return _estimate(found, _Disagreement(coincidences, disagreements, coincidences @ whole / mass, mass), estimate)


def read_ratings(
    name: str,
    ratings: Sequence[Sequence[Rating]],
    clusters: Labels,
    categories: Sequence[Rating] | None,
    least: int = 2,
) -> Ratings:
    """Ratings as numbers; items with fewer than ``least`` are left out, those with fewer than two are counted.

    Raises:
        UserError: as ``percent_agreement``.
    """
    if len({len(row) for row in ratings}) > 1:
        raise UserError(f"{name}: items with different numbers of raters; give None where a rater gave no rating")
    labels = checked_labels(name, clusters, len(ratings))
    seen = {r for row in ratings for r in row if not _none(r)}
    order = tuple(categories) if categories is not None else tuple(sorted(seen, key=lambda c: (str(type(c)), c)))
    number = {category: n for n, category in enumerate(order)}
    if unknown := sorted(str(s) for s in seen - set(order)):
        raise UserError(f"{name}: '{unknown[0]}' is none of the categories {', '.join(map(str, order))}")
    raters = len(ratings[0]) if len(ratings) else 0
    codes = np.array([[-1 if _none(r) else number[r] for r in row] for row in ratings], np.int64)
    codes = codes.reshape(len(ratings), raters)
    given = (codes >= 0).sum(1)
    return Ratings(codes[given >= least], order, labels[given >= least], int((given < 2).sum()))


def _none(rating: Rating) -> bool:
    return rating is None or rating == "" or (isinstance(rating, float) and np.isnan(rating))


def _weights(weights: Weights, q: int) -> Floats:
    """Agreement weights between categories: 1 on the diagonal, 0 in the far corner unless they are the identity."""
    if weights in ("identity", None) or q < 2:
        return np.eye(q)
    apart = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) / (q - 1)
    return np.asarray(1 - (apart if weights == "linear" else apart**2))


def _alike(found: Ratings, alike: Floats) -> Floats:
    """Weighted share of agreeing pairs of raters of each item; 1 where there is no pair."""
    counts = found.counts
    given = counts.sum(1)
    agreeing = (counts * (counts @ alike - 1)).sum(1)
    pairs = given * (given - 1)
    return np.asarray(np.where(pairs > 0, agreeing / np.maximum(pairs, 1), 1.0))


def _squares(name: str, categories: tuple[Rating, ...]) -> Floats:
    try:
        numbers = np.array([float(str(c)) for c in categories])
    except ValueError:
        raise UserError(f"{name}: an interval scale needs numbers, not {', '.join(map(str, categories))}") from None
    return np.asarray(np.subtract.outer(numbers, numbers) ** 2)


def _between(margins: Floats) -> Floats:
    """Ordinal δ²: ratings from c to k, those of the two ends counted by half, squared; shape (batch, q, q)."""
    middle = margins.cumsum(1) - margins / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)


def _estimate(found: Ratings, of: _Disagreement, estimate: Estimate) -> Estimate:
    """Value and interval of 1 − observed / expected disagreement."""
    paired = of.mass > 0
    clusters = found.clusters[paired]
    count = len(np.unique(clusters))
    estimate = _with_note(replace(estimate, n=int(paired.sum()), clusters=count), found)
    if not paired.any():
        return replace(estimate, withheld="no item has two ratings")
    by_cluster = np.zeros((int(found.clusters.max()) + 1, of.parts.shape[1]))
    np.add.at(by_cluster, found.clusters, of.parts)
    by_cluster = by_cluster[np.bincount(found.clusters) > 0]
    # sorted, so that neither the order of items nor the names of clusters change a digit of what follows
    by_cluster = by_cluster[np.lexsort(by_cluster.T)]
    whole = by_cluster.sum(0)
    observed, expected = (float(d[0]) for d in of.totals(whole[None]))
    if expected <= 1e-12:
        why = "all ratings are of one category: no disagreement is to be expected, and the figure is undefined"
        return replace(estimate, withheld=why)
    estimate = replace(estimate, value=1 - observed / expected)
    if count < 2:
        return replace(estimate, method="none", note=joined(estimate.note, "one cluster only: no interval"))
    held = len(np.unique(clusters[of.own[paired] > 1e-12]))
    if held < FEW_CLUSTERS:
        sums, sizes = totals(of.own[paired], clusters, of.mass[paired])
        return _from_observed(estimate, sums, sizes, expected, held)
    return _jackknifed(estimate, whole, by_cluster, of.totals)


def _jackknifed(estimate: Estimate, whole: Floats, by_cluster: Floats, disagreements: Disagreements) -> Estimate:
    """Limits by leaving out one cluster at a time (Miller 1974, Biometrika 61, 1-15), on the log scale."""
    observed, expected = disagreements(whole[None] - by_cluster)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(observed) - np.log(expected)
    if not np.isfinite(logs).all():
        note = "a single cluster holds all but one category: no interval"
        return replace(estimate, method="none", note=joined(estimate.note, note))
    reach = float(np.exp(jackknife_reach(logs, estimate.level)))
    apart = 1 - (estimate.value or 0.0)
    return replace(estimate, low=max(-1.0, 1 - apart * reach), high=1 - apart / reach, method=JACKKNIFE)


def _from_observed(estimate: Estimate, sums: Floats, sizes: Floats, expected: float, held: int) -> Estimate:
    """Limits from those of the observed disagreement; few clusters hold any."""
    found = proportion(sums[None], sizes[None], estimate.level)
    low, high = 1 - float(found.high[0]) / expected, 1 - float(found.low[0]) / expected
    note = f"{held} of {estimate.clusters} {estimate.unit}s hold a disagreement: the interval is approximate"
    value = estimate.value or 0.0
    return replace(
        estimate,
        low=max(-1.0, min(low, value)),
        high=max(min(1.0, high), value),
        method=OBSERVED,
        note=joined(estimate.note, note),
    )


def _with_note(estimate: Estimate, found: Ratings) -> Estimate:
    """Says what was left out, and where there is too little to judge agreement by."""
    rated = found.counts
    usual = int(rated.sum(0).argmax()) if rated.size else 0
    positives = int((rated[:, [k for k in range(len(found.categories)) if k != usual]].sum(1) > 0).sum())
    few = []
    if estimate.n < ENOUGH_ITEMS:
        few.append(f"{estimate.n} items (under {ENOUGH_ITEMS})")
    if positives < ENOUGH_POSITIVES:
        few.append(f"{positives} items outside the most frequent category (under {ENOUGH_POSITIVES})")
    note = f"insufficient: {', '.join(few)}" if few else ""
    gone = f"{found.left_out} items with fewer than two ratings are left out" if found.left_out else ""
    return replace(estimate, note=joined(estimate.note, note, gone))
