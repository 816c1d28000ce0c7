"""Whether the first stage of a trace says what it must not: the question, or a diagnosis.

What is seen belongs to the image. A first stage that repeats the question or draws the conclusion would give away to
whoever is given it what knowledge and reasoning are there for. The patterns are data, in ``leaks.toml``.
"""

import re
from collections.abc import Iterator
from functools import cache

from auscult.records import Item
from auscult.store.files import shipped_table

QUESTION, DIAGNOSIS = "the first stage speaks of the question", "the first stage names a diagnosis"
REPEATED = 6
"""Words in a row that stand in the question and in the first stage: it was not written of the image alone."""


def leaks(item: Item, seen: str) -> Iterator[tuple[str, str]]:
    """What of a first stage belongs to another: reason, and the words.

    Args:
        item: what is asked.
        seen: the first stage.
    """
    if found := _pattern("question").search(seen):
        yield QUESTION, found[0]
    elif words := _repeated(item.question, seen):
        yield QUESTION, words
    if found := _pattern("diagnosis").search(seen):
        yield DIAGNOSIS, found[0]
    elif named := next((term for term in _asked_about(item) if _names(seen, term)), ""):
        yield DIAGNOSIS, named


def version() -> str:
    """Of the patterns."""
    return str(shipped_table("diagnosis/gold/leaks.toml")["version"])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    parts = shipped_table("diagnosis/gold/leaks.toml")[name]
    return re.compile(rf"\b(?:{'|'.join(parts)})(?:\b|(?<=:))", re.IGNORECASE)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _repeated(question: str, seen: str) -> str:
    """The first words in a row that both hold, or an empty text."""
    asked, said = _words(question), f" {' '.join(_words(seen))} "
    length = min(REPEATED, max(len(asked), 4))
    runs = (" ".join(asked[n : n + length]) for n in range(len(asked) - length + 1))
    return next((run for run in runs if f" {run} " in said), "")


def _asked_about(item: Item) -> Iterator[str]:
    """The diseases that the question is about: its true answer, its options, the finding that it names."""
    closed = () if item.answer_type in ("yes_no", "number") else (item.reference,)
    for term in dict.fromkeys((*closed, *item.options, item.target)):
        if term and len(_words(term)) <= REPEATED and _pattern("disease").search(term):
            yield term


def _names(text: str, term: str) -> bool:
    return f" {' '.join(_words(term))} " in f" {' '.join(_words(text))} "
