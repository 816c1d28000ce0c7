"""How fast and how much: concurrency that gives way, bounded retries with jitter, and budgets that stop cleanly.

``AskOptions`` is what a user says of all that, in one place for every command that asks.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass
from typing import Annotated, Any, NamedTuple, get_type_hints

from auscult.errors import BudgetReached, UserError
from auscult.records import Bounds, Call, Reply


class AdaptiveLimit:
    """How many calls may be in flight: grows with success, halves when the server asks for less.

    It starts low and grows by one a success until the first overload, then by one a round; calls that were sent before
    a cut do not cut again. A Retry-After holds all new calls back until its time has come.
    """

    def __init__(self, maximum: int, start: int = 8) -> None:
        self.maximum, self.limit = maximum, float(min(start, maximum))
        self.in_flight = self.cuts = 0
        self._growing_fast = True
        self._not_before = self._last_cut = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> float:
        """Waits for a place and returns the time at which it was given."""
        if self.in_flight >= int(self.limit) or self._waiting:
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():
                    self.release()
                raise
        else:
            self.in_flight += 1
        while (pause := self._not_before - time.monotonic()) > 0:
            try:
                await asyncio.sleep(pause)
            except asyncio.CancelledError:
                self.release()
                raise
        return time.monotonic()

    def release(self) -> None:
        """Gives a place back."""
        self.in_flight -= 1
        while self._waiting and self.in_flight < int(self.limit):
            place = self._waiting.popleft()
            if not place.done():
                self.in_flight += 1
                place.set_result(None)

    def succeeded(self) -> None:
        """A call came back in good order."""
        if self.limit < self.maximum:
            self.limit = min(self.maximum, self.limit + (1.0 if self._growing_fast else 1.0 / self.limit))

    def hold_back(self, seconds: float) -> None:
        """Sends nothing for a while."""
        self._not_before = max(self._not_before, time.monotonic() + seconds)

    def overloaded(self, sent: float, retry_after: float | None) -> None:
        """The server asked for less load, or did not answer in time, for a call that was sent at ``sent``."""
        now = time.monotonic()
        if retry_after:
            self.hold_back(retry_after)
        if sent >= self._last_cut:
            self.limit, self._last_cut, self._growing_fast = max(1.0, self.limit / 2), now, False
            self.cuts += 1


class Outage:
    """Tells a server that is down, or too slow for its time limit, from one that fails now and then.

    Failures in a row count, each for want of an answer; calls that were on their way together count once, and anything
    that comes back ends the row.
    """

    def __init__(self, most: int) -> None:
        """Takes how many in a row it needs; 0: it never tells."""
        self.most, self.in_a_row, self._last = most, 0, 0.0

    def failed(self, sent: float) -> bool:
        """Takes the failure of a call sent at ``sent``; whether it was one too many."""
        if sent >= self._last:
            self.in_a_row, self._last = self.in_a_row + 1, time.monotonic()
        return 0 < self.most <= self.in_a_row

    def ended(self) -> None:
        """Something came back."""
        self.in_a_row = 0


LONGEST_PAUSE = 30.0
"""Upper end of any random pause, in seconds."""
LONGEST_WAIT = 300.0
"""A Retry-After beyond this many seconds ends the call as failed; a shorter one is honoured."""


def prompt_tokens(call: Call, *, blind: bool = False) -> int:
    """Rough tokens of a prompt: four characters a token, and 576 an image (CLIP 336/14, as in LLaVA), unless blind."""
    characters = sum(len(p) for m in call.messages for p in m.parts if isinstance(p, str))
    return characters // 4 + 4 * len(call.messages) + 576 * len(call.images) * (not blind)


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Money for a million tokens; 0 where unknown."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0

    @property
    def known(self) -> bool:
        """Whether any price was given."""
        return self != Prices()

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """What that many tokens cost."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1e6


def check_bounds(options: Any) -> None:
    """Refuses numbers of an option dataclass, and of those within it, that lie outside of their ``Bounds``.

    Raises:
        UserError: which, and what it may be.
    """
    for name, kind in get_type_hints(type(options), include_extras=True).items():
        value = getattr(options, name)
        if is_dataclass(value):
            check_bounds(value)
        for mark in getattr(kind, "__metadata__", ()):
            number = isinstance(value, int | float)
            if isinstance(mark, Bounds) and value is not None and not (number and mark.hold(value)):
                raise UserError(f"{name.replace('_', '-')} must be {mark}, not {value!r}")


