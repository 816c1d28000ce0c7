"""Items for scorer tests."""

from collections.abc import Callable
from typing import Any

from auscult.records import Answer, AnswerType, Instrument, Item
from auscult.scorers import ACCURACY, Scorer, Verdict


def item(reference: str, question: str = "", answer_type: AnswerType = "yes_no", **more: Any) -> Item:
    return Item(
        id="i1",
        case_id="c1",
        source_id="s1",
        question=question,
        reference=reference,
        answer_type=answer_type,
        **more,
    )


def answer(text: str, status: Any = "ok") -> Answer:
    return Answer(id="a1", item_id="i1", case_id="c1", model="m", protocol="direct", status=status, text=text)


def made_up(rule: Callable[[Item, str], Verdict], *answer_types: AnswerType, **more: Any) -> Scorer:
    """A scorer of a test."""
    about: dict[str, Any] = {"name": "made-up", "version": "1", "kind": "rule", "values": (ACCURACY,)} | more
    return Scorer(instrument=Instrument(answer_types=frozenset(answer_types), **about), rule=rule)
