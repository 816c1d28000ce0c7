"""POPE's yes/no rule, as published: whatever is not a plain no is a yes, an empty answer too."""

from auscult.records import Item
from auscult.scorers import Scorer, Verdict

_NO = frozenset({"No", "no", "not"})


def rule(item: Item, text: str) -> Verdict:
    """The text is cut at its first full stop and loses its commas; one of the words No, no, not makes it a no."""
    spoken = text.split(".", 1)[0].replace(",", "").split(" ")
    parsed = "yes" if _NO.isdisjoint(spoken) else "no"
    correct = float(parsed == item.reference.strip().lower())
    return Verdict(values={"correct": correct, "says_yes": float(parsed == "yes")}, parsed=parsed)


SCORER = Scorer(
    name="pope",
    version="1",
    answer_types=frozenset({"yes_no"}),
    primary="correct",
    rule=rule,
    published="POPE",
    counts_unusable=True,
    source="Li et al. 2023, arXiv 2305.10355; evaluate.py",
)
