"""Numbers of pairs and of pairs a step with which arms of less data have as many steps as the others."""

from collections.abc import Sequence
from math import ceil

EVEN = 4


def even(pairs: int) -> int:
    """As many pairs, or a few less, of which a quarter, a half and three quarters are whole."""
    return pairs - pairs % EVEN if pairs >= EVEN else pairs


def even_batch(pairs: int, epochs: int, shares: Sequence[float], most: int, within: float) -> int | None:
    """A great batch with which arms of such shares have as many steps as the others; None where there is none."""
    often = {max(1, round(epochs / share)) for share in shares}
    for batch in range(min(most, max(pairs, 1)), 0, -1):
        steps = epochs * ceil(pairs / batch)
        if all(abs(max(1, round(steps / n)) * n / steps - 1) <= within for n in often):
            return ceil(pairs * epochs / steps) if batch < min(most, pairs) else most
    return None
