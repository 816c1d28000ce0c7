import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.engine.fakes import Scripted, answer, call

from auscult.engine import stage as stage_module
from auscult.engine.ask import Ask, JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions
from auscult.engine.stage import StageTable, run_stage
from auscult.errors import BudgetReached
from auscult.models import CallFailed
from auscult.records import Answer
from auscult.store.tables import read_rows


def table(folder: Path) -> StageTable[Answer]:
    return StageTable(folder / "answers.parquet", Answer)


def asking(folder: Path, model: Scripted, **options: object) -> JournalledAsk:
    how = AskOptions(concurrency=8, retries=0, **options)  # type: ignore[arg-type]
    return JournalledAsk(model, Journal(folder / "journal"), how)


async def two_steps(group: int, ask: Ask) -> Sequence[Answer]:
    """The second call depends on the reply to the first; the first groups take longest."""
    first = await ask(call(f"{group} first"))
    await asyncio.sleep(random.Random(group).random() / 200)
    second = await ask(call(f"{group} second, after {first.text}"))
    return [answer(f"{group}.{n}", r) for n, r in enumerate((first, second))]


async def test_rows_come_in_the_order_of_the_groups(tmp_path: Path) -> None:
    rows = await run_stage(two_steps, range(60), asking(tmp_path, Scripted()), table(tmp_path), at_once=7)
    ids = [a.id for a in read_rows(tmp_path / "answers.parquet", Answer)]
    assert rows == 120 and ids == [f"{g}.{n}" for g in range(60) for n in range(2)]


async def test_a_finished_table_is_not_made_again(tmp_path: Path) -> None:
    await run_stage(two_steps, range(5), asking(tmp_path, Scripted()), table(tmp_path), at_once=2)
    model = Scripted()
    assert await run_stage(two_steps, range(5), asking(tmp_path, model), table(tmp_path), at_once=2) == 10
    assert model.requests == 0


async def test_failed_requests_are_rows_and_are_asked_again_by_the_next_run(tmp_path: Path) -> None:
    def fails(text: str, time: int) -> None:
        if text.startswith("3 "):
            raise CallFailed("server_error", "500", retryable=False)

    await run_stage(two_steps, range(6), asking(tmp_path, Scripted(fails)), table(tmp_path), at_once=3)
    rows = list(read_rows(tmp_path / "answers.parquet", Answer))
    assert [r.id for r in rows if r.status == "request_failed"] == ["3.0", "3.1"]
    model = Scripted()
    await run_stage(two_steps, range(6), asking(tmp_path, model), table(tmp_path), at_once=3)
    assert set(model.asked) == {"3 first", "3 second, after echo 3 first"}
    assert all(r.status == "ok" for r in read_rows(tmp_path / "answers.parquet", Answer))


async def test_a_stopped_run_keeps_its_parts_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_module, "PART_ROWS", 10)
    advanced = 0

    def advance() -> None:
        nonlocal advanced
        advanced += 1
        if advanced == 33:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await run_stage(two_steps, range(50), asking(tmp_path, Scripted()), table(tmp_path), at_once=4, advance=advance)
    left = table(tmp_path)
    kept = left.groups_done
    assert kept in (15, 20, 25, 30), "whole parts of five groups; up to 16 of 33 finished ones wait for an earlier one"
    assert not (tmp_path / "answers.parquet").exists()
    seen: list[int] = []

    async def watched(group: int, ask: Ask) -> Sequence[Answer]:
        seen.append(group)
        return await two_steps(group, ask)

    await run_stage(watched, range(50), asking(tmp_path, Scripted()), left, at_once=4)
    assert min(seen) == kept
    assert [a.id for a in read_rows(tmp_path / "answers.parquet", Answer)] == [
        f"{g}.{n}" for g in range(50) for n in (0, 1)
    ]
    assert not (tmp_path / "answers.parts").exists()


async def test_a_budget_stops_cleanly_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    model = Scripted()
    with pytest.raises(BudgetReached):
        ask = asking(tmp_path, model, budget_calls=25)
        await run_stage(two_steps, range(30), ask, table(tmp_path), at_once=4)
    assert model.requests == 25
    await run_stage(two_steps, range(30), asking(tmp_path, model, budget_calls=60), table(tmp_path), at_once=4)
    assert model.requests == 60 and set(model.asked.values()) == {1}


async def test_an_error_in_a_stage_ends_the_run_and_leaves_no_task_behind(tmp_path: Path) -> None:
    async def broken(group: int, ask: Ask) -> Sequence[Answer]:
        if group == 5:
            raise ZeroDivisionError
        return await two_steps(group, ask)

    with pytest.raises(ZeroDivisionError):
        await run_stage(broken, range(100), asking(tmp_path, Scripted()), table(tmp_path), at_once=4)
    assert len(asyncio.all_tasks()) == 1


async def test_a_slow_group_holds_its_place_and_nothing_behind_it_is_lost(tmp_path: Path) -> None:
    async def first_is_slow(group: int, ask: Ask) -> Sequence[Answer]:
        await asyncio.sleep(0.3 if group in (0, 500) else 0)
        return [answer(str(group), await ask(call(group)))]

    model = Scripted()
    assert await run_stage(first_is_slow, range(1000), asking(tmp_path, model), table(tmp_path), at_once=4) == 1000
    assert [a.id for a in read_rows(tmp_path / "answers.parquet", Answer)] == [str(n) for n in range(1000)]


async def test_groups_are_drawn_only_as_they_are_needed(tmp_path: Path) -> None:
    drawn = finished = ahead = 0

    def source() -> object:
        nonlocal drawn
        for n in range(200):
            drawn += 1
            yield n

    def advance() -> None:
        nonlocal finished, ahead
        finished += 1
        ahead = max(ahead, drawn - finished)

    await run_stage(two_steps, source(), asking(tmp_path, Scripted()), table(tmp_path), at_once=3, advance=advance)  # type: ignore[arg-type]
    assert ahead <= 4 * 3


async def test_what_is_finished_counts_although_a_slow_group_before_it_is_not(tmp_path: Path) -> None:
    finished, slow = 0, asyncio.Event()

    def advance() -> None:
        nonlocal finished
        finished += 1
        if finished == 5:
            slow.set()

    async def first_waits(group: int, ask: Ask) -> Sequence[Answer]:
        if not group:
            await asyncio.wait_for(slow.wait(), 5)
        return [answer(str(group), await ask(call(group)))]

    ask = asking(tmp_path, Scripted())
    assert await run_stage(first_waits, range(9), ask, table(tmp_path), at_once=4, advance=advance) == 9
    assert finished == 9
