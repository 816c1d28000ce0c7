"""Promise: what leaves this machine is what the table of ``docs/concepts/patient-data.md`` says, command by command."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from tests.attacks.serving import Served, completion, serving
from tests.attacks.watching import WATCHED, is_own
from tests.conftest import REPO

from auscult.cli import COMMANDS
from auscult.corpora import vqa_rad

EVALUATE = "evaluate items --split all --no-canary"
UNREADABLE = "Two of them lie beside it, as in the earlier study."
"""An answer that no rule reads, so that a second reader has something to do."""
PAGE = REPO / "docs" / "concepts" / "patient-data.md"
DRIVER = """
import json, os, sys
from auscult.cli import main
for words in json.loads(sys.argv[1]):
    with open(os.environ["SOCKET_TRACE"], "a") as file:
        file.write(json.dumps({"kind": "command", "words": words}) + chr(10))
    sys.argv = ["auscult", *words]
    try:
        main()
    except SystemExit as stopped:
        if stopped.code:
            print("ended with", stopped.code, words, flush=True)
"""


@dataclass(frozen=True)
class Trace:
    """What a row's command reached: this machine's server, and anything beyond."""

    local: bool
    beyond: frozenset[str]


def commands(folder: Path, url: str) -> dict[str, list[str]]:
    """The row of the table that each stands for, by its start → the words of a command that is run for it."""
    judge, quiet = f"openai:j@{url}", ["--scorers", "closed"]
    lines = {
        "`phantoms`": "phantoms --n 8 --seed 1 --out ph",
        "`build`": f"build --from vqa-rad {vqa_rad.sample_path()} --out items --limit 3",
        "`build --generator openai:NAME@URL`": f"build --from captions a.csv --generator openai:g@{url} --out drafted",
        "`evaluate` with a model in this process": f"{EVALUATE} --model baseline:always-last --out run",
        "`evaluate --model openai:NAME@URL`": f"{EVALUATE} --model openai:m@{url} --out asked",
        "`audit read` with a model in this process": "audit read ph --model baseline:always-last --out audit",
        "`tune`": "tune items --model phantom --split all --epochs 1 --rank 2 --held-out 0 --out adapter",
        "`check`": "check answers.csv",
        "`score`": "score run",
        "`score --judge openai:NAME@URL`": f"score asked --judge {judge} --judge-tries 1",
        "`score --reader openai:NAME@URL`": f"score asked --reader openai:r@{url}",
        "`judge-baseline --judge openai:NAME@URL`": f"judge-baseline asked --judge {judge} --out anchors.jsonl",
        "`export`": "export items --to llava --out exported",
        "`review`": "review items --sign-off --out items.html",
        "`report`": "report run",
        "`compare`": "compare run asked",
        "`gate`": "gate criteria.toml run",
        "`export` of a run": "export run --to csv --out answers-out.csv",
        "`inspect-log`": "inspect-log run --out run.eval",
        "`rate`": "rate make run --out sheet",
        "`audit draw` with a generator in this process": "audit draw painter:default --limit 1 --draws 1 --out drawn",
        "`audit draw openai:NAME@URL`": f"audit draw openai:d@{url} --limit 1 --draws 1 --retries 0 --out drawn-there",
        "`audit draw --judge openai:NAME@URL`": f"audit draw painter:default --limit 1 --judge {judge} --out seen",
        "`calibrate` of rules, facts, statistics, quality, diagnosis, drawings, probes": "calibrate facts --out f.json",
    }
    return {row: [*line.split(), *(quiet if line.startswith("evaluate") else [])] for row, line in lines.items()}


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Trace], Served, str]:
    folder = tmp_path_factory.mktemp("traced")
    (folder / "answers.csv").write_text("question,reference,answer\nIs it one?,yes,yes\nIs it two?,no,yes\n")
    Image.new("L", (8, 8)).save(folder / "a.png")
    (folder / "a.csv").write_text("image,caption\na.png,The heart is enlarged.\n")
    (folder / "criteria.toml").write_text("")
    trace = folder / "trace.jsonl"
    with serving(completion(message={"content": UNREADABLE})) as server:
        asked = commands(folder, server.url)
        paths = [str(WATCHED), *filter(None, [os.environ.get("PYTHONPATH")])]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "SOCKET_TRACE": str(trace)}
        command = [sys.executable, "-c", DRIVER, json.dumps(list(asked.values()))]
        ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert "Traceback" not in ran.stderr, ran.stderr
    hosts: dict[str, list[str]] = {}
    rows = iter(asked)
    for line in map(json.loads, trace.read_text().splitlines()):
        if line["kind"] == "command":
            row = next(rows)
            hosts[row] = []
        else:
            hosts[row].append(line["host"])
    found = {
        row: Trace(any(map(is_own, given)), frozenset(host for host in given if not is_own(host)))
        for row, given in hosts.items()
    }
    return found, server, ran.stdout


def table() -> dict[str, tuple[str, str]]:
    """First cell → what leaves, and where to."""
    rows = re.findall(r"^\| (`.*?) \| (.*?) \| *(.*?) *\|$", PAGE.read_text("utf-8"), re.M)
    return {first: (what, to) for first, what, to in rows}


def test_every_command_has_its_row() -> None:
    assert {re.match(r"`([\w-]+)", row)[1] for row in table()} == set(COMMANDS)  # type: ignore[index]


def test_each_command_reaches_what_its_row_says_and_nothing_else(
    traced: tuple[dict[str, Trace], Served, str],
) -> None:
    found, server, _ = traced
    said = table()
    assert found.keys() <= said.keys() and len(found) >= 18
    assert not {row: trace.beyond for row, trace in found.items() if trace.beyond}
    reached = {row for row, trace in found.items() if trace.local}
    assert reached == {row for row in found if said[row][1] == "URL"}
    assert server.chats > 0


def test_the_commands_did_their_work(traced: tuple[dict[str, Trace], Served, str]) -> None:
    ended = [line for line in traced[2].splitlines() if line.startswith("ended with")]
    # no criteria, nothing read, replies without a verdict, and a server that draws nothing
    may = ("'gate'", "'compare'", "'--judge'", "'--reader'", "'drawn-there'")
    assert not [line for line in ended if not any(word in line for word in may)], ended
