"""Token overlap for open answers: precision, recall and F1 over the *sets* of words, and F1 over their counts.

Words carry their signs, other scripts are taken letter by letter. Recall is the primary value, as it is the one that
the field reports for open answers; a set counts a word once, so that repeating it gains nothing (the published recall
of LLaVA-Med counts every repetition), and loses nothing either: ``f1_counted`` falls with every repetition. Recall does
not punish length and overlap does not see negation: precision and F1 stand beside it.
"""

from collections import Counter

from auscult.facts.spoken import written
from auscult.records import Instrument, Item, Value
from auscult.scorers import Scorer, Verdict
from auscult.scorers.rules._overlap import body_of, has_words, reference_words, without_hits, without_words


def rule(item: Item, text: str) -> Verdict:
    """``recall``, ``precision``, ``f1``, ``f1_counted``; a refusal or an answer without words is unusable."""
    body = body_of(text)
    said, reference = Counter(written(body)), Counter(reference_words(item.reference))
    if not said:
        return without_words(text, "recall")
    hits = len(said.keys() & reference.keys())
    if not hits and (verdict := without_hits(item, body, "recall")) is not None:
        return verdict
    counted = (said & reference).total()
    return Verdict(
        values={
            "recall": hits / len(reference) if reference else 0.0,
            "precision": hits / len(said),
            "f1": 2 * hits / (len(said) + len(reference)),
            "f1_counted": 2 * counted / (said.total() + reference.total()),
        }
    )


SCORER = Scorer(
    instrument=Instrument(
        name="token-f1",
        version="2",
        kind="rule",
        values=(
            Value(name="recall"),
            Value(name="f1", label="F1"),
            Value(name="f1_counted", label="F1 counted"),
            Value(name="precision", headline=False),
        ),
        answer_types=frozenset({"open", "report"}),
        leads=frozenset({"open"}),
    ),
    rule=rule,
    measures=has_words,
)
