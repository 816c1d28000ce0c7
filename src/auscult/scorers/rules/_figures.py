"""Yes and no by figures: a probability that is given, and a size that is asked for as larger or smaller than a limit.

Texts are in small letters.
"""

import re
from typing import Literal

from auscult.facts.numerals import in_digits, numerals
from auscult.facts.units import unit

_PROBABILITY = re.compile(
    r"\b(?:probability|likelihood|chance|odds)s?\b[^.;\d]{0,60}?(?P<after>\d{1,3}(?:\.\d+)?) ?(?:%|percent|per cent)"
    r"|(?P<before>\d{1,3}(?:\.\d+)?) ?(?:%|percent|per cent) (?:\w+ )?(?:probability|likelihood|chance|likely)"
)
_LIMIT = re.compile(
    r"\b(?:(?P<more>larger|greater|bigger|more|longer|wider|thicker|over|above|exceed\w*)"
    r"|(?P<less>smaller|less|shorter|thinner|narrower|under|below))(?: than)?"
)
_LENGTH = re.compile(r"\s*(mm|cm|millimet(?:er|re)s?|centimet(?:er|re)s?)\b")
_IN_MM = {"m": 1.0, "c": 10.0}


def by_probability(clause: str) -> Literal["yes", "no", "hedge", ""]:
    """What a probability in per cent says of what it is given of; a half is neither."""
    m = _PROBABILITY.search(clause)
    if m is None:
        return ""
    percent = float(m["after"] or m["before"])
    return "hedge" if percent == 50 or percent > 100 else "yes" if percent > 50 else "no"


def by_size(question: str, text: str) -> Literal["yes", "no", ""]:
    """What the one length of an answer says of a limit that is asked for: "It measures 4.2 cm." of "> 3 cm?"."""
    question = in_digits(question)
    asked, said = _lengths(question), _lengths(in_digits(text))
    if len(asked) != 1 or len(said) != 1:
        return ""
    at, limit = asked[0]
    found = list(_LIMIT.finditer(question, 0, at))
    if (
        not found
        or at - found[-1].end() > 3
        or _LIMIT.search(text)
        or not re.search(r"\bmeasur|\bsize|\bdiamet|\bis\b|\bof\b", text)
    ):
        return ""
    size = said[0][1]
    if size == limit:
        return "no"
    return "yes" if (size > limit) == (found[-1]["more"] is not None) else "no"


def _lengths(text: str) -> list[tuple[int, float]]:
    """Lengths in mm, each with its place in the text."""
    if "mm" not in text and "cm" not in text and "met" not in text:
        return []
    found = []
    for number in numerals(text):
        if (m := _LENGTH.match(text, number.end)) and unit(m[1]) is not None:
            found.append((number.start, number.value * _IN_MM[m[1][0]]))
    return found
