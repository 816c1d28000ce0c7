"""Rows of tables that others wrote: CSV, TSV, JSON, JSON Lines, Parquet. They stream, and errors name file and row."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson
import orjson

from auscult.errors import UserError
from auscult.store.cells import SPREADSHEETS, as_text, delimiter_of, read_cells

NOTHING = frozenset({"nan", "null", "<na>", "nat", "#n/a"})
"""What pandas, JSON and spreadsheets write where a cell has no value, in lower case; ``None`` is an answer."""
LONGEST = 64 * 2**20
"""Bytes that one row may take; more than that is no row but a file of another kind."""
SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
BOM = b"\xef\xbb\xbf"
BATCH = 1_000
"""Rows of a Parquet file that are held at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1, a CSV's header not counted), where it is in words, and its fields."""

    number: int
    where: str
    values: Mapping[str, Any]

    def value(self, path: str) -> Any:
        """The value of a column, or at a dotted path into it (``doc.question``, ``resps.0.0``); None where none is."""
        if path in self.values:
            return self.values[path]
        found: Any = self.values
        for part in path.split("."):
            if isinstance(found, Mapping):
                found = found.get(part)
            elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
                found = found[int(part)]
            else:
                return None
        return found

    def text(self, name: str, column: str = "", strip: bool = True) -> str:
        """The text of a field, as ``as_text`` writes it; empty where it is missing or null.

        Args:
            name: our name of the field.
            column: its column, or path; empty: the column of that name.
            strip: whether white space around it goes.

        Raises:
            UserError: the value is neither text nor a number.
        """
        given = self.value(column or name)
        text = as_text(given)
        if text is None:
            hint = " (yes or no)" if isinstance(given, bool) else ""
            raise UserError(f"{self.where}: {column or name} is {str(given)[:40]!r}, not text; write it as text{hint}")
        return text.strip() if strip else text

    def required(self, name: str, column: str = "") -> str:
        """The text of a field that must be there.

        Raises:
            UserError: the file has no such column (the message names those that it has), or the field is empty.
        """
        if text := self.text(name, column):
            return text
        if (column or name) in self.values or self.value(column or name) is not None:
            raise UserError(f"{self.where}: {column or name} is empty; fill it in or take the row out")
        there = ", ".join(self.values) or "none"
        if len(self.values) == 1 and any(mark in there for mark in ";\t|"):
            raise UserError(
                f"{self.where}: the table has one column, {there[:60]!r}; "
                "separate columns by commas (.csv) or tabs (.tsv)"
            )
        raise UserError(
            f"{self.where}: no column '{column or name}'; columns there are: {there}; "
            f"name the right one with --map {name}=COLUMN"
        )

    def truth(self, name: str, column: str = "") -> str:
        """The text of a field that must be there and say something: a reference answer.

        Raises:
            UserError: as ``required``, or it is what a program writes for a cell without a value.
        """
        text = self.required(name, column)
        if text.casefold() in NOTHING:
            raise UserError(
                f"{self.where}: {column or name} is {text!r}, which programs write for a missing value; "
                "fill it in or take the row out"
            )
        return text


def read_rows(path: Path) -> Iterator[Row]:
    """Streams the rows of a file; its suffix says how it is written.

    JSON is a list of objects or one object a line, whatever its suffix. Of Parquet only texts, numbers, truth values
    and lists of them are read.

    Raises:
        UserError: an unknown suffix, no such file, a row that cannot be read, or no row at all.
    """
    suffix, number = path.suffix.lower(), 0
    if suffix not in SUFFIXES:
        hint = "; save the sheet as CSV (UTF-8)" if suffix in SPREADSHEETS else ""
        raise UserError(f"{path}: unknown kind of file; known: {', '.join(SUFFIXES)}{hint}")
    for row in _READERS.get(suffix, _json_rows)(path):
        number += 1
        yield row
    if not number:
        raise UserError(f"{path}: holds no rows; nothing to read")


