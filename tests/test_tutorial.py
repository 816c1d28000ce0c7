"""Every command of the tutorial, run as a reader runs it: in order, in one folder, in the shell."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
PAGE = REPO / "docs" / "tutorial.md"
SERVER = "python -m tests.models.servers"
FEWER = ("--replicates 400", "--replicates 100")
"""Simulations that a reader waits for, and those that show that the command does what the page says."""
DECIDED = (0, 5, 6)
"""Exit codes of a command that came to its end: done; or a limit that is missed, or not known to be met."""


def _commands() -> list[str]:
    """The lines of the page's shell blocks, without comments; set-up and the server are not run as they stand."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith(("make ", "source ", SERVER))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone as far as the page needs it."""
    made = tmp_path_factory.mktemp("clone")
    (made / "src").symlink_to(REPO / "src")
    bin_ = made / "bin"
    bin_.mkdir()
    (bin_ / "auscult").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m auscult "$@"\n')
    (bin_ / "auscult").chmod(0o755)
    return made


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """The page's stand-in server, at a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    env = os.environ | {"PYTHONPATH": f"{REPO / 'src'}:{REPO}"}
    words = [sys.executable, *SERVER.split()[1:], "--port", str(number)]
    with subprocess.Popen(words, env=env, cwd=REPO, stderr=subprocess.DEVNULL) as server:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.1)
        yield str(number)
        server.terminate()


def test_the_page_starts_the_server_that_the_test_starts() -> None:
    assert SERVER in PAGE.read_text("utf-8")


def test_every_command_of_the_tutorial_does_what_it_says(folder: Path, port: str) -> None:
    commands = _commands()
    assert len(commands) > 8
    env = os.environ | {"PYTHONPATH": str(REPO / "src"), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    for line in commands:
        command = line.replace("8123", port).replace(*FEWER)
        done = subprocess.run(command, shell=True, cwd=folder, env=env, capture_output=True, text=True)
        assert done.returncode in DECIDED, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, command
        if "--out guess" in line:
            assert "invents none of 53, misses 14 of 14" in done.stdout, "the page tells what is printed"
            assert "19 images" in done.stdout and "not known         right on" in done.stdout
        if line.startswith("auscult check"):
            assert " on 19 images, 245 questions" in done.stdout and "image of its own" not in done.stderr
