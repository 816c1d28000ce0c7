"""What rules that compare words share: which words, and what an answer without a hit was."""

from dataclasses import dataclass
from functools import lru_cache

from auscult.facts.reply import advises, answer_part, declined, language, typography, without_markup
from auscult.facts.spoken import written
from auscult.records import Item
from auscult.scorers import Scorer, Verdict


@lru_cache(maxsize=4096)
def reference_words(text: str) -> tuple[str, ...]:
    """The words of a reference; many answers share one."""
    return tuple(written(typography(text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WordScorer(Scorer):
    """Scores only items whose reference has a word: against none nothing can be measured."""

    def applies(self, item: Item) -> bool:
        """Whether the reference of an item that this scorer is for has a word or sign."""
        return Scorer.applies(self, item) and bool(reference_words(item.reference))


def body_of(text: str) -> str:
    """The answer of a reply without markdown."""
    return without_markup(answer_part(text).answer)


def without_words(text: str, primary: str) -> Verdict:
    """The verdict on an answer that has no word: unread where it is too long, else unusable."""
    reply = answer_part(text)
    if reply.too_long:
        return Verdict(status="unread", parsed="unread", explanation="the answer is too long to be read")
    parsed = "cut short" if reply.thought_open else "no language" if reply.answer else "empty"
    return Verdict(values={primary: 0.0}, parsed=parsed, status="unusable", explanation="the answer has no words")


def without_hits(item: Item, body: str, primary: str) -> Verdict | None:
    """The verdict on an answer that shares no word with the reference, where it is not simply another answer."""
    if declined(body) is not None or advises(body):
        return Verdict(
            values={primary: 0.0}, parsed="refused", status="unusable", explanation="the answer declines to answer"
        )
    tongue = language(body)
    if tongue == "none":
        return Verdict(
            values={primary: 0.0}, parsed="no language", status="unusable", explanation="what was said is no language"
        )
    if tongue == "other" and language(item.reference) == "english":
        return Verdict(status="unread", parsed="unread", explanation="the answer is not in English")
    return None
