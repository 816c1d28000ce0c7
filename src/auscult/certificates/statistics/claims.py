"""What a cell claims, and whether the simulation bears it out."""

from typing import Literal

import numpy as np

from auscult.certificates.cells import Row

Claim = Literal["95 %", "at least 95 %", "approximate"]
LOWEST, HIGHEST = 0.93, 0.97
"""A claimed cell covers between these."""
ROUGH = 0.90
"""Least coverage of a cell whose estimates say that they are approximate."""
SLACK = 2
"""Monte Carlo errors by which a cell may pass them and still keep its claim."""
NOTED = 0.25
"""Share of noted estimates up to which a cell counts as claimed at 95 %."""
SLOW_REPLICATES = 1000
"""Most replicates of a cell whose figure is computed one data set at a time."""


def mc_error(coverage: float, replicates: int) -> float:
    """Monte Carlo error of a coverage."""
    return float(np.sqrt(max(coverage * (1 - coverage), 0.05 * 0.95) / replicates))


def judged(least: float, most: float, replicates: int, claim: Claim) -> Row:
    """The columns that say whether a cell keeps its claim.

    Args:
        least: the least coverage of its figures.
        most: the greatest.
        replicates: simulated data sets.
        claim: what the estimates say of themselves.
    """
    error = mc_error(least, replicates)
    label = "does not hold" if least < LOWEST else "conservative" if most > HIGHEST else "holds"
    if claim == "approximate" and ROUGH - SLACK * error <= least < LOWEST:
        label = claim
    lowest = ROUGH if claim == "approximate" else LOWEST
    kept = least >= lowest - SLACK * error and (claim != "95 %" or most <= HIGHEST + SLACK * error)
    return {"mc_error": error, "claim": claim, "label": label, "kept": kept}
