"""Asks until a reply can be read: rounds over the calls of one group, each try a journalled call of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from auscult.engine.ask import Ask
from auscult.records import Call, Reply, ScoreStatus

T = TypeVar("T")
TRY = 1_000
"""Step of ``Call.repeat`` between tries: below it stand the repeats, so that no two calls share a journal key."""


class Unreadable(Exception):
    """A judge's reply that must not become a score; its text says why, and in brackets at its end what was said."""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[T]):
    """What was read from the replies to one call, or why nothing was: then ``status`` is that of missing data."""

    value: T | None
    status: ScoreStatus = "ok"
    why: str = ""


async def ask_until_read(
    calls: Sequence[Call], read: Callable[[int, Reply], T], ask: Ask, tries: int
) -> list[Verdict[T]]:
    """Asks all calls together, and those whose reply cannot be read again, up to ``tries`` times.

    Args:
        calls: ``repeat`` below ``TRY``.
        read: number of the call and its reply → what it says; raises Unreadable.
        ask: how to ask.
        tries: at least 1.
    """
    found: list[Verdict[T]] = [Verdict(None)] * len(calls)
    open_ones = list(range(len(calls)))
    for attempt in range(tries):
        if not open_ones:
            break
        replies = await ask.all([replace(calls[n], repeat=calls[n].repeat + TRY * attempt) for n in open_ones])
        again = []
        for n, reply in zip(open_ones, replies, strict=True):
            if reply.failure:
                found[n] = Verdict(None, "request_failed", f"{reply.failure}: {reply.detail}")
                continue
            try:
                found[n] = Verdict(read(n, reply))
            except Unreadable as error:
                cut = ", cut off at the token limit" if reply.finish == "length" else ""
                times = f" {attempt + 1} times, at last" if attempt else ""
                found[n] = Verdict(None, "judge_unusable", f"unreadable{times}{cut}: {error}")
                again.append(n)
        open_ones = again
    return found
