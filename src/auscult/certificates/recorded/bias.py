"""What a reader's losses do to a model's figures: sensitivity and specificity as they are shown for known ones."""

from collections.abc import Iterator, Sequence

import numpy as np

from auscult.certificates.cells import ENOUGH, Row
from auscult.certificates.recorded.grading import CONFIDENCE, PART, Graded, clusters, distinct, of
from auscult.statistics.one_sided import Sided, bounds

TRUE = (0.5, 0.7, 0.9)
"""Sensitivities and specificities that a model may have."""


def shown(true: float, kept: float, lost: float, turned: float, other_lost: float) -> float:
    """The share that is shown where ``true`` of the answers mean what the truth is, and the rest the contrary.

    Unread answers are missing data and out of the denominator.

    Args:
        true: share of answers that mean the truth.
        kept: share of those that are read as meant.
        lost: share of those that are unread.
        turned: share of the contrary answers that are read as the truth.
        other_lost: share of the contrary answers that are unread.
    """
    read = true * (1 - lost) + (1 - true) * (1 - other_lost)
    return (true * kept + (1 - true) * turned) / read if read else float("nan")


def bias_rows(headline: Sequence[Graded], pair: tuple[str, str], instrument: str) -> Iterator[Row]:
    """Shown minus true sensitivity and specificity; the limits have every share at its own one-sided 95 % limit."""
    if min(distinct(of(headline, meant)) for meant in pair) < ENOUGH:
        return
    for name, meant, contrary in (("sensitivity", *pair), ("specificity", *pair[::-1])):
        own, other = of(headline, meant), of(headline, contrary)
        bad, lost = _share(own, "misread"), _share(own, "unread")
        turned, other_lost = _turned(other, meant), _share(other, "unread")
        for true in TRUE:
            rates = [s.mean for s in (bad, lost, turned, other_lost)]
            value = shown(true, 1 - rates[0] - rates[1], rates[1], rates[2], rates[3])
            low = shown(true, 1 - bad.high - lost.high, lost.high, turned.low, other_lost.low)
            high = shown(true, 1 - bad.low - lost.low, lost.low, turned.high, other_lost.high)
            yield {
                "part": f"{PART}: bias that follows",
                "what": f"{name} of {true:.2f}",
                "degree": "",
                "measure": "shown minus true",
                "instrument": instrument,
                "value": value - true,
                "low": low - true,
                "high": high - true,
                "n": len(own) + len(other),
                "clusters": 0,
                "unit": "",
                "label": "",
            }


class _Share:
    """A share with its one-sided limits."""

    def __init__(self, hits: Sequence[bool], labels: Sequence[str]) -> None:
        values = np.asarray(hits, float)
        sided: Sided = bounds(values, values, list(labels), CONFIDENCE, CONFIDENCE)
        self.mean, self.low, self.high = float(values.mean()), sided.low, sided.high


def _share(some: Sequence[Graded], outcome: str) -> _Share:
    return _Share([g.outcome == outcome for g in some], clusters(some))


def _turned(some: Sequence[Graded], into: str) -> _Share:
    return _Share([g.read == into for g in some], clusters(some))
