"""Accuracy where experts disagree: the truth of an item is drawn, again and again, from what its annotators said.

Each annotator gives a ranked list of labels, ties allowed. A label's weight is the sum of 1 / (1 + rank) over the
annotators who named it, ranks from 0, shared out so that an item's weights add up to 1. A truth is drawn from a
Dirichlet distribution with parameters ``temperature`` × weight + ``prior``; ``temperature`` is the trust in the
annotators: how many they count as, where not given as many as they are.

Source: Stutz et al. 2023, Evaluating AI systems under uncertain ground truth: a case study in dermatology,
arXiv:2307.02191 (inverse rank normalisation, plausibilities, annotation certainty); Dawid and Skene 1979, Applied
Statistics 28, 20-28, for the older way that fits the annotators' errors instead.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.clusters import Mask
from auscult.statistics.guard import guarded
from auscult.statistics.interval import Floats
from auscult.statistics.mean import mean
from auscult.statistics.missing import over_missing

NAME = "plausible accuracy"
DRAWS = 1_000
METHOD = "mean over drawn truths; cluster limits and the spread over the draws added in squares"


@dataclass(frozen=True)
class Opinion:
    """What one annotator said of one item: labels with their ranks from 0; labels of equal rank are tied."""

    annotator: str
    ranks: Mapping[str, int]


Opinions = Mapping[str, Sequence[Opinion]]
"""Item → what its annotators said."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How truths are drawn.

    Attributes:
        temperature: how many annotators those of an item count as; None: as many as they are; infinite: the label of
            the greatest weight is the truth.
        prior: added to every label that some annotator of the item named.
        draws: how many truths.
        seed: of the draws; an item's draws depend on it and on the item's name alone.
    """

    temperature: float | None = None
    prior: float = 0.0
    draws: int = DRAWS
    seed: int = 0

    def __post_init__(self) -> None:
        trust = 1.0 if self.temperature is None else self.temperature
        if not trust > 0 or not 0 <= self.prior < math.inf or self.draws < 1:
            raise UserError(
                f"plausibility: temperature {trust:g}, prior {self.prior:g} and {self.draws} draws; "
                "the first and the last must be above 0, the prior not below"
            )


@dataclass(frozen=True)
class Certainty:
    """How sure an item's truth is: its likeliest top label, and the share of the draws in which it is that."""

    label: str
    share: float


@dataclass(frozen=True)
class Plausible:
    """Accuracy under an uncertain truth.

    Attributes:
        estimate: mean over drawn truths; the interval holds items, images and annotators.
        by_annotator: accuracy against each annotator's own first choice.
        certainty: item → certainty.
        without: items with an answer that nobody annotated, and annotated items without an answer.
    """

    estimate: Estimate
    by_annotator: dict[str, Estimate]
    certainty: dict[str, Certainty] = field(repr=False, default_factory=dict)
    without: int = 0


def weights(opinions: Sequence[Opinion]) -> dict[str, float]:
    """Labels of one item with their inverse-rank weights, which add up to 1; labels in alphabetical order."""
    found: dict[str, float] = {}
    for opinion in opinions:
        for label, rank in opinion.ranks.items():
            found[label] = found.get(label, 0.0) + 1 / (1 + rank)
    total = sum(found.values())
    return {label: found[label] / total for label in sorted(found)}


def draw_truths(item: str, opinions: Sequence[Opinion], drawing: Drawing) -> tuple[list[str], NDArray[np.int64]]:
    """The labels of one item, and which of them is the top one of each drawn truth, shape (draws,).

    Ties of the weights, where the temperature is infinite, are broken at random.
    """
    weighted = weights(opinions)
    share = np.array(list(weighted.values()))
    rng = np.random.default_rng([drawing.seed, *item.encode()])
    trust = len(opinions) if drawing.temperature is None else drawing.temperature
    if math.isinf(trust):
        best = np.flatnonzero(share >= share.max() - 1e-12)
        return list(weighted), best[rng.integers(0, len(best), drawing.draws)]
    # Gamma draws make a Dirichlet one, and its largest part needs no common total; logs keep small ones apart
    shape = trust * share + drawing.prior
    size = (drawing.draws, len(shape))
    logs = np.log(rng.gamma(shape + 1, size=size)) + np.log1p(-rng.random(size)) / shape
    return list(weighted), logs.argmax(1)


