"""Puts the rows of one image together, wherever they stand in the file, with keys in memory and rows on disk."""

import tempfile
import weakref
from array import array
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import IO, Any

import numpy as np
import orjson


class GroupedRows:
    """A temporary file of rows, read back key by key. Memory: 16 bytes a row, about 150 a key.

    Rows are plain JSON values. First all are added, then they are read: by key with ``take``, or all groups in the
    order in which their keys first came.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="auscult-rows-")  # noqa: SIM115  # lives as long as the rows
        weakref.finalize(self, _close, self._file)
        self._groups: dict[bytes, int] = {}
        self._owners, self._offsets, self._end = array("q"), array("q"), 0
        self._order: Any = None

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._groups)

    def add(self, key: str, row: Any) -> None:
        """Adds one row under a key."""
        line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        short = blake2b(key.encode(), digest_size=16).digest()
        self._owners.append(self._groups.setdefault(short, len(self._groups)))
        self._offsets.append(self._end)
        self._file.write(line)
        self._end += len(line)

    def take(self, key: str) -> list[Any]:
        """The rows of one key in the order in which they came; none where the key is unknown."""
        group = self._groups.get(blake2b(key.encode(), digest_size=16).digest())
        return [] if group is None else self._rows(group)

    def __iter__(self) -> Iterator[list[Any]]:
        """The groups, in the order in which their keys first came."""
        for group in range(len(self._groups)):
            yield self._rows(group)

    def _rows(self, group: int) -> list[Any]:
        if self._order is None:
            owners = np.frombuffer(self._owners, dtype=np.int64) if self._owners else np.zeros(0, dtype=np.int64)
            self._order = np.argsort(owners, kind="stable")
            self._starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=len(self._groups)))])
        rows = []
        for index in self._order[self._starts[group] : self._starts[group + 1]]:
            self._file.seek(self._offsets[int(index)])
            rows.append(orjson.loads(self._file.readline()))
        return rows


def _close(file: IO[bytes]) -> None:
    """Closes a file that nobody reads any more: what of it finds no room on a full disk is not missed."""
    with suppress(OSError):
        file.close()
