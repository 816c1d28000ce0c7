"""A session: one object that forecasts, asks, keeps to a budget and goes on; from a script and from a notebook."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from tests.engine.fakes import Scripted, answer, call

from auscult.engine.ask import Ask
from auscult.engine.limits import AskOptions
from auscult.engine.session import Session, run_to_end
from auscult.engine.stage import StageTable
from auscult.errors import BudgetReached, UserError
from auscult.records import Answer


async def two_steps(group: int, ask: Ask) -> Sequence[Answer]:
    first = await ask(call(f"{group} first"))
    second = await ask(call(f"{group} then {first.text}"))
    return [answer(f"{group}", second)]


def table(folder: Path) -> StageTable[Answer]:
    return StageTable(folder / "answers.parquet", Answer)


def asked(folder: Path, model: Scripted, options: AskOptions | None = None) -> int:
    session = Session(model, folder / "journal", options)
    return session.run(lambda s: s.stage(two_steps, range(10), table(folder), "asking", 10))


def test_it_asks_once_and_a_second_session_finds_all_in_the_journal(tmp_path: Path) -> None:
    first, second = Scripted(), Scripted()
    assert asked(tmp_path, first) == 10 and first.requests == 20
    (tmp_path / "answers.state.json").unlink()
    assert asked(tmp_path, second) == 10 and second.requests == 0


def test_what_it_asked_is_accounted_for_after_it_is_closed(tmp_path: Path) -> None:
    session = Session(Scripted(), tmp_path / "journal")
    session.run(lambda s: s.stage(two_steps, range(3), table(tmp_path), "asking"))
    found = session.account()
    assert (found["calls"]["calls"], found["asked"]["asked"], found["concurrency_cuts"]) == (6, 6, 0)


def test_a_budget_holds_over_sessions(tmp_path: Path) -> None:
    model = Scripted()
    for calls in (5, 7):
        with pytest.raises(BudgetReached):
            asked(tmp_path, model, AskOptions(budget_calls=calls))
        assert model.requests == calls
    assert asked(tmp_path, model, AskOptions(budget_calls=20)) == 10


def test_a_forecast_asks_nothing_writes_nothing_and_leaves_out_what_is_journalled(tmp_path: Path) -> None:
    model = Scripted()
    prices = AskOptions(price_in=1e6)
    before = Session(model, tmp_path / "journal", prices).forecast(two_steps, range(10))
    assert (before.calls, before.finished, model.requests) == (20, 0, 0)
    assert before.cost == before.tokens_in and not list(tmp_path.iterdir())
    with pytest.raises(BudgetReached):
        asked(tmp_path, model, AskOptions(budget_calls=8))
    after = Session(model, tmp_path / "journal").forecast(two_steps, range(10))
    assert (after.calls + after.finished, after.finished, after.cost) == (20, 8, None)


class Away(Scripted):
    """A model that says at once that it cannot be reached."""

    async def probe(self) -> None:
        raise UserError("cannot reach it")


def test_a_model_that_is_away_is_one_line_unless_nothing_is_to_be_asked(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot reach it"):
        asked(tmp_path, Away())
    asked(tmp_path, Scripted())
    (tmp_path / "answers.state.json").unlink()
    assert asked(tmp_path, Away()) == 10


async def test_it_runs_and_forecasts_inside_a_running_loop(tmp_path: Path) -> None:
    model = Scripted()
    assert Session(model, tmp_path / "journal").forecast(two_steps, range(10)).calls == 20
    assert asked(tmp_path, model) == 10 and model.requests == 20


async def test_errors_come_out_of_a_running_loop_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot reach it"):
        asked(tmp_path, Away())


def test_an_interrupt_inside_a_running_loop_ends_the_work_at_once() -> None:
    begun, ended = threading.Event(), threading.Event()

    async def long() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def cell() -> None:
        threading.Thread(target=lambda: (begun.wait(5), time.sleep(0.1), os.kill(os.getpid(), signal.SIGINT))).start()
        with pytest.raises(KeyboardInterrupt):
            run_to_end(long())

    # whoever starts the tests in the background has them ignore the signal
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    loop, started = asyncio.new_event_loop(), time.monotonic()
    try:
        loop.run_until_complete(cell())
    finally:
        loop.close()
        signal.signal(signal.SIGINT, before)
    assert ended.is_set() and time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (AskOptions(concurrency=0), "concurrency must be 1 or more, not 0"),
        (AskOptions(budget_cost=1.0), "needs prices"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: AskOptions, said: str) -> None:
    with pytest.raises(UserError, match=said):
        options.check()


def test_a_common_start_is_told_where_it_is_worth_it(tmp_path: Path) -> None:
    async def stage(start: str, group: int, ask: Ask) -> Sequence[Answer]:
        await ask(call(f"{start}{group}: is there an effusion on the left?"))
        return []

    session = Session(Scripted(), None)
    alike, apart = (session.forecast(partial(stage, s), range(1, 9)) for s in ("The rubric. " * 40, ""))
    assert alike.common + alike.own == alike.tokens_in and alike.common > 0.8 * alike.tokens_in
    assert "common start" in alike.describe() and "common start" not in apart.describe()
