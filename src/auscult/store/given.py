"""Files that somebody else made, at the boundary: regular ones only, read within a bound, and said by name when broken.

What is read of a file may be anything. A parser may raise anything for it: every parser here runs inside ``boundary``,
so that nobody behind it lists the errors that he expects.
"""

import errno
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auscult.errors import UserError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the operating system says of a disk that takes no more."""
MIB = 2**20
JSON_MOST = 256 * MIB
"""Bytes of a JSON file that is read whole: a summary, a manifest, a key."""
TOML_MOST = 4 * MIB
"""Bytes of a TOML file: people write them."""
DEEPEST = 100
"""Lists and objects that may lie in each other; what is deeper is tried, see ``WRITABLE``."""
DEEPEST_KEY = 500
WRITABLE = 254
"""Lists and objects in each other that can be written down again."""
_LONG = re.compile(r"[0-9]{19}")
_QUOTED = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("|\\?)', re.DOTALL)
"""A string of JSON and how it ends: with its quote, or where the bytes end."""
_STEP = bytes(1 if c in b"[{" else 255 if c in b"]}" else 0 for c in range(256))
"""One down, one up (-1 as a byte), or neither."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NoSuchFile(UserError):
    """There is no file of that name."""


@contextmanager
def boundary(where: object, remedy: str, what: str = "cannot be read") -> Iterator[None]:
    """Turns whatever a parser raises into one line.

    Args:
        where: file and row, as it is said; its text is taken when something is raised.
        remedy: what to do.
        what: what is wrong, as far as it is known before.

    Raises:
        UserError: that. A full disk and errors for the user pass as they are.
    """
    try:
        yield
    except UserError:
        raise
    except MemoryError:
        raise UserError(f"{where}: {what} (it needs more memory than there is); {remedy}") from None
    except RecursionError:
        raise UserError(f"{where}: {what} (nested too deep); {remedy}") from None
    except UnicodeError:
        raise UserError(f"{where}: {what} (it holds bytes that are not UTF-8); {remedy}") from None
    except OSError as error:
        if error.errno in FULL:
            raise
        raise UserError(f"{where}: {what} ({_line(error.strerror or error)}); {remedy}") from None
    except Exception as error:  # a parser of somebody else, over bytes of somebody else
        raise UserError(f"{where}: {what} ({_line(error) or type(error).__name__}); {remedy}") from None


def _line(error: object) -> str:
    """The first line of what an error says, in signs that can be shown."""
    first = next(iter(str(error).strip().splitlines()), "")[:200]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in first)


