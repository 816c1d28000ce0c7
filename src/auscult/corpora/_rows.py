"""Rows of text files as they come in: JSON Lines, JSON arrays, CSV. They stream, and every error names file and row."""

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from auscult.errors import UserError
from auscult.store.cells import as_text, delimiter_of, read_cells

_SPACE = " \t\r\n"
NOTHING = frozenset({"nan", "null", "<na>", "nat", "#n/a"})
"""What pandas, JSON and spreadsheets write where a cell has no value, in lower case; ``None`` is an answer."""
LONGEST = 64 * 2**20
"""Bytes that one row may take; more than that is no row but a file of another kind."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1, a CSV's header not counted), where it is in words, and its fields."""

    number: int
    where: str
    values: Mapping[str, Any]

    def text(self, name: str, column: str = "") -> str:
        """The text of a field, stripped, as ``as_text`` writes it; empty where it is missing or null.

        Args:
            name: our name of the field.
            column: its column; empty: the column of that name.

        Raises:
            UserError: the value is neither text nor a number.
        """
        value = as_text(self.values.get(column or name))
        if value is None:
            given = self.values[column or name]
            hint = " (yes or no)" if isinstance(given, bool) else ""
            raise UserError(f"{self.where}: {column or name} is {str(given)[:40]!r}, not text; write it as text{hint}")
        return value.strip()

    def required(self, name: str, column: str = "") -> str:
        """The text of a field that must be there.

        Raises:
            UserError: the file has no such column (the message names those that it has), or the field is empty.
        """
        if (column or name) not in self.values:
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
        text = self.text(name, column)
        if not text:
            raise UserError(f"{self.where}: {column or name} is empty; fill it in or take the row out")
        return text

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


def jsonl_rows(path: Path) -> Iterator[Row]:
    """Streams a JSON Lines file; blank lines are passed over.

    Raises:
        UserError: no such file, not UTF-8, a line that is no JSON object, no row at all.
    """
    empty = True
    for number, line in _lines(path):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            values = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise UserError(f"{where}: not JSON ({error}); mend or remove the line") from None
        if not isinstance(values, dict):
            raise UserError(f"{where}: not a JSON object; each line must be {{...}}")
        empty = False
        yield Row(number, where, values)
    if empty:
        raise UserError(f"{path}: holds no rows; nothing to read")


def csv_rows(path: Path) -> Iterator[Row]:
    """Streams a CSV file with a header (comma, or tab for ``.tsv``), as ``cells`` reads it.

    Raises:
        UserError: no such file, not UTF-8, a column twice, a row of another width, a quote that swallows rows, no row.
    """
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
    if not number:
        raise UserError(f"{path}: holds no rows; nothing to read")


def json_rows(path: Path) -> Iterator[Row]:
    """Streams the objects of a JSON array, or of a JSON Lines file, whichever the first character says.

    Raises:
        UserError: no such file, not UTF-8, not JSON, an element that is no object, no row at all.
    """
    with _open(path) as file:
        start = file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
    if not start.startswith(b"["):
        yield from jsonl_rows(path)
        return
    number = 0
    for number, values in enumerate(_array(path), start=1):
        where = f"{path}, record {number}"
        if not isinstance(values, dict):
            raise UserError(f"{where}: not a JSON object; the list must hold {{...}}")
        yield Row(number, where, values)
    if not number:
        raise UserError(f"{path}: holds no rows; nothing to read")


def _array(path: Path) -> Iterator[Any]:
    """Yields the elements of a JSON array, holding one at a time."""
    pieces, number = _pieces(path), 0
    text = next(pieces).lstrip("\ufeff" + _SPACE)[1:]
    while True:
        while not (text := text.lstrip(_SPACE)):
            if not (text := next(pieces, "")):
                raise UserError(f"{path}, after record {number}: the list has no end; is the file whole?")
        if text.startswith("]"):
            if text[1:].strip() or any(piece.strip() for piece in pieces):
                raise UserError(f"{path}: text after the end of the list; is it one JSON array?")
            return
        if number:
            if not text.startswith(","):
                raise UserError(f"{path}, after record {number}: no comma before {text[:20]!r}; mend the JSON")
            text = text[1:].lstrip(_SPACE)
        number += 1
        value, text = _element(text, pieces, f"{path}, record {number}")
        yield value


def _element(text: str, pieces: Iterator[str], where: str) -> tuple[Any, str]:
    """The element that ``text`` and what follows it begin with, and the text after it."""
    while True:
        try:
            value, end = json.JSONDecoder().raw_decode(text)
            return value, text[end:]
        except json.JSONDecodeError as error:
            # The element may go on: read as much again as is held, so that long elements cost linear time.
            more = "".join(_take(pieces, len(text) + 1))
            if not more or len(text) > LONGEST:
                raise UserError(f"{where}: not JSON ({error.msg}); mend the file") from None
            text = (text + more).lstrip(_SPACE)


def _take(pieces: Iterator[str], size: int) -> Iterator[str]:
    while size > 0 and (piece := next(pieces, "")):
        size -= len(piece)
        yield piece


def _pieces(path: Path) -> Iterator[str]:
    decoder, done = codecs.getincrementaldecoder("utf-8")(), 0
    with _open(path) as file:
        while True:
            raw = file.read(2**16)
            held = len(decoder.getstate()[0])
            try:
                yield decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{path}, byte {done - held + error.start + 1}: not UTF-8; save the file with UTF-8 encoding"
                ) from None
            if not raw:
                return
            done += len(raw)
