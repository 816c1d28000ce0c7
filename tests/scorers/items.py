"""Items for scorer tests."""

from typing import Any

from auscult.records import Answer, AnswerType, Item


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
