"""MedTrinity-25M's open recall, as published: LLaVA-Med's counting. Not comparable with ``llava-med-open``."""

from auscult.records import Item, Value
from auscult.scorers import Verdict
from auscult.scorers.rules._published import published
from auscult.scorers.rules._token_counts import COUNTED, counted_overlap
from auscult.scorers.rules._vqa_normal import vqa_normal


def rule(item: Item, text: str) -> Verdict:
    """Recall, precision, F1 and "exact match" on the texts as they are, in lower case; empty texts score 0.

    The published script leaves normalisation out, but takes its metric from LLaVA-Med's package, which in its public
    form normalises once by itself; the script's own copy is not public. ``recall_normalised`` is the recall in that
    case: where a sentence ends in a full stop, the two differ.
    """
    values = counted_overlap(text, item.reference)
    normalised = counted_overlap(vqa_normal(text.lower()), vqa_normal(item.reference.lower()))
    return Verdict(values=values | {"recall_normalised": normalised["recall"]})


SCORER = published(
    "medtrinity-open",
    rule,
    "open",
    system="MedTrinity-25M",
    source="Xie et al. 2024, arXiv 2408.02900; llava/eval/run_eval_nocandi.py",
    values=(*COUNTED, Value(name="recall_normalised")),
)
