"""Whether a text declines to answer, or only sends the reader to somebody else. The phrases are data."""

import re
from functools import lru_cache

from auscult.facts.reply.phrases import any_of, table
from auscult.facts.reply.wording import contains

_PARTS = ("n't", "not", "can", "able", "possible", "capable", "qualified", "allowed", "position")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], tuple[str, ...]]:
    """An act declined (group 1), the same in the passive, phrases of refusal, and what one of those must contain."""
    told = table("refusals")
    active = rf"\b{any_of(told['inabilities'])}\s+(?:\w+\s+){{0,2}}?({any_of(told['acts'])})\b"
    passive = rf"\b{any_of(told['passive_inabilities'])} (?:\w+ )?be (?:\w+ )?({any_of(told['acts_done'])})\b"
    phrases = any_of(told["phrases"]).replace(r"\~", r"(?:\w+[ \t]+){0,2}\w+")
    heads = {phrase.split()[0].split("'")[0] for phrase in told["phrases"]} - {"a"}
    return re.compile(active), re.compile(passive), re.compile(rf"\b{phrases}\b"), tuple(sorted(heads))


@lru_cache(maxsize=1)
def _advice() -> re.Pattern[str]:
    told = table("refusals")
    return re.compile(rf"\b{any_of(told['advice'])}\s+(?:[\w-]+\s+){{0,4}}?{any_of(told['who'])}\b")


def declined(text: str) -> str | None:
    """The act that a text declines ("determine", or "" where it names none); None where it declines nothing."""
    text = text.lower()
    active, passive, phrases, heads = _patterns()
    if contains(text, _PARTS) and (m := active.search(text) or passive.search(text)):
        return str(m[1])
    return "" if contains(text, heads) and phrases.search(text) else None


def advises(text: str) -> bool:
    """Whether a text sends its reader to a physician or other expert: no answer where it says nothing else."""
    return _advice().search(text.lower()) is not None
