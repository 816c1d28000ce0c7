"""Token embeddings that are computed once: some in memory, all of them in a file where a folder is given.

A row is a token's vector in 16-bit integers, its largest component at ±32767. Cosines need no length, so none is kept;
rounding moves a cosine by about 1e-5.
"""

import errno
import hashlib
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from auscult.errors import UserError

RESIDENT = 256 * 2**20
"""Bytes of embeddings held in memory; beyond it the least recently used go."""
AT_ONCE = 500


class Embedding(NamedTuple):
    """The tokens of one text: a row each, and whether it counts (the encoder's own marks do not)."""

    rows: NDArray[np.int16]
    counts: NDArray[np.bool_]


def key_of(text: str) -> bytes:
    """What a text is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


class KeptEmbeddings:
    """Embeddings of one encoder and layer by text.

    Args:
        file: where they are kept across runs; None keeps them in memory only, up to ``RESIDENT`` bytes.
        width: numbers in a row.

    Raises:
        UserError: the file holds something else.
    """

    def __init__(self, file: Path | None, width: int) -> None:
        self._width, self._file, self._base = width, file, None
        self._memory: OrderedDict[bytes, Embedding] = OrderedDict()
        self._bytes = 0
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(file, timeout=60, check_same_thread=False)
            self._run("PRAGMA page_size=16384")
            self._run("PRAGMA journal_mode=WAL")
            self._run("PRAGMA synchronous=NORMAL")
            self._run("CREATE TABLE IF NOT EXISTS embedding (key BLOB PRIMARY KEY, tokens BLOB) WITHOUT ROWID")

    def _run(self, statement: str, values: Iterable[bytes] = ()) -> list[tuple[bytes, ...]]:
        assert self._base is not None
        try:
            return self._base.execute(statement, tuple(values)).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._failure(error) from None

    def _failure(self, error: sqlite3.DatabaseError) -> Exception:
        if "full" in str(error):
            return OSError(errno.ENOSPC, "no space left for embeddings", str(self._file))
        return UserError(f"{self._file}: kept embeddings cannot be used ({error}); delete the file, it is made again")

    def find(self, keys: Iterable[bytes]) -> dict[bytes, Embedding]:
        """The embeddings that are there."""
        found, rest = {}, []
        for key in keys:
            if key in self._memory:
                self._memory.move_to_end(key)
                found[key] = self._memory[key]
            else:
                rest.append(key)
        for start in range(0, len(rest) if self._base else 0, AT_ONCE):
            part = rest[start : start + AT_ONCE]
            marks = ",".join("?" * len(part))
            for key, blob in self._run(f"SELECT key, tokens FROM embedding WHERE key IN ({marks})", part):
                found[key] = self._unpacked(blob)
                self._remember(key, found[key])
        return found

    def lacking(self, keys: Iterable[bytes]) -> set[bytes]:
        """The keys of which nothing is kept; reads no embedding."""
        rest = {key for key in keys if key not in self._memory}
        listed = list(rest)
        for start in range(0, len(listed) if self._base else 0, AT_ONCE):
            part = listed[start : start + AT_ONCE]
            marks = ",".join("?" * len(part))
            rest -= {key for (key,) in self._run(f"SELECT key FROM embedding WHERE key IN ({marks})", part)}
        return rest

    def add(self, items: dict[bytes, Embedding]) -> None:
        """Keeps embeddings; with a file they are on disk when this returns, whole or not at all."""
        for key, embedding in items.items():
            self._remember(key, embedding)
        if self._base is not None:
            rows = [(key, e.counts.tobytes() + e.rows.astype("<i2").tobytes()) for key, e in items.items()]
            try:
                with self._base:
                    self._base.executemany("INSERT OR IGNORE INTO embedding VALUES (?, ?)", rows)
            except sqlite3.DatabaseError as error:
                raise self._failure(error) from None

    def _unpacked(self, blob: bytes) -> Embedding:
        tokens, rest = divmod(len(blob), 2 * self._width + 1)
        if rest:
            raise UserError(f"{self._file}: a kept embedding has the wrong size; delete the file, it is made again")
        rows = np.frombuffer(blob, "<i2", offset=tokens).reshape(tokens, self._width)
        return Embedding(rows, np.frombuffer(blob, np.bool_, tokens))

    def _remember(self, key: bytes, embedding: Embedding) -> None:
        if key in self._memory:
            return
        self._memory[key] = embedding
        self._bytes += embedding.rows.nbytes
        while self._bytes > RESIDENT and len(self._memory) > 1:
            _, gone = self._memory.popitem(last=False)
            self._bytes -= gone.rows.nbytes
