"""The journal of calls: append-only files, one a writer, that hold every reply that ever came back.

A line is ``KEY CRC TOKENS_IN TOKENS_OUT ATTEMPTS TOKENS_CACHED JSON``: 32 hexadecimal digits, the CRC-32 of everything
after it, and the reply; older lines lack the last count. A torn or damaged line is passed over when the journal is
opened, and so is a reply that fits no row when it is looked up: its call is asked again. Of several lines of one call
the last one holds, and it alone counts. When ``append`` returns, the line has been handed to the operating system; it
is synced to disk about a second later. Failed calls are not journalled, so the same command tries them again.

Memory: 16 bytes a call (a 64-bit prefix of the key and the place of the line); a hit is checked against the full key.
"""

import os
import re
import threading
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from auscult.engine.bounds import misfit
from auscult.errors import UserError
from auscult.records import MOST_TOKENS, Reply

_PLACE_BITS = 44  # of a file; the bits above hold the number of the file
_HEAD = 42  # key, blank, CRC, blank
_READ = 4096
_RECENT = 1 << 16
SYNC_EVERY = 1.0


@dataclass
class Totals:
    """What the journalled calls took in all."""

    calls: int = 0
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0


def _line(key: str, reply: Reply) -> bytes:
    counts = reply.tokens_in, reply.tokens_out, reply.attempts, reply.tokens_cached
    body = b"%d %d %d %d %b" % (*counts, orjson.dumps(reply))
    return b"%b %08x %b\n" % (key.encode(), zlib.crc32(body), body)


def _is_whole(line: bytes) -> bool:
    if len(line) <= _HEAD or line[-1:] != b"\n" or line[32:33] != b" ":
        return False
    try:
        int(line[:32], 16)
        return int(line[33:41], 16) == zlib.crc32(line[_HEAD:-1])
    except ValueError:
        return False


