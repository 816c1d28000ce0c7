"""LLaVA-Med's open recall, as published: repeated words inflate it. The sound variant is ``token-f1``."""

from auscult.records import Item
from auscult.scorers import Verdict
from auscult.scorers.rules._published import published
from auscult.scorers.rules._token_counts import COUNTED, counted_overlap
from auscult.scorers.rules._vqa_normal import vqa_normal


def rule(item: Item, text: str) -> Verdict:
    """Recall on candidate counts, precision, F1, and the misnamed exact match; empty texts score 0.

    Both sides are normalised twice, as the published script does before and inside the metric.
    """
    return Verdict(values=counted_overlap(vqa_normal(vqa_normal(text)), vqa_normal(vqa_normal(item.reference))))


SCORER = published(
    "llava-med-open",
    rule,
    "open",
    system="LLaVA-Med",
    source="Li et al. 2023, arXiv 2306.00890; evaluation code of release v1.0.0",
    values=COUNTED,
)
