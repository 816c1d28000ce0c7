"""Files and folders that are there whole, or not at all; what files hold, and those that come with the package."""

import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from auscult.errors import UserError
from auscult.store.given import FULL, open_given


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


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Yields a new folder beside ``path``; what is not put in its place (``put_in_place``) is gone at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.making-", dir=path.parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def put_in_place(draft: Path, path: Path) -> None:
    """Gives a finished folder its name; what stood there is replaced."""
    draft.chmod(0o755)
    if path.is_dir() and any(path.iterdir()):
        old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old-", dir=path.parent))
        os.replace(path, old)
        os.replace(draft, path)
        shutil.rmtree(old)
    else:
        os.replace(draft, path)
