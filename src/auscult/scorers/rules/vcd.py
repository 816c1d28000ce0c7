"""VCD's yes/no rule on POPE, as published: the truth is looked for anywhere in the answer ("no" in "not sure")."""

from auscult.records import Item
from auscult.scorers import ACCURACY, SAYS_YES, Verdict
from auscult.scorers.rules._published import published


def rule(item: Item, text: str) -> Verdict:
    """1 where the lower-case answer holds the truth as a substring; a miss counts as the other of yes and no."""
    truth = item.reference.strip().lower()
    correct = truth in text.lower()
    says_yes = correct == (truth == "yes")
    values = {"correct": float(correct), "says_yes": float(says_yes)}
    return Verdict(values=values, parsed="yes" if says_yes else "no")


SCORER = published(
    "vcd",
    rule,
    "yes_no",
    system="VCD",
    source="Leng et al. 2023, arXiv 2311.16922; experiments/eval/eval_pope.py",
    values=(ACCURACY, SAYS_YES),
)
