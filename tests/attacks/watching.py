"""A command of the command line, run under a recorder of its connections and look-ups."""

import ipaddress
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

WATCHED = Path(__file__).parent / "watched"


@dataclass(frozen=True)
class Watched:
    """What a command did.

    Attributes:
        code: exit code.
        out: standard output.
        err: standard error.
        reached: hosts beyond this machine that it connected to, and names that it looked up.
        refused: those that were kept from it.
        local: whether it connected to this machine.
    """

    code: int
    out: str
    err: str
    reached: frozenset[str]
    refused: frozenset[str]
    local: bool


def is_own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("unix", "localhost")


def watched(folder: Path, *words: object, lying_names: str = "", paths: tuple[Path, ...] = (), **more: str) -> Watched:
    """Runs ``auscult WORDS`` in a folder, in a process of its own.

    Args:
        folder: where it runs.
        words: of the command line.
        lying_names: the address that every name stands for.
        paths: where packages lie beside the installed ones.
        more: environment variables.
    """
    trace = folder / "trace.jsonl"
    trace.unlink(missing_ok=True)
    lead = [str(WATCHED), *map(str, paths), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and not k.startswith("HF_")}
    env |= {"PYTHONPATH": os.pathsep.join(lead), "SOCKET_TRACE": str(trace), "LYING_NAMES": lying_names, **more}
    command = [sys.executable, "-m", "auscult", *map(str, words)]
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    lines = [json.loads(line) for line in trace.read_text().splitlines()] if trace.exists() else []
    beyond = [line for line in lines if not is_own(line["host"])]
    return Watched(
        ran.returncode,
        ran.stdout,
        ran.stderr,
        frozenset(line["host"] for line in beyond if not line["refused"]),
        frozenset(line["host"] for line in beyond if line["refused"]),
        any(is_own(line["host"]) for line in lines),
    )
