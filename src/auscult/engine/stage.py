"""Runs a stage: groups in, rows out, in the order of the groups, into one Parquet table.

A stage is ``async def stage(group, ask) -> rows``, deterministic given its replies. Finished stretches are kept as
parts beside the table, so that a resumed run neither asks nor computes them again; parts that hold failed requests are
made anew. The table appears by atomic rename when all groups are done.
"""

import asyncio
import itertools
import shutil
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import orjson
import pyarrow.parquet as pq

from auscult.engine.ask import Ask
from auscult.errors import BudgetReached, ServerDown, UserError
from auscult.records import digest
from auscult.store.files import draft_file, replace_file
from auscult.store.given import NoSuchFile, read_json
from auscult.store.tables import WRITTEN, RowWriter, table_schema
from auscult.store.whole import is_whole, table_digest

Group = TypeVar("Group")
Row = TypeVar("Row")
PART_ROWS = 20_000
FAILED = "request_failed"
_END = object()


@dataclass
class _Part:
    name: str
    groups: int
    rows: int
    failed: int
    digest: str = ""


@dataclass
class _State:
    parts: list[_Part] = field(default_factory=list)
    done: bool = False
    rows: int = 0
    failed: int = 0
    digest: str = ""

    def sealed(self) -> bytes:
        """The state as it is written, with a digest of its own."""
        plain = asdict(self)
        return orjson.dumps({**plain, "seal": digest(plain)})

    @classmethod
    def opened(cls, plain: dict[str, Any]) -> "_State":
        """Reads it back.

        Raises:
            ValueError: it is not what was written.
        """
        if plain.pop("seal") != digest(plain):
            raise ValueError("the digest differs")
        return cls([_Part(**p) for p in plain.pop("parts")], **plain)


class StageTable(Generic[Row]):
    """The table that a stage makes, with its parts and its state on disk.

    Args:
        path: the Parquet file to make.
        cls: the record class of its rows.

    A row of the status ``request_failed`` is asked again by the next run.
    """

    def __init__(self, path: Path, cls: type[Row]) -> None:
        self.path, self.cls = path, cls
        self._folder = path.with_suffix(".parts")
        self._state_path = path.with_suffix(".state.json")
        self.state = self._load()
        self._writer: RowWriter[Row] | None = None
        self._part = _Part("", 0, 0, 0)

    def _load(self) -> _State:
        try:
            state = _State.opened(read_json(self._state_path, "delete it and run the same command again"))
        except NoSuchFile:
            return _State()
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UserError(f"{self._state_path}: damaged; delete it and run the same command again") from None
        if state.done:
            return state if not state.failed and is_whole(self.path) else _State()
        return _State(parts=list(itertools.takewhile(self._is_whole, state.parts)))

    def _is_whole(self, part: _Part) -> bool:
        """Whether a part is what was written, without a failed request; else it is made again from the journal."""
        path = self._folder / part.name
        return not part.failed and path.is_file() and table_digest(path) == part.digest

    @property
    def finished(self) -> bool:
        """Whether the table is there and holds no failed request."""
        return self.state.done

    @property
    def groups_done(self) -> int:
        """Groups at the start of the input whose rows are kept in parts."""
        return sum(p.groups for p in self.state.parts)

    def _save(self) -> None:
        replace_file(self._state_path, self.state.sealed())

    def add(self, rows: Sequence[Row]) -> None:
        """Takes the rows of the next group."""
        if self._writer is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._part = _Part(f"{len(self.state.parts):06d}.parquet", 0, 0, 0)
            self._writer = RowWriter(self._folder / self._part.name, self.cls)
        for row in rows:
            self._writer.write(row)
            self._part.failed += getattr(row, "status", "") == FAILED
        self._part.groups += 1
        self._part.rows += len(rows)
        if self._part.rows >= PART_ROWS:
            self.keep()

    def keep(self) -> None:
        """Puts what was taken so far on disk as a part."""
        if self._writer is not None:
            self._writer.commit()
            self._part.digest = table_digest(self._writer.path)
            self._writer = None
            self.state.parts.append(self._part)
            self._save()

    def close(self) -> None:
        """Joins the parts into the table and forgets them."""
        self.keep()
        with (
            draft_file(self.path) as draft,
            pq.ParquetWriter(draft, table_schema(self.cls), **WRITTEN) as writer,
        ):
            for part in self.state.parts:
                with pq.ParquetFile(self._folder / part.name, page_checksum_verification=True) as file:
                    for batch in file.iter_batches():
                        writer.write_batch(batch)
        rows, failed = sum(p.rows for p in self.state.parts), sum(p.failed for p in self.state.parts)
        self.state = _State([], True, rows, failed, table_digest(self.path))
        self._save()
        shutil.rmtree(self._folder, ignore_errors=True)


async def run_stage(
    stage: Callable[[Group, Ask], Coroutine[Any, Any, Sequence[Row]]],
    groups: Iterable[Group],
    ask: Ask,
    table: StageTable[Row],
    *,
    at_once: int,
    advance: Callable[[], None] = lambda: None,
) -> int:
    """Runs a stage over all groups and returns the number of rows of the table.

    Args:
        stage: makes the rows of one group.
        groups: the input, in order; the same groups in the same order on every run.
        ask: how the stage asks.
        table: where the rows go.
        at_once: groups under way at a time. Up to four times as many wait, finished, for an earlier one.
        advance: called once for every group that is finished, those of an earlier run included; also where it waits for
            an earlier one.

    Raises:
        BudgetReached: after the calls in flight have come back and were journalled.
        ServerDown: as soon as it is known; calls in flight are given up.
        UserError: what a stage raised; calls in flight are given up.
    """
    if table.finished:
        return table.state.rows
    source = iter(groups)
    for _ in itertools.islice(source, table.groups_done):
        advance()
    active: set[asyncio.Task[Sequence[Row]]] = set()
    waiting: deque[asyncio.Task[Sequence[Row]]] = deque()
    woken = asyncio.Event()
    added = told = 0

    down: list[ServerDown] = []

    def ended(task: asyncio.Task[Sequence[Row]]) -> None:
        active.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), ServerDown):
            down.append(error)
        woken.set()

    try:
        while True:
            while waiting and waiting[0].done():
                table.add(waiting.popleft().result())
                added += 1
            finished = added + sum(task.done() for task in waiting)
            for _ in range(finished - told):
                advance()
            told = finished
            if down:
                raise down[0]
            while len(active) < at_once and len(waiting) < 4 * at_once:
                group = next(source, _END)
                if group is _END:
                    break
                task = asyncio.ensure_future(stage(cast(Group, group), ask))
                task.add_done_callback(ended)
                active.add(task)
                waiting.append(task)
            if not waiting:
                break
            woken.clear()
            if not waiting[0].done():
                await woken.wait()
    except BudgetReached:
        await asyncio.gather(*active, return_exceptions=True)
        table.keep()
        raise
    except ServerDown:
        table.keep()
        raise
    finally:
        for task in active:
            task.cancel()
        await asyncio.gather(*active, *waiting, return_exceptions=True)
    table.close()
    return table.state.rows
