"""Tidy CSV: one row a number, unrounded; safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from auscult.store.cells import safe_cell

Line = dict[str, object]


def csv_text(
    columns: Sequence[str], lines: Iterable[Mapping[str, object]], *, quoted: bool = False, newline: str = "\n"
) -> str:
    """Lines under their headings; what a line does not name stays empty, and no text is taken for a formula.

    Args:
        columns: headings, in order.
        lines: column → value.
        quoted: whether every value is.
        newline: what ends a line.
    """
    text = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(text, columns, restval="", quoting=quoting, lineterminator=newline)
    writer.writeheader()
    writer.writerows({name: safe_cell(value) for name, value in line.items()} for line in lines)
    return text.getvalue()
