"""Premises about knowledge that say which of two is more: they differ from the truth in the order of words alone."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import carries_content, tokens
from auscult.scoring._premise_text import Said, without_lead
from auscult.scoring._text import stem

_MORE = re.compile(
    r"\b(?:(?P<more>more|less|rather|better|worse|fewer)(?: \w+)?|(?P<word>\w{2,}er)) (?:[\w -]+? )?than\b"
)
_COMPARED = re.compile(r"\b(?:(?:more|less) \w+|better|worse|fewer|\w{2,}(?<!oth)(?<!eith)(?<!neith)(?<!rath)er)\b")
_PAIRS = (
    "higher lower", "larger smaller", "bigger smaller", "brighter darker", "thicker thinner", "faster slower",
    "earlier later", "longer shorter", "wider narrower", "heavier lighter", "deeper shallower", "denser thinner",
    "better worse", "stronger weaker", "older younger", "greater lesser",
)  # fmt: skip
_OPPOSITE = {a: b for pair in _PAIRS for a, b in (pair.split(), pair.split()[::-1])}
_NEGATES = re.compile(r"\b(?:not|never|no|hardly|scarcely|wrong|false)\b")
_CLAUSE = re.compile(r"[,;:.]|\b(?:because|since|but|although|while|whereas|as (?=the\b|it\b))\b")


@dataclass(frozen=True, slots=True)
class Order:
    """Which of two a premise calls more.

    Attributes:
        first: stems that only the one names that is called more.
        second: stems of the other.
        word: the comparative.
    """

    first: frozenset[str]
    second: frozenset[str]
    word: str


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in tokens(text) if carries_content(w) or w in ("left", "right"))


@lru_cache(maxsize=4096)
def order(premise: str, truth: str) -> Order | None:
    """The order that a premise claims, where the truth has the same words in another order."""
    text = premise.lower()
    m = _MORE.search(text)
    if m is None or (truth and sorted(_stems(text)) != sorted(_stems(without_lead(truth).lower()))):
        return None
    two = _stems(text[m.end() :])
    one = _stems(_COMPARED.sub(" ", m[0])) or _stems(text[: m.start()])  # "more reliably by ultrasound than by ..."
    first, second = one - two, two - one
    return Order(first, second, (m["word"] or m["more"])) if first and second else None


def read(said: Said, claim: Order) -> frozenset[str]:
    """What an answer says of an order: any of ``accepts``, ``denies``, ``truth``, ``hedges``."""
    found: set[str] = set()
    for assertion in said.assertions:
        for clause in _CLAUSE.split(assertion.text):
            m = _COMPARED.search(clause)
            if m is None:
                continue
            favoured = next((w for w in map(stem, tokens(clause)) if w in claim.first | claim.second), "")
            if not favoured:
                continue
            if assertion.hedged or not lx.HEDGE.isdisjoint(tokens(clause)):
                found.add("hedges")
                continue
            opposite = _OPPOSITE.get(claim.word) in m[0].split() or {claim.word, m[0].split()[0]} == {"more", "less"}
            negated = (len(_NEGATES.findall(clause)) % 2 == 1) != assertion.denied
            agrees = (favoured in claim.first) != opposite
            if agrees != negated:
                found.add("accepts")
            else:
                found |= {"denies"} if negated else {"denies", "truth"}
    return frozenset(found)
