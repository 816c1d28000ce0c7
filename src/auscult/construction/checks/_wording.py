"""What texts of a build say, word by word: which words claim something, which mean the same, what is denied.

Words and patterns are in ``words.toml``.
"""

import re
from functools import cache, lru_cache
from typing import Any

from auscult.construction.checks.knowledge import told
from auscult.construction.claims import DISTORTED
from auscult.facts.lexicon import lexicon
from auscult.facts.reply import stem
from auscult.facts.reply import words as spoken
from auscult.facts.tokens import normal
from auscult.facts.tokens import words as tokens
from auscult.records import Item
from auscult.store.files import shipped_table

MANY = 131_072
DRAFTED, MEANING = "drafted", "clinical meaning"
"""The tier of what a model drafted; the category of statements about what a finding means."""
_SENTENCE = re.compile(
    r"(?:(?<=[a-z)])|(?<=[a-z]\d)|(?<=[a-z]\d\d))[.;!?]+(?:\s+|$)|\n+|[;:]\s+|,? and (?=no |nothing )"
    r"|,? (?=but |however |although |though )",
    re.IGNORECASE,
)


@lru_cache(maxsize=MANY)
def led(answer: str) -> tuple[str, str]:
    """Yes, no, both or none with which an answer begins, and the rest of it: "No effusion is seen" begins with none."""
    found = rule("answer", "lead").match(answer.casefold())
    if not found:
        return "", answer
    said = "both" if found["both"] else "yes" if found["yes"] else "no"
    return said, rule("answer", "affirms").sub("", answer[found.end() :].strip())


def denied(text: str) -> re.Match[str] | None:
    """Where a text denies something, past its yes or no."""
    low = led(text)[1].casefold()
    return rule("denial", "whole").search(low) or rule("denial", "before").search(low)


def general(sentence: str, known: frozenset[str], asking: str = "") -> bool:
    """Whether a sentence is one of medicine at large, and not about the image whose annotation has some words."""
    low = sentence.casefold()
    if rule("general", "here").search(low):
        return False
    if rule("general", "phrases").search(asking.casefold() or low) or told(sentence) is not None:
        return True
    foreign = content(sentence) - known
    return not rule("general", "definite").search(low) and 2 * len(foreign) > len(content(sentence))


def sentences(text: str) -> list[str]:
    """The sentences and clauses of a text."""
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


def here(item: Item, answer: str, known: frozenset[str]) -> list[str]:
    """The sentences of an answer that are about the image, whose annotation has some words: not medicine at large."""
    told = sentences(answer)
    if item.category not in (DISTORTED, MEANING):
        return told
    question = item.question.casefold()
    at_large = rule("general", "phrases").search(question) and not rule("general", "granted").search(question)
    return [] if at_large and item.category == MEANING else [s for s in told if not general(s, known)]


def put_right(item: Item, answer: str) -> str:
    """An answer without the sentences that only deny what a false premise, or its question, says of the image."""
    if item.kind != "hallucination":
        return answer
    asked, told = content(item.premise) | content(item.question), sentences(answer)
    repeated = content(item.premise) if denied(item.premise) else None
    more = [s for s in told if not (denied(s) and content(s) <= asked and content(s) != repeated)]
    return answer if len(more) == len(told) else ". ".join(more)


@lru_cache(maxsize=MANY)
def content(text: str) -> frozenset[str]:
    """The words of a text that claim something, without their endings."""
    frame = _frame()
    found = [w for w in spoken(rule("answer", "study").sub(" ", text.casefold())) if not {w, short(w)} & frame]
    if names_finding(" ".join(found)):
        found = [w for w in found if w not in words_table()["seen"]]
    return frozenset(short(w) for w in found)


@lru_cache(maxsize=MANY)
def said_in(text: str) -> frozenset[str]:
    """All words that a text says, also by words that mean the same."""
    said = {short(w) for w in spoken(text)}
    for line in _lines("holds"):
        if line[0] in said:
            said.update(line[1:])
    for line in _lines("same"):
        if said & set(line):
            said.update(line)
    return frozenset(said)


@lru_cache(maxsize=MANY)
def covered(text: str, places: bool) -> frozenset[str]:
    """The words of a text that the lexicon of findings reads: names and what they are called; places too, if wanted."""
    norms, starts, ends = tokens(text)
    read = [
        text[starts[low] : ends[high - 1]]
        for low, high, roles in lexicon().trie.find(norms)
        if roles.speaks or (places if roles.side or roles.place else roles.organ or roles.attributes)
    ]
    return frozenset(short(word) for part in read for word in spoken(part))


@lru_cache(maxsize=MANY)
def asks_presence(question: str) -> bool:
    """Whether a yes/no question asks only if a finding is there, and not what else may be said of it."""
    return bool(rule("asked", "presence").search(question.casefold())) or not (
        content(question) - covered(question, True)
    )


@lru_cache(maxsize=MANY)
def names_finding(text: str) -> bool:
    """Whether a text names a finding of the lexicon."""
    return any(roles.finding for _, _, roles in lexicon().trie.find(tokens(text).norms))


def short(word: str) -> str:
    """A word without its ending."""
    word = normal(word)
    return stem(word) if len(word) > 4 else word if word.endswith("ss") else word.removesuffix("s")


@cache
def words_table() -> dict[str, Any]:
    return shipped_table("construction/checks/words.toml")


@cache
def _frame() -> frozenset[str]:
    return frozenset(words_table()["frame"].split())


@cache
def places() -> frozenset[str]:
    """Words that say where."""
    return frozenset(short(w) for w in words_table()["places"].split())


@cache
def _lines(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(short(w) for w in line.split()) for line in words_table()[name])


@cache
def opposites() -> tuple[tuple[str, str], ...]:
    """Pairs of words that exclude each other."""
    return tuple((one, other) for one, other in _lines("opposites"))


@cache
def bound() -> frozenset[str]:
    """Words that belong to what they stand beside: a side of one finding is none of another."""
    return frozenset(word for pair in opposites() for word in pair)


@cache
def whom() -> frozenset[str]:
    """Words that say who a patient is."""
    return frozenset(map(short, words_table()["whom"].split()))


@cache
def reserve() -> frozenset[str]:
    """Words that take something back of what they stand beside."""
    return frozenset(map(short, words_table()["reserve"]))


@cache
def rule(part: str, name: str) -> re.Pattern[str]:
    """A pattern of ``words.toml``."""
    return re.compile(words_table()[part][name])
