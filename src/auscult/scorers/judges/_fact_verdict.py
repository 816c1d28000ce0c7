"""What the fact checker says of an answer, and whether it may be relied on without a judge; no language model.

Certain is meant narrowly. Every claim of the answer is decided by the reference or by the caption, and by neither
against the other; none is hedged; every word is known to the reader or says nothing; every finding, side, place, grade
and length in the text has gone into a claim; and the sentences that decide are read as wholly themselves. A denial
decides on what it names and on nothing narrower ("the lungs are clear" is left to the judge where a nodule is asked
about); a contradiction is one of presence, or one of side or size with the reference answer itself. What the caption
does not mention is never certain, exhaustive or not: a judge who reads a caption does not know that it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.facts import Checked, compare, read_facts
from auscult.facts.lexicon import Lexicon, Roles, lexicon
from auscult.facts.reply import answer_part
from auscult.facts.tokens import folded, listed, sentences, words
from auscult.records import Case, Fact, Item

VERSION = "2"
Verdict = Literal["supported", "contradicted", "open"]
_SAYS_NOTHING = listed(
    "a an the this that these those it its of in on at to for by from there here is are be been being was were has "
    "have i we you can could do does which as also both image images picture scan study film radiograph xray x ray ct "
    "mr mri view exam examination show shows shown showing demonstrate demonstrates demonstrated reveal reveals see "
    "seen visible visualized identified present noted evidence finding findings answer patient yes within side region "
    "area correct observed appear appears with and or . , : ; ! - ( )"
)
_LEADING_NO = frozenset({"no", "not", "incorrect", "false", "wrong", "actually"})
_UNSURE = ("doubt", "not_now", "turn", "not_a_denial", "clause", "stop")
"""Beginnings of the names of triggers that bend what is said; a text with one of them is a judge's to read."""


@dataclass(frozen=True, slots=True)
class FactVerdict:
    """What the fact checker says of one answer.

    Attributes:
        supported: something is claimed, and all of it is supported.
        contradicted: a claim is contradicted.
        certain: see the module.
        told: whether it can say anything; it cannot where it reads no finding in the answer, or none of what is known.
        verdict: contradicted where a claim is, or is of something that is not named where all that there is is named;
            supported where all claims are borne out, there denials of what is not named too; else open.
        undecided: it may be either, since nobody can tell of a claim from what is known.
        unread: no finding can be read in the answer, and what is known has some.
        why: what became of each claim, or why there is no telling or no certainty.
    """

    supported: bool
    contradicted: bool
    certain: bool
    told: bool
    why: str
    verdict: Verdict = "open"
    undecided: bool = False
    unread: bool = False