def _open(path: Path) -> Any:
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with _open(path) as file:
        number = 0
        while raw := file.readline(LONGEST):
            number += 1
            if len(raw) == LONGEST:
                raise UserError(f"{path}, line {number}: longer than {LONGEST // 2**20} MiB; is it a text file?")
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{path}, line {number}, byte {error.start + 1}: not UTF-8; save the file with UTF-8 encoding"
                ) from None


def _csv_rows(path: Path) -> Iterator[Row]:
    """The rows under a header (comma, or tab for ``.tsv``), as ``cells`` reads them; a header names no column twice."""
    cells_of = read_cells((line for _, line in _lines(path)), delimiter_of(path.suffix))
    header: list[str] | None = None
    number = 0
    try:
        for cells in cells_of:
            if header is None:
                header = [c.strip() for c in cells]
                twice = sorted({c for c in header if header.count(c) > 1})
                if twice:
                    raise UserError(f"{path}: the header names '{twice[0]}' twice; give each column its own name")
                continue
            if not cells:
                continue
            number += 1
            where = f"{path}, row {number}"
            if len(cells) != len(header):
                raise UserError(f"{where}: {len(cells)} cells under {len(header)} columns; check commas and quotes")
            yield Row(number, where, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        raise UserError(f"{path}, row {number + 1}: not CSV ({error}); check quotes") from None


def _json_rows(path: Path) -> Iterator[Row]:
    with _open(path) as file:
        listed = file.read(64).removeprefix(BOM).lstrip().startswith(b"[")
    kind, form = ("record", "the list must hold {...}") if listed else ("line", "each line must be {...}")
    for number, values in enumerate(_list(path), start=1) if listed else _parsed_lines(path):
        where = f"{path}, {kind} {number}"
        if not isinstance(values, dict):
            raise UserError(f"{where}: not a JSON object; {form}")
        yield Row(number, where, values)


def _parsed_lines(path: Path) -> Iterator[tuple[int, Any]]:
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            values = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            try:
                values = json.loads(line)  # NaN, as Python writes it
            except ValueError:
                what = f"{error.msg}, column {error.colno}"
                raise UserError(f"{path}, line {number}: not JSON ({what}); mend or remove the line") from None
        yield number, values


def _list(path: Path) -> Iterator[Any]:
    """The elements of a JSON list, one at a time; what only Python reads (NaN, numbers over 64 bits) is read whole."""
    number = 0
    with _open(path) as file:
        file.seek(len(BOM) if file.read(len(BOM)) == BOM else 0)
        try:
            for value in ijson.items(file, "item", use_float=True):
                number += 1
                yield value
        except ijson.JSONError as error:
            if not re.search("NaN|Infinity|overflow", str(error)):
                raise _not_json(path, number + 1, str(error)) from None
            file.seek(0)
            try:
                yield from json.loads(file.read())[number:]
            except ValueError as other:
                raise _not_json(path, number + 1, str(other)) from None


def _not_json(path: Path, number: int, said: str) -> UserError:
    reason = re.split(r"\\n|\n", said.removeprefix("b'"))[0]
    remedy = {"EOF": "is the file whole?", "UTF8": "save the file with UTF-8 encoding"}
    hint = next((hint for word, hint in remedy.items() if word in reason), "mend the file")
    return UserError(f"{path}, record {number}: not JSON ({reason}); {hint}")


def _parquet_rows(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def plain(kind: Any) -> bool:
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return plain(kind.value_type)
        return not (pa.types.is_nested(kind) or pa.types.is_binary(kind))

    number = 0
    try:
        with _open(path) as raw, pq.ParquetFile(raw) as file:
            names = [f.name for f in file.schema_arrow if plain(f.type)]
            for batch in file.iter_batches(BATCH, columns=names):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, f"{path}, row {number}", values)
    except pa.ArrowInvalid as error:
        raise UserError(f"{path}: not a Parquet file ({str(error).splitlines()[0]}); copy it again") from None


_READERS = {".csv": _csv_rows, ".tsv": _csv_rows, ".parquet": _parquet_rows}
