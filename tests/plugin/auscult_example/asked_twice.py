"""A protocol of two calls: the model answers, is asked whether it is sure, and answers again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from auscult.engine.ask import Ask
from auscult.protocols import Protocol, Question
from auscult.protocols.direct import question_text
from auscult.records import Answer, Message


@dataclass(eq=False)
class AskedTwice(Protocol):
    """Attributes:
    doubt: what the model is asked after its first answer.
    """

    version: ClassVar[str] = "1"
    doubt: str = "Are you sure? Answer once more."

    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """The second answer to each question; the first stands among the stages."""
        made = []
        for question in group:
            put = Message("user", (*question.images, question_text(question.item)))
            first = await ask(self.asking.call(question, [put]))
            turns = [put, Message("assistant", (first.text,)), Message("user", (self.doubt,))]
            second = await ask(self.asking.call(question, turns))
            made.append(self.asking.answer(question, first, second, stages={"first answer": first.text}))
        return made


PROTOCOL = AskedTwice
