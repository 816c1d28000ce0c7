"""Numbers in a text, as digits or in words: "two and a half", "1.2 million", "10^6", "2 1/2", each with its place.

Knows no units. Names that hold digits (T1, L4, C6/7, 5th, 3D) are no numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from auscult.facts.reply.phrases import table

_DIGITS = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+[.,]\d+|\.\d+|\d+"
_POWER = r"(?:\s*[x×*·]\s*10\s*\^\s*(?P<exponent>[-+]?\d+)|e(?P<e>[-+]?\d+)(?![\w.])|\s*\^\s*(?P<raised>[-+]?\d+))?"
_TIMES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0, "k": 1e3}
_NUMBER = re.compile(
    rf"(?<![\w.°])(?P<sign>(?<![\w)])-\s?|(?<![\w])(?:minus|negative)\s+)?"
    rf"(?:(?P<whole>\d+)\s+(?=\d+/\d+))?(?P<digits>{_DIGITS})(?:/(?P<below>[1-9]\d*)(?![/\d]))?{_POWER}"
    rf"(?P<more>\s+(?:hundred|thousand|million|billion|dozen)\b)?(?P<half>\s+and\s+a\s+half\b)?(?!\d)"
)
_PART_OF_NAME = re.compile(r"[a-z]\d*(?:[-/]\d+)*[-/]$|\d/$|[a-z]\^$")
_PRONOUN = re.compile(
    r"\b(?:the|this|that|which|another|other|any|every|each|no|large|larger|small|smaller|first|second|last)\s+$"
)
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number with its place in the text.

    Attributes:
        value: what it is.
        start: its first character, the sign included.
        end: the character after it.
        fraction: written as a/b, which may be a ratio or a name.
    """

    value: float
    start: int
    end: int
    fraction: bool = False


def numerals(text: str) -> Iterator[Numeral]:
    """The numbers of a lower-case text in which words were brought to digits by ``in_digits``."""
    for m in _NUMBER.finditer(text):
        if _PART_OF_NAME.search(text[max(0, m.start() - 12) : m.start()]):
            continue
        if text.startswith("-", m.start()) and text[m.start() - 1 : m.start()] == "-":
            continue
        value = digits_value(m["digits"])
        if m["below"]:
            value = value / float(m["below"]) + float(m["whole"] or 0)
        exponent = m["exponent"] or m["e"] or m["raised"]
        if exponent is not None:
            if len(exponent) > 3 or (m["raised"] and value != 10):
                continue
            value = 10.0 ** int(exponent) * (1.0 if m["raised"] else value)
        value = value * _TIMES.get((m["more"] or "").strip(), 1.0) + (0.5 if m["half"] else 0.0)
        yield Numeral(-value if m["sign"] else value, m.start(), m.end(), bool(m["below"]))


def digits_value(digits: str) -> float:
    """The value of digits: 3500 for "3,500", 3.5 for "3,5"."""
    if "," in digits and "." not in digits and not re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", digits):
        digits = digits.replace(",", ".")
    return float(digits.replace(",", ""))


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, int], dict[str, int], dict[str, float]]:
    told = table("numerals")
    ones = {word: n for n, word in enumerate(told["ones"]["values"])}
    tens = {word: 10 * n for n, word in enumerate(told["tens"]["values"], start=2)}
    return ones, tens, told["parts"]


def in_digits(text: str) -> str:
    """Spelled numbers of a lower-case text in digits; "the one" and "one of the" stay words."""
    ones, tens, parts = _lexicon()
    found: list[str] = []
    at = 0
    spots = list(_spots(text))
    n = 0
    while n < len(spots):
        word, start, _ = spots[n]
        if word in ones or word in tens or word in _TIMES or word in parts:
            value, used = _value([w for w, _, _ in spots[n : n + 12]], text[max(0, start - 20) : start])
            if used:
                end = spots[n + used - 1][2]
                before = start
                if value is not None and text[max(0, start - 2) : start] == "a " and (word in _TIMES or word in parts):
                    before = start - 2
                if value is not None and not _is_pronoun(word, used, text, start, end):
                    found += [text[at:before], f"{value:.15g}"]
                    at = end
                n += used
                continue
        n += 1
    return "".join([*found, text[at:]])


def _spots(text: str) -> Iterator[tuple[str, int, int]]:
    """Words with their places; "twenty-one" is two."""
    ones, tens, _ = _lexicon()
    for m in _WORDS.finditer(text):
        start = m.start()
        if text[start - 1 : start].isdigit():
            continue
        pieces = m[0].split("-")
        if len(pieces) > 1 and not all(p in ones or p in tens or p in _TIMES for p in pieces):
            pieces = [pieces[0], "-".join(pieces[1:])] if pieces[0] in ones or pieces[0] in tens else [m[0]]
        for piece in pieces:
            yield piece, start, start + len(piece)
            start += len(piece) + 1


def _value(words: list[str], before: str) -> tuple[float | None, int]:
    """The value of the number that words begin with, and how many of them it takes."""
    ones, tens, parts = _lexicon()
    total, current, used, last = 0.0, 0.0, 0, ""
    while used < len(words):
        word = words[used]
        if word in ones and last in ("", "tens", "times"):
            if last == "tens" and not 0 < ones[word] < 10:
                break
            current, last = current + ones[word], "ones"
        elif word in tens and last in ("", "times"):
            current, last = current + tens[word], "tens"
        elif word in _TIMES and word != "k":
            if last == "" and not before.endswith("a "):
                break
            if word in ("hundred", "dozen"):
                current = max(current, 1.0) * _TIMES[word]
            else:
                total, current = total + max(current, 1.0) * _TIMES[word], 0.0
            last = "times"
        elif word == "and" and last == "times" and words[used + 1 : used + 2] and words[used + 1] in {**ones, **tens}:
            pass
        else:
            break
        used += 1
    part = words[used : used + 3]
    if last and part[:2] == ["and", "a"] and part[2:] and part[2] in parts:
        return total + current + parts[part[2]], used + 3
    if last == "ones" and part[:1] and part[0] in parts and used == 1:
        return current * parts[part[0]], used + 1
    if not last and words[0] in parts:  # "half a centimetre", "a quarter of"
        alone = words[1:2] in (["a"], ["an"]) if words[0] == "half" else before.endswith("a ") and words[1:2] == ["of"]
        return (parts[words[0]], 1 + (words[0] == "half")) if alone else (None, 1)
    return (total + current, used) if last else (None, max(used, 1))


def _is_pronoun(word: str, used: int, text: str, start: int, end: int) -> bool:
    """Whether "one" points at something instead of counting it."""
    alone = word == "one" and used == 1
    return alone and (_PRONOUN.search(text[max(0, start - 20) : start]) is not None or text.startswith(" of", end))
