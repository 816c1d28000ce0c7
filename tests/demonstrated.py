"""The demo, made once for all processes of a test run: it takes a minute, and several tests look at it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.golden.runs import auscult


@contextmanager
def demo(factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Its folder, and what the command said; nobody else is at it meanwhile."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    said = shared / "demo-said.txt"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            said.write_text(auscult("demo", "--out", shared / "demo"), "utf-8")
        yield shared / "demo", said.read_text("utf-8")
