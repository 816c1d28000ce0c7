"""Files and folders that are there whole, or not at all; what files hold, and those that come with the package."""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from auscult.errors import UserError
from auscult.printing import tell
from auscult.store.given import FULL, open_given

_LEFTOVER = re.compile(r"\.(?P<name>.+)\.auscult-(?P<kind>making|old)-[a-z0-9_]{8}")


@cache
def shipped_table(place: str) -> dict[str, Any]:
    """A TOML file of this package, by its place in it; read once, and not to be changed."""
    return tomllib.loads((files("auscult") / place).read_text("utf-8"))


def content_hash(path: Path) -> str:
    """The sha256 of a file's bytes.

    Raises:
        NoSuchFile: there is none.
        UserError: it is no regular file, or cannot be read.
    """
    with open_given(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_and_rename(draft: Path, path: Path) -> None:
    """Puts a finished file on disk and gives it its name: after a power cut it is whole, or not there."""
    with open(draft, "rb") as file:
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def draft_of(path: Path) -> Path:
    """Where a file is written until it is whole."""
    return path.with_name(f".{path.name}.tmp")


@contextmanager
def draft_file(path: Path) -> Iterator[Path]:
    """Yields where to write; the file has its name when the block ends well, and is gone when it does not."""
    draft = draft_of(path)
    try:
        yield draft
        sync_and_rename(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def check_writable(*paths: Path | None) -> None:
    """Refuses, before any work is done, files that could not be written at its end.

    Raises:
        UserError: the folder is not there or takes no file, or the name is that of a folder.
    """
    for path in filter(None, paths):
        why = "it is a folder" if path.is_dir() else "" if path.parent.is_dir() else "its folder is not there"
        if why or not os.access(path.parent, os.W_OK):
            raise UserError(f"{path}: cannot be written ({why or 'no permission'}); name another place")


def replace_file(path: Path, content: bytes) -> None:
    """Writes a small file by atomic rename: it is there whole, or as it was before."""
    try:
        with draft_file(path) as draft:
            draft.write_bytes(content)
    except OSError as error:
        if error.errno in FULL:
            raise
        raise UserError(f"{path}: cannot be written ({error.strerror}); name another place") from None


def json_file(content: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """What a JSON file that people read holds; ``default`` makes plain what JSON does not know."""
    return orjson.dumps(content, default, orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def write_json(path: Path, content: Any) -> None:
    """Writes a JSON file by atomic rename."""
    replace_file(path, json_file(content))


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Yields a new folder beside ``path``; what is not put in its place (``put_in_place``) is gone at the end.

    What programs that were killed left there is removed first, and said.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    draft, lock = _locked_folder(path)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        os.close(lock)


def put_in_place(draft: Path, path: Path) -> None:
    """Gives a finished folder its name; what stood there is replaced."""
    draft.chmod(0o755)
    if path.is_dir() and any(path.iterdir()):
        lock = _lock(path)
        old = Path(tempfile.mkdtemp(prefix=f".{path.name}.auscult-old-", dir=path.parent))
        os.replace(path, old)
        os.replace(draft, path)
        shutil.rmtree(old)
        os.close(lock)
    else:
        os.replace(draft, path)


def _lock(folder: Path) -> int:
    """Holds a folder, wherever it is moved, until the file is closed or this process ends in any way.

    Raises:
        OSError: another process holds it.
    """
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def _locked_folder(path: Path) -> tuple[Path, int]:
    """A new folder beside a path that no sweep takes for a leftover."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.auscult-making-", dir=path.parent))
        with suppress(OSError):  # a sweep came between the two lines
            lock = _lock(folder)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _sweep(parent: Path) -> None:
    """Removes what killed programs of this user left in a folder; a set that was about to be replaced is put back."""
    for folder in parent.glob(".*.auscult-*-*"):
        named = _LEFTOVER.fullmatch(folder.name)
        with suppress(OSError):  # a living program holds it, or it has gone
            if not named or folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            lock = _lock(folder)
            whole = parent / named["name"]
            if named["kind"] == "old" and not whole.exists():
                os.replace(folder, whole)
                tell(f"{whole}: put back, as the program that was replacing it was killed")
            else:
                shutil.rmtree(folder)
                tell(f"{folder}: removed, what a killed program left there")
            os.close(lock)
