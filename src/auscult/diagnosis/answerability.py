"""Can a question be answered without the image: alone, or behind one gold stage?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from auscult.engine.ask import Ask
from auscult.protocols import Protocol, Question
from auscult.protocols.direct import prompts, question_text
from auscult.records import Answer, Call, Message

VERSION = prompts("answerability")["version"]
NAME = f"answerability@{VERSION}+direct@{prompts('direct')['version']}"
"""As in the ids of its answers."""


@dataclass(kw_only=True, eq=False)
class Answerability(Protocol):
    """Puts the question as the direct protocol does, behind the stage that is given; no trace is asked for."""

    version: ClassVar[str] = VERSION

    def call(self, question: Question) -> Call:
        """The call for one question."""
        text = question_text(question.item)
        for stage, said in question.given.items():
            text = prompts("answerability")[f"after_{stage}"].format(stage=said, question=text)
        return self.asking.call(question, [Message("user", (*question.images, text))])

    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """One call an answer."""
        replies = await ask.all([self.call(question) for question in group])
        return [self.asking.answer(question, reply) for question, reply in zip(group, replies, strict=True)]
