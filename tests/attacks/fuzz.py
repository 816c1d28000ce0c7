"""Broken files put to the command line: each ends in an exit code and one line, in bounded time and memory.

An input is a number: it names the seed, the file and the damage. What ends in anything but an exit code is a finding.

    python -m tests.attacks.fuzz --minutes 60 --findings found.jsonl
"""

import argparse
import contextlib
import io
import json
import multiprocessing
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.attacks.damage import broken_copy
from tests.attacks.seeds import Seed, seeds

from auscult.cli import main

CODES = (0, 2, 3, 4, 5, 6)
SECONDS = 40
"""That one command may take on a slow machine that does other things too."""
MEMORY = 12 * 2**30


class _TooLong(BaseException):
    """A command that did not end in time."""


@dataclass(frozen=True)
class Finding:
    """What should not have happened.

    Attributes:
        number: of the input.
        seed: kind of file.
        damage: file and way.
        command: what was run.
        error: exception or exit code.
        where: innermost line of the package.
    """

    number: int
    seed: str
    damage: str
    command: str
    error: str
    where: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two findings one."""
        return self.error.split(":")[0], self.where


def _stop(*_: object) -> None:
    raise _TooLong


def _ended(words: Sequence[str]) -> str:
    """Runs a command in this process; how it failed to end, or nothing."""
    before, said = sys.argv, io.StringIO()
    sys.argv = ["auscult", *words]
    handler = signal.signal(signal.SIGALRM, _stop)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            main()
    except SystemExit as stopped:
        code = int(stopped.code or 0)
        if code not in CODES:
            return f"exit code {code}"
        line = said.getvalue().strip().rpartition("auscult: ")[2]
        shown = all(part.isprintable() for part in line.split("\n"))  # rows that cannot be used are a line each
        if code == 2 and (not line or "Traceback" in said.getvalue() or not shown):
            return f"no one line: {line[:200]!r}"
        return ""
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)
        sys.argv = before
    return "no exit code"


def _place(error: BaseException) -> str:
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if "auscult" in f.filename and "tests" not in f.filename
    ]
    return (
        f"{frames[-1].filename.rpartition('auscult/')[2]}:{frames[-1].lineno} {frames[-1].name}"
        if frames
        else "outside"
    )


def attack(number: int, found: Sequence[Seed], scratch: Path) -> Finding | None:
    """Makes the input of a number and puts it to one command of its seed."""
    chance = Random(number)
    seed = chance.choice(found)
    here, out = scratch / "here", scratch / "out"
    for folder in (here, out):
        shutil.rmtree(folder, ignore_errors=True)
    out.mkdir(parents=True)
    damage = broken_copy(seed.folder, seed.broken, here, chance)
    words = [w.replace("{here}", str(here)).replace("{out}", str(out)) for w in chance.choice(seed.commands)]

    def finding(error: str, where: str = "") -> Finding:
        return Finding(number, seed.name, damage, " ".join(words[:3]), error, where)

    try:
        said = _ended(words)
    except (Exception, _TooLong) as error:  # whatever it is, it is what is looked for
        return finding(f"{type(error).__name__}: {str(error)[:200]}", _place(error))
    return finding(said) if said else None


def _work(folder: Path, found: list[Seed], first: int, most: int, done: Any, said: Path) -> None:
    """Attacks one after the other; says what was found, and after each how far it is."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for number in range(first, first + most):
        done.value = number
        if finding := attack(number, found, folder / "scratch"):
            _noted(finding, said)
    done.value = first + most


def fuzz(first: int, minutes: float, most: int = 10**9, say: Path | None = None) -> tuple[int, list[Finding]]:
    """Attacks with the numbers from ``first`` on; returns how many inputs there were, and what was found.

    A worker makes them; one that hangs where no signal reaches it, or dies, is a finding, and a new one goes on.
    """
    end, number = time.monotonic() + 60 * minutes, first
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        folder, said = Path(name), say or Path(name) / "findings.jsonl"
        before = said.stat().st_size if said.exists() else 0
        found = seeds(folder / "seeds")
        while time.monotonic() < end and number < first + most:
            done = context.Value("q", number)
            worker = context.Process(target=_work, args=(folder, found, number, first + most - number, done, said))
            worker.start()
            hung = _watched(worker, done, end)
            number = done.value
            if hung:
                _noted(Finding(number, "", "", "", hung, ""), said)
                number += 1
        lines = said.read_bytes()[before:].splitlines() if said.exists() else []
    return number - first, [Finding(**json.loads(line)) for line in lines]


def _watched(worker: Any, done: Any, end: float) -> str:
    """Waits for a worker to end, or ends it when time is up or it stands still; what was wrong, or nothing."""
    last, since = done.value, time.monotonic()
    while worker.is_alive():
        worker.join(0.5)
        now = time.monotonic()
        if done.value != last:
            last, since = done.value, now
        if now > end or now - since > 2 * SECONDS:
            worker.kill()
            worker.join()
            return "" if now > end else "hangs"
    return f"died with {worker.exitcode}" if worker.exitcode else ""


def _noted(finding: Finding, said: Path) -> None:
    """Says a finding at once: a long run may be stopped."""
    with said.open("a") as file:
        file.write(json.dumps(asdict(finding)) + "\n")


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--findings", type=Path, help="file that takes a line a finding")
    options = parser.parse_args()
    count, findings = fuzz(options.first, options.minutes, say=options.findings)
    print(f"{count} inputs, {len(findings)} findings of {len({f.key for f in findings})} kinds")
    for key, times in Counter(f.key for f in findings).most_common():
        print(f"{times:5d} x {key}  e.g. {next(f for f in findings if f.key == key)}")


if __name__ == "__main__":
    _main()
