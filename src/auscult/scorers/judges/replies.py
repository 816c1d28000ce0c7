"""What a judge said, or that it must not become a score. Nothing is repaired or clipped.

A number found somewhere in a text is not a grade. How a JSON object is read stands in ``auscult.engine.replies``.
"""

import math
import re
from collections.abc import Callable
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from auscult.engine.replies import LONGEST, JsonReply, Text, Unreadable, after_thinking
from auscult.errors import UserError

__all__ = ["FOUR", "Grade", "JsonReply", "Text", "Unreadable", "policy", "published", "strict"]
_GRADE = r"(10|[1-9])"
_LINE = re.compile(" ".join([_GRADE] * 4))
FOUR: tuple[str, ...] = ("accuracy", "relevance", "detail", "risk")


def _grade(value: object) -> float:
    """JSON knows no difference between ``7`` and ``7.0``; text, a fraction, true, 0 and 11 are no grades."""
    if type(value) not in (int, float) or not 1 <= value <= 10 or value % 1:  # type: ignore[operator]
        raise ValueError("is not a whole number from 1 to 10")
    return float(value)  # type: ignore[arg-type]


Grade = Annotated[float, BeforeValidator(_grade), WithJsonSchema({"type": "integer", "enum": list(range(1, 11))})]
"""A whole number from 1 to 10."""


def strict(text: str) -> dict[str, float]:
    """Four whole numbers from 1 to 10 in ASCII digits between single spaces, alone on the first line of the verdict.

    Raises:
        Unreadable: anything else, and verdicts beyond ``LONGEST``.
    """
    if not text[:1].isdigit():
        found = after_thinking(text)
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
