"""LLaVA-Med's closed accuracy, as published: substrings, so that "normal heart" hits the truth "no"."""

from auscult.records import Item
from auscult.scorers import Verdict
from auscult.scorers.rules._published import published
from auscult.scorers.rules._vqa_normal import vqa_normal


def rule(item: Item, text: str) -> Verdict:
    """1 where the text holds the substring yes or no, and the truth as a substring; everything else is 0.

    Choices whose truth has neither "yes" nor "no" in it can only score by accident. Misses count as 0, as published
    since December 2023; before, they were left out.
    """
    said, truth = vqa_normal(text.lower()), vqa_normal(item.reference.lower())
    return Verdict(values={"correct": float(("yes" in said or "no" in said) and truth in said)})


SCORER = published(
    "llava-med-closed",
    rule,
    "yes_no",
    "choice",
    system="LLaVA-Med",
    source="Li et al. 2023, arXiv 2306.00890; evaluation code of release v1.0.0",
)
