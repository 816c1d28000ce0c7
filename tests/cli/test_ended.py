"""A command that a scheduler ends (SIGTERM) ends as by Ctrl-C, whatever it does in that moment."""

import asyncio
import gc
import logging
import signal

import pytest

from auscult import cli


def test_within_an_event_loop_its_end_leaves_no_task_with_an_error_that_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An interrupt raised in a task is shown with its traceback when that task is thrown away, behind the last line."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    ended: list[str] = []

    async def asks() -> None:
        signal.raise_signal(signal.SIGTERM)
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("closed")

    async def work() -> None:
        await asyncio.create_task(asks())

    def command(**_: object) -> int:
        try:
            asyncio.run(work())
        except KeyboardInterrupt:
            return cli.INTERRUPTED
        return 0

    monkeypatch.setattr(cli, "app", command)
    try:
        with caplog.at_level(logging.ERROR, "asyncio"), pytest.raises(SystemExit) as left:
            cli.main()
        gc.collect()
    finally:
        signal.signal(signal.SIGINT, before)
    assert left.value.code == cli.INTERRUPTED and ended == ["closed"] and not caplog.records


def test_without_one_it_interrupts_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as behind "&" in a script, where Ctrl-C is not heard

    def command(**_: object) -> int:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        return cli.INTERRUPTED

    monkeypatch.setattr(cli, "app", command)
    try:
        with pytest.raises(SystemExit) as left:
            cli.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert left.value.code == cli.INTERRUPTED
