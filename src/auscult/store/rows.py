"""Rows of tables that others wrote: delimited text, spreadsheets, JSON, JSON Lines, Parquet.

They stream, and errors name file and row.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson

from auscult.errors import UserError
from auscult.records import Item
from auscult.store.cells import as_text, read_cells
from auscult.store.dialects import Dialect, dialect_of
from auscult.store.faults import Faults
from auscult.store.given import ShallowJson, boundary, open_given, parsed_line, storable
from auscult.store.sheets import LARGEST_SHEET, SPREADSHEETS, refuse_bomb, sheet_of

NOTHING = frozenset({"nan", "null", "<na>", "nat", "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!"})
"""What pandas, JSON and spreadsheets write where a cell has no value, in lower case.

``None`` is not among them: it is an answer to an open question.
"""
_UNSAID = frozenset({"none", "-", "--", "---", "\u2013", "\u2014", "?"})
_FIXED = frozenset({"yes_no", "choice", "number"})
LONGEST = 64 * 2**20
"""Bytes that one row may take; more than that is no row but a file of another kind."""
TEXTS = (".csv", ".tsv")
SUFFIXES = (".jsonl", ".ndjson", ".json", *TEXTS, ".parquet", *SPREADSHEETS)
BOM = b"\xef\xbb\xbf"
BATCH = 1_000
"""Rows of a Parquet file that are held at once."""


def unsaid(item: Item, text: str) -> bool:
    """Whether a cell says that nothing was answered: ``None`` or a dash, where yes or no, an option, a number is asked.

    ``None`` is an answer to an open question, and to a choice that has it among its options.
    """
    word = text.strip().casefold()
    return item.answer_type in _FIXED and word in _UNSAID and word not in {o.strip().casefold() for o in item.options}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1, a CSV's header not counted), where it is in words, and its fields."""

    number: int
    where: str
    values: Mapping[str, Any]

    def value(self, path: str) -> Any:
        """The value of a column, or at a dotted path into it (``doc.question``, ``resps.0.0``); None where none is.

        After an equals sign stands the value itself: ``=X-ray``, the same for all rows.
        """
        if path in self.values:
            return self.values[path]
        if path.startswith("="):
            return path[1:]
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

    def required(self, name: str, column: str = "", needed: Sequence[str] = ()) -> str:
        """The text of a field that must be there.

        Args:
            name: our name of the field.
            column: its column, or path; empty: the column of that name.
            needed: columns of a table whose headings are fixed; without it the command takes ``--map``.

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
        remedy = f"name its columns {', '.join(needed)}" if needed else f"name the right one with --map {name}=COLUMN"
        raise UserError(f"{self.where}: no column '{column or name}'; columns there are: {there}; {remedy}")

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


def read_rows(path: Path, *, faults: Faults | None = None, sheet: str = "", windows: bool = False) -> Iterator[Row]:
    """Streams the rows of a file; its suffix says how it is written.

    Delimited text may have commas, semicolons, tabs or bars, and be UTF-8 or UTF-16; JSON is a list of objects or one
    object a line, whatever its suffix. Of Parquet only texts, numbers, truth values and lists of them are read.

    Args:
        path: the file.
        faults: takes what is wrong with single rows; without it the first one ends the reading.
        sheet: of a spreadsheet; empty: the only one that holds rows.
        windows: whether delimited text that is not UTF-8 may be Windows-1252; who allows it has to say so.

    Raises:
        UserError: an unknown suffix, no such file, a row that cannot be read, or no row at all.
    """
    suffix, number = path.suffix.lower(), 0
    if suffix not in SUFFIXES:
        raise UserError(f"{path}: unknown kind of file; known: {', '.join(SUFFIXES)}")
    with boundary(path, "copy or save it again"):
        for row in _rows(path, suffix, sheet, windows):
            number += 1
            if isinstance(row, Row):
                yield row
            elif faults is None:
                raise row
            else:
                faults.take(row)
    if not number:
        raise UserError(f"{path}: holds no rows; nothing to read")


Rows = Iterator[Row | UserError]
"""Rows, and in their place what is wrong with those that cannot be read."""


def _rows(path: Path, suffix: str, sheet: str, windows: bool) -> Rows:
    if suffix in SPREADSHEETS:
        return _sheet_rows(path, sheet)
    if suffix in TEXTS:
        with open_given(path):
            return _text_rows(path, dialect_of(path, windows=windows))
    return _parquet_rows(path) if suffix == ".parquet" else _json_rows(path)


def _lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Lines of a text with their ends; those of UTF-8 end with a line feed, those of others also with a return."""
    if not encoding.startswith("utf-8"):
        yield from _encoded_lines(path, encoding)
        return
    with open_given(path) as file:
        number = 0
        while raw := file.readline(LONGEST):
            number += 1
            if len(raw) == LONGEST:
                raise _endless(path, number)
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise UserError(
                    f"{path}, line {number}, byte {error.start + 1}: not UTF-8; save the file with UTF-8 encoding "
                    "(in Excel: Save As, CSV UTF-8)"
                ) from None