def _last_of_each(keys: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Where the last entry of each key stands, by key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    return order[np.append(ordered[1:] != ordered[:-1], True)] if len(order) else order


def _scan(path: Path) -> Iterator[tuple[int, int, list[int]]]:
    """Key prefix, place and counts (tokens in, tokens out, attempts, tokens cached) of each whole line of a file."""
    place = 0
    with open(path, "rb", buffering=1 << 20) as file:
        for line in file:
            if _is_whole(line):
                said = line[_HEAD : _HEAD + 60].partition(b"{")[0].split()
                if len(said) in (3, 4) and all(n.isdigit() and int(n) <= MOST_TOKENS for n in said):
                    yield int(line[:16], 16), place, [int(said[n]) if n < len(said) else 0 for n in range(4)]
            place += len(line)


class _Index:
    """Key prefix → place, in 16 bytes an entry: sorted arrays, and a small dict of what came last."""

    def __init__(self, keys: "np.ndarray[Any, Any]", places: "np.ndarray[Any, Any]") -> None:
        """Takes each key once."""
        self._recent: dict[int, int] = {}
        self._keys, self._places = keys, places

    def _sort(self) -> None:
        last = _last_of_each(self._keys)
        self._keys, self._places = self._keys[last], self._places[last]

    def __len__(self) -> int:
        return len(self._recent) + len(self._keys)

    def add(self, prefix: int, place: int) -> None:
        self._recent[prefix] = place
        if len(self._recent) >= max(_RECENT, len(self._keys) // 8):
            count = len(self._recent)
            self._keys = np.concatenate([self._keys, np.fromiter(self._recent.keys(), np.uint64, count)])
            self._places = np.concatenate([self._places, np.fromiter(self._recent.values(), np.uint64, count)])
            self._recent = {}
            self._sort()

    def find(self, prefix: int) -> int | None:
        place = self._recent.get(prefix)
        if place is not None or not len(self._keys):
            return place
        at = int(self._keys.searchsorted(np.uint64(prefix)))
        if at < len(self._keys) and int(self._keys[at]) == prefix:
            return int(self._places[at])
        return None


class Journal:
    """All journal files of a folder, open for looking up, and one new file open for appending.

    Use it in one process at a time; the run folder's lock sees to that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.totals = folder, Totals()
        folder.mkdir(parents=True, exist_ok=True)
        self._files: list[int] = []
        paths = sorted(p for p in folder.glob("*.jsonl") if re.fullmatch("[0-9]{6}", p.stem) and p.is_file())
        self._index = self._read(paths)
        last = int(paths[-1].stem) if paths else 0
        self.path = folder / f"{last + 1:06d}.jsonl"
        self._file = -1
        self._end = 0
        self._dirty = False
        self._closed = threading.Event()
        self._syncing: threading.Thread | None = None
        self._not_synced: OSError | None = None

    def _read(self, paths: Sequence[Path]) -> _Index:
        """Where each call's reply stands; counts what the calls took."""
        columns = [array("Q") for _ in range(6)]
        for number, path in enumerate(paths):
            self._files.append(os.open(path, os.O_RDONLY))
            for key, place, counts in _scan(path):
                for column, value in zip(columns, (key, number << _PLACE_BITS | place, *counts), strict=True):
                    column.append(value)
        keys, places, *taken = (np.frombuffer(c, np.uint64) if c else np.empty(0, np.uint64) for c in columns)
        last = _last_of_each(keys)
        tokens_in, tokens_out, attempts, cached = (int(column[last].sum()) for column in taken)
        self.totals = Totals(len(last), attempts, tokens_in, tokens_out, cached)
        return _Index(keys[last], places[last])

    def __len__(self) -> int:
        return len(self._index)

    def find(self, key: str) -> Reply | None:
        """The journalled reply to a call, or None if it has not been answered yet."""
        place = self._index.find(int(key[:16], 16))
        if place is None:
            return None
        file, offset = self._files[place >> _PLACE_BITS], place & (1 << _PLACE_BITS) - 1
        line = os.pread(file, _READ, offset)
        while b"\n" not in line and (more := os.pread(file, len(line), offset + len(line))):
            line += more
        line = line[: line.find(b"\n") + 1]
        if line[:32] != key.encode():
            return None
        try:
            reply = Reply(**orjson.loads(line[line.index(b"{", _HEAD) :]))
        except (ValueError, TypeError):
            return None
        return None if misfit(reply) else reply

    def append(self, key: str, reply: Reply) -> None:
        """Writes one reply down; once this returns, its call is never asked again.

        Raises:
            UserError: the disk is full or the folder cannot be written; nothing is half-written.
        """
        line, done = _line(key, reply), 0
        try:
            if self._file < 0:
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
                self._files.append(self._file)
                self._syncing = threading.Thread(target=self._sync_every_second, daemon=True)
                self._syncing.start()
            if self._not_synced:
                raise self._not_synced
            while done < len(line):
                done += os.write(self._file, line[done:])
        except OSError as error:
            if done:
                os.ftruncate(self._file, self._end)
            raise UserError(
                f"{self.path}: cannot be written ({error.strerror}); {self.totals.calls} finished calls are safe; "
                "make room and run the same command again"
            ) from None
        self._index.add(int(key[:16], 16), (len(self._files) - 1) << _PLACE_BITS | self._end)
        self._end += len(line)
        self.totals.calls += 1
        self.totals.attempts += reply.attempts
        self.totals.tokens_in += reply.tokens_in
        self.totals.tokens_out += reply.tokens_out
        self.totals.tokens_cached += reply.tokens_cached
        self._dirty = True

    def _sync_every_second(self) -> None:
        while not self._closed.wait(SYNC_EVERY):
            self._sync()

    def _sync(self) -> None:
        """Puts what was written on disk; an error is kept for the next ``append`` to raise."""
        if self._dirty:
            self._dirty = False
            try:
                os.fsync(self._file)
            except OSError as error:
                self._not_synced = error

    def close(self) -> None:
        """Syncs and closes all files."""
        self._closed.set()
        if self._syncing:
            self._syncing.join()
        self._sync()
        for file in self._files:
            os.close(file)
        self._files, self._file = [], -1
