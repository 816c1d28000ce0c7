"""Statements about medicine, true and false by text alone: the third category, distorted clinical knowledge.

They stand in ``knowledge.toml`` in matched pairs of equal style and length. A question-only reader may well tell them
apart, by knowing medicine: that is what they ask for. Their figures are reported apart.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from auscult.construction.wordings import Form, Question
from auscult.store.files import shipped_table

KNOWLEDGE_FORMS: tuple[Form, ...] = ("polar", "tag", "presupposition")


@dataclass(frozen=True, slots=True)
class Statement:
    """A true statement, its false counterpart, and why the true one holds."""

    number: int
    region: str
    topic: str
    true: str
    false: str
    why: str


def _table() -> dict[str, Any]:
    return shipped_table("construction/knowledge.toml")


@cache
def statements(region: str = "") -> tuple[Statement, ...]:
    """The statements about a region of the body, or all."""
    rows = (Statement(number, **row) for number, row in enumerate(_table()["statement"]))
    return tuple(s for s in rows if not region or s.region == region)


def ask_knowledge(statement: Statement, true: bool, form: Form, phrasing: int) -> Question:
    """Asks about the true or the false half of a pair.

    Args:
        statement: the pair.
        true: which half.
        form: polar, tag or presupposition.
        phrasing: 0, 1 or 2.
    """
    said = statement.true if true else statement.false
    text = str(_table()["ask"][form][phrasing]).format(s=said, S=sentence(said))
    name = ("reason" if true else "correct") if form == "presupposition" else ("yes" if true else "no")
    answer = str(_table()["answer"][name]).format(true=statement.true, why=statement.why)
    return Question(text, answer, "reason" if form == "presupposition" else "")


def sentence(said: str) -> str:
    """A statement with a capital at its start."""
    return said[0].upper() + said[1:]
