"""Progress on standard error, with the time left: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from auscult.printing import tell

EVERY, SELDOM = 10.0, 60.0
"""Seconds to the first line, and at most between two: each wait is twice the one before."""
STEPS, SECONDS = 3, 5.0
"""From so many steps, that took so long, the time left is estimated: the first step tells little of the others."""


class Bar:
    """What work reports its progress to."""

    def __init__(self, what: str, total: int | None) -> None:
        self.what, self.total, self.done = what, total, 0

    def advance(self) -> None:
        """One more is done."""
        self.done += 1

    def reach(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self.total = total
        while self.done < done:
            self.advance()


class _Lines(Bar):
    def __init__(self, what: str, total: int | None) -> None:
        super().__init__(what, total)
        self._said, self._wait = time.monotonic(), EVERY
        self._since, self._since_done = self._said, 0

    def advance(self) -> None:
        """One more is done; says so now and then."""
        self.done += 1
        if (now := time.monotonic()) - self._said < self._wait:
            return
        self._wait = min(2 * self._wait, SELDOM)
        self._said = now
        left = f" of {self.total}" if self.total else ""
        # By the pace since the last estimate: what an earlier run had finished goes by in no time.
        steps, took = self.done - self._since_done, now - self._since
        if steps >= STEPS and took >= SECONDS:
            self._since, self._since_done = now, self.done
            if self.total:
                seconds = took / steps * (self.total - self.done)
                left += f", about {int(seconds // 60)} min {int(seconds % 60)} s left"
        tell(f"{self.what}: {self.done}{left}")


class _Left(TimeRemainingColumn):
    def render(self, task: Task) -> Text:
        """The time left; a dash where too little was done to tell."""
        early = task.completed < STEPS or (task.elapsed or 0.0) < SECONDS
        return Text("-:--:--", style="progress.remaining") if early else super().render(task)


class _Drawn(Bar):
    def __init__(self, what: str, total: int | None, drawn: Progress) -> None:
        super().__init__(what, total)
        self._drawn, self._task = drawn, drawn.add_task(what, total=total)

    def leave(self) -> None:
        """Takes the bar off the terminal."""
        self._drawn.remove_task(self._task)

    def advance(self) -> None:
        """One more is done."""
        self.done += 1
        self._drawn.update(self._task, completed=self.done, total=self.total)


_OPEN: list[Progress] = []
"""What is drawn now: work within work gets a line of its own below, since two drawings would overwrite each other."""


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Bar]:
    """Shows how far a piece of work is; within another one, below it.

    Args:
        what: the work, in a word or two.
        total: how many there are; None if unknown.
    """
    if not sys.stderr.isatty():
        yield _Lines(what, total)
        return
    if _OPEN:
        bar = _Drawn(what, total, _OPEN[-1])
        try:
            yield bar
        finally:
            bar.leave()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TextColumn("left:"), _Left())
    with Progress(*columns, *times, console=Console(stderr=True)) as drawn:
        _OPEN.append(drawn)
        try:
            yield _Drawn(what, total, drawn)
        finally:
            _OPEN.pop()
