"""One journalled way to ask a model: looked up first, bounded, retried, written down."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from auscult.engine.bounds import misfit
from auscult.engine.journal import Journal
from auscult.engine.limits import LONGEST_WAIT, AdaptiveLimit, AskOptions, Budget, Held, Outage
from auscult.engine.remarks import read_remarks, write_remarks
from auscult.errors import BudgetReached, PartFailed, ServerDown, UserError
from auscult.models import CallFailed, Model, Reachable, Served
from auscult.records import Call, Reply


class Ask(Protocol):
    """What a stage is given to ask with."""

    async def __call__(self, call: Call) -> Reply:
        """Asks one call. A call that fails for good comes back as a Reply with ``failure``."""
        ...

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        """Asks the calls of one group together, so that a model can share what they have in common."""
        ...


@dataclass
class Counts:
    """What was asked in this process: new calls, calls found in the journal, failed for good, tries that failed."""

    asked: int = 0
    from_journal: int = 0
    failed: int = 0
    failed_tries: int = 0


class JournalledAsk:
    """Asks a model through a journal.

    Args:
        model: who answers; calls of one that takes whole groups count as one in flight.
        journal: where replies are looked up and written down; what it holds counts against the budget.
        options: how it is asked, and what that may take.
    """

    def __init__(self, model: Model, journal: Journal, options: AskOptions | None = None) -> None:
        o = options or AskOptions()
        self.model, self.journal, self.options = model, journal, o
        self.limit = AdaptiveLimit(o.concurrency if model.batch == 1 else 1)
        spent = journal.totals
        self.budget = Budget(o, spent.attempts, spent.tokens_in, spent.tokens_out)
        self.counts = Counts()
        self._on_the_way: dict[str, asyncio.Future[Reply]] = {}
        self.outage = Outage(o.give_up_after)
        self._stopped: UserError | None = None
        self._freed = asyncio.Event()
        self.remarks = read_remarks(journal.folder)
        self._unreached = model if isinstance(model, Reachable) else None
        self._reaching = asyncio.Lock()

    async def __call__(self, call: Call) -> Reply:
        """Asks one call."""
        return (await self.all([call]))[0]

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        """Asks the calls of one group; equal calls, in this group or another, are asked once."""
        keys = [c.key(self.model.identity, self.model.knows_items) for c in calls]
        mine: dict[str, Call] = {}
        waits: list[Reply | asyncio.Future[Reply]] = []
        for key, call in zip(keys, calls, strict=True):
            ready = self._on_the_way.get(key) or self._find(key)
            if ready is None:
                mine[key] = call
                ready = self._on_the_way[key] = asyncio.get_running_loop().create_future()
            waits.append(ready)
        if mine:
            try:
                await self._fetch(mine)
            finally:
                self._settle(mine)
        return [w if isinstance(w, Reply) else await w for w in waits]

    def _settle(self, calls: dict[str, Call]) -> None:
        """Leaves nobody waiting for a call that was given up before it was sent."""
        for key in calls:
            future = self._on_the_way.pop(key)
            if not future.done():
                future.cancel()

    def _find(self, key: str) -> Reply | None:
        reply = self.journal.find(key)
        if reply is not None:
            self.counts.from_journal += 1
        return reply

    async def _fetch(self, calls: dict[str, Call]) -> None:
        pairs = list(calls.items())
        size = self.model.batch or len(pairs)
        parts = [pairs[i : i + size] for i in range(0, len(pairs), size)]
        if len(parts) == 1:
            await self._fetch_part(parts[0])
            return
        tasks = [asyncio.ensure_future(self._fetch_part(p)) for p in parts]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def _fetch_part(self, part: list[tuple[str, Call]]) -> None:
        """Gets the replies of one request and hands them to all who wait for them."""
        futures = [self._on_the_way[key] for key, _ in part]
        try:
            replies = await self._try([call for _, call in part])
            self._remark(replies)
            self._write_down([key for key, _ in part], replies)
        except asyncio.CancelledError:
            for future in futures:
                future.cancel()
            raise
        except Exception as error:
            for future in (f for f in futures if not f.done()):
                future.set_exception(error)
                future.exception()  # read here: nobody else may come to wait for it
            if not isinstance(error, BudgetReached):
                raise
        else:
            for future, reply in zip(futures, replies, strict=True):
                if not future.done():  # whoever waited for it may have been cancelled, and it with them
                    future.set_result(reply)

    def _write_down(self, keys: list[str], replies: list[Reply]) -> None:
        try:
            for key, reply in zip(keys, replies, strict=True):
                if not reply.failure:
                    self.journal.append(key, reply)
        except UserError as error:
            self._stopped = error  # what cannot be kept must not be asked
            raise

    async def _reach(self) -> None:
        """Before the first call that is sent: whether the model is there at all."""
        async with self._reaching:
            if self._unreached:
                await self._unreached.probe()
                await self.look()
                self._unreached = None

    async def look(self) -> None:
        """Keeps what the server says now of the weights that it serves, and what it was asked without."""
        if isinstance(self.model, Served) and self.remarks.saw(await self.model.revision()):
            write_remarks(self.journal.folder, self.remarks)

    def _remark(self, replies: Sequence[Reply]) -> None:
        """Keeps what replies say of who they are of."""
        new = [self.remarks.note("replies", reply.revision) for reply in replies]
        new += [self.remarks.note("departures", text) for text in getattr(self.model, "departures", ())]
        if any(new):
            write_remarks(self.journal.folder, self.remarks)

    async def _try(self, calls: list[Call]) -> list[Reply]:
        if self._unreached:
            await self._reach()
        tries = 0
        while True:
            tries += 1
            sent = await self.limit.acquire()
            try:
                if self._stopped:
                    raise self._stopped
                held = await self._hold(calls)
                try:
                    self.counts.asked += len(calls)
                    replies = await self._once(calls)
                finally:
                    self.budget.let_go(held)
                    self._freed.set()
                self.budget.spend(calls, replies)
                self.limit.succeeded()
                self.outage.ended()
                self.counts.failed += sum(bool(r.failure) for r in replies)
                if tries == 1 and all(r.seconds for r in replies):
                    return replies
                took = (time.monotonic() - sent) / len(calls)
                return [replace(r, attempts=tries, seconds=r.seconds or round(took, 6)) for r in replies]
            except CallFailed as error:
                failed = error
                self.counts.failed_tries += 1
                self.budget.spend(calls, [])
            finally:
                self.limit.release()
            patient = (failed.retry_after or 0) <= LONGEST_WAIT
            if failed.overload:
                self.limit.overloaded(sent, failed.retry_after if patient else None)
            self._watch(sent, failed)
            if not failed.retryable or tries > self.options.retries or not patient:
                self.counts.failed += len(calls)
                return [Reply(failure=failed.kind, detail=failed.detail, attempts=tries)] * len(calls)
            await asyncio.sleep(self.options.pause_after(tries, failed.retry_after))

    def _watch(self, sent: float, failed: CallFailed) -> None:
        """Waits with all calls, longer each time, for a server that does not answer; in the end stops them all.

        Raises:
            ServerDown: that.
        """
        if not failed.down:
            self.outage.ended()
            return
        if self.outage.failed(sent):
            self._stopped = self._stopped or ServerDown(
                f"the server does not answer, {self.outage.in_a_row} times in a row (the last time {failed.kind}: "
                f"{failed.detail}); {self.journal.totals.calls} finished calls are kept: see to the server, or give it "
                "more --timeout or less --concurrency, and run the same command again"
            )
            raise self._stopped
        if self.outage.in_a_row > 1:
            self.limit.hold_back(self.options.pause_after(self.outage.in_a_row, None))

    async def _hold(self, calls: list[Call]) -> Held:
        """Sets aside what the calls may take; waits while others on their way may yet take less than is held."""
        while True:
            try:
                return self.budget.hold(calls)
            except BudgetReached:
                if not self.budget.held_calls:
                    raise
            self._freed.clear()
            await self._freed.wait()

    async def _once(self, calls: list[Call]) -> list[Reply]:
        try:
            async with asyncio.timeout(self.options.timeout if self.model.batch == 1 else None):
                replies = await self.model.reply(calls)
        except TimeoutError:
            said = f"no reply within {self.options.timeout:g} s"
            raise CallFailed("timeout", said, retryable=True, overload=True) from None
        except (CallFailed, UserError):
            raise
        except Exception as error:  # whatever a model of another package does wrong is not ours to show
            raise PartFailed(f"model {self.model.identity}", _about(calls), error) from error
        if not isinstance(replies, Sequence) or [type(reply) for reply in replies] != [Reply] * len(calls):
            raise UserError(f"{self.model.identity}: 'reply' did not give one Reply a call; mend that kind of model")
        for reply in replies:
            if why := misfit(reply):
                raise UserError(f"{self.model.identity}: gave a Reply that fits no row: {why}; mend that kind of model")
        return replies


def _about(calls: Sequence[Call]) -> str:
    """What some calls ask, for people."""
    item = calls[0].item
    return f"question '{item.source_id}'" if item else f"the question {calls[0].messages[-1].text[:60]!r}"
