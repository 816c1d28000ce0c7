"""Law 4: nothing is lost, nothing is asked twice, whatever kills the process and whenever."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
from tests.conftest import REPO
from tests.engine.kill_driver import AT_ONCE, GROUPS
from tests.models.servers import Running, scripted_server

KILLS = 20
LEFT_OUT = ["seconds", "attempts", "cost"]


def start(folder: Path, server: Running) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.engine.kill_driver", str(folder), server.base_url]
    return subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True)


def finish(folder: Path, server: Running) -> None:
    with start(folder, server) as process:
        said = process.stdout.read() if process.stdout else ""
    assert said.split() == ["asking", "done"]


def journalled(folder: Path) -> set[str]:
    """Keys of the whole lines of all journal files."""
    lines = b"".join(p.read_bytes() for p in sorted(folder.glob("journal/*.jsonl"))).splitlines(keepends=True)
    return {line[:32].decode() for line in lines if line.endswith(b"\n")}


def wait_for(folder: Path, replies: int, seconds: float = 60) -> None:
    """Until so many replies are journalled: a slow machine is killed in the middle of its work too."""
    end = time.monotonic() + seconds
    while len(journalled(folder)) < replies:
        assert time.monotonic() < end, f"{len(journalled(folder))} of {replies} replies after {seconds:g} s"
        time.sleep(0.001)


def table(folder: Path) -> list[dict[str, object]]:
    rows = pq.read_table(folder / "answers.parquet").drop_columns(LEFT_OUT).to_pylist()
    assert isinstance(rows, list)
    return rows


def test_killed_at_twenty_random_moments_a_run_ends_as_if_undisturbed(tmp_path: Path) -> None:
    moments = random.Random(20)
    calls = 5 * GROUPS
    with scripted_server(sleep_ms=15) as server:
        finish(tmp_path / "calm", server)
    with scripted_server(sleep_ms=15) as server:
        folder, kills, seen = tmp_path / "killed", 0, []
        while kills < KILLS:
            process = start(folder, server)
            assert process.stdout and process.stdout.readline() == "asking\n", "it ended before it could be killed"
            wait_for(folder, len(seen[-1][0] if seen else ()) + moments.randint(1, 23))
            time.sleep(moments.uniform(0, 0.01))
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            kills += 1
            seen.append((journalled(folder), server.counts()["asked"]))
        middle = [done for done, _ in seen if 0 < len(done) < calls and len(done) % 5]
        finish(folder, server)
        last = server.counts()
    assert len(middle) >= 5, "the kills did not fall into the middle of groups"
    assert table(folder) == table(tmp_path / "calm")
    asked = last["asked"]
    assert len(asked) == calls and sum(asked.values()) - calls <= KILLS * AT_ONCE
    assert last["most_at_once"] <= AT_ONCE + 1  # /counts is a request too
    body = dict(json.loads(line) for line in (folder / "bodies.jsonl").read_text().splitlines())
    for done, before in seen:
        again = [key for key in done if asked[body[key]] != before[body[key]]]
        assert not again, f"{len(again)} journalled calls were asked again"
