"""Exact match for open answers: equal after lower case, punctuation and articles are taken off; signs stay."""

from auscult.facts.reply import finals
from auscult.facts.spoken import written
from auscult.records import Instrument, Item, Value
from auscult.scorers import Scorer, Verdict
from auscult.scorers.rules._overlap import body_of, has_words, reference_words, without_hits, without_words


def rule(item: Item, text: str) -> Verdict:
    """``correct``: the answer, or what follows its final-answer marker, is the reference and nothing else."""
    body = body_of(text)
    said, reference = tuple(written(body)), reference_words(item.reference)
    if not said:
        return without_words(text, "correct")
    if reference in [said, *(tuple(written(tail)) for tail in finals(body)[:1])]:
        return Verdict(values={"correct": 1.0}, parsed=" ".join(reference))
    if set(reference).isdisjoint(said) and (verdict := without_hits(item, body, "correct")) is not None:
        return verdict
    return Verdict(values={"correct": 0.0}, parsed=" ".join(said))


SCORER = Scorer(
    instrument=Instrument(
        name="exact-match",
        version="2",
        kind="rule",
        values=(Value(name="correct", label="exact match"),),
        answer_types=frozenset({"open"}),
    ),
    rule=rule,
    measures=has_words,
)