@guarded
def plausible_accuracy(
    predictions: Mapping[str, Sequence[str]],
    opinions: Opinions,
    clusters: Mapping[str, str],
    *,
    top: int = 1,
    missing: Iterable[str] = (),
    unit: str = "image",
    max_missing: float = 0.05,
) -> Plausible:
    """Share of items whose true label is among the model's first ``top``, with the truth drawn from the annotators.

    Args:
        predictions: item → the model's labels, best first; none for an unusable answer.
        opinions: what the annotators said; items without any are left out and counted.
        clusters: item → image or patient.
        top: how many of the model's labels count.
        missing: items whose request failed, or whose judge did.
        unit: what a cluster is.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: ``top`` is below 1, or an item has no cluster.
    """
    if top < 1:
        raise UserError(f"{NAME}: top {top}; at least 1")
    drawing = Drawing()
    lost = frozenset(missing)
    items = [i for i in opinions if opinions[i] and (i in predictions or i in lost)]
    if orphan := next((i for i in items if i not in clusters), None):
        raise UserError(f"{NAME}: item '{orphan}' has no {unit}; give one for each item")
    labels = np.array([clusters[i] for i in items])
    gone = np.array([i in lost for i in items], dtype=bool)
    silent = np.array([not predictions.get(i) for i in items], dtype=bool) & ~gone
    right, by_draw, certainty = np.zeros(len(items)), np.zeros(drawing.draws), {}
    for n, item in enumerate(items):
        named, drawn = draw_truths(item, opinions[item], drawing)
        counts = np.bincount(drawn, minlength=len(named))
        certainty[item] = Certainty(named[int(counts.argmax())], float(counts.max()) / drawing.draws)
        hit = np.isin(named, list(predictions.get(item, ())[:top]))[drawn]
        right[n] = hit.mean()
        by_draw += hit & ~gone[n]
    instrument = f"top-{top} plausibility accuracy, {drawing.draws} drawn truths"

    def share(values: Floats, kept: Mask, called: str) -> Estimate:
        return mean(
            values[kept],
            labels[kept],
            name=called,
            unusable=silent[kept],
            missing=gone[kept],
            instrument=instrument,
            unit=unit,
            max_missing=max_missing,
        )

    plain = share(right, np.ones(len(items), dtype=bool), NAME)
    each = {}
    for annotator in sorted({o.annotator for i in items for o in opinions[i]}):
        values, has = _against(annotator, items, opinions, predictions, top)
        each[annotator] = share(values, has, f"{NAME} against {annotator}")
    without = sum(i not in opinions or not opinions[i] for i in predictions) + sum(
        i not in predictions and i not in lost for i in opinions
    )
    if plain.missing:
        ends = [(mean(np.where(gone, end, right), labels, name=NAME), end) for end in (0.0, 1.0)]
        spread = [_with_draws(e, *_limits((by_draw + end * gone.sum()) / len(items))) for e, end in ends]
        plain = over_missing(plain, spread)
    if plain.value is None or plain.withheld:
        return Plausible(plain, each, certainty, without)
    low, high = _limits(by_draw / (~gone).sum())
    return Plausible(_with_draws(plain, low, high), each, certainty, without)


def _limits(draws: Floats) -> tuple[float, float]:
    """Between which the figure lies in the middle 95 % of the draws."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def _with_draws(plain: Estimate, low: float, high: float) -> Estimate:
    """The estimate, its limits widened by those over the draws."""
    estimate = replace(plain, variance=("items", "images", "annotators"), usable_value=None)
    value = plain.value or 0.0
    if plain.low is None or plain.high is None:
        return estimate
    down = math.hypot(value - plain.low, max(value - low, 0.0))
    up = math.hypot(plain.high - value, max(high - value, 0.0))
    method = METHOD if low < high else plain.method
    return replace(estimate, low=max(0.0, value - down), high=min(1.0, value + up), method=method)


def _against(
    annotator: str, items: Sequence[str], opinions: Opinions, predictions: Mapping[str, Sequence[str]], top: int
) -> tuple[Floats, Mask]:
    """Share of an annotator's first choices among the model's labels, item by item, and where there are any."""
    values, has = np.zeros(len(items)), np.zeros(len(items), dtype=bool)
    for n, item in enumerate(items):
        first = [o for o in opinions[item] if o.annotator == annotator]
        if first:
            best = min(first[0].ranks.values())
            truths = [label for label, rank in first[0].ranks.items() if rank == best]
            chosen = set(predictions.get(item, ())[:top])
            values[n], has[n] = sum(t in chosen for t in truths) / len(truths), True
    return values, has
