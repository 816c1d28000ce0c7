"""Models in this process whose every reply is known: for tests of the engine alone."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from auscult.models import CallFailed
from auscult.records import Answer, Call, Condition, Decoding, Message, Reply


class Scripted:
    """Echoes the question; ``script(text, time asked)`` may raise CallFailed or return another reply."""

    identity = "scripted"
    host = ""
    knows_items = False
    blind = False
    usual_seconds: float | None = None
    usual_trace_seconds: float | None = None
    conditions: frozenset[Condition] = frozenset({"with"})

    def __init__(self, script: Callable[[str, int], Reply | None] | None = None, batch: int = 1) -> None:
        self.batch, self.script = batch, script
        self.asked: Counter[str] = Counter()
        self.requests = self.now = self.most = 0

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        self.requests += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.001)
            return [self._one(c) for c in calls]
        finally:
            self.now -= 1

    def _one(self, call: Call) -> Reply:
        text = call.messages[-1].text
        self.asked[text] += 1
        reply = self.script(text, self.asked[text]) if self.script else None
        return reply or Reply(text=f"echo {text}", finish="stop", tokens_in=5, tokens_out=2)

    async def close(self) -> None:
        pass


def call(text: object) -> Call:
    return Call(messages=(Message("user", (str(text),)),), decoding=Decoding(max_tokens=8))


def answer(name: str, reply: Reply) -> Answer:
    status = "request_failed" if reply.failure else "ok"
    return Answer(
        id=name,
        item_id=name,
        case_id="c",
        model="m",
        protocol="p",
        status=status,
        text=reply.text,
        failure=reply.failure,
    )


def overloaded(retry_after: float | None = None) -> CallFailed:
    return CallFailed("rate_limited", "slow down", retryable=True, retry_after=retry_after, overload=True)
