"""Sentences of which words were taken out with the names, as the Indiana University reports show them."""

import re

from auscult.facts.lexicon import NORMAL_STUDY
from auscult.facts.reading import read_facts
from auscult.facts.tokens import folded, sentences, words

REMOVED = "XXXX"
"""What stands for the words."""
_NORMAL = r"(?:normal|unremarkable|intact|clear|patent|within normal limits)"
_CALLED_NORMAL = re.compile(
    r"(?:(?!(?:no|not|nor|but|except|than|which|with|seen|old|new)\b)[\w/-]+,? ){1,12}?"
    rf"(?:(?:is|are|appears?|remains?|looks?) (?:to be )?)?(?:{REMOVED} |\w+ly |otherwise |also |all )*{_NORMAL}"
    rf"(?: in (?:size|appearance|caliber))?\.?"
    rf"|(?:otherwise,? |stable )?(?:negative|{_NORMAL})(?: [\w/-]+){{1,6}}\.?",
    re.IGNORECASE,
)
"""A whole sentence that calls something normal, and says no more: "The XXXX are intact."."""
_DENIES = re.compile(rf"(?:otherwise,? |stable )?(?:there (?:is|are) )?(?:no|negative|{_NORMAL})\b", re.IGNORECASE)
"""How a sentence begins that denies findings, and is so read: "No XXXX of pleural effusion."."""
_HEADING = re.compile(r"^[A-Za-z]+: ")
_COMPARED = re.compile(rf"(?:no )?comparison(?: chest x-{REMOVED})?(?:[:,]? {REMOVED})*\.?", re.IGNORECASE)


def with_words_removed(text: str) -> list[str]:
    """The sentences of a text of which words were taken out."""
    return [s for s in sentences_of(text) if REMOVED in s] if REMOVED in text else []


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, as they stand in it."""
    tokens = words(folded(text))
    return [text[tokens.starts[a] : tokens.ends[b - 1]] for a, b in sentences(text, tokens)]


def states_nothing(sentence: str) -> bool:
    """Whether a sentence with words taken out surely states no finding: it denies some, or calls something normal.

    What cannot be read may state one: "XXXX in the left lower lobe".
    """
    sentence = _HEADING.sub("", " ".join(sentence.split()))
    facts = read_facts(sentence)
    if any(f.presence != ("present" if f.finding == NORMAL_STUDY else "absent") for f in facts):
        return False
    if facts and _DENIES.match(sentence):
        return True
    return any(form.fullmatch(sentence) for form in (_CALLED_NORMAL, _COMPARED))


def unreadable(text: str) -> bool:
    """Whether a text has a sentence with words taken out in which nothing is read, and that may state a finding."""
    return any(not read_facts(s) and not states_nothing(s) for s in with_words_removed(text))
