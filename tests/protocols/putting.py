"""Puts questions by a protocol to somebody whose replies are known, and keeps the calls."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from auscult.protocols import Protocol, Question
from auscult.records import Answer, Call, Reply

Says = str | Reply | Callable[[Call], str]


@dataclass
class Put:
    """What was asked, in order, and what came of it."""

    says: Says
    calls: list[Call] = field(default_factory=list)
    answers: Sequence[Answer] = ()

    async def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        said = self.says(call) if callable(self.says) else self.says
        return said if isinstance(said, Reply) else Reply(text=said, tokens_in=10, tokens_out=1, seconds=0.5)

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        return [await self(call) for call in calls]


def put(protocol: Protocol, *questions: Question, says: Says = "yes") -> Put:
    """Puts one group of questions."""
    ask = Put(says)
    ask.answers = asyncio.run(protocol.answers(questions, ask))
    return ask
