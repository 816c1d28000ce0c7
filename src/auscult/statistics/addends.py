"""Limits of a sum of estimates, each with limits of its own: added in squares, so that exact bounds stay bounds.

Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702 (MOVER).
"""

import math
from dataclasses import dataclass

import numpy as np

from auscult.statistics.clusters import Codes
from auscult.statistics.interval import Floats


@dataclass(frozen=True)
class Addend:
    """One addend of an estimate: its value, how far its limits lie below and above, its residual in each cluster."""

    value: float
    down: float
    up: float
    residuals: Floats


def by_cluster(codes: Codes, residuals: Floats) -> Floats:
    """Totals of residuals, shape (clusters,); ``codes`` count from 0 over all clusters of the estimate."""
    return np.bincount(codes, residuals).astype(np.float64)


def reach(value: float, low: float, high: float, most: float) -> tuple[float, float]:
    """How far limits lie below and above, none further than 0 and ``most``; all the way where there are none."""
    down = value if math.isnan(low) else value - max(low, 0.0)
    up = most - value if math.isnan(high) else min(high, most) - value
    return max(down, 0.0), max(up, 0.0)


def limits_of_sum(addends: list[Addend]) -> tuple[float, float]:
    """Limits of a sum. A correlation over clusters widens them; one that would narrow them is not relied on."""
    residuals = np.array([a.residuals for a in addends])
    norms = np.sqrt((residuals**2).sum(1))
    rho = np.maximum(residuals @ residuals.T / np.maximum(np.outer(norms, norms), 1e-300), 0.0)
    np.fill_diagonal(rho, 1.0)
    value = sum(a.value for a in addends)
    down, up = (np.array([getattr(a, side) for a in addends]) for side in ("down", "up"))
    return value - math.sqrt(down @ rho @ down), value + math.sqrt(up @ rho @ up)
