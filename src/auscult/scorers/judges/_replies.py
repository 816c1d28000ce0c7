"""What a judge said, or that it must not become a score. Nothing is searched for, repaired or clipped.

A reply is read whole or not at all: a number found somewhere in a text is not a grade, and what a judge quotes from the
candidate is not its own verdict. What it thought before its verdict is none, and taken off.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from auscult.errors import UserError
from auscult.facts.reply import without_thought
from auscult.scorers.judges._asking import Unreadable

LONGEST = 20_000
"""Characters of a verdict beyond which a judge has lost its way."""
ENDLESS = "begins with thinking and ends in it (server: --reasoning-parser, or more --judge-max-tokens)"
_BLOCK = re.compile(r"```(?i:json)?\s*(\{.*\})\s*```", re.DOTALL)
_GRADE = r"(10|[1-9])"
_LINE = re.compile(" ".join([_GRADE] * 4))
FOUR: tuple[str, ...] = ("accuracy", "relevance", "detail", "risk")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a key stands twice")
    return found


def _after_thinking(text: str) -> str:
    """What stands behind the thoughts that a reply begins with.

    Raises:
        Unreadable: a thought was never closed.
    """
    if text.startswith(("{", "```")):  # a verdict may quote the marks of a thought
        return text
    verdict, _, left_open = without_thought(text)
    if left_open:
        raise Unreadable(ENDLESS)
    return verdict.strip()


def read_object(text: str, keys: tuple[str, ...], candidate: str) -> dict[str, Any]:
    """The one JSON object that a reply consists of; a Markdown code block around it may stand.

    Args:
        text: the reply.
        keys: all of them are needed; what stands beside them is left aside.
        candidate: what was judged; a reply that stands in it word for word is a quotation.

    Raises:
        Unreadable: the reply is anything else.
    """
    text = _after_thinking(text.strip())
    if not text:
        raise Unreadable("empty")
    if len(text) > LONGEST:
        raise Unreadable(f"longer than {LONGEST} characters")
    block = _BLOCK.fullmatch(text)
    try:
        found = json.loads(block[1] if block else text, object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError):
        raise Unreadable("not one JSON object") from None
    if not isinstance(found, dict):
        raise Unreadable("not a JSON object")
    if lacking := [key for key in keys if key not in found]:
        raise Unreadable(f"no {', '.join(lacking)} among its keys")
    if "".join((block[1] if block else text).split()) in "".join(candidate.split()):
        raise Unreadable("a quotation of what was to be judged")
    return {key: found[key] for key in keys}


def grade(found: dict[str, Any], name: str) -> float:
    """A whole number from 1 to 10; JSON knows no difference between ``7`` and ``7.0``.

    Raises:
        Unreadable: text, a fraction, true, 0, 11, ...
    """
    value = found[name]
    if type(value) not in (int, float) or not 1 <= value <= 10 or value % 1:
        raise Unreadable(f"{name} is not a whole number from 1 to 10")
    return float(value)


def entries(found: dict[str, Any], keys: tuple[str, ...]) -> list[dict[str, str]]:
    """The list of evidence: objects of texts.

    Raises:
        Unreadable: it has another shape.
    """
    listed = found["evidence"]
    if not isinstance(listed, list):
        raise Unreadable("evidence is no list")
    for entry in listed:
        if not isinstance(entry, dict) or not all(type(entry.get(key)) is str for key in keys):
            raise Unreadable(f"an entry of the evidence is not made of {', '.join(keys)}")
        if not all(_whole(entry[key]) for key in keys):
            raise Unreadable("the evidence holds half a character")
    return [{key: entry[key] for key in keys} for entry in listed]


def _whole(text: str) -> bool:
    """Whether a text can be written down; an escaped half of a surrogate pair cannot."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def strict(text: str) -> dict[str, float]:
    """Four whole numbers from 1 to 10 in ASCII digits between single spaces, alone on the first line of the verdict.

    Raises:
        Unreadable: anything else, and verdicts beyond ``LONGEST``.
    """
    if not text[:1].isdigit():
        found = _after_thinking(text)
        text = text if found == text.strip() else found
    if len(text) > LONGEST:
        raise Unreadable(f"longer than {LONGEST} characters")
    line = text.split("\n", 1)[0]
    four = _LINE.fullmatch(line.strip(" \t\r"))
    if not four:
        raise Unreadable(f"the first line is not four whole numbers from 1 to 10 [{line[:60]!r}]")
    return dict(zip(FOUR, map(float, four.groups()), strict=True))


def published(text: str) -> dict[str, float]:
    """As MedHallTune's scorer reads it: the first line, stripped, split at single spaces, four times ``float``.

    No range is checked: ``0 11 -3 1e3`` are four grades, full-width digits too. Where the published program stops with
    an error the reply is unreadable; so are ``nan`` and ``inf``, which it would take and which would end its mean.

    Raises:
        Unreadable: as said.
    """
    line = text.split("\n", 1)[0].strip()
    try:
        a, b, c, d = (float(part) for part in line.split(" "))
    except ValueError:
        raise Unreadable(f"the published program stops at the first line [{line[:60]!r}]") from None
    if not all(map(math.isfinite, (a, b, c, d))):
        raise Unreadable(f"no mean can be taken of the first line [{line[:60]!r}]")
    return dict(zip(FOUR, (a, b, c, d), strict=True))


POLICIES: dict[str, Callable[[str], dict[str, float]]] = {"strict": strict, "published": published}
"""How a reply of the protocol ``medhalltune`` is read."""


def policy(name: str) -> Callable[[str], dict[str, float]]:
    """The parse policy of that name; ``strict`` for none.

    Raises:
        UserError: there is no such policy.
    """
    if name and name not in POLICIES:
        raise UserError(f"unknown parse policy '{name}'; known: {', '.join(sorted(POLICIES))}")
    return POLICIES[name or "strict"]
