"""Texts that are one option and nothing else: its words, its letter, its number, or a label with its words."""

import re
from typing import Literal

from auscult.facts.options import Options
from auscult.facts.spoken import spoken

_AROUND = r"[\s\"'*().\[\]{}:,;!|]*"  # decoration of a bare letter; every other sign may be part of an option
_BARE = re.compile(rf"{_AROUND}(?:(?:option|choice|answer|alternative)\s+)?\(?([A-Za-z]){_AROUND}", re.I)
_REPEATED = re.compile(r"\W*([A-Za-z])(?:[\s,.;]+\1)+\W*")
_NUMBERED = re.compile(rf"{_AROUND}(?:option|choice|alternative)\s+[(#]?(\d){_AROUND}", re.I)
LABEL = re.compile(
    r"[^\w<>+-]*(?:(?:option|choice|answer)\s+\(?([A-Za-z])\b\)?[.:,-]?|\(([A-Za-z])\)|([A-Za-z])(?:[):]|\.(?=\s|$)|\s+[-(](?=\S|\s)))\s*",
    re.I,
)
"""A label that begins a text; the letter is the last group that matched."""


def whole(text: str, options: Options) -> int | Literal["unclear"] | None:
    """The option that a text is, and nothing else; ``unclear`` where its letter is another's."""
    if len(text) > 20 + 3 * max(map(len, options.texts)):
        return None
    if not options.lettered and (m := _BARE.fullmatch(text)):
        return options.letters.get(m[1].upper())
    form = tuple(spoken(text))
    if (index := options.called(form)) is not None:
        return index
    if m := _BARE.fullmatch(text) or _REPEATED.fullmatch(text):
        return options.letters.get(m[1].upper())
    if not options.numbered and (m := _NUMBERED.fullmatch(text)) and 0 < int(m[1]) <= len(options.texts):
        return int(m[1]) - 1
    if (m := LABEL.match(text)) and (index := options.letters.get(m[m.lastindex or 0].upper())) is not None:
        rest = tuple(spoken(text[m.end() :]))
        if (meant := options.called(rest)) is not None:
            return index if meant == index else "unclear"
    return None


def full(text: str, options: Options) -> int | None:
    """The option whose letter and words a text begins with ("C) text ..."), or None."""
    m = LABEL.match(text)
    if m is None or (index := options.letters.get(m[m.lastindex or 0].upper())) is None:
        return None
    form = options.forms[index]
    return (
        index
        if form and tuple(spoken(text[m.end() : m.end() + 40 + 3 * len(options.texts[index])])[: len(form)]) == form
        else None
    )
