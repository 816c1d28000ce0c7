import asyncio
import time

import pytest

from auscult.engine.limits import AdaptiveLimit, AskOptions, Budget, prompt_tokens
from auscult.errors import BudgetReached
from auscult.records import Call, Decoding, Image, Message, Reply

CALL = Call(messages=(Message("user", ("Is there an effusion?",)),), decoding=Decoding(max_tokens=10))


async def test_never_more_in_flight_than_the_limit() -> None:
    limit, most, now = AdaptiveLimit(4, start=4), 0, 0

    async def work() -> None:
        nonlocal most, now
        await limit.acquire()
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        limit.release()

    await asyncio.gather(*(work() for _ in range(50)))
    assert most == 4 and limit.in_flight == 0


def test_the_limit_grows_with_success_and_halves_on_overload() -> None:
    limit = AdaptiveLimit(32, start=4)
    for _ in range(12):
        limit.succeeded()
    assert limit.limit == 16
    limit.overloaded(sent=time.monotonic(), retry_after=None)
    assert limit.limit == 8
    limit.succeeded()
    assert 8 < limit.limit < 8.2


def test_calls_sent_before_a_cut_do_not_cut_again() -> None:
    limit, sent = AdaptiveLimit(32, start=32), time.monotonic()
    for _ in range(10):
        limit.overloaded(sent, None)
    assert (limit.limit, limit.cuts) == (16, 1)


def test_the_limit_never_falls_below_one() -> None:
    limit = AdaptiveLimit(8)
    for _ in range(10):
        limit.overloaded(time.monotonic() + 1, None)
    assert limit.limit == 1


async def test_retry_after_holds_new_calls_back() -> None:
    limit = AdaptiveLimit(8)
    limit.overloaded(time.monotonic(), retry_after=0.1)
    began = time.monotonic()
    await limit.acquire()
    assert time.monotonic() - began >= 0.09


async def test_a_cancelled_wait_gives_its_place_on() -> None:
    limit = AdaptiveLimit(1, start=1)
    await limit.acquire()
    waits = [asyncio.ensure_future(limit.acquire()) for _ in range(2)]
    await asyncio.sleep(0)
    waits[0].cancel()
    limit.release()
    await asyncio.wait_for(waits[1], 1)
    limit.release()
    assert limit.in_flight == 0


def test_pauses_are_jittered_bounded_and_honour_retry_after() -> None:
    options = AskOptions(pause=1)
    pauses = [options.pause_after(10, None) for _ in range(200)]
    assert 0 <= min(pauses) < max(pauses) <= 30
    assert all(7 <= options.pause_after(1, 7) <= 7.25 for _ in range(50))


def test_an_image_and_its_question_are_estimated() -> None:
    image = Image(b"x", "image/png", "0" * 64)
    assert prompt_tokens(Call(messages=(Message("user", (image, "x" * 400)),))) == 576 + 100 + 4


@pytest.mark.parametrize(
    "budget",
    [
        Budget(AskOptions(budget_calls=2)),
        Budget(AskOptions(budget_tokens=2 * (5 + 4 + 10) + 5)),
        Budget(AskOptions(budget_cost=0.00005, price_in=1, price_out=1)),
    ],
    ids=["calls", "tokens", "cost"],
)
def test_a_budget_holds_calls_in_flight_and_is_never_overrun(budget: Budget) -> None:
    held = budget.hold([CALL])
    budget.hold([CALL])
    with pytest.raises(BudgetReached, match="larger budget"):
        budget.hold([CALL])
    budget.let_go(held)
    budget.hold([CALL])


def test_a_group_is_held_whole_or_not_at_all() -> None:
    budget = Budget(AskOptions(budget_calls=3))
    with pytest.raises(BudgetReached):
        budget.hold([CALL] * 4)
    assert budget.held_calls == budget.held_in == budget.held_out == 0


def test_what_an_earlier_run_spent_counts() -> None:
    with pytest.raises(BudgetReached):
        Budget(AskOptions(budget_calls=10), 10).hold([CALL])


def test_a_reply_without_token_counts_is_charged_with_the_estimate() -> None:
    budget = Budget(AskOptions(budget_tokens=1000))
    budget.spend([CALL, CALL], [Reply(text="x"), Reply(text="x", tokens_in=3, tokens_out=0)])
    assert (budget.spent_calls, budget.spent_in, budget.spent_out) == (2, prompt_tokens(CALL) + 3, 10)


def test_more_is_held_once_replies_show_that_prompts_take_more() -> None:
    budget = Budget(AskOptions(budget_tokens=10_000))
    budget.spend([CALL], [Reply(text="x", tokens_in=10 * prompt_tokens(CALL), tokens_out=1)])
    held = budget.hold([CALL])
    assert held.tokens_in == 10 * prompt_tokens(CALL)
    budget.let_go(held)
    assert budget.held_in == 0
