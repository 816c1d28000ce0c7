"""Whether a text declines to answer, or only sends the reader to somebody else. The phrases are data."""

import re
from functools import lru_cache

from auscult.facts.reply.phrases import any_of, patterns, table
from auscult.facts.reply.wording import contains

_PARTS = (
    "n't", "not", "can", "able", "possible", "capable", "qualified", "allowed", "position", "no ", "without", "too ",
    "declin", "refus", "beyond", "against", "lack", "uncomf", "nothing", "missing", "prefer", "need",
    "sufficient", "adequate", "preclud", "prevent", "upload", "attach", "resend", "unread", "uninter", "diagnostic",
    "idea",
)  # fmt: skip
_BEFORE = r"(?<!\w)"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], tuple[str, ...]]:
    """An act declined (group 1), the same in the passive, phrases of refusal, and what one of those must contain."""
    told = table("refusals")
    passive = rf"\b{any_of(told['passive_inabilities'])} (?:\w+ )?be (?:\w+ )?({any_of(told['acts_done'])})\b"
    phrases = any_of(told["phrases"]).replace(r"\~", r"(?:\w+[ \t]+){0,2}\w+")
    heads = {phrase.split()[0].split("'")[0] for phrase in told["phrases"]} - {"a"}
    return re.compile(_active(told["acts"])), re.compile(passive), re.compile(rf"\b{phrases}\b"), tuple(sorted(heads))


def _active(acts: list[str]) -> str:
    """An inability and what cannot be done (group 1): "unable to reliably determine"."""
    told = table("refusals")
    plain = any_of(set(told["inabilities"]) - set(told["negated"]))
    turned = rf"(?:n't|not) (?:\w+ )?{any_of(told['negated'])}"
    return rf"(?:{_BEFORE}{plain}|{turned})\s+(?:\w+\s+){{0,2}}?({any_of(acts)})\b"


@lru_cache(maxsize=1)
def _withholding() -> re.Pattern[str]:
    """What tells that the speaker cannot say, or did not see; group ``blind``: that there is no picture to be seen."""
    told = table("refusals")
    tells = _active([act for act in told["acts"] if act not in told["of_findings"]]).replace("({", "(?:{")
    blind, unknown = (patterns("refusals", name).pattern for name in ("blind", "unknown"))
    return re.compile(rf"(?P<blind>{blind})|{unknown}|{tells}")


def withheld(text: str) -> list[tuple[int, bool]]:
    """Where a text in small letters says that its speaker cannot tell; and whether for want of a picture to look at.

    What follows such a place in its clause is what could not be told, not what was seen: "I can't say whether there is
    a mass", "no conclusion can be drawn about a mass". "I cannot see a mass" is none: there somebody looked.
    """
    if not contains(text, _PARTS):
        return []
    return [(m.start(), m["blind"] is not None) for m in _withholding().finditer(text)]


@lru_cache(maxsize=1)
def _advice() -> re.Pattern[str]:
    told = table("refusals")
    return re.compile(rf"\b{any_of(told['advice'])}\s+(?:[\w-]+\s+){{0,4}}?{any_of(told['who'])}\b")


def declined(text: str) -> str | None:
    """The act that a text declines ("determine", or "" where it names none); None where it declines nothing."""
    text = text.lower()
    active, passive, phrases, heads = _patterns()
    if contains(text, _PARTS):
        if m := active.search(text) or passive.search(text):
            return str(m[1])
        if withheld(text):
            return ""
    return "" if contains(text, heads) and phrases.search(text) else None


def advises(text: str) -> bool:
    """Whether a text sends its reader to a physician or other expert: no answer where it says nothing else."""
    return _advice().search(text.lower()) is not None
