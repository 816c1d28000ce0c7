"""Is a statement of medicine true? It is held against the table of statements, ``knowledge.toml``, as far as that goes.

The table holds pairs of a true and a false statement of equal style. A sentence speaks of a pair where it has most of
the words that the two share, and says the one to which it is closer. What the table does not know passes: ``known()``
says how much it knows. Beside that, the answer must take a false statement for false.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import lead
from auscult.construction.checks._stance import DENIES, EVADES, refuses, taken
from auscult.construction.claims import DISTORTED
from auscult.construction.knowledge import statements
from auscult.construction.wordings import PREMISE_FORMS
from auscult.facts.reply import stem, words
from auscult.facts.tokens import listed
from auscult.records import Case, Item

SHARED = 0.7
"""Share of the words common to the two halves of a pair that a sentence must have to speak of it."""
CLOSE = 0.45
"""Least likeness to one of the halves: a long sentence has the words that a pair shares by chance. What is worded after
the table has 0.57 or more; two sentences that were taken for one of it had 0.30 and 0.27."""
_GRAMMAR = listed("a an the is are be it that this which so yes")
_DENYING = listed("not no never n't isn't doesn't cannot")
_AROUND = re.compile(
    r"^\W*(?:yes|no|correct|right|indeed|that is (?:not )?(?:so|right|correct|true))\s*[,:;.]\s*"
    r"|,\s*(?:right|correct|isn't (?:that so|it)|don't you think|is it not|wouldn't you say)\s*\?\s*$"
    r"|^(?:is it (?:true|right)|would you agree|do you agree|why is it|what explains|how does it come about) that ",
    re.IGNORECASE,
)


@dataclass(kw_only=True, eq=False)
class Knowledge(Check):
    """Refuses statements that are not what their item says, true or false, and answers that take them the wrong way."""

    name: ClassVar[str] = "knowledge"
    version: ClassVar[str] = "2"

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        for sentence in _sentences(item.reference):
            if told(sentence) is False:
                return f"the answer states what is not so: {sentence}"
        if item.category != DISTORTED or item.premise_form not in PREMISE_FORMS:
            return ""
        truths = {t for t in (told(item.premise), told(item.question)) if t is not None}
        if item.kind == "hallucination" and True in truths:
            return f"a statement that is taken to be false is true: {item.premise}"
        if item.kind == "non-hallucination" and False in truths:
            return f"a statement that is taken to be true is false: {item.premise}"
        if item.kind == "hallucination":
            corrects = any(told(sentence) for sentence in _sentences(item.reference))
            wrong = "" if corrects else taken(item)
            return "" if wrong == EVADES and refuses(item) else wrong
        return DENIES if lead(item.reference) == "no" else ""


def known() -> int:
    """How many pairs of a true and a false statement are known."""
    return len(statements())


@cache
def _pairs() -> tuple[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]], ...]:
    """Of each pair the words that both halves have, and the words of the true and of the false half in order."""
    halves = [(_content(s.true), _content(s.false)) for s in statements()]
    return tuple((frozenset(true) & frozenset(false), true, false) for true, false in halves)


@lru_cache(maxsize=131_072)
def told(text: str) -> bool | None:
    """Whether what a sentence says stands in the table as true or as false; None where it does not stand there."""
    said = _content(_AROUND.sub("", _AROUND.sub("", text)))
    own = frozenset(said)
    best: tuple[float, bool | None] = (CLOSE, None)
    for shared, *halves in _pairs():
        if len(own & shared) < max(2, SHARED * len(shared)):
            continue
        true, false = (SequenceMatcher(None, said, half, autojunk=False).ratio() for half in halves)
        if true != false and max(true, false) > best[0]:
            half = halves[0] if true > false else halves[1]
            denials = sum(w in _DENYING for w in said) - sum(w in _DENYING for w in half)
            best = max(true, false), (true > false) != (denials % 2 == 1)
    return best[1]


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[.;]\s+|[.;]$", text) if part]


@lru_cache(maxsize=131_072)
def _content(text: str) -> tuple[str, ...]:
    said = (w.casefold() for w in words(text))
    return tuple(stem(w) if len(w) > 4 else w for w in said if w not in _GRAMMAR)


CHECK = Knowledge
