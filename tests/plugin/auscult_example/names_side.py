"""A scorer: whether an answer names a side at all."""

from auscult.records import Instrument, Item, Value
from auscult.scorers import Scorer, Verdict

SIDES = {"left", "right", "bilateral", "both"}


def rule(item: Item, text: str) -> Verdict:
    """``names_side`` is 1 where left, right or both sides are named."""
    words = set(text.lower().replace(".", " ").split())
    return Verdict(values={"names_side": float(bool(words & SIDES))})


SCORER = Scorer(
    instrument=Instrument(
        name="names-side",
        version="1",
        kind="rule",
        values=(Value(name="names_side", label="names a side"),),
        answer_types=frozenset({"open"}),
    ),
    rule=rule,
)
