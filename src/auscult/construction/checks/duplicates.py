"""Is it asked already? The same question of the same image, in the same or nearly the same words.

Two questions are nearly the same where they are of one form and the words in which they differ are none that could
matter: of grammar, or such as neither name nor describe a finding. "Is there a left effusion?" and "Is there a right
effusion?" share most of their words and ask for two things. A question in another form (polar, tag, neutral) about the
same thing is meant to stand beside the first. Templates are the same on many images, and are compared within one only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import asked
from auscult.facts.lexicon import lexicon
from auscult.facts.reply import words
from auscult.facts.tokens import listed, normal
from auscult.records import Case, Fact, Item

ALIKE = 0.7
"""Share of all words of two questions, those of grammar left out, that both have."""
_GRAMMAR = listed(
    "a an the is are be was were do does did of in on at to by for from as and or it its this that these those there "
    "here image picture show shown shows see seen visible present any can could would you we i please what "
    "which tell me describe have has"
)
_TAG = re.compile(r",[^,?]{1,24}\?\s*$")
_ASKS = listed(
    "how where why when who kind type side size grade place zone lobe region colour color shape number many large "
    "severe same opposite other first second upper lower middle inner outer half anterior posterior"
)
"""Words that say what is asked, or of what."""


@dataclass(kw_only=True, eq=False)
class Duplicates(Check):
    """Refuses a question that was asked of the image before."""

    name: ClassVar[str] = "duplicates"
    version: ClassVar[str] = "1"
    compares: ClassVar[bool] = True

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        own = _tokens(item.question)
        for other in kept:
            if other.id == item.id or other.options != item.options:
                continue
            theirs = _tokens(other.question)
            if own == theirs and item.premise_form == other.premise_form:
                return f"the same question stands in the set already: {other.question}"
            if item.premise_form == other.premise_form and nearly(item.question, other.question):
                return f"nearly the same question stands in the set already: {other.question}"
        return ""


def nearly(one: str, other: str) -> bool:
    """Whether two questions ask for the same thing in other words."""
    first, second = _content(_tokens(one)), _content(_tokens(other))
    if not first or not second or len(first & second) < ALIKE * len(first | second):
        return False
    return not any(map(_matters, first ^ second)) and _claims(one) == _claims(other)


def _claims(question: str) -> frozenset[Fact]:
    return frozenset(replace(f, start=0, end=0, sentence=0) for f in asked(question))


@lru_cache(maxsize=131_072)
def _tokens(question: str) -> tuple[str, ...]:
    return tuple(w.casefold() for w in words(_TAG.sub("", question)))


@lru_cache(maxsize=131_072)
def _content(tokens: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normal(w) for w in tokens if w not in _GRAMMAR)


@lru_cache(maxsize=65_536)
def _matters(word: str) -> bool:
    """Whether a word may change what is asked: a number, a denial, a finding, its side, place or look."""
    roles = lexicon().trie.get((word,))
    return any(c.isdigit() for c in word) or roles is not None or word in _ASKS


CHECK = Duplicates
