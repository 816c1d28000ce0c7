"""One way to ask a model, for whoever asks: evaluation, judges, certificates, readers.

A session holds the journal, limits, retries, budget and progress of one model in one folder. ``forecast`` says what a
stage would ask, ``run`` opens the session, asks and closes it; both work inside a running event loop too. Whether
groups run here or elsewhere is known to this room alone.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from auscult.engine.ask import Ask, JournalledAsk
from auscult.engine.forecast import Counting, Forecast
from auscult.engine.journal import Journal, Totals
from auscult.engine.limits import AskOptions
from auscult.engine.progress import Bar, progress
from auscult.engine.stage import StageTable, run_stage
from auscult.models import Model

T = TypeVar("T")
Group = TypeVar("Group")
Row = TypeVar("Row")
Stage = Callable[[Group, Ask], Coroutine[Any, Any, Sequence[Row]]]
Show = Callable[[str, int | None], AbstractContextManager[Bar]]
GROUPS_AHEAD = 2
"""Groups under way at a time where a model takes whole groups: one in its hands, one being read."""


class Session:
    """A model that is asked through a journal.

    Args:
        model: who answers; closed with the session.
        journal: folder of the journal; None where only a forecast is wanted, of all calls.
        options: how it is asked, and what that may take.
        show: how progress is shown.

    Attributes:
        ask: how to ask, while the session is open.
        totals: what the journalled calls took in all, those of earlier sessions included.
    """

    ask: JournalledAsk
    totals: Totals

    def __init__(
        self, model: Model, journal: Path | None, options: AskOptions | None = None, show: Show = progress
    ) -> None:
        self.model, self.folder, self.options, self._show = model, journal, options or AskOptions(), show

    def forecast(self, stage: Stage[Group, Row], groups: Iterable[Group], *, traces: bool = False) -> Forecast:
        """What a stage would ask: it runs against an ``Ask`` that only counts, and nothing is written.

        Args:
            stage: that would ask.
            groups: of its rows.
            traces: whether its answers are whole traces, which take longer than short ones.
        """
        journal = Journal(self.folder) if self.folder and self.folder.is_dir() else None
        count = Counting(self.model, journal, self.options.prices, self.options.concurrency, traces=traces)

        async def rehearse() -> None:
            for group in groups:
                await stage(group, count)

        try:
            run_to_end(rehearse())
        finally:
            if journal:
                journal.close()
        return count.forecast

    def run(self, work: Callable[[Self], Awaitable[T]]) -> T:
        """Opens the session, awaits ``work(session)``, closes it.

        Raises:
            UserError: the model cannot be reached, the journal cannot be written, or what the work raises.
            BudgetReached: a budget is used up; what was answered is journalled.
        """

        async def opened() -> T:
            async with self as session:
                return await work(session)

        return run_to_end(opened())

    async def __aenter__(self) -> Self:
        """Opens the journal."""
        if self.folder is None:
            raise ValueError("a session without a journal asks nothing")
        self.ask = JournalledAsk(self.model, Journal(self.folder), self.options)
        self.totals = self.ask.journal.totals
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """Closes journal and model."""
        self.ask.journal.close()
        await self.model.close()

    async def stage(
        self,
        stage: Stage[Group, Row],
        groups: Iterable[Group],
        table: StageTable[Row],
        what: str,
        total: int | None = None,
    ) -> int:
        """Runs a stage over all groups into its table, and returns the number of rows.

        Args:
            stage: makes the rows of one group.
            groups: the input, in order; the same groups in the same order on every run.
            table: where the rows go.
            what: the work, in a word or two, for whoever watches.
            total: how many groups there are; None if unknown.
        """
        at_once = self.options.concurrency if self.model.batch == 1 else GROUPS_AHEAD
        with self._show(what, total) as bar:
            rows = await run_stage(stage, groups, self.ask, table, at_once=at_once, advance=bar.advance)
        if self.ask.counts.asked:
            await self.ask.look()
        return rows

    def account(self) -> dict[str, Any]:
        """What was asked, for a manifest: in all, by this process, and how often the server wanted less."""
        return {
            "calls": asdict(self.totals),
            "asked": asdict(self.ask.counts),
            "concurrency_cuts": self.ask.limit.cuts,
            "server": asdict(self.ask.remarks),
        }


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end and returns what it returns.

    Inside a running event loop (a notebook) it gets a thread and a loop of its own, and the caller waits; an interrupt
    of the wait cancels the work, which ends as it would on any interrupt.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    begun: list[Callable[[], object]] = []

    async def noted() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        begun.append(lambda: task and loop.call_soon_threadsafe(task.cancel))
        return await work

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(contextvars.copy_context().run, asyncio.run, noted())
        try:
            return done.result()
        except KeyboardInterrupt:
            with suppress(RuntimeError):  # it has ended in this moment
                for cancel in begun:
                    cancel()
            raise
