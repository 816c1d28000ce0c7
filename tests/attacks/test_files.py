"""What is no regular file is refused by name and never waited for; a link may not lead out of the images' folder."""

import os
import signal
import socket
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.attacks.seeds import pictures
from tests.cli.conftest import Auscult

from auscult.errors import UserError
from auscult.items.images import MOST_BYTES, take_image
from auscult.store.given import open_given, read_given, read_json, read_toml
from auscult.store.rows import SUFFIXES, read_rows

SECONDS = 20


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


NONE: dict[str, Callable[[Path], None]] = {
    "folder": Path.mkdir,
    "pipe": a_pipe,
    "socket": a_socket,
    "endless device": lambda path: path.symlink_to("/dev/zero"),
    "link to itself": lambda path: path.symlink_to(path.name),
}


def _stop(number: int, frame: types.FrameType | None) -> None:
    raise TimeoutError("it waits for what never comes")


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


READERS: dict[str, Callable[[Path], object]] = {
    "image": lambda path: take_image(path, path.name, "row 1"),
    "json": lambda path: read_json(path, "mend it"),
    "toml": lambda path: read_toml(path, "mend it"),
}


@pytest.mark.parametrize("kind", NONE)
@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_is_none_is_refused(tmp_path: Path, kind: str, reader: str) -> None:
    path = tmp_path / "given"
    NONE[kind](path)
    with pytest.raises(UserError, match=r"given"):
        READERS[reader](path)


@pytest.mark.parametrize("kind", NONE)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_that_is_no_file_is_refused(tmp_path: Path, kind: str, suffix: str) -> None:
    path = tmp_path / f"given{suffix}"
    NONE[kind](path)
    with pytest.raises(UserError, match=r"given"):
        list(read_rows(path))


@pytest.mark.parametrize("kind", NONE)
@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("gate", "{}", "run"), "gate.toml"),
        (("evaluate", "items", "--config", "{}", "--out", "run"), "run.toml"),
        (("evaluate", "items", "--model", "replay:{}", "--out", "run"), "answers.jsonl"),
        (("evaluate", "{}", "--model", "baseline:majority", "--out", "run"), "items"),
        (("report", "{}"), "run"),
        (("build", "--from", "llava-json", "{}", "--out", "items"), "talk.json"),
        (("build", "--from", "pathvqa", "{}", "--out", "items"), "set"),
    ],
)
def test_a_command_that_is_handed_no_file_ends(
    auscult: Auscult, sample_items: Path, tmp_path: Path, kind: str, words: tuple[str, ...], name: str
) -> None:
    path = tmp_path / name
    NONE[kind](path)
    at = {"items": sample_items, "run": tmp_path / "made"}
    ran = auscult(*(at.get(word, word.format(path)) for word in words))
    assert ran.code == 2 and ran.err.startswith("auscult: "), ran
    assert ran.err.count("\n") == 1, ran.err


def test_a_file_larger_than_its_kind_may_be_is_refused_unread(tmp_path: Path) -> None:
    for name, most, read in (
        ("a.png", MOST_BYTES, lambda path: take_image(path, path.name, "row 1")),
        ("a.toml", 4 * 2**20, lambda path: read_toml(path, "mend it")),
    ):
        with open(tmp_path / name, "wb") as file:
            file.truncate(most + 1)  # a hole: no byte of it is on the disk
        with pytest.raises(UserError, match=f"{most:,}"):
            read(tmp_path / name)


def test_a_file_that_grows_while_it_is_read_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "grows.json"
    path.write_bytes(b"1" * 100)

    def small(handle: int) -> os.stat_result:
        found = list(os.stat(handle))
        found[6] = 10
        return os.stat_result(found)

    with open_given(path, 100) as file:
        assert file.read() == b"1" * 100
    monkeypatch.setattr(os, "fstat", small)
    with pytest.raises(UserError, match="more than the 50 bytes"):
        read_given(path, 50)


def table(folder: Path, image: str) -> Path:
    path = folder / "t.csv"
    path.write_text(f"image,question,answer\n{image},Is it normal?,no\n")
    return path


def test_a_link_out_of_the_images_folder_is_followed_only_where_it_is_asked_for(
    auscult: Auscult, tmp_path: Path
) -> None:
    pictures(tmp_path / "elsewhere", "secret.png")
    folder = pictures(tmp_path / "set", "a.png")
    (folder / "link.png").symlink_to(tmp_path / "elsewhere" / "secret.png")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    for name in ("link.png", "linked/secret.png"):
        build = ["build", "--from", "image-folder", table(folder, name), "--out", tmp_path / name.replace("/", "-")]
        ran = auscult(*build)
        assert ran.code == 2 and "is a link out of" in ran.err and "--follow-links" in ran.err, ran
        assert auscult(*build, "--follow-links").code == 0


def test_a_link_within_the_folder_and_a_folder_that_is_a_link_are_taken(auscult: Auscult, tmp_path: Path) -> None:
    folder = pictures(tmp_path / "set", "a.png")
    (folder / "link.png").symlink_to(folder / "a.png")
    (tmp_path / "named").symlink_to(folder)
    path = table(tmp_path / "named", "link.png")
    assert auscult("build", "--from", "image-folder", path, "--out", tmp_path / "items").code == 0
