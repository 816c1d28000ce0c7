"""Whether the cause of a wrong answer is told item by item, and whether its chances mean what they say."""

from dataclasses import dataclass

import numpy as np

from auscult.certificates.cells import Row
from auscult.certificates.diagnosis.arrays import Draws, draw, table
from auscult.certificates.diagnosis.structure import ARMS, RIGHT, Codes, Faults, Floats, Latents, Mask, wrong_in
from auscult.diagnosis.causes import CAUSES, causes
from auscult.diagnosis.effects import SQUARE

LEAST_F1 = 0.9
"""Macro-F1 that is asked for with all stages followed and independent errors, at ``FEW`` items."""
MOST_ECE = 0.05
"""Expected calibration error that is allowed at ``MANY`` items."""
FEW, MANY = 500, 5000
BINS = 10
ITEMS = 4
_EYES, _KNOWLEDGE, _BOTH, _REASONING, _UNSTABLE, _FORM = range(len(CAUSES))


@dataclass(frozen=True, kw_only=True)
class Told:
    """A simulated model of whose wrong answers the cause is to be told.

    Attributes:
        faults: of the model.
        draws: answers an item and arm.
        asked: whether ``LEAST_F1`` and ``MOST_ECE`` are asked for.
    """

    faults: Faults
    draws: int = 1
    asked: bool = True


MODELS = (
    *(
        Told(faults=Faults(eyes=p, knowledge=q, reasoning=r, flips=flips), draws=draws)
        for flips, draws in ((0.0, 1), (0.02, 1), (0.05, 5))
        for p, q, r in ((0.3, 0.15, 0.05), (0.4, 0.4, 0.1), (0.1, 0.3, 0.2))
    ),
    Told(faults=Faults(flips=0.05), asked=False),
    Told(faults=Faults(difficulty=0.3), asked=False),
    Told(faults=Faults(followed=0.8), asked=False),
    Told(faults=Faults(lucky=0.3), draws=5, asked=False),
)


def true_cause(found: Latents) -> Codes:
    """Place in ``CAUSES`` of the cause of each item, were it wrong, by what it comes to without luck or flips.

    An item that is right with its own stages, and is wrong by a flip alone, is unstable.
    """
    own, knowledge, eyes, both = (wrong_in(found, ARMS[name]).conclusion == RIGHT for name in SQUARE)
    ends = [own, eyes, knowledge, both]
    return np.select(ends, [_UNSTABLE, _EYES, _KNOWLEDGE, _BOTH], _REASONING)


def told(model: Told, runs: int, rng: np.random.Generator) -> list[Row]:
    """The rows of one simulated model: macro-F1 at few items, calibration at many."""
    few = [_one(model, FEW, rng) for _ in range(runs)]
    many = [_one(model, MANY, rng) for _ in range(max(1, runs // 10))]
    scores = [macro_f1(true, np.argmax(chances, axis=1)) for true, chances in few]
    errors = [calibration_error(true, chances) for true, chances in many]
    found = (
        ("macro-F1", FEW, scores, float(np.mean(scores)) >= LEAST_F1),
        ("expected calibration error", MANY, errors, float(np.mean(errors)) <= MOST_ECE),
    )
    return [
        {
            "part": "cause of an item",
            "eyes": model.faults.eyes,
            "knowledge": model.faults.knowledge,
            "reasoning": model.faults.reasoning,
            "followed": model.faults.followed,
            "difficulty": model.faults.difficulty,
            "lucky": model.faults.lucky,
            "flips": model.faults.flips,
            "draws": model.draws,
            "measure": measure,
            "value": float(np.mean(values)),
            "low": float(np.quantile(values, 0.025)),
            "high": float(np.quantile(values, 0.975)),
            "n": n,
            "runs": len(values),
            "identified": model.asked,
            "label": ("holds" if kept else "does not hold") if model.asked else "shown",
        }
        for measure, n, values, kept in found
    ]


def _one(model: Told, items: int, rng: np.random.Generator) -> tuple[Codes, Floats]:
    """True causes and told chances of the wrong items of one run."""
    clusters = np.repeat(np.arange(items // ITEMS), ITEMS)
    drawn = draw(model.faults, clusters, rng, arms=("baseline", *SQUARE), draws=model.draws)
    made = causes(table(drawn, 0))
    assert made is not None
    latents = Latents(**{name: values[0] for name, values in vars(drawn.latents).items()})
    true = np.where(_unread(drawn), _FORM, true_cause(latents))
    return true[made.wrong], made.chances[made.wrong]


def _unread(drawn: Draws) -> Mask:
    """Items whose trace is not in the form: the first with its own stages, or most with both gold ones."""
    own, both = (drawn.form[arm][0] < drawn.faults.invalid for arm in (SQUARE[0], SQUARE[-1]))
    return np.asarray(own[:, 0] | (2 * both.sum(axis=1) > both.shape[1]))


def macro_f1(true: Codes, told: Codes) -> float:
    """Mean over the causes that occur of 2 TP over 2 TP + FP + FN."""
    each = [
        2 * np.sum((true == cause) & (told == cause)) / (np.sum(true == cause) + np.sum(told == cause))
        for cause in np.unique(true)
    ]
    return float(np.mean(each))


def calibration_error(true: Codes, chances: Floats) -> float:
    """Mean distance of the chance of the likeliest cause from the share that is right, over bins of equal width."""
    top = chances.max(axis=1)
    right = np.argmax(chances, axis=1) == true
    where = np.minimum((top * BINS).astype(int), BINS - 1)
    sizes, shares, means = (np.bincount(where, of, minlength=BINS) for of in (np.ones_like(top), right, top))
    return float(np.abs(shares - means).sum() / sizes.sum())
