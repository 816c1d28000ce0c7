"""Token overlap for open answers: precision, recall and F1 over the *sets* of words.

Recall is the primary value, as it is the one that the field reports for open answers; a set counts a word once,
so that repeating it gains nothing (the published recall of LLaVA-Med counts every repetition). Recall does not
punish length and overlap does not see negation: precision and F1 stand beside it.
"""

from auscult.records import Item
from auscult.scoring import Scorer, Verdict
from auscult.scoring._text import declined, normal, plain


def rule(item: Item, text: str) -> Verdict:
    """``recall``, ``precision`` and ``f1``; a refusal or an answer without words is unusable."""
    said, reference = set(normal(text)), set(normal(item.reference))
    if not said:
        return Verdict(
            values={"recall": 0.0}, parsed="off_format", status="unusable", explanation="the answer has no words"
        )
    hits = len(said & reference)
    if not hits and declined(plain(text)) is not None:
        return Verdict(
            values={"recall": 0.0}, parsed="refused", status="unusable", explanation="the answer declines to answer"
        )
    recall = hits / len(reference) if reference else 0.0
    precision = hits / len(said)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return Verdict(values={"recall": recall, "precision": precision, "f1": f1})


SCORER = Scorer(
    name="token-f1",
    version="1",
    answer_types=frozenset({"open", "report"}),
    primary="recall",
    also=("f1",),
    rule=rule,
)
