"""Bias and limits of agreement, put to the test: errors of measurement whose mean and spread are known.

Errors are normal, or skewed as a gamma of shape four is (skewness 1); of their variance the images hold a share.
"""

from typing import Literal

import numpy as np

from auscult.certificates.cells import Row
from auscult.certificates.statistics.claims import NOTED, judged
from auscult.statistics.bland_altman import SKEWED, Z, limits_of_agreement
from auscult.statistics.interval import Floats

PART = "limits of agreement"
Errors = Literal["normal", "skewed"]
SHAPE = 4.0
"""Of the gamma distribution: mean 4, standard deviation 2, skewness 1."""


def agreement_row(rng: np.random.Generator, counts: Floats, errors: Errors, icc: float) -> Row:
    """Coverage of the bias and of both limits in one cell.

    Args:
        rng: source of the data.
        counts: items of each image in each data set, shape (replicates, images).
        errors: how they are distributed.
        icc: share of their variance that is the image's.
    """
    mean, spread = (0.0, 1.0) if errors == "normal" else (SHAPE, SHAPE**0.5)
    truths = (mean, mean - Z * spread, mean + Z * spread)
    held, widths, noted = np.zeros(3), [], 0
    for sizes in counts.astype(int):
        codes = np.repeat(np.arange(len(sizes)), sizes)
        found = limits_of_agreement(_errors(rng, codes, errors, icc), codes, name="errors")
        for n, (figure, true) in enumerate(zip((found.bias, found.lower, found.upper), truths, strict=True)):
            assert figure.low is not None and figure.high is not None, "no image is missing"
            held[n] += figure.low <= true <= figure.high
        widths.append((found.bias.high or 0.0) - (found.bias.low or 0.0))
        noted += SKEWED in found.bias.note
    bias, lower, upper = (float(share) for share in held / len(counts))
    share = noted / len(counts)
    return {
        "part": PART,
        "what": f"{errors} errors",
        "clusters": counts.shape[1],
        "icc": icc,
        "replicates": len(counts),
        "coverage": bias,
        "lower_coverage": lower,
        "upper_coverage": upper,
        "width": float(np.mean(widths)),
        "noted": share,
    } | judged(
        min(bias, lower, upper),
        max(bias, lower, upper),
        len(counts),
        "at least 95 %" if share <= NOTED else "approximate",
    )


def _errors(rng: np.random.Generator, codes: np.ndarray, errors: Errors, icc: float) -> Floats:
    images = int(codes.max()) + 1
    if errors == "normal":
        return np.asarray(icc**0.5 * rng.normal(size=images)[codes] + (1 - icc) ** 0.5 * rng.normal(size=len(codes)))
    own = rng.gamma(SHAPE * (1 - icc), size=len(codes))
    return np.asarray(own + (rng.gamma(SHAPE * icc, size=images)[codes] if icc else 0.0))
