"""Answers that say themselves what they mean: those that begin with Yes or No and go on so, and choices of one option.

A few plain words decide (``own_words.toml``), and doubt leaves an answer out. No reader of this package is used.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from auscult.certificates.recorded.labels import folded
from auscult.certificates.recorded.reading import Recorded

_LEAD = re.compile(r"^[\W_]*(?:answer[\W_]+)?(yes|no)\b[\W_]*", re.I)
_AGAIN = re.compile(r"^[\W_]*(yes|no)[\s*_]*(?:[.,:;!-]|$)", re.I)
_QUOTED = re.compile(r"\b[Yy][Ee][Ss]\b|\bNO\b|(?<=[a-z,] )No\b|[\"“'](?:no|No)\b")
_BARE = re.compile(r"^[\W_]*(\w+)[\W_]*$")
_LETTER = re.compile(r"^[\W_]*([A-J])[\W_]*$")
_LETTERED = re.compile(r"^[\W_]*([A-J])[\W_]+(\w.*?)[\W_]*$", re.S)
_LISTED = re.compile(r"^[\W_]*([A-J])(?![\w'])")
_SAID = re.compile(r"\b(?:answer|option|choice)\b\W+(?:is\b\W*)?([A-J])\b(?![\w'])")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
SHORT = 4
"""Letters of a word that are compared, so that plurals and words that were cut off are known again."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What an answer says of itself: yes, no or an option; ``bare``: it is that and nothing more."""

    value: str
    bare: bool


@cache
def _lists() -> dict[str, list[Any]]:
    text = (files("auscult") / "certificates" / "recorded" / "own_words.toml").read_text("utf-8")
    return tomllib.loads(text)


def words(name: str) -> list[str]:
    """A list of ``own_words.toml``."""
    return _lists()[name]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<![\w'-]){re.escape(w)}(?![\w'-])" for w in words(name)), re.I)


def holds(name: str, text: str) -> bool:
    """Whether a text holds a word of a list."""
    return _pattern(name).search(text) is not None


def own_meaning(row: Recorded) -> Meant | None:
    """What a closed answer says of itself, or None where that is open to doubt."""
    if row.answer_type == "choice" and len(row.options) > 1:
        return _option(row.options, row.answer)
    return _yes_no(row.question, row.answer) if row.answer_type == "yes_no" else None


def rest_of(answer: str) -> str:
    """An answer without the yes or no that it begins with."""
    return _LEAD.sub("", answer, count=1)


def sentences(text: str) -> list[str]:
    """A text at its full stops and line ends."""
    return _SENTENCE.split(text)


def _yes_no(question: str, answer: str) -> Meant | None:
    lead = _LEAD.match(answer)
    if not lead or not question.isascii() or question.count("?") > 1 or holds("crooked", question):
        return None
    said, rest = lead[1].lower(), rest_of(answer)
    if not rest:
        return Meant(said, bare=True)
    if holds("turns", rest) or any(s in rest.lower() for s in words("speakers")):
        return None
    if _QUOTED.search(rest) or (said == "yes" and _turned_round(question, rest)):
        return None
    asked = content(question)
    for number, sentence in enumerate(sentences(rest)):
        own = content(sentence)
        about = len(asked & own) / len(asked) if asked else 1.0
        near = number == 0 or about >= 0.5
        if (again := _AGAIN.match(sentence)) and again[1].lower() != said:
            return None
        if near and holds("hedges", sentence):
            return None
        denied = holds("denials", sentence)
        if said == "yes" and denied and near:
            return None
        if said == "no" and not denied and asked and about == 1.0:
            return None
    return Meant(said, bare=False)


def _turned_round(question: str, rest: str) -> bool:
    """Whether a text has the contrary of a word of the question, and not that word."""
    asked, said = (set(re.findall(r"[a-z]+", text.lower())) for text in (question, rest))
    pairs = [(a, b) for one, other in _lists()["opposites"] for a, b in ((one, other), (other, one))]
    return any(a in asked and b in said and a not in said for a, b in pairs)


def content(text: str) -> frozenset[str]:
    """The beginnings of the words of a text that name something."""
    found = re.findall(r"[a-z0-9][a-z0-9'-]*", text.lower())
    return frozenset(w[:SHORT] for w in found if w not in words("frame"))


def _option(options: tuple[str, ...], answer: str) -> Meant | None:
    """The option that an answer is, or whose letter it ends in; None where it names two letters as its answer."""
    text = answer.strip()
    if (whole := _one(options, text)) is not None:
        return Meant(options[whole], bare=bool(_BARE.match(text)))
    said = {m[1] for m in _SAID.finditer(text)}
    *before, tail = [line for line in text.split("\n") if line.strip()]
    if _goes_on(before, tail):
        return None
    if (last := _one(options, tail)) is None and said and _SAID.search(tail):
        ends = [m for m in _SAID.finditer(tail)][-1]
        after = tail[ends.end() :]
        at = ord(ends[1]) - ord("A")
        if at < len(options) and _same(after) in ("", _same(options[at])):
            last = at
    if last is None or said - {chr(ord("A") + last)}:
        return None
    return Meant(options[last], bare=False)


def _goes_on(before: list[str], tail: str) -> bool:
    """Whether the last line is one of a list: the line above it has the letter before its own."""
    own, above = (_LISTED.match(line) for line in (tail, before[-1] if before else ""))
    return bool(own and above and ord(above[1]) + 1 == ord(own[1]))


def _one(options: tuple[str, ...], text: str) -> int | None:
    """The option that a text is: its letter, its own words, or both."""
    if (letter := _LETTER.match(text)) and (at := ord(letter[1]) - ord("A")) < len(options):
        return at
    named = [n for n, option in enumerate(options) if folded(option) == folded(text) or _same(option) == _same(text)]
    if len(named) == 1:
        return named[0]
    if (both := _LETTERED.match(text)) and (at := ord(both[1]) - ord("A")) < len(options):
        return at if _same(both[2]) == _same(options[at]) else None
    return None


def _same(text: str) -> str:
    """A text for comparison: folded, without marks at its ends; signs that carry meaning stay."""
    return re.sub(r"^[\s*_.,:()\"'-]+|[\s*_.,:()\"']+$", "", folded(text))
