import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.fakes import Scripted, call, overloaded

from auscult.engine.ask import JournalledAsk
from auscult.engine.forecast import Counting
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions, Prices
from auscult.errors import BudgetReached, PartFailed
from auscult.models import CallFailed
from auscult.records import Call, Reply

Make = Callable[..., JournalledAsk]
QUICK = {"concurrency": 8, "retries": 3, "pause": 0.01}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(model: Scripted, **options: object) -> JournalledAsk:
        how = AskOptions(**{**QUICK, **options})  # type: ignore[arg-type]
        return JournalledAsk(model, Journal(tmp_path / "journal"), how)

    return build


async def test_a_finished_call_is_never_asked_again(make: Make) -> None:
    first, second = Scripted(), Scripted()
    reply = await make(first)(call("a"))
    again = make(second)
    assert (await again(call("a"))).text == reply.text == "echo a"
    assert second.requests == 0 and again.counts.from_journal == 1


async def test_equal_calls_at_the_same_time_are_asked_once(make: Make) -> None:
    model = Scripted()
    ask = make(model)
    replies = await asyncio.gather(ask(call("a")), ask.all([call("a"), call("b"), call("a")]))
    assert model.asked == {"a": 1, "b": 1}
    assert [r.text for r in replies[1]] == ["echo a", "echo b", "echo a"]


async def test_a_group_goes_to_a_model_that_takes_groups_in_one_request(make: Make) -> None:
    model = Scripted(batch=0)
    ask = make(model)
    await ask(call(3))
    assert [r.text for r in await ask.all([call(n) for n in range(5)])] == [f"echo {n}" for n in range(5)]
    assert model.requests == 2 and model.asked["3"] == 1


async def test_a_failure_is_tried_again_and_the_tries_are_counted(make: Make) -> None:
    def fails_twice(text: str, time: int) -> None:
        if time <= 2:
            raise CallFailed("server_error", "500", retryable=True)

    reply = await make(Scripted(fails_twice))(call("a"))
    assert (reply.text, reply.attempts, reply.failure) == ("echo a", 3, "")


async def test_tries_are_bounded_and_a_failed_call_is_asked_again_by_the_next_run(make: Make) -> None:
    def always(text: str, time: int) -> None:
        raise CallFailed("server_error", "500 inside", retryable=True)

    model = Scripted(always)
    reply = await make(model)(call("a"))
    assert (reply.failure, reply.detail, reply.attempts, reply.text) == ("server_error", "500 inside", 4, "")
    assert model.requests == 4
    assert (await make(Scripted())(call("a"))).text == "echo a"


async def test_what_cannot_get_better_is_not_tried_again(make: Make) -> None:
    def refuses(text: str, time: int) -> None:
        raise CallFailed("rejected", "401", retryable=False)

    model = Scripted(refuses)
    assert (await make(model)(call("a"))).failure == "rejected"
    assert model.requests == 1


async def test_a_model_that_hangs_is_a_timeout_and_counts_as_overload(make: Make) -> None:
    class Hangs(Scripted):
        async def reply(self, calls: object) -> list[Reply]:
            await asyncio.sleep(60)
            return []

    ask = make(Hangs(), timeout=0.02, retries=1, pause=0.01)
    reply = await ask(call("a"))
    assert reply.failure == "timeout" and ask.limit.limit < 8


async def test_overload_lowers_concurrency_and_retry_after_is_honoured(make: Make) -> None:
    def once(text: str, time: int) -> None:
        if time == 1:
            raise overloaded(retry_after=0.15)

    ask, began = make(Scripted(once)), time.monotonic()
    assert (await ask(call("a"))).text == "echo a"
    assert time.monotonic() - began >= 0.15 and ask.limit.cuts == 1


async def test_a_retry_after_beyond_patience_ends_the_call(make: Make) -> None:
    def never(text: str, time: int) -> None:
        raise overloaded(retry_after=3600)

    model = Scripted(never)
    assert (await make(model)(call("a"))).failure == "rate_limited"
    assert model.requests == 1


async def test_concurrency_is_bounded(make: Make) -> None:
    model = Scripted()
    await make(model, concurrency=3).all([call(n) for n in range(40)])
    assert model.most == 3


async def test_a_budget_stops_before_it_is_overrun_and_keeps_what_was_finished(make: Make) -> None:
    model = Scripted()
    ask = make(model, budget_calls=5)
    with pytest.raises(BudgetReached):
        await ask.all([call(n) for n in range(20)])
    assert model.requests == ask.journal.totals.calls == 5
    assert ask.budget.held_calls == ask.budget.held_in == ask.budget.held_out == 0


async def test_what_is_set_aside_is_given_back_after_failures_too(make: Make) -> None:
    def odd(text: str, time: int) -> None:
        if int(text) % 2:
            raise CallFailed("server_error", "", retryable=int(text) % 3 == 0)

    ask = make(Scripted(odd), budget_tokens=10_000_000)
    await ask.all([call(n) for n in range(30)])
    assert ask.budget.spent_calls == ask.model.requests  # type: ignore[attr-defined]
    assert ask.budget.held_calls == ask.budget.held_in == ask.budget.held_out == 0


