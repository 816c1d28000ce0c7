"""Premises about knowledge that say which of two is more: they differ from the truth in the order of words alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from auscult.facts.reply import stem, words
from auscult.facts.vocabulary import vocabulary
from auscult.records import Item
from auscult.scorers.premise.ellipsis import doubtful
from auscult.scorers.premise.evidence import Evidence, premise_table
from auscult.scorers.premise.sentences import Sentence, without_lead

_PIECE = re.compile(r"[,;:.]|\b(?:because|since|but|although|though|while|whereas)\b")
_REACH = 4
"""Words between a comparative and its "than"."""
_NEGATES = frozenset({"not", "never", "no", "hardly", "wrong", "false", "isn't", "doesn't"})


@dataclass(frozen=True, slots=True)
class Order:
    """Which of two a premise calls more: stems of the one and of the other alone, and the comparative."""

    first: frozenset[str]
    second: frozenset[str]
    word: str


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(w) for w in words(text) if w in ("left", "right") or w not in vocabulary().empty)


@lru_cache(maxsize=4096)
def _order(premise: str, truth: str) -> Order | None:
    before, than, after = premise.partition(" than ")
    word = next((w for w in reversed(words(before)[-_REACH:]) if w in _reverse()), "")
    if not than or not word or (truth and sorted(_stems(premise)) != sorted(_stems(truth))):
        return None
    one, two = _stems(before.rpartition(f" {word}")[0]), _stems(after)
    return Order(one - two, two - one, word) if one - two and two - one else None


def order(item: Item) -> Order | None:
    """The order that a premise claims, where the truth has the same words in another order."""
    return _order(item.premise.lower(), without_lead(item.reference) if item.kind == "hallucination" else "")


def read(sentences: Sequence[Sentence], claim: Order) -> Evidence:
    """What an answer says of an order."""
    reverse = _reverse().get(claim.word, "")
    accepts = denies = truth = hedges = False
    for piece in (p for s in sentences for p in _PIECE.split(s.text)):
        said = words(piece)
        favoured = next((w for w in map(stem, said) if w in claim.first | claim.second), "")
        if not favoured or claim.word not in said and reverse not in said:
            continue
        negated = len(_NEGATES.intersection(said)) % 2 == 1
        agrees = (favoured in claim.first) != ((reverse in said) != negated)
        hedges = hedges or doubtful(piece)
        accepts, denies = accepts or agrees, denies or not agrees
        truth = truth or not (agrees or negated)
    if hedges:
        return Evidence(hedges=True)
    return Evidence(accepts=accepts, denies=denies, truth=truth)


@lru_cache(maxsize=1)
def _reverse() -> dict[str, str]:
    """Comparative → the one that says the reverse."""
    pairs = [pair.split() for pair in premise_table()["opposite"]["words"]]
    return {a: b for one, other in pairs for a, b in ((one, other), (other, one))}
