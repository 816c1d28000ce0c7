"""Promise: a program that is killed leaves no images behind for longer than until the next one starts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from auscult.store.files import draft_folder, put_in_place

KILLED = """
import os, signal, sys
from pathlib import Path
from auscult.store.files import draft_folder
with draft_folder(Path(sys.argv[1])) as draft:
    (draft / "images").mkdir()
    (draft / "images" / "patient.png").write_bytes(b"patient")
    print(draft, flush=True)
    if sys.argv[2] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


def begun(out: Path, how: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", KILLED, str(out), how]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_images_of_a_killed_build_are_gone_after_the_next_one_which_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with begun(tmp_path / "items", "dies") as build:
        assert build.wait(60) == -signal.SIGKILL
    assert list(tmp_path.rglob("patient.png"))
    with draft_folder(tmp_path / "others"):
        assert not list(tmp_path.rglob("patient.png"))
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and "what a killed program left" in said[0]
    assert not list(tmp_path.iterdir())


def test_the_folder_of_a_living_build_is_left_alone(tmp_path: Path) -> None:
    with begun(tmp_path / "items", "lives") as build:
        assert build.stdout
        draft = Path(build.stdout.readline().strip())
        with draft_folder(tmp_path / "items") as other:
            assert draft.exists() and other != draft and (draft / "images" / "patient.png").exists()
        assert draft.exists()
        build.communicate("")
    assert not draft.exists()


def test_what_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    mine = [tmp_path / name for name in (".items.making-abcdefgh", ".auscult-making-x", ".x.auscult-making-my notes")]
    for folder in mine:
        folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".y.auscult-making-abcdefgh").symlink_to(tmp_path / "elsewhere")
    with draft_folder(tmp_path / "items"):
        pass
    assert all(folder.exists() for folder in mine) and (tmp_path / "elsewhere").exists()


def test_a_set_that_was_being_replaced_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "items"
    out.mkdir()
    (out / "old").touch()
    replace = os.replace

    def dies(source: Path, target: Path) -> None:
        if "making" in str(source):
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt), draft_folder(out) as draft:
        patched.setattr(os, "replace", dies)
        (draft / "new").touch()
        put_in_place(draft, out)
    assert not out.exists()
    for place in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").exists() else ():
        if place.exists() and ".auscult-old-" in os.readlink(place):
            os.close(int(place.name))  # what the end of the process would have closed
    with draft_folder(tmp_path / "others"):
        assert [p.name for p in out.iterdir()] == ["old"]


def test_a_finished_folder_takes_its_place(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with draft_folder(tmp_path / "items") as draft:
            (draft / text).touch()
            put_in_place(draft, tmp_path / "items")
    assert [p.name for p in tmp_path.iterdir()] == ["items"]
    assert [p.name for p in (tmp_path / "items").iterdir()] == ["second"]