async def test_failed_tries_are_calls_of_the_budget_too(make: Make) -> None:
    def always(text: str, time: int) -> None:
        raise CallFailed("server_error", "500", retryable=True)

    model = Scripted(always)
    with pytest.raises(BudgetReached):
        await make(model, budget_calls=5).all([call(n) for n in range(20)])
    assert model.requests == 5


async def test_calls_that_take_less_than_was_held_for_them_make_room_for_more(make: Make) -> None:
    model = Scripted()  # each takes 7 tokens; 1 + 4 + 8 are held for it
    ask = make(model, budget_tokens=12 * 7 + 6)
    with pytest.raises(BudgetReached, match="84 tokens are spent"):
        await ask.all([call(n) for n in range(50)])
    assert model.requests == 12


async def test_a_retry_after_beyond_patience_does_not_hold_the_others_back(make: Make) -> None:
    def first_only(text: str, time: int) -> None:
        if text == "0":
            raise overloaded(retry_after=3600)

    replies = await asyncio.wait_for(make(Scripted(first_only)).all([call(n) for n in range(9)]), 5)
    assert [bool(r.failure) for r in replies] == [True] + 8 * [False]


async def test_an_error_in_one_call_leaves_none_of_its_group_behind(make: Make) -> None:
    def broken(text: str, time: int) -> None:
        if text == "0":
            raise ZeroDivisionError

    model = Scripted(broken)
    with pytest.raises(PartFailed, match="model scripted failed at the question '0'"):
        await make(model, concurrency=1).all([call(n) for n in range(20)])
    assert len(asyncio.all_tasks()) == 1 and model.requests <= 2


async def test_a_group_that_is_given_up_early_can_be_asked_again(make: Make) -> None:
    ask = make(Scripted())
    task = asyncio.ensure_future(ask.all([call("a"), call("b")]))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    replies = await asyncio.wait_for(ask.all([call("a"), call("b")]), 5)
    assert [r.text for r in replies] == ["echo a", "echo b"]


async def test_an_error_in_the_model_reaches_whoever_waits(make: Make) -> None:
    def broken(text: str, time: int) -> None:
        raise ZeroDivisionError(text)

    ask = make(Scripted(broken))
    results = await asyncio.gather(ask(call("a")), ask(call("a")), return_exceptions=True)
    assert [type(r) for r in results] == [PartFailed, PartFailed]


async def test_a_cancelled_call_can_be_asked_again(make: Make) -> None:
    ask = make(Scripted())
    task = asyncio.ensure_future(ask(call("a")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (await ask(call("a"))).text == "echo a"
    assert ask.limit.in_flight == 0


async def test_a_forecast_counts_each_call_once_and_leaves_out_finished_ones(make: Make) -> None:
    model = Scripted()
    ask = make(model)
    await ask(call("a"))
    counting = Counting(model, ask.journal, Prices())
    await counting.all([call("a"), call("b"), call("b"), call("c")])
    forecast = counting.forecast
    assert (forecast.calls, forecast.finished, forecast.tokens_out) == (2, 1, 16)
    assert model.requests == 1


async def test_a_forecast_says_how_long_it_takes_by_what_was_answered_and_else_how_it_knows(make: Make) -> None:
    model = Scripted(lambda text, n: Reply(text="a", finish="stop", seconds=3.0))
    ask = make(model)
    counting = Counting(model, ask.journal, Prices(), at_once=8)
    await counting.all([call(n) for n in range(100)])
    assert counting.forecast.time == "not known before some calls are answered; then this says it"
    model.usual_seconds = 0.5
    assert "about 6 s on one quiet core" in counting.forecast.describe()
    model.host = "far.example"
    counting = Counting(model, ask.journal, Prices(), at_once=8)
    await counting.all([call(n) for n in range(100)])
    assert counting.forecast.time == "about 25 s if a call takes 2 s, 8 at a time; measured once some are answered"
    for n in range(40):
        await ask(call(n))
    counting = Counting(model, ask.journal, Prices(), at_once=8)
    await counting.all([call(n) for n in range(1000)])
    assert counting.forecast.time == "about 6 min, 8 at a time, as measured on 40 answered calls"


async def test_what_is_answered_together_is_not_counted_twice(make: Make) -> None:
    """A model in process says of each call of an image when it ended; the last one says how long they took."""
    model = Scripted(lambda text, n: Reply(text="a", finish="stop", seconds=float(text)), batch=0)
    ask = make(model)
    calls = [call(1 + n) for n in range(20)]
    await ask.all(calls)
    counting = Counting(model, ask.journal, Prices())
    await counting.all([*calls, call("new")])
    assert counting.forecast.seconds == 1.0


def test_the_key_holds_what_changes_a_reply_and_nothing_else() -> None:
    def key(c: Call, identity: str = "m") -> str:
        return c.key(identity)

    base = call("a")
    assert key(base) == key(call("a"))
    different = [
        call("b"),
        Call(messages=base.messages),
        Call(messages=base.messages, decoding=base.decoding, repeat=1),
    ]
    assert len({key(base), key(base, "other"), *(key(c) for c in different)}) == 5