def fact_verdict(item: Item, case: Case, text: str) -> FactVerdict:
    """The fact checker's verdict on an answer's text."""
    sources = [_Source(s, own) for s, own in ((item.reference, True), (case.annotation, False)) if s.strip()]
    known = [(source, facts) for source in sources if (facts := _read(source.text, item.question))]
    if not known:
        return FactVerdict(False, False, False, False, "no finding can be read in the reference or the caption")
    text = answer_part(text).answer
    stated = read_facts(text, item.question)
    if not stated:
        return FactVerdict(False, False, False, False, "no finding can be read in the answer", unread=True)
    exhaustive = case.exhaustive or item.tags.get("exhaustive") == "yes"
    checked = [(source, compare(stated, facts, exhaustive=False)) for source, facts in known]
    decided = [_decide([(source, found[n]) for source, found in checked]) for n in range(len(stated))]
    told = "; ".join(f"{d.status}: {d.fact.finding}" + (f" ({d.difference})" if d.difference else "") for d in decided)
    doubt = _doubt(text, item.question, stated, decided)
    stands = [d.stands(exhaustive=exhaustive) for d in decided]
    return FactVerdict(
        supported=all(d.status == "supported" for d in decided),
        contradicted=any(d.status == "contradicted" for d in decided),
        certain=not doubt,
        told=True,
        verdict=_verdict(stands),
        undecided="contradicted" not in stands and "open" in stands,
        why=f"{told}; not certain: {doubt}" if doubt else told,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that an answer is held against; ``own``: the item's reference answer, not the caption."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class _Decided:
    """What became of a claim, by which facts of which texts.

    ``open``: they leave it undecided; ``unnamed``: they have nothing of that kind.
    """

    fact: Fact
    status: str
    difference: str = ""
    by: tuple[tuple[_Source, Fact], ...] = ()
    open: bool = False
    unnamed: bool = False

    @property
    def hedged(self) -> bool:
        return self.fact.presence == "uncertain"

    def stands(self, *, exhaustive: bool) -> Verdict | Literal["hedged"]:
        """What is to be said of the claim; a hedge that is decided is neither borne out nor made up."""
        if self.status == "supported":
            return "supported"
        if self.status == "contradicted":
            return "contradicted"
        if exhaustive and self.unnamed:
            decided: dict[str, Verdict] = {"present": "contradicted", "absent": "supported"}
            return decided.get(self.fact.presence, "hedged")
        return "open" if self.open else "hedged"


def _verdict(stands: Sequence[str]) -> Verdict:
    if "contradicted" in stands:
        return "contradicted"
    return "supported" if set(stands) == {"supported"} else "open"


@lru_cache(maxsize=4096)
def _read(text: str, question: str) -> tuple[Fact, ...]:
    """Facts of a text that many answers are held against."""
    return tuple(read_facts(text, question))


def _decide(told: Sequence[tuple[_Source, Checked]]) -> _Decided:
    """One claim against all texts; where they differ it is open."""
    claim = told[0][1].fact
    found = {c.status for _, c in told} - {"unsupported"}
    if len(found) != 1:
        status = "disputed" if found else "unsupported"
        undecided, unnamed = bool(found) or all(c.undecided for _, c in told), all(c.against is None for _, c in told)
        return _Decided(claim, status, told[0][1].difference, open=undecided, unnamed=not found and unnamed)
    status = found.pop()
    deciding = [(source, c) for source, c in told if c.status == status]
    by = tuple((source, c.against) for source, c in deciding if c.against)
    return _Decided(claim, status, deciding[0][1].difference, by)


def _doubt(text: str, question: str, stated: Sequence[Fact], decided: Sequence[_Decided]) -> str:
    """Why the verdict is not certain; empty where it is."""
    for claim in decided:
        if claim.status not in ("supported", "contradicted"):
            return f"{claim.fact.finding} is {claim.status}"
        if claim.hedged:
            return f"{claim.fact.finding} is hedged"
        if not any(_plainly(claim, source, fact) for source, fact in claim.by):
            return f"it takes judgement whether {claim.fact.finding} is {claim.status}"
    if why := _unread(text, stated):
        return why
    for source, number in {(source, fact.sentence) for claim in decided for source, fact in claim.by}:
        facts = [f for f in _read(source.text, question) if f.sentence == number]
        if any(f.presence == "uncertain" for f in facts):
            return "the reference is hedged"
        if why := _unread(_sentence(source.text, number), facts):
            return f"of the reference, {why}"
    return ""


def _plainly(claim: _Decided, source: _Source, by: Fact) -> bool:
    """Whether that fact decides on the claim without any judgement."""
    if by.presence == "absent" and by.finding != claim.fact.finding:
        return False
    if claim.status == "supported" or claim.difference == "presence":
        return True
    return source.own and claim.difference in ("side", "size")


@lru_cache(maxsize=4096)
def _sentence(text: str, number: int) -> str:
    """The sentence of a text with that number."""
    tokens = words(folded(text))
    first, end = sentences(text, tokens)[number]
    return text[tokens.starts[first] : tokens.ends[end - 1]]


def _unread(text: str, facts: Sequence[Fact]) -> str:
    """What of a text did not go into its facts; empty where all of it did."""
    lex = lexicon()
    norms = words(folded(text)).norms
    if "?" in norms:
        return "a question is asked"
    if norms and norms[0] in _LEADING_NO and norms[1:2] in ([","], ["."]):
        return "it begins with a bare denial"
    covered = [False] * len(norms)
    for start, end, roles in lex.trie.find(norms):
        covered[start:end] = [True] * (end - start)
        phrase = " ".join(norms[start:end])
        if phrase == "-" and start == 0:
            continue  # the mark of a list
        if why := _unused(phrase, roles, facts, lex):
            return why
    for norm, known in zip(norms, covered, strict=True):
        if not known and norm not in _SAYS_NOTHING and not _length(norm, facts):
            return f"'{norm}' is not known"
    return ""


def _unused(phrase: str, roles: Roles, facts: Sequence[Fact], lex: Lexicon) -> str:
    """Whether a phrase says something that no fact holds."""
    if any(t.startswith(_UNSURE) for t in roles.triggers):
        return f"'{phrase}' may turn what is said"
    own = set(phrase.split()) <= _SAYS_NOTHING
    sides = {f.side for f in facts}
    if roles.side and roles.side not in sides and not own:
        return f"the side '{phrase}' is in no claim"
    if roles.place and roles.place not in {f.place for f in facts} and not roles.organ and not roles.speaks:
        return f"the place '{phrase}' is in no claim"
    held = {a for f in facts for a in f.attributes} | {w for f in facts for w in f.finding.split()}
    if roles.attributes and not held & {*roles.attributes, *phrase.split()} and not own:
        return f"'{phrase}' is in no claim"
    if roles.comparison and roles.comparison not in {f.comparison for f in facts} and not own:
        return f"'{phrase}' is in no claim"
    if roles.finding and not own and not _claimed(roles.finding, facts, lex):
        return f"'{phrase}' is in no claim"
    return ""


def _claimed(finding: str, facts: Iterable[Fact], lex: Lexicon) -> bool:
    """Whether a fact is of that finding or of a kind or a wider form of it (a mass beside a lung: a lung mass)."""
    return any(
        finding == f.finding or finding in lex.above.get(f.finding, ()) or f.finding in lex.above.get(finding, ())
        for f in facts
    )


def _length(norm: str, facts: Sequence[Fact]) -> bool:
    """Whether a number or its unit belongs to a size that was read."""
    if norm in ("mm", "cm", "x", "millimeter", "centimeter"):
        return any(f.size_mm is not None for f in facts)
    try:
        value = float(norm.replace(",", "."))
    except ValueError:
        return False
    sizes = [f.size_mm for f in facts if f.size_mm is not None]
    return any(abs(value - s) < 0.05 or abs(10 * value - s) < 0.05 for s in sizes)
