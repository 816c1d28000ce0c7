"""How often a model is wrong among the questions that it answers, by how many it answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auscult.statistics.clusters import Mask
from auscult.statistics.interval import Floats


@dataclass(frozen=True)
class Chosen:
    """What a model answers when it is asked several times: what most samples say.

    Attributes:
        sample: number of the first sample that says it, shape (items,).
        confidence: share of all samples that say it; 0 where the majority gives no answer.
    """

    sample: NDArray[np.intp]
    confidence: Floats


def by_agreement(said: NDArray[np.integer], answered: Mask) -> Chosen:
    """The majority among the samples of each item; of equals, what was said first.

    Args:
        said: code of what each sample says, shape (items, samples).
        answered: whether a sample is an answer at all. All that are none agree with each other.
    """
    codes = np.where(answered, said, -1)
    votes = (codes[:, :, None] == codes[:, None, :]).sum(2)
    sample = votes.argmax(1)
    rows = np.arange(len(codes))
    share = votes[rows, sample] / max(codes.shape[1], 1)
    return Chosen(sample, np.where(answered[rows, sample], share, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a risk-coverage curve.

    Attributes:
        threshold: least confidence with which a question is answered.
        coverage: share of the questions that are answered.
        risk: mean error among them.
        n: how many they are.
    """

    threshold: float
    coverage: float
    risk: float
    n: int


def curve(confidence: Floats, error: Floats) -> tuple[Point, ...]:
    """The curve over all levels of confidence, the strictest first; items of confidence 0 are never answered.

    Args:
        confidence: shape (items,), at least one.
        error: of the answer given, in [0, 1], shape (items,); ignored where the confidence is 0.

    Source: El-Yaniv and Wiener 2010, Journal of Machine Learning Research 11, 1605-1641; Geifman and El-Yaniv 2017,
        arXiv:1705.08500.
    """
    points = []
    for level in np.unique(confidence[confidence > 0])[::-1]:
        taken = confidence >= level
        n = int(taken.sum())
        risk = float(error[taken].mean())
        points.append(Point(threshold=float(level), coverage=n / len(confidence), risk=risk, n=n))
    return tuple(points)
