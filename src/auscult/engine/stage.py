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
import pyarrow as pa
import pyarrow.parquet as pq

from auscult.engine.ask import Ask
from auscult.errors import BudgetReached, ServerDown, UserError
from auscult.store.files import draft_file, replace_file
from auscult.store.tables import RowWriter, table_schema

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


@dataclass
class _State:
    parts: list[_Part] = field(default_factory=list)
    done: bool = False
    rows: int = 0
    failed: int = 0


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
            plain = orjson.loads(self._state_path.read_bytes())
            state = _State([_Part(**p) for p in plain.pop("parts")], **plain)
        except FileNotFoundError:
            return _State()
        except (orjson.JSONDecodeError, TypeError, KeyError):
            raise UserError(f"{self._state_path}: damaged; delete it and run the same command again") from None
        if state.done:
            return state if not state.failed and self._readable(state.rows) else _State()
        whole = itertools.takewhile(lambda p: not p.failed and (self._folder / p.name).exists(), state.parts)
        return _State(parts=list(whole))

    def _readable(self, rows: int) -> bool:
        """Whether the table is whole; one that was damaged since is made again from the journal."""
        try:
            with pq.ParquetFile(self.path) as file:
                return bool(file.metadata.num_rows == rows)
        except (OSError, pa.ArrowInvalid):
            return False

    @property
    def finished(self) -> bool:
        """Whether the table is there and holds no failed request."""
        return self.state.done

    @property
    def groups_done(self) -> int:
        """Groups at the start of the input whose rows are kept in parts."""
        return sum(p.groups for p in self.state.parts)

    def _save(self) -> None:
        replace_file(self._state_path, orjson.dumps(asdict(self.state)))

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
            self._writer = None
            self.state.parts.append(self._part)
            self._save()

    def close(self) -> None:
        """Joins the parts into the table and forgets them."""
        self.keep()
        with (
            draft_file(self.path) as draft,
            pq.ParquetWriter(draft, table_schema(self.cls), compression="zstd") as writer,
        ):
            for part in self.state.parts:
                with pq.ParquetFile(self._folder / part.name) as file:
                    for batch in file.iter_batches():
                        writer.write_batch(batch)
        rows, failed = sum(p.rows for p in self.state.parts), sum(p.failed for p in self.state.parts)
        self.state = _State([], True, rows, failed)
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
        advance: called once for every group that is finished, those of an earlier run included.

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
                advance()
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
