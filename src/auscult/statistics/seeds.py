"""A figure of several trained models on the same images: the variance of images and that of seeds in one interval."""

from dataclasses import replace

import numpy as np
from scipy import stats

from auscult.records import Estimate
from auscult.statistics.interval import Floats


def with_seeds(whole: Estimate, by_seed: Floats, variance: float, df: float) -> Estimate:
    """The estimate with t limits, and the p-value of its difference from 0.

    The two variances are added; what images and seeds make together is in both, so that the interval is wide rather
    than narrow. Degrees of freedom: Satterthwaite.

    Args:
        whole: with value and level.
        by_seed: the figure of each model, shape (seeds,); of one model nothing is known of other seeds.
        variance: of the mean of ``by_seed`` over images, the models as they are.
        df: its degrees of freedom.

    Source: Satterthwaite 1946, Biometrics Bulletin 2, 110-114; Owen 2007, Annals of Applied Statistics 1, 386-411.
    """
    if whole.value is None or df < 1:
        return replace(whole, method="none")
    between = float(by_seed.var(ddof=1)) / len(by_seed) if len(by_seed) > 1 else 0.0
    total = variance + between
    if total > 0:
        weight = variance**2 / df + (between**2 / (len(by_seed) - 1) if between else 0.0)
        df = total**2 / weight
    error = float(np.sqrt(total))
    half = error * float(stats.t.ppf((1 + whole.level) / 2, df))
    p_value = float(2 * stats.t.sf(abs(whole.value) / error, df)) if error else float(whole.value == 0)
    kinds = ("items", "images") + (("seeds",) if len(by_seed) > 1 else ())
    return replace(whole, low=whole.value - half, high=whole.value + half, variance=kinds, p_value=p_value)
