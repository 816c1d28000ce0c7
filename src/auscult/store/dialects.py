"""How a delimited text that others wrote is encoded, and what parts its cells: read off its first lines."""

import codecs
import csv
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from auscult.store.cells import delimiter_of

HEAD = 64 * 2**10
"""Bytes from which a dialect is read."""
LINES = 40
BLOCK = 2**20
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
WINDOWS = "cp1252"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table of delimited text is written.

    Attributes:
        encoding: as Python names it.
        delimiter: between cells.
        skipped: lines before the header (Excel's ``sep=;``).
    """

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    skipped: int = 0


def dialect_of(path: Path, *, windows: bool = False) -> Dialect:
    """The dialect of a file.

    Args:
        path: of the file.
        windows: whether a file that is not UTF-8 may be Windows-1252. It never is where some of it can only be UTF-8.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(HEAD)
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), "") or _unmarked(head)
    if windows and encoding.startswith("utf-8") and _is_windows(path):
        encoding = WINDOWS
    lines = StringIO(head.decode(encoding, "replace"), newline=None).readlines()
    lines = lines[:-1] if len(head) == HEAD and len(lines) > 1 else lines
    first = lines[0].strip().casefold() if lines else ""
    if first.startswith("sep=") and len(first) == len("sep=") + 1:
        return Dialect(encoding, first[-1], 1)
    return Dialect(encoding, _delimiter(lines[:LINES], delimiter_of(path.suffix)))


def _unmarked(head: bytes) -> str:
    """UTF-16 without its mark has a zero in every other byte of plain letters."""
    zeros = head[0::2].count(0), head[1::2].count(0)
    if len(head) > 3 and max(zeros) > len(head) // 8:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return "utf-8-sig"


def _is_windows(path: Path) -> bool:
    """Whether a file is no UTF-8, has no letter that only UTF-8 writes so, and no byte without a letter in Windows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        try:
            while block := file.read(BLOCK):
                if not decoder.decode(block).isascii():
                    return False
            decoder.decode(b"", final=True)
            return False
        except UnicodeDecodeError as error:
            if not error.object[: error.start].isascii():
                return False
        file.seek(0)
        try:
            while block := file.read(BLOCK):
                block.decode(WINDOWS)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(lines: list[str], usual: str) -> str:
    """What parts the header into most cells, of those that part the rows into as many; else the usual one."""
    best, found = (0.0, 0), usual
    for delimiter in sorted(DELIMITERS, key=lambda d: d != usual):
        rows = _widths(lines, delimiter)
        if not rows or rows[0] < 2 or (usual == "\t" and found == usual and best[1]):
            continue
        alike = Counter(rows[1:])[rows[0]] / max(len(rows) - 1, 1)
        if (score := (float(alike > 0.5), rows[0])) > best:
            best, found = score, delimiter
    return found


def _widths(lines: list[str], delimiter: str) -> list[int]:
    """How many cells each of the first rows has; none where they are not written so."""
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
    except csv.Error:
        return []
