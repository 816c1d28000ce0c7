"""What a text says in general of how findings look: "an effusion is white and blunts the costophrenic angle"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from auscult.facts._clauses import clauses, mentions
from auscult.facts._recast import in_sentences, phrases
from auscult.facts.appearances import ANY, Appearance, is_look, read_appearances
from auscult.facts.lexicon import lexicon
from auscult.facts.looks import Known, Look, looks
from auscult.facts.reading import region_of_text
from auscult.facts.tokens import folded, listed, sentences, words

_JOINT = listed(", and but ; while")


@dataclass(frozen=True, slots=True)
class Recalled:
    """A look that is said to be, or not to be, that of a finding.

    Attributes:
        finding: canonical name.
        seen: the look.
        denied: whether it is said not to look so.
    """

    finding: str
    seen: Appearance
    denied: bool = False


def read_recalled(text: str, context: str = "") -> list[Recalled]:
    """What a text says of how findings look, in order.

    A finding's own words are no look of it; words that tell a look and name a finding ("blunted angle") name one only
    where no other was named before.

    Args:
        text: of any length.
        context: text that tells which organ a bare "tumour" lies in; it makes nothing.
    """
    return list(_read(text, context))


@lru_cache(maxsize=1_024)
def _read(text: str, context: str) -> tuple[Recalled, ...]:
    lex, plain = lexicon(), folded(text)
    tokens = words(plain)
    hits = phrases(tokens.norms, lex)
    region = region_of_text(context, lex)
    found: list[Recalled] = []
    for number, (first, end, own) in enumerate(in_sentences(hits, sentences(text, tokens))):
        named: list[tuple[int, int, str]] = []
        for clause in clauses(own):
            for mention in mentions(clause, lex, region, tokens.norms):
                low, high = tokens.starts[clause[mention.at].start], tokens.ends[clause[mention.at].end - 1]
                if mention.finding in looks() and (
                    not is_look(text[low:high]) or (mention.roles.finding and not named)
                ):
                    named.append((low, high, mention.finding))
        if named:
            span = tokens.starts[first], tokens.ends[end - 1]
            found += _pairs(text, span, named, number)
    return tuple(found)


def _pairs(text: str, span: tuple[int, int], named: Sequence[tuple[int, int, str]], number: int) -> Iterator[Recalled]:
    """Each look with the finding that stands before it, else with the first."""
    low, high = span
    bare = list(text[low:high])
    for start, end, _ in named:
        bare[start - low : end - low] = "x" * (end - start)
    for seen in read_appearances("".join(bare), of_something=True):
        before = [finding for start, _, finding in named if start < low + seen.end]
        if not before and not _JOINT.isdisjoint(words(folded(text[low + seen.end : named[0][0]])).norms):
            continue
        where = replace(seen, start=seen.start + low, end=seen.end + low, sentence=number)
        yield Recalled(before[-1] if before else named[0][2], where, seen.presence == "absent")


def disagrees(claim: Recalled, gold: Sequence[Recalled]) -> str | None:
    """In what a claim is wrong by what is known of the finding; empty where it is right, None where nobody can tell.

    Args:
        claim: what is said.
        gold: what is known of this question; what is known of the finding in general is a list.
    """
    own = [g for g in gold if g.finding == claim.finding and not g.denied]
    told = [(Known.seen(g.seen), g) for g in own]
    told = [(k, g) for k, g in told if any(look.tells(claim.seen) for look in k.looks)]
    fits = [not k.differs(claim.seen) and not k.elsewhere(claim.seen) for k, _ in told]
    general = _fits(looks().get(claim.finding, ()), claim.seen)
    right: bool | None = True if any(fits) else general
    if right is not False and told and not any(fits):
        numbers = [k.elsewhere(claim.seen) for k, _ in told if not k.differs(claim.seen)]
        right = False if numbers else right
    if right is None:
        return None if not told else "look"
    if claim.denied:
        right = not right
    return "" if right else "look"


def _fits(known: Sequence[Look], seen: Appearance) -> bool | None:
    """Whether a look is one that the finding can have; None where the two say nothing of the same kind."""
    told = [look for look in known if look.tells(seen)]
    if not told and (not known or seen.form == ANY or not (seen.form or seen.change)):
        return None
    return any(not look.differs(seen) for look in told)
