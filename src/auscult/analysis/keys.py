"""Ids and labels of very many rows in little memory."""

from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray


class Codes:
    """Texts as small integers, in order of first appearance; 0 is the empty text."""

    def __init__(self) -> None:
        self.names = [""]
        self._codes = {"": 0}

    def code(self, name: str) -> int:
        """The number of a text."""
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]


class Keys:
    """Ids in the order of their rows: about forty bytes each, where a list and a dict of texts take two hundred."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._text, self._ends = bytearray(), array("q", [0])
        self._hashes: NDArray[np.int64] | None = None
        self._order = np.zeros(0, np.int32)
        for name in names:
            self.append(name)

    def append(self, name: str) -> None:
        """The id of the next row."""
        self._text += name.encode()
        self._ends.append(len(self._text))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        """The id of a row."""
        row = range(len(self))[row]
        return self._text[self._ends[row] : self._ends[row + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        """All ids, in order."""
        return map(self.__getitem__, range(len(self)))

    def rows(self, names: Iterable[str]) -> NDArray[np.int32]:
        """The row of each of some ids, -1 where none has it; ids are told apart by 64 bits."""
        if self._hashes is None or len(self._hashes) != len(self):
            hashes = np.fromiter(map(hash, self), np.int64, len(self))
            self._order = np.argsort(hashes).astype(np.int32)
            self._hashes = hashes[self._order]
        wanted = np.fromiter(map(hash, names), np.int64)
        if not len(self):
            return np.full(len(wanted), -1, np.int32)
        at = np.searchsorted(self._hashes, wanted).clip(max=len(self) - 1)
        return np.where(self._hashes[at] == wanted, self._order[at], np.int32(-1))


def first_seen(keys: "array[int]") -> NDArray[np.int32]:
    """Numbers from 1 for keys in order of first appearance; 0 stays 0."""
    _, first, inverse = np.unique(np.array(keys, np.int64), return_index=True, return_inverse=True)
    order = np.argsort(first)
    code = np.zeros(len(first), np.int32)
    there = np.array(keys, np.int64)[first[order]] != 0
    code[order] = np.where(there, np.cumsum(there), 0)
    return code[inverse]
