"""Scores → numbers with intervals, agreement and calibration; knows arrays, not items."""

from auscult.statistics.agreement import cohen_kappa, gwet_ac, krippendorff_alpha, percent_agreement
from auscult.statistics.comparison import difference, sign_flip
from auscult.statistics.composite import balanced_accuracy, ratio
from auscult.statistics.mean import RepeatedMean, mean, mean_with_repeats
from auscult.statistics.multiple import holm
from auscult.statistics.power import Visible, smallest_visible_difference

__all__ = [
    "RepeatedMean",
    "Visible",
    "balanced_accuracy",
    "cohen_kappa",
    "difference",
    "gwet_ac",
    "holm",
    "krippendorff_alpha",
    "mean",
    "mean_with_repeats",
    "percent_agreement",
    "ratio",
    "sign_flip",
    "smallest_visible_difference",
]
