"""``bertscore-int8:ENCODER[@LAYER]``: BERTScore with linear layers in 8 bits: faster on a CPU, and other numbers.

``auscult.scorers.text.shift`` measures by how much they differ from float32.
"""

from auscult.scorers.text import MetricOptions
from auscult.scorers.text.bertscore import BertScore, make


def create(rest: str, options: MetricOptions) -> BertScore:
    """BERTScore with int8 linear layers; see ``bertscore``."""
    return make(rest, options, int8=True)
