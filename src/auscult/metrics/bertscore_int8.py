"""``bertscore-int8:ENCODER[@LAYER]``: BERTScore with linear layers in 8 bits: faster on a CPU, and other numbers.

``auscult.metrics.shift`` measures by how much they differ from float32.
"""

from auscult.metrics import MetricOptions
from auscult.metrics.bertscore import BertScore, make


def create(rest: str, options: MetricOptions) -> BertScore:
    """BERTScore with int8 linear layers; see ``bertscore``."""
    return make(rest, options, int8=True)
