"""What a text announces as its answer: "Answer:", "the correct choice is", a box, a tag. The phrases are data."""

import re
from functools import lru_cache

from auscult.facts.reply.elsewhere import announced_elsewhere
from auscult.facts.reply.phrases import any_of, table
from auscult.facts.reply.wording import contains

_NEEDLES = (
    "nswer", "onclu", "hoice", "ption", "esponse", "elect", "iagnosis", "erdict", "ecision", "esult", "utput",
    "rediction", "pick", "hort", "ns:", "NSWER", "hosen", "a:", "a :", "A:", "A :",
)  # fmt: skip
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_REACH = 300  # characters before an announcement in which its condition can stand
_LATEST = 3
_LOOKED_AT = 40


@lru_cache(maxsize=1)
def _announcement() -> re.Pattern[str]:
    told = table("finals")
    noun = rf"\b(?:{any_of(told['nouns'])})\b(?:\s+{any_of(told['bridges'])})*"
    verb = rf"(?:{any_of(told['verbs'])}\b\s*[:=]?(?:\s*that\b)?|[:=]|-(?=\s)|,\s*{any_of(told['verbs'])}\b)"
    label = rf"(?<![^\n.!?;])[ \t]*{any_of(told['labels'])}\s*[:=]"
    conclusion = rf"\b{any_of(told['conclusions'])}\s*[,:]"
    return re.compile(rf"(?:{noun}\s*{verb}|{label}|{conclusion})\s*", re.I)


@lru_cache(maxsize=1)
def _conditions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    told = table("finals")
    return re.compile(rf"\b{any_of(told['conditions'])}\b"), re.compile(rf"\b{any_of(told['reserves'])}\b")


def finals(text: str) -> list[str]:
    """What follows the last three announcements of an answer, the last first; each runs to the end of the text.

    Announcements under a condition ("had it been round, the answer would be A"), and those that are only asked ("The
    answer is A?") are none. ``text`` is plain: without thinking and markdown.
    """
    if not contains(text, _NEEDLES):
        return announced_elsewhere(text)
    found: list[str] = []
    for m in list(_announcement().finditer(text))[: -_LOOKED_AT - 1 : -1]:
        tail = text[m.end() :].strip()
        if tail and not _asked(tail) and not _conditional(text, m.start(), m.end()):
            found.append(tail)
            if len(found) == _LATEST:
                break
    return found or announced_elsewhere(text)


def _asked(tail: str) -> bool:
    """Whether what follows is put as a short question: "A?"."""
    end = _SENTENCE_END.search(tail[:40])
    return end is not None and end[0] == "?" and len(tail[: end.start()].split()) <= 3


def _conditional(text: str, start: int, end: int) -> bool:
    """Whether the sentence in which an announcement stands says what would be, not what is."""
    before = text[max(0, start - _REACH) : start]
    ends = list(_SENTENCE_END.finditer(before))
    return supposes(((before[ends[-1].end() :] if ends else before) + text[start:end]).lower())


def supposes(sentence: str) -> bool:
    """Whether a sentence in small letters says what would be under a condition; "if I had to choose" is none."""
    conditions, reserves = _conditions()
    return conditions.search(sentence) is not None and reserves.search(sentence) is None
