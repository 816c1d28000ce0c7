"""What rules that compare words share: which words, and what an answer without a hit was."""

from functools import lru_cache

from auscult.facts.reply import advises, answer_part, declined, language, typography, without_markup
from auscult.facts.spoken import written
from auscult.records import Item
from auscult.scorers.scoring import Verdict, silence, unread


@lru_cache(maxsize=4096)
def reference_words(text: str) -> tuple[str, ...]:
    """The words of a reference; many answers share one."""
    return tuple(written(typography(text)))


def has_words(item: Item) -> bool:
    """Whether the reference of an item has a word or sign: against none nothing can be measured."""
    return bool(reference_words(item.reference))


def body_of(text: str) -> str:
    """The answer of a reply without markdown."""
    return without_markup(answer_part(text).answer)


def without_words(text: str, primary: str) -> Verdict:
    """The verdict on an answer that has no word: unread where it is too long, else unusable."""
    reply = answer_part(text)
    if reply.too_long:
        return unread("too long")
    parsed = "no language" if reply.answer and not reply.thought_open else reply.nothing
    return silence(parsed, {primary: 0.0}, "the answer has no words")


def without_hits(item: Item, body: str, primary: str) -> Verdict | None:
    """The verdict on an answer that shares no word with the reference, where it is not simply another answer."""
    if declined(body) is not None or advises(body):
        return silence("refused", {primary: 0.0})
    tongue = language(body)
    if tongue == "none":
        return silence("no language", {primary: 0.0})
    if tongue == "other" and language(item.reference) == "english":
        return unread("other language")
    return None
