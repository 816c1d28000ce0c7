"""Exact match for open answers: equal after lower case, punctuation and articles are taken off."""

from auscult.records import Item
from auscult.scoring import Scorer, Verdict
from auscult.scoring._text import after_markers, declined, normal, plain


def rule(item: Item, text: str) -> Verdict:
    """``correct``: the answer, or what follows its final-answer marker, is the reference and nothing else."""
    said = normal(text)
    if not said:
        return Verdict(
            values={"correct": 0.0}, parsed="off_format", status="unusable", explanation="the answer has no words"
        )
    reference = normal(item.reference)
    tails = [normal(tail) for tail in after_markers(plain(text))]
    if reference in [said, *tails[:1]]:
        return Verdict(values={"correct": 1.0}, parsed=" ".join(reference))
    if declined(plain(text)) is not None:
        return Verdict(
            values={"correct": 0.0}, parsed="refused", status="unusable", explanation="the answer declines to answer"
        )
    return Verdict(values={"correct": 0.0}, parsed=" ".join(said))


SCORER = Scorer(
    name="exact-match",
    version="1",
    answer_types=frozenset({"open"}),
    primary="correct",
    rule=rule,
)
