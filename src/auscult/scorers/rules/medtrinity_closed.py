"""MedTrinity-25M's closed accuracy, as published: the truth is a substring of the answer."""

from auscult.records import Item
from auscult.scorers import Verdict
from auscult.scorers.rules._published import published


def rule(item: Item, text: str) -> Verdict:
    """1 where the lower-case text holds the lower-case truth anywhere, also inside a word ("no" in "normal").

    The published script also drops items without an answer; here an empty answer scores 0.
    """
    return Verdict(values={"correct": float(item.reference.lower() in text.lower())})


SCORER = published(
    "medtrinity-closed",
    rule,
    "yes_no",
    "choice",
    system="MedTrinity-25M",
    source="Xie et al. 2024, arXiv 2408.02900; llava/eval/run_eval_nocandi.py",
)
