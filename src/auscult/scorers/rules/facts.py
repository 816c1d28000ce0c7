"""The fact checker as a scorer: what an open answer states, against what its reference states; no language model.

Both texts are read by ``auscult.facts``; the question only tells which organ a bare "mass" or "cyst" lies in. Where the
reference is not known to be exhaustive, nobody can say of a claim that it does not mention whether it is made up.
"""

from dataclasses import dataclass
from functools import lru_cache

from auscult.facts import compare, findings_named, read_facts, tally
from auscult.facts.reply import answer_part, silent
from auscult.records import AT_MOST, SHARE_OF, Fact, Item
from auscult.scorers import Scorer, Verdict

_SAYS_NOTHING = {
    "refused": "the answer declines to answer",
    "empty": "nothing was said",
    "cut short": "the answer ends while the model was still thinking",
    "no language": "what was said is no language",
}


@lru_cache(maxsize=4096)
def _reference(text: str, question: str) -> tuple[Fact, ...]:
    """Facts of a reference; many answers share one."""
    return tuple(read_facts(text, question))


def rule(item: Item, text: str) -> Verdict:
    """Precision, recall and F1 of the findings that an answer asserts, and what it makes up, contradicts or leaves out.

    ``precision``: asserted findings that the reference has, with nothing against it; what more is said of them is open
    where it is not exhaustive. Absent where nothing is asserted. ``recall``: findings of the reference that the answer
    names and does not contradict; absent where the reference has none. ``fact_f1``: their harmonic mean; 1 where
    neither asserts anything and nothing is contradicted. ``hallucinated`` and ``contradicted``: 1 where any claim is,
    denials included; ``..._at_most`` is 1 also where there is a claim that the reference neither bears out nor denies.
    ``omitted``: share of the reference's findings, of which there are ``omitted_of``. Of these lower is better.
    """
    reference = _reference(item.reference, item.question)
    if not reference:
        return Verdict(status="judge_unusable", explanation="no finding can be read in the reference")
    answer = answer_part(text).answer
    stated = read_facts(answer, item.question)
    if not stated:
        return _nothing_stated(item, text)
    checked = compare(stated, reference, exhaustive=item.tags.get("exhaustive") == "yes")
    count = tally(checked, reference)
    values = {
        "hallucinated": float(count.hallucinated > 0),
        f"hallucinated{AT_MOST}": float(count.hallucinated + count.undecided > 0),
        "contradicted": float(count.contradicted > 0),
        f"contradicted{AT_MOST}": float(count.contradicted + count.undecided > 0),
        "omitted": count.omitted / max(1, count.named),
        f"omitted{SHARE_OF}": float(count.named),
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


def _nothing_stated(item: Item, text: str) -> Verdict:
    """A refusal says nothing; of other words nobody can tell here what they say."""
    silence = SCORER.silence(item)
    if why := silent(text):
        return Verdict(
            values={"fact_f1": 0.0, **silence}, parsed=why, status="unusable", explanation=_SAYS_NOTHING[why]
        )
    known = {name: value for name, value in silence.items() if name.endswith(SHARE_OF)}
    return Verdict(values=known, parsed="unread", status="unread", explanation="no finding can be read in the answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactScorer(Scorer):
    """Scores only items whose reference names a finding: of "the left side" it has nothing to say."""

    def applies(self, item: Item) -> bool:
        """Whether a fact can be read in the reference of an open question or a report."""
        return Scorer.applies(self, item) and bool(_reference(item.reference, item.question))

    def silence(self, item: Item) -> dict[str, float]:
        """Who says nothing leaves out every finding of the reference, and makes nothing up."""
        named = len(findings_named(_reference(item.reference, item.question)))
        return {"omitted": float(named > 0), f"omitted{SHARE_OF}": float(named)}


SCORER = FactScorer(
    name="facts",
    version="3",
    answer_types=frozenset({"open", "report"}),
    primary="fact_f1",
    also=("hallucinated", "omitted"),
    lower_is_better=frozenset({"hallucinated", "contradicted", "omitted"}),
    rule=rule,
)
