"""``bertscore-int8:ENCODER[@LAYER]``: BERTScore with linear layers in 8 bits: faster on a CPU, and other numbers."""

from auscult.scorers.options import ScorerOptions
from auscult.scorers.text import TextMetric
from auscult.scorers.text.bertscore import load


def create(rest: str, options: ScorerOptions) -> TextMetric:
    """BERTScore with int8 linear layers; see ``bertscore``."""
    return load(rest, options, int8=True).metric
