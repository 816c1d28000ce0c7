"""What a reader's losses do to a model's figures: sensitivity and specificity as they are shown for known ones."""

from collections.abc import Iterator, Sequence

from auscult.certificates.cells import ENOUGH, Cell, Row
from auscult.certificates.recorded.grading import PART, Graded, distinct, limits, of

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
        bad, lost = (limits(own, lambda g, outcome=o: g.outcome == outcome) for o in ("misread", "unread"))  # type: ignore[misc]
        turned = limits(other, lambda g, meant=meant: g.read == meant)  # type: ignore[misc]
        other_lost = limits(other, lambda g: g.outcome == "unread")
        for true in TRUE:
            value = shown(true, 1 - bad.mean - lost.mean, lost.mean, turned.mean, other_lost.mean)
            low = shown(true, 1 - bad.high - lost.high, lost.high, turned.low, other_lost.low)
            high = shown(true, 1 - bad.low - lost.low, lost.low, turned.high, other_lost.high)
            cell = Cell(f"{PART}: bias that follows", f"{name} of {true:.2f}", "", instrument)
            shift = {"value": value - true, "low": low - true, "high": high - true}
            yield cell.row("shown minus true", len(own) + len(other)) | shift