def _encoded_lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    number = 0
    with open(path, encoding=encoding, newline="") as file:
        try:
            while line := file.readline(LONGEST):
                number += 1
                if len(line) == LONGEST:
                    raise _endless(path, number)
                yield number, line.removeprefix("\ufeff") if number == 1 else line
        except UnicodeError:
            raise UserError(f"{path}, line {number + 1}: not {encoding}; save the file with UTF-8 encoding") from None


def _endless(path: Path, number: int) -> UserError:
    return UserError(f"{path}, line {number}: longer than {LONGEST // 2**20} MiB; is it a text file?")


def _text_rows(path: Path, dialect: Dialect) -> Rows:
    """The rows under a header, as ``cells`` reads them."""
    lines = (line for number, line in _lines(path, dialect.encoding) if number > dialect.skipped)
    header: list[str] = []
    number = 0
    try:
        for cells in read_cells(lines, dialect.delimiter):
            if not header:
                header = _header(path, cells)
                continue
            if not any(cells):
                continue
            number += 1
            yield _row(path, number, header, cells)
    except csv.Error as error:
        raise UserError(f"{path}, row {number + 1}: not CSV ({error}); check quotes") from None


def _sheet_rows(path: Path, sheet: str) -> Rows:
    """The rows of a sheet, by the numbers that a spreadsheet program shows."""
    with open_given(path, LARGEST_SHEET) as raw:
        refuse_bomb(raw, path)
    _, lines = sheet_of(path, sheet)
    header: list[str] = []
    for number, cells in lines:
        if not header:
            header = _header(path, [as_text(cell) or "" for cell in cells])
        else:
            yield _row(path, number, header, cells)


def _header(path: Path, cells: list[str]) -> list[str]:
    """Names of columns: empty ones at the end are none, others without a name are called by their place.

    Raises:
        UserError: two have one name.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise UserError(f"{path}: the header names '{twice[0]}' twice; give each column its own name")
    return [name or f"column {place}" for place, name in enumerate(names, start=1)]


def _row(path: Path, number: int, header: list[str], cells: list[Any]) -> Row | UserError:
    """A row, or what is wrong with it; empty cells beyond the header are no cells."""
    where = f"{path}, row {number}"
    if len(cells) > len(header) and not any(cell not in ("", None) for cell in cells[len(header) :]):
        cells = cells[: len(header)]
    if len(cells) != len(header):
        return UserError(f"{where}: {len(cells)} cells under {len(header)} columns; check commas and quotes")
    return Row(number, where, dict(zip(header, cells, strict=True)))


def _json_rows(path: Path) -> Rows:
    with open_given(path) as file:
        listed = file.read(64).removeprefix(BOM).lstrip().startswith(b"[")
    kind, form = ("record", "the list must hold {...}") if listed else ("line", "each line must be {...}")
    for number, values in enumerate(_list(path), start=1) if listed else _parsed_lines(path):
        where = f"{path}, {kind} {number}"
        if isinstance(values, UserError):
            yield values
        elif not isinstance(values, dict):
            yield UserError(f"{where}: not a JSON object; {form}")
        else:
            yield Row(number, where, values)


def _parsed_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Each line with its number; what is wrong with it in the place of one that is not JSON."""
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            values = parsed_line(line)
        except ValueError as error:
            values = UserError(f"{path}, line {number}: not JSON ({error}); mend or remove the line")
        yield number, values


def _list(path: Path) -> Iterator[Any]:
    """The elements of a JSON list, one at a time; what only Python reads (NaN, numbers over 64 bits) is read whole."""
    number = 0
    with open_given(path) as file:
        file.seek(len(BOM) if file.read(len(BOM)) == BOM else 0)
        try:
            for value in ijson.items(ShallowJson(file), "item", use_float=True):
                yield storable(value)
                number += 1
        except ijson.JSONError as error:
            if not re.search("NaN|Infinity|overflow", str(error)):
                raise _not_json(path, number + 1, str(error)) from None
            file.seek(0)
            try:
                yield from parsed_line(file.read().decode("utf-8-sig"))[number:]
            except ValueError as other:
                raise _not_json(path, number + 1, str(other)) from None
        except ValueError as error:
            raise _not_json(path, number + 1, str(error)) from None


def _not_json(path: Path, number: int, said: str) -> UserError:
    reason = re.split(r"\\n|\n", said.removeprefix("b'"))[0]
    remedy = {"EOF": "is the file whole?", "UTF8": "save the file with UTF-8 encoding"}
    hint = next((hint for word, hint in remedy.items() if word in reason), "mend the file")
    return UserError(f"{path}, record {number}: not JSON ({reason}); {hint}")


def _parquet_rows(path: Path) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def plain(kind: Any) -> bool:
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return plain(kind.value_type)
        return not (pa.types.is_nested(kind) or pa.types.is_binary(kind))

    number = 0
    with boundary(path, "copy it again", "not a Parquet file"), open_given(path) as raw, pq.ParquetFile(raw) as file:
        names = [f.name for f in file.schema_arrow if plain(f.type)]
        for batch in file.iter_batches(BATCH, columns=names):
            for values in batch.to_pylist():
                number += 1
                yield Row(number, f"{path}, row {number}", values)
