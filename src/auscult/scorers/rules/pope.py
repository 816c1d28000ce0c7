"""POPE's yes/no rule, as published: whatever is not a plain no is a yes, an empty answer too."""

from auscult.records import Item
from auscult.scorers import ACCURACY, SAYS_YES, Verdict
from auscult.scorers.rules._published import published

_NO = frozenset({"No", "no", "not"})


def rule(item: Item, text: str) -> Verdict:
    """The text is cut at its first full stop and loses its commas; one of the words No, no, not makes it a no."""
    spoken = text.split(".", 1)[0].replace(",", "").split(" ")
    parsed = "yes" if _NO.isdisjoint(spoken) else "no"
    correct = float(parsed == item.reference.strip().lower())
    return Verdict(values={"correct": correct, "says_yes": float(parsed == "yes")}, parsed=parsed)


SCORER = published(
    "pope",
    rule,
    "yes_no",
    system="POPE",
    source="Li et al. 2023, arXiv 2305.10355; evaluate.py",
    values=(ACCURACY, SAYS_YES),
)
