"""Promise: a build that is killed, stopped, out of room or in another's way leaves nothing half-made, and goes on."""

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.models.servers import Running, scripted_server

from auscult.api.building import build
from auscult.construction.drafting import DraftingOptions
from auscult.corpora import ReadOptions
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.store.held import held

CASES, AT_ONCE = 60, 4
FINDINGS = ("effusion", "pneumothorax", "consolidation", "edema", "fracture")


def captions(folder: Path, cases: int = CASES) -> Path:
    """Pictures of which the caption is what the scripted server drafts about."""
    folder.mkdir(exist_ok=True)
    for n in range(cases):
        Image.new("RGB", (16, 16), (n % 256, n // 256, 0)).save(folder / f"{n}.png")
    lines = (f"{n}.png,The heart is enlarged. There is no {FINDINGS[n % len(FINDINGS)]}." for n in range(cases))
    (folder / "captions.csv").write_text("\n".join(["image,caption", *lines]) + "\n")
    return folder / "captions.csv"


def begun(
    table: Path, out: Path, server: Running, pairs: int = 4, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "auscult", "build", "--from", "captions", str(table), "--out", str(out)]
    command += [
        "--generator",
        f"openai:g@{server.base_url}",
        "--pairs",
        str(pairs),
        "--no-burned-in-text",
        "--concurrency",
        str(AT_ONCE),
    ]

    def ready() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # where tests run in the background, it is not heard
        if before:
            before()

    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=ready)


def making(out: Path) -> set[Path]:
    """The folders in which a set is being made, or was when its build was killed."""
    return set(out.parent.glob(f".{out.name}.auscult-making-*"))


class Way:
    """How far a build has come, by what lies on the disk."""

    def __init__(self, out: Path) -> None:
        self._out, self._left = out, making(out)
        self._lines: dict[Path, tuple[int, int]] = {}

    def images(self) -> int:
        """Images of the first pass."""
        return sum(1 for folder in making(self._out) - self._left for _ in folder.glob("images/*/*"))

    def replies(self) -> int:
        """How many replies were written down whole."""
        for file in self._out.with_name(f"{self._out.name}.drafts").rglob("*.jsonl"):
            at, lines = self._lines.get(file, (0, 0))
            with file.open("rb") as journal:
                journal.seek(at)
                new = journal.read()
            self._lines[file] = (at + len(new), lines + new.count(b"\n"))
        return sum(lines for _, lines in self._lines.values())

    def bytes(self) -> int:
        """What the second pass has written of the items."""
        files = [folder / ".items.parquet.tmp" for folder in making(self._out) - self._left]
        return sum(file.stat().st_size for file in files if file.is_file())


def stopped(build: subprocess.Popen[str], out: Path, what: str, most: int, sign: signal.Signals) -> tuple[int, str]:
    """Stops a build when so much of what it makes is there; its exit code and its last line."""
    way, end = Way(out), time.monotonic() + 1200
    while (there := getattr(way, what)()) < most and build.poll() is None:
        assert time.monotonic() < end, f"{there} of {most} {what}"
        time.sleep(0.01 if what == "replies" else 0.05)
    build.send_signal(sign)
    said = build.communicate(timeout=60)[1].strip().splitlines()
    return build.returncode, said[-1] if said else ""


def moments(cases: int, early: int, asking: int, late: int, items: int) -> list[tuple[str, int]]:
    """When a build is killed: while it reads its images, while it asks, while it writes ``items`` bytes of them."""
    chance, share = random.Random(13), cases // (asking + 1)
    first = [("images", chance.randint(1, cases)) for _ in range(early)]
    second = [("replies", share * kill + chance.randint(1, share)) for kill in range(asking)]
    return [*first, *second, *(("bytes", chance.randint(1, int(0.9 * items))) for _ in range(late))]


@pytest.mark.parametrize(
    ("cases", "pairs", "kills"),
    [(CASES, 4, (0, 3, 0)), pytest.param(5_000, 20, (3, 14, 3), marks=pytest.mark.slow)],
    ids=["a few images", "100,000 pairs"],
)
def test_killed_at_random_moments_a_build_ends_with_the_same_set_and_asks_no_journalled_call_again(
    tmp_path: Path, cases: int, pairs: int, kills: tuple[int, int, int]
) -> None:
    """5,000 images of twenty pairs each are a build of 100,000 pairs, killed twenty times."""
    table = captions(tmp_path / "pictures", cases)
    with scripted_server(drafts=True, sleep_ms=20) as server, begun(table, tmp_path / "calm", server, pairs) as calm:
        assert calm.wait(3600) == 0, calm.stderr and calm.stderr.read()
    out, written = tmp_path / "killed", (tmp_path / "calm" / "items.parquet").stat().st_size
    with scripted_server(drafts=True, sleep_ms=20 if cases > CASES else 100) as server:
        for kill, (what, most) in enumerate(moments(cases, *kills, written)):
            sign = {1: signal.SIGINT, 2: signal.SIGTERM}.get(kill, signal.SIGKILL)
            code, said = stopped(begun(table, out, server, pairs), out, what, most, sign)
            assert code != 0 and not out.exists(), (what, most, said)
            assert sign == signal.SIGKILL or said == "auscult: stopped; the same command goes on from here"
            assert sign == signal.SIGKILL or not making(out), "what ends as by Ctrl-C leaves no hidden folder"
        with begun(table, out, server, pairs) as last:
            assert last.wait(3600) == 0
        asked = server.counts()["asked"]
    assert len(asked) == cases and sum(asked.values()) - cases <= sum(kills) * AT_ONCE
    assert ItemSet(out).digest == ItemSet(tmp_path / "calm").digest


def test_a_server_that_fails_now_and_then_changes_nothing_in_the_set(tmp_path: Path) -> None:
    table, sets = captions(tmp_path / "pictures"), {}
    faults = ["500", "429", "truncated", "not-json", "html", "disconnect", "503"]
    for name, script in {"calm": {}, "faulty": {"faults": faults, "times": 1, "share": 0.5}}.items():
        with scripted_server(drafts=True, sleep_ms=2, **script) as server:
            options = DraftingOptions(pairs=4)
            made = build("captions", table, tmp_path / name, generator=f"openai:g@{server.base_url}", drafting=options)
            counts = server.counts()
        sets[name] = made.digest
        assert set(counts["answered"].values()) == {1}, "no call that was answered is asked again"
        assert (sum(counts["asked"].values()) > CASES) == (name == "faulty")
    assert sets["calm"] == sets["faulty"]


@pytest.mark.parametrize("most", [2_500, 8_000, 24_000])
def test_a_full_disk_is_one_line_and_with_room_the_same_command_goes_on(tmp_path: Path, most: int) -> None:
    table, out = captions(tmp_path / "pictures", 30), tmp_path / "set"
    with scripted_server(drafts=True) as server:
        full = begun(table, out, server, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
        said = full.communicate(timeout=120)[1]
        assert full.returncode == 2, said
        assert "make room and run the same command again" in said.splitlines()[-1] and "Traceback" not in said
        assert not out.exists() and not list(tmp_path.glob(".*making*"))
        with begun(table, out, server) as again:
            assert again.wait(120) == 0, again.stderr and again.stderr.read()
        asked = server.counts()["asked"]
    assert len(list(ItemSet(out))) and sum(asked.values()) <= 30 + AT_ONCE


def test_two_builds_of_one_folder_are_one_line_for_the_second(tmp_path: Path) -> None:
    table, home = captions(tmp_path / "pictures", 3), tmp_path / "set.drafts"
    with scripted_server(drafts=True) as server, held(home, "busy"):
        with pytest.raises(UserError, match="another process is building this set"):
            build("captions", table, tmp_path / "set", generator=f"openai:g@{server.base_url}")
        assert not server.counts()["asked"]
    assert not (tmp_path / "set").exists()


def test_a_folder_of_another_source_or_other_options_is_left_as_it_is(tmp_path: Path) -> None:
    table, out = captions(tmp_path / "pictures", 6), tmp_path / "set"
    other = captions(tmp_path / "others", 4)
    with scripted_server(drafts=True) as server:
        spec = f"openai:g@{server.base_url}"
        made = build("captions", table, out, generator=spec, drafting=DraftingOptions(pairs=4))
        before = sum(server.counts()["asked"].values())
        halves, other_model = (
            SplitPlan(shares={"train": 0.5, "test": 0.5}),
            {"generator": f"openai:h@{server.base_url}"},
        )
        others: tuple[tuple[Path, int, dict[str, Any]], ...] = (
            *((other, 4, {}), (table, 6, {}), (table, 4, {"seed": 1})),
            *((table, 4, {"limit": 3}), (table, 4, {"split": halves}), (table, 4, other_model)),
        )
        for path, pairs, differing in others:
            with pytest.raises(UserError, match="holds another item set; name another folder") as error:
                build(
                    *("captions", path, out),
                    options=ReadOptions(),
                    drafting=DraftingOptions(pairs=pairs),
                    **{"generator": spec} | differing,
                )
            assert "\n" not in str(error.value)
        assert sum(server.counts()["asked"].values()) == before, "it is said before anything is asked"
        assert ItemSet(out).digest == made.digest
        again = build("captions", table, out, generator=spec, drafting=DraftingOptions(pairs=4))
        assert again.digest == made.digest and sum(server.counts()["asked"].values()) == before
