"""Cells of tables that others wrote: rows of delimited text, one at a time, and what a value says as text.

A stray quote must not swallow the rows behind it without a word.

In CSV a quote is syntax, and one that is not closed where its cell ends is an error. Tables with tabs come with quotes
as syntax (spreadsheets, pandas) and with quotes as text; a line that has the header's cells as it stands is a row.
"""

import csv
import math
from collections.abc import Iterable, Iterator
from itertools import islice

from auscult.printing import visible

LONGEST_CELL = 1 << 27
"""Characters; the csv module's own limit of 131,072 is less than a long chat may have."""
QUOTES = (
    "a quote that opens here swallows the rows behind it; close it, double quotes that belong to the text, or save the "
    "table as JSON Lines (.jsonl)"
)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula, and whose characters all can be seen."""
    if not isinstance(value, str):
        return value
    return f"'{visible(value)}" if value.startswith(_FORMULA) else visible(value)


def as_text(value: object) -> str | None:
    """A value of a table as text; None where it is neither text nor a number.

    A whole float is written as the whole number that it was before a gap in its column made it one (``3``, not
    ``3.0``), nothing and not-a-number as an empty text, and a list of one as what is in it.
    """
    if isinstance(value, str):
        return value
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def delimiter_of(suffix: str) -> str:
    """What parts the cells of a file: a tab for ``.tsv``, else a comma."""
    return "\t" if suffix.lower() in (".tsv", ".tab") else ","


def read_cells(lines: Iterable[str], delimiter: str = ",", width: int = 0) -> Iterator[list[str]]:
    """Yields the cells of each row, the header first. Of CSV no line is taken before its row is asked for.

    Args:
        lines: physical lines with their ends.
        delimiter: between cells.
        width: how many cells the header has, where it was read before; 0: the first row is the header.

    Raises:
        csv.Error: a row that cannot be read; its text says why, without the row's place.
    """
    csv.field_size_limit(LONGEST_CELL)
    lines = iter(lines)
    return _tabbed(lines, delimiter, width) if delimiter == "\t" else _quoted(lines, delimiter, width)


def _quoted(lines: Iterator[str], delimiter: str, width: int) -> Iterator[list[str]]:
    """As RFC 4180 has it; a row over several lines, most of which are whole rows by themselves, was swallowed."""
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise csv.Error(QUOTES if len(taken) > 1 or "unexpected end" in str(error) else str(error)) from None
        if cells is None:
            return
        if len(taken) > 1 and width and 2 * sum(_whole(line, delimiter, width) for line in taken) > len(taken) + 1:
            raise csv.Error(QUOTES)
        width = width or len(cells)
        yield cells


def _whole(line: str, delimiter: str, width: int) -> bool:
    """Whether a physical line looks like a row of that many cells; a comma before a space is one of prose."""
    cells = line.rstrip("\r\n").split(delimiter)
    return len(cells) == width > 1 and not any(cell.startswith(" ") for cell in cells)


def _tabbed(lines: Iterator[str], delimiter: str, width: int) -> Iterator[list[str]]:
    """A line with the header's cells is a row, and only a cell that is quoted from end to end loses its quotes.

    A quote that opens the last cell goes on in the next line where that line is no row.
    """
    held: list[str] = []
    while (line := held.pop() if held else next(lines, None)) is not None:
        cells = line.rstrip("\r\n").split(delimiter)
        split = bool(width) and len(cells) != width and any(cell.startswith('"') for cell in cells)
        if not split and cells[-1].startswith('"') and cells[-1].count('"') % 2:
            held = list(islice(lines, 1))
            split = bool(held) and len(held[0].rstrip("\r\n").split(delimiter)) != (width or len(cells))
        if split:
            cells = next(_quoted(_chained([line, *held], lines), delimiter, width))
            held = []
            if any(delimiter in cell and "\n" in cell for cell in cells):
                raise csv.Error(QUOTES)
            yield cells
            continue
        width = width or len(cells)
        yield [] if cells == [""] else [_unquoted(cell) for cell in cells]


def _chained(first: Iterable[str], others: Iterator[str]) -> Iterator[str]:
    yield from first
    for line in others:  # noqa: UP028 - ``yield from`` would close the file with this generator
        yield line


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else cell
