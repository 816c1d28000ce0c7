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


def labelled(text: str, options: Options) -> tuple[int, str] | None:
    """The option whose letter a text begins with, as a label, and what follows it; None where it begins with none."""
    m = LABEL.match(text)
    index = options.letters.get(m[m.lastindex or 0].upper()) if m else None
    return None if m is None or index is None else (index, text[m.end() :])


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
    if found := labelled(text, options):
        meant = options.called(tuple(spoken(found[1])))
        return None if meant is None else found[0] if meant == found[0] else "unclear"
    return None


def full(text: str, options: Options) -> int | None:
    """The option whose letter and words a text begins with ("C) text ..."), or None."""
    if (found := labelled(text, options)) is None:
        return None
    index, rest = found
    form, own = options.forms[index], rest[: 40 + 3 * len(options.texts[index])]
    return index if form and tuple(spoken(own)[: len(form)]) == form else None
