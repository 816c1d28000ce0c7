"""What a sentence leaves open because it ends in a question mark and is no question of grammar: "Effusion?"."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from auscult.facts._clauses import Hit
from auscult.facts.lexicon import ACQUISITION
from auscult.facts.tokens import Words, listed
from auscult.records import Fact

ASKING = listed("is are was were does do did can could what which where how why who has have any should")
"""First words of a question."""
_INTERROGATIVE = listed("what which where how why who whom whose when")
_TAGS = listed("right correct yes no ok okay true agree agreed")
_CONSENT = listed("am would will shall may might")
"""First words of a question for consent: "Am I right that ...?", "Would you agree that ...?"."""
_AFFIRMED = listed("yes yeah yep yup correct indeed affirmative")


def left_open(facts: Sequence[Fact], hits: Sequence[Hit], tokens: Words, first: int, end: int) -> list[Fact]:
    """The facts of a sentence, uncertain where it only wonders: "Effusion?", "There is a nodule (metastasis?)".

    Without a verb all of it is asked, else what stands right before the mark. A tag (", right?") asks for consent, a
    "Yes" that follows answers it, and "Given the effusion, what is ...?" presupposes.
    """
    norms, said = tokens.norms, tokens.norms[first : end - 1]
    if norms[end - 1] != "?" or not said:
        return list(facts)
    consent = (said[-1] in _TAGS and "," in said[-2:-1]) or said[0] in _CONSENT
    answered = end < len(norms) and norms[end] in _AFFIRMED
    asks = any(word in _INTERROGATIVE for word in said) or any(
        comma == "," and word in ASKING for comma, word in pairwise(said)
    )
    if consent or answered or asks:
        return list(facts)
    verbless = not any("verb" in h.roles.triggers for h in hits)
    return [
        replace(f, presence="uncertain")
        if f.finding not in ACQUISITION and (verbless or f.end == tokens.ends[end - 2])
        else f
        for f in facts
    ]