@dataclass(frozen=True, kw_only=True)
class AskOptions:
    """How a model is asked, and what that may take.

    Attributes:
        concurrency: most calls in flight.
        timeout: seconds that a call may take.
        retries: tries after a failed one.
        pause: longest wait before the first of them, in seconds; doubles each time.
        give_up_after: failures in a row, each for want of an answer, after which the work stops; 0: never.
        price_in: of a million tokens in; 0: unknown.
        price_out: of a million tokens out; 0: unknown.
        budget_calls: most calls in all, every try and what an earlier attempt took counted in.
        budget_tokens: most tokens in all, earlier attempts counted in.
        budget_cost: most money in all, by the prices.
    """

    concurrency: Annotated[int, Bounds(1)] = 32
    timeout: Annotated[float, Bounds(0.1)] = 120.0
    retries: Annotated[int, Bounds(0)] = 5
    pause: Annotated[float, Bounds(0)] = 0.5
    give_up_after: Annotated[int, Bounds(0)] = 8
    price_in: Annotated[float, Bounds(0)] = 0.0
    price_out: Annotated[float, Bounds(0)] = 0.0
    budget_calls: Annotated[int | None, Bounds(0)] = None
    budget_tokens: Annotated[int | None, Bounds(0)] = None
    budget_cost: Annotated[float | None, Bounds(0)] = None

    @property
    def prices(self) -> Prices:
        """Money for a million tokens."""
        return Prices(tokens_in=self.price_in, tokens_out=self.price_out)

    def pause_after(self, tries: int, retry_after: float | None) -> float:
        """Seconds to wait after ``tries`` failed tries."""
        jittered = random.uniform(0, min(LONGEST_PAUSE, self.pause * 2 ** (tries - 1)))
        return jittered if retry_after is None else retry_after + jittered / 4

    def check(self) -> None:
        """Refuses options that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        if self.budget_cost is not None and not self.prices.known:
            raise UserError(
                "a money budget needs prices, for a million tokens, of the model that is asked; add --price-in and "
                "--price-out (of a judge: --judge-price-in, --judge-price-out)"
            )


class Held(NamedTuple):
    """What is set aside for calls on their way."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass
class Budget:
    """What a run may use in all, earlier attempts at the same run counted in; None: no bound.

    Every try counts as a call, the failed ones too. Calls in flight are held against the budget with their rough prompt
    and their full ``max_tokens``; where replies show that prompts take more than estimated, that much more. A reply
    without token counts is charged with the estimate, since the server does not say.
    """

    options: AskOptions = AskOptions()
    spent_calls: int = 0
    spent_in: int = 0
    spent_out: int = 0
    held_calls: int = 0
    held_in: int = 0
    held_out: int = 0
    longer: float = 1.0

    @property
    def bounded(self) -> bool:
        """Whether there is any bound at all."""
        o = self.options
        return not (o.budget_calls is None and o.budget_tokens is None and o.budget_cost is None)

    def hold(self, more: Sequence[Call]) -> Held:
        """Sets aside what calls may take, on top of what was spent and is held: all of them, or none.

        Returns what to give back with ``let_go``.

        Raises:
            BudgetReached: it would go over the budget.
        """
        if not self.bounded:
            return Held()
        more_in, more_out = _rough(more)
        more_in = int(more_in * self.longer)
        total_in = self.spent_in + self.held_in + more_in
        total_out = self.spent_out + self.held_out + more_out
        calls, tokens, cost = self.options.budget_calls, self.options.budget_tokens, self.options.budget_cost
        if calls is not None and self.spent_calls + self.held_calls + len(more) > calls:
            raise self._reached(f"{calls} calls")
        if tokens is not None and total_in + total_out > tokens:
            raise self._reached(f"{tokens} tokens")
        if cost is not None and self.options.prices.cost(total_in, total_out) > cost:
            raise self._reached(f"{cost:g} in money")
        self._add(held := Held(len(more), more_in, more_out), 1)
        return held

    def let_go(self, held: Held) -> None:
        """Gives back what was set aside for calls that have ended."""
        self._add(held, -1)

    def _add(self, held: Held, sign: int) -> None:
        self.held_calls += sign * held.calls
        self.held_in += sign * held.tokens_in
        self.held_out += sign * held.tokens_out

    def spend(self, calls: Sequence[Call], replies: Sequence[Reply]) -> None:
        """Counts calls that were tried, with the tokens of their replies; failed ones have none."""
        if not self.bounded:
            return
        self.spent_calls += len(calls)
        for call, reply in zip(calls, replies, strict=False):
            rough_in, rough_out = _rough([call])
            self.longer = max(self.longer, reply.tokens_in / max(1, rough_in))
            self.spent_in += reply.tokens_in or rough_in
            self.spent_out += reply.tokens_out or (0 if reply.tokens_in else rough_out)

    def _reached(self, bound: str) -> BudgetReached:
        return BudgetReached(
            f"the budget of {bound} leaves no room for the next call ({self.spent_calls} calls and "
            f"{self.spent_in + self.spent_out} tokens are spent); "
            "finished calls are kept; run the same command with a larger budget to go on"
        )


def _rough(calls: Sequence[Call]) -> tuple[int, int]:
    return sum(prompt_tokens(c) for c in calls), sum(c.decoding.max_tokens for c in calls)
