"""A file of recorded answers as rows that can be found again by their place: JSONL, CSV, TSV and Parquet.

Rows stay on the disk. JSONL and CSV are read where they are; Parquet and TSV, whose rows have no place, are copied once
into a temporary JSONL file that vanishes with the process.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import orjson

from auscult.errors import UserError
from auscult.store.cells import SPREADSHEETS, read_cells

BOM = b"\xef\xbb\xbf"
SUFFIXES = ".jsonl, .ndjson, .csv, .tsv, .parquet"

Row = dict[str, Any]


class Recording(Protocol):
    """Rows on the disk. ``rows`` and ``at`` share one file position: finish one before the other."""

    def columns(self) -> list[str]:
        """Names of the columns."""
        ...

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with its place.

        Raises:
            UserError: a line that cannot be read.
        """
        ...

    def at(self, place: int) -> Row:
        """The row at a place that ``rows`` gave."""
        ...

    def line(self, place: int) -> int:
        """Number of the line (Parquet: row) at a place, from 1. Slow: for messages."""
        ...

    def close(self) -> None:
        """Closes the file."""
        ...


def open_recording(path: Path) -> Recording:
    """Opens a file of recorded answers by its suffix.

    Raises:
        UserError: it is not there, cannot be read, or is of another kind.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in (".jsonl", ".ndjson"):
            return Lines(path, path.open("rb"))
        if suffix == ".csv":
            return Table(path, path.open("rb"))
        if suffix == ".tsv":
            return Lines(path, _copied_from_tsv(path))
        if suffix == ".parquet":
            return Lines(path, _copied_from_parquet(path))
    except OSError as error:
        raise UserError(f"recorded answers {path}: {error.strerror or error}") from None
    hint = "; save the sheet as CSV (UTF-8)" if suffix in SPREADSHEETS else ""
    raise UserError(f"recorded answers {path}: unknown kind of file; known: {SUFFIXES}{hint}")


class Lines:
    """JSONL: one JSON object a line."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file

    def columns(self) -> list[str]:
        """Names of the first row's fields."""
        return next((list(row) for _, row in self.rows()), [])

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with its byte offset."""
        self._file.seek(0)
        place = 0
        for line in self._file:
            if line.strip():
                yield place, self._parse(line, place)
            place += len(line)

    def at(self, place: int) -> Row:
        """The row at a byte offset."""
        self._file.seek(place)
        return self._parse(self._file.readline(), place)

    def line(self, place: int) -> int:
        """Number of the line at a byte offset."""
        return _line(self._file, place)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _parse(self, line: bytes, place: int) -> Row:
        try:
            row = orjson.loads(line.removeprefix(BOM))
        except orjson.JSONDecodeError as error:
            where = f"{self._path} line {self.line(place)}"
            _decode(line, where)
            raise UserError(f"{where} is not JSON ({error}); write one object a line") from None
        if not isinstance(row, dict):
            raise UserError(f"{self._path} line {self.line(place)} is not a JSON object; write one object a line")
        return row


class Table:
    """CSV with a header; a cell may hold line breaks. With tabs it can be gone through, not looked up."""

    def __init__(self, path: Path, file: IO[bytes], delimiter: str = ",") -> None:
        self._path, self._file, self._place = path, file, 0
        self._delimiter, self._header = delimiter, list[str]()
        self._header = self._cells(self._from(0)) or []
        self._first = self._place
        if len(set(self._header)) != len(self._header):
            raise UserError(f"{path}: two columns have one name; columns: {', '.join(self._header)}")

    def columns(self) -> list[str]:
        """Names in the header."""
        return self._header

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with the byte offset of its first line."""
        reader = self._from(self._first)
        place = self._first
        while (cells := self._cells(reader)) is not None:
            if cells:
                yield place, self._row(cells, place)
            place = self._place

    def at(self, place: int) -> Row:
        """The row at a byte offset."""
        return self._row(self._cells(self._from(place)) or [], place)

    def line(self, place: int) -> int:
        """Number of the line at a byte offset."""
        return _line(self._file, place)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _from(self, place: int) -> Iterator[list[str]]:
        self._file.seek(place)
        self._place = place
        return read_cells(self._lines(), self._delimiter, len(self._header))

    def _lines(self) -> Iterator[str]:
        for line in self._file:
            try:
                text = line.decode("utf-8-sig" if self._place == 0 else "utf-8")
            except UnicodeDecodeError:
                _decode(line, f"{self._path} line {self.line(self._place)}")
                raise
            self._place += len(line)
            yield text

    def _cells(self, reader: Iterator[list[str]]) -> list[str] | None:
        before = self._place
        try:
            return next(reader, None)
        except csv.Error as error:
            raise UserError(f"{self._path} line {self.line(before)} is not CSV ({error})") from None

    def _row(self, cells: list[str], place: int) -> Row:
        if len(cells) != len(self._header):
            where = f"{self._path} line {self.line(place)}"
            raise UserError(f"{where} has {len(cells)} cells, the header {len(self._header)}; quote cells with commas")
        return dict(zip(self._header, cells, strict=True))


def _copied_from_tsv(path: Path) -> IO[bytes]:
    """A table with tabs as JSONL."""
    with path.open("rb") as file:
        table = Table(path, file, "\t")
        return _copied(row for _, row in table.rows())


def _copied_from_parquet(path: Path) -> IO[bytes]:
    """Texts, numbers, truth values and lists of them of a Parquet file as JSONL; images and structs are left out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def plain(kind: Any) -> bool:
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return plain(kind.value_type)
        return not (pa.types.is_nested(kind) or pa.types.is_binary(kind))

    try:
        with pq.ParquetFile(path) as file:
            names = [f.name for f in file.schema_arrow if plain(f.type)]
            return _copied(row for batch in file.iter_batches(10_000, columns=names) for row in batch.to_pylist())
    except pa.ArrowInvalid as error:
        raise UserError(f"{path} is not a Parquet file ({str(error).splitlines()[0]})") from None


def _copied(rows: Iterable[Row]) -> IO[bytes]:
    """Rows in a temporary JSONL file."""
    copy = tempfile.TemporaryFile(prefix="auscult-replay-")  # noqa: SIM115 (the reader closes it)
    copy.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE, default=str) for row in rows)
    return copy


def _line(file: IO[bytes], place: int) -> int:
    file.seek(0)
    number, left = 1, place
    while left > 0 and (block := file.read(min(left, 1 << 20))):
        number, left = number + block.count(b"\n"), left - len(block)
    return number


def _decode(line: bytes, where: str) -> None:
    """Says which byte is not UTF-8, if one is not.

    Raises:
        UserError: one is not.
    """
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = error.object[error.start]
        raise UserError(f"{where}: byte 0x{wrong:02x} is not UTF-8; save the file as UTF-8") from None
