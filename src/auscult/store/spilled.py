"""Numbers by key that memory need not hold: sorted runs in a file without a name, read key by key.

For what must be known of all rows before the first can be finished. The file is gone however the program ends.
"""

import tempfile
import weakref
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

RUN = 100_000
"""Rows that are held before they are written: 20 bytes each."""
_ROW = np.dtype([("number", "<u4"), ("order", "<u8")])


class Spilled:
    """Rows of a number and an order under a key. Memory holds one run, and of each other run where its keys begin.

    Args:
        folder: where the file is made, once there is more than one run; None: where the system keeps such files.
        run: rows that are held.
    """

    def __init__(self, folder: Path | None = None, run: int = RUN) -> None:
        self._folder, self._run = folder, run
        self._key, self._number, self._order = array("Q"), array("I"), array("Q")
        self._index: list[tuple[NDArray[np.uint64], NDArray[np.int64]]] = []
        self._file: IO[bytes] | None = None
        self._held: NDArray[Any] = np.empty(0, _ROW)

    def add(self, key: int, number: int, order: int = 0) -> None:
        """Adds a row; ``number`` is below 2 ** 32, the others below 2 ** 64."""
        self._key.append(key)
        self._number.append(number)
        self._order.append(order)
        if len(self._key) >= self._run:
            self._write(self._sorted())

    def _sorted(self) -> NDArray[Any]:
        """The rows that are held, by key, with their place in the index; none are held any more."""
        keys = np.frombuffer(self._key, np.uint64)
        by_key = np.argsort(keys, kind="stable")
        rows = np.empty(len(keys), _ROW)
        rows["number"] = np.frombuffer(self._number, np.uint32)[by_key]
        rows["order"] = np.frombuffer(self._order, np.uint64)[by_key]
        found, starts = np.unique(keys[by_key], return_index=True)
        self._index.append((found, np.append(starts, len(keys))))
        self._key, self._number, self._order = array("Q"), array("I"), array("Q")
        return rows

    def _write(self, rows: NDArray[Any]) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - open until this object is gone
            weakref.finalize(self, self._file.close)
        self._file.write(rows.tobytes())

    def _read(self, run: int, start: int, end: int) -> NDArray[Any]:
        """Some rows of a run."""
        if len(self._held) and run == len(self._index) - 1:
            return self._held[start:end]
        assert self._file is not None
        self._file.seek((run * self._run + start) * _ROW.itemsize)
        return np.frombuffer(self._file.read((end - start) * _ROW.itemsize), _ROW)

    def sealed(self) -> None:
        """From here on rows are read and none are added."""
        if len(self._key):
            self._held = self._sorted()

    def counts(self, among: NDArray[np.bool_]) -> Counter[int]:
        """How many rows each key has.

        Args:
            among: of each number, whether its rows count.
        """
        found: Counter[int] = Counter()
        for run, (keys, starts) in enumerate(self._index):
            counted = among[self._read(run, 0, int(starts[-1]))["number"]]
            sums = np.add.reduceat(counted, starts[:-1], dtype=np.int64)
            found.update({key: n for key, n in zip(keys.tolist(), sums.tolist(), strict=True) if n})
        return found

    def of(self, key: int, among: NDArray[np.bool_]) -> list[int]:
        """The numbers under a key, by their order, and as they were added where it is one.

        Args:
            key: of the rows.
            among: of each number, whether it is wanted.
        """
        rows = np.concatenate([np.empty(0, _ROW), *self._runs_of(key)])
        rows = rows[among[rows["number"]]]
        numbers: list[int] = rows["number"][np.argsort(rows["order"], kind="stable")].tolist()
        return numbers

    def _runs_of(self, key: int) -> Iterator[NDArray[Any]]:
        for run, (keys, starts) in enumerate(self._index):
            at = int(np.searchsorted(keys, np.uint64(key)))
            if at < len(keys) and keys[at] == key:
                yield self._read(run, int(starts[at]), int(starts[at + 1]))
