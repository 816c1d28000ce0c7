"""The demo, made once for all processes of a test run: it takes a minute, and several tests look at it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.as_demo_installs import ROOT


@contextmanager
def demo(factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Its folder, and what the command said; nobody else is at it meanwhile."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    said = shared / "demo-said.txt"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            command = [sys.executable, "-m", "tests.as_demo_installs", "demo", "--out", str(shared / "demo")]
            made = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
            assert made.returncode == 0, made.stderr
            said.write_text(made.stdout, "utf-8")
        yield shared / "demo", said.read_text("utf-8")
