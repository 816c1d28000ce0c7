"""The fact checker as a scorer: what an open answer states, against what its reference states; no language model.

Both texts are read by ``auscult.facts``; the question only tells which organ a bare "mass" or "cyst" lies in. Where the
reference is not known to be exhaustive, nobody can say of a claim that it does not mention whether it is made up.
"""

from functools import lru_cache

from auscult.facts import compare, findings_named, read_facts, tally
from auscult.facts.reply import answer_part, silent
from auscult.records import AT_MOST, SHARE_OF, Fact, Instrument, Item, Value
from auscult.scorers import Scorer, Verdict
from auscult.scorers.scoring import silence, unread


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
    if why := silent(text):
        return silence(why, {"fact_f1": 0.0, **_silent(item)})
    known = {name: value for name, value in _silent(item).items() if name.endswith(SHARE_OF)}
    return unread("no finding can be read in the answer", known)


def _names_a_finding(item: Item) -> bool:
    """Whether a fact can be read in a reference: of "the left side" the checker has nothing to say."""
    return bool(_reference(item.reference, item.question))


def _silent(item: Item) -> dict[str, float]:
    """Who says nothing leaves out every finding of the reference, and makes nothing up."""
    named = len(findings_named(_reference(item.reference, item.question)))
    return {"omitted": float(named > 0), f"omitted{SHARE_OF}": float(named)}


SCORER = Scorer(
    instrument=Instrument(
        name="facts",
        version="6",
        kind="facts",
        values=(
            Value(name="fact_f1", label="fact F1"),
            Value(name="hallucinated", higher_is_better=False, estimator="partial", silence="best"),
            Value(name="omitted", higher_is_better=False, estimator="partial"),
            Value(name="contradicted", higher_is_better=False, estimator="partial", silence="best", headline=False),
            Value(name="precision", silence="none", headline=False),
            Value(name="recall", silence="none", headline=False),
        ),
        answer_types=frozenset({"open", "report"}),
        leads=frozenset({"report"}),
    ),
    rule=rule,
    measures=_names_a_finding,
    silent=_silent,
)
