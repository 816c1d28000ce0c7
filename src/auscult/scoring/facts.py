"""The fact checker as a scorer: what an open answer states, against what its reference states; no language model.

Both texts are read by ``auscult.facts``; the question only tells which organ a bare "mass" or "cyst" lies in. Where the
reference is not known to be exhaustive, a claim that it does not mention is unsupported and never a hallucination.
"""

from dataclasses import dataclass
from functools import lru_cache

from auscult.facts import compare, read_facts, tally
from auscult.records import Fact, Item
from auscult.scoring import Scorer, Verdict
from auscult.scoring._text import declined, plain


@lru_cache(maxsize=4096)
def _reference(text: str, question: str) -> tuple[Fact, ...]:
    """Facts of a reference; many answers share one."""
    return tuple(read_facts(text, question))


def rule(item: Item, text: str) -> Verdict:
    """Precision, recall and F1 of the findings that an answer asserts, and shares of what it makes up or leaves out.

    ``precision``: asserted findings that the reference supports; absent where nothing is asserted. ``recall``: findings
    of the reference that the answer names and does not contradict; absent where the reference has none. ``fact_f1``:
    their harmonic mean; 1 where neither asserts anything and nothing is contradicted. ``contradicted`` and
    ``hallucinated``: of all claims, denials included, 0 where there is none. ``omitted``: of the reference's findings,
    0 where there is none. Of these three lower is better.
    """
    reference = _reference(item.reference, item.question)
    if not reference:
        return Verdict(status="judge_unusable", explanation="no finding can be read in the reference")
    stated = read_facts(plain(text), item.question)
    if not stated and declined(plain(text)) is not None:
        return Verdict(
            values={"fact_f1": 0.0}, parsed="refused", status="unusable", explanation="the answer declines to answer"
        )
    exhaustive = item.tags.get("exhaustive") == "yes"
    checked = compare(stated, reference, exhaustive=exhaustive)
    count = tally(checked, reference)
    values = {
        "hallucinated": count.hallucinated / max(1, count.claims),
        "contradicted": count.contradicted / max(1, count.claims),
        "omitted": count.omitted / max(1, count.named),
    }
    precision = recall = 0.0
    if count.asserted:
        precision = values["precision"] = count.asserted_right / count.asserted
    if count.named:
        recall = values["recall"] = (count.named - count.omitted - count.denied) / count.named
    if count.asserted and count.named:
        values["fact_f1"] = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    else:
        values["fact_f1"] = float(not count.asserted and not count.named and not count.contradicted)
    told = [f"{c.status}: {c.fact.finding}" + (f" ({c.difference})" if c.difference else "") for c in checked]
    return Verdict(values=values, parsed=f"{len(stated)} facts", explanation="; ".join(told))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactScorer(Scorer):
    """Scores only items whose reference names a finding: of "the left side" it has nothing to say."""

    def applies(self, item: Item) -> bool:
        """Whether a fact can be read in the reference of an open question or a report."""
        return Scorer.applies(self, item) and bool(_reference(item.reference, item.question))


SCORER = FactScorer(
    name="facts",
    version="2",
    answer_types=frozenset({"open", "report"}),
    primary="fact_f1",
    also=("hallucinated",),
    lower_is_better=frozenset({"hallucinated", "contradicted", "omitted"}),
    rule=rule,
)