def shown_path(path: Path) -> str:
    """A path as it can be printed."""
    return str(path).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def open_given(path: Path, most: int | None = None) -> BufferedReader:
    """Opens a regular file; a pipe, a device or a socket is never waited for.

    Args:
        path: of the file, or of a link to one.
        most: bytes that it may have; None: any number, where it streams.

    Raises:
        NoSuchFile: there is none.
        UserError: it is no regular file, cannot be opened, or is larger.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise NoSuchFile(f"{path}: no such file; check the path") from None
    except OSError as error:
        kind = "a socket or a device that nothing answers for" if error.errno == errno.ENXIO else error.strerror
        raise UserError(f"{path}: cannot be read ({kind}); check the path and its permissions") from None
    except ValueError:
        raise UserError(f"{shown_path(path)}: is no name of a file; check the path") from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        kind = next((name for test, name in _KINDS if test(about.st_mode)), "no file")
        raise UserError(f"{path}: is {kind} and no regular file; name the file itself")
    if most is not None and about.st_size > most:
        os.close(handle)
        raise UserError(
            f"{path}: has {about.st_size:,} bytes, more than the {most:,} that such a file may have; is it another one?"
        )
    return open(handle, "rb")


def read_given(path: Path, most: int) -> bytes:
    """The bytes of a regular file, ``most`` at the most, even where it grows while it is read.

    Raises:
        NoSuchFile: there is none.
        UserError: as ``open_given``.
    """
    with open_given(path, most) as file, boundary(path, "copy it again"):
        raw = file.read(most + 1)
    if len(raw) > most:
        raise UserError(f"{path}: has more than the {most:,} bytes that such a file may have; is it another one?")
    return raw


def read_json(path: Path, remedy: str) -> Any:
    """What a JSON file holds.

    Raises:
        NoSuchFile: there is none.
        UserError: it is no regular file, too large, no JSON, or nested deeper than anything that we write.
    """
    raw = read_given(path, JSON_MOST)
    with boundary(path, remedy, "is no JSON"):
        found = orjson.loads(raw)
        orjson.dumps(found)
    return found


def parsed_toml(raw: bytes) -> dict[str, Any]:
    """The tables of a text of TOML.

    Raises:
        ValueError: it is none; or a line has more dots than any name of a table: the parser's memory is their square.
    """
    if any(line.count(b".") > DEEPEST_KEY for line in raw.splitlines()):
        raise ValueError(f"a line has more than {DEEPEST_KEY} dots")
    return tomllib.loads(raw.decode("utf-8"))


def read_toml(path: Path, remedy: str) -> dict[str, Any]:
    """What a TOML file holds.

    Raises:
        NoSuchFile: there is none.
        UserError: it is no regular file, too large, no TOML, or not UTF-8.
    """
    raw = read_given(path, TOML_MOST)
    with boundary(path, remedy, "is no TOML file"):
        return parsed_toml(raw)


class ShallowJson:
    """A file of JSON that is read as it is, as long as it is not nested too deep for what is built of it.

    A parser that streams keeps the names of all levels that it is in, for each of them.

    Args:
        file: of JSON, at its beginning.
        deepest: lists and objects that may lie in each other.
    """

    def __init__(self, file: BinaryIO, deepest: int = WRITABLE) -> None:
        self._file, self._deepest = file, deepest
        self._depth, self._open = 0, b""

    def read(self, count: int = -1) -> bytes:
        """The next bytes.

        Raises:
            ValueError: they are nested too deep.
        """
        chunk = self._file.read(count)
        outside = _QUOTED.split(self._open + chunk)
        ended = outside[-2] if len(outside) > 1 else b'"'
        self._open = b"" if ended == b'"' else b'"' + ended
        import numpy as np  # of all commands only those that read JSON lists need it here

        steps = np.frombuffer(b"".join(outside[::2]).translate(_STEP), np.int8)
        if len(steps):
            depths = self._depth + np.cumsum(steps, dtype=np.int64)
            if depths.max() > self._deepest:
                raise ValueError("nested too deep")
            self._depth = int(depths[-1])
        return chunk


def parsed_line(raw: str) -> Any:
    """The value of a text of JSON as other programs write it: NaN is one, and a number over 64 bits is its digits.

    Raises:
        ValueError: it is no JSON, holds half a character (a lone surrogate), or is nested too deep.
    """
    said = ""
    try:
        found = orjson.loads(raw)
        if not _LONG.search(raw):
            return found if raw.count("[") + raw.count("{") < DEEPEST else storable(found)
    except orjson.JSONDecodeError as error:
        said = f"{error.msg}, column {error.colno}"
    try:
        found = json.loads(raw, parse_int=_digits)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except ValueError as error:
        raise ValueError(said or _line(error)) from None
    return storable(found)


def _digits(number: str) -> int | str:
    """A whole number, or its digits where it takes more than 64 bits: an id is not rounded."""
    if len(number) > 20:
        return number
    found = int(number)
    return found if -(2**63) <= found < 2**64 else number


def storable(value: Any) -> Any:
    """A value of JSON, where it can be written down again.

    Raises:
        ValueError: it holds half a character, or is nested too deep.
    """
    try:
        orjson.dumps(value)
    except TypeError as error:
        half = "not valid UTF-8" in str(error)
        raise ValueError("a text holds half a character" if half else _line(error).lower()) from None
    return value


def plain_name(name: object, where: object) -> str:
    """A name of a file or folder that another file gives: of one in its own folder, and no way out of it.

    Raises:
        UserError: it is something else.
    """
    if not isinstance(name, str) or not name.strip(". ") or "\0" in name or Path(name).name != name:
        raise UserError(f"{where}: {str(name)[:60]!r} is no name of a file or folder beside it; make it again")
    return name
