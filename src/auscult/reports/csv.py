"""Tidy CSV: one row a number, unrounded; safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from auscult.records import Estimate
from auscult.store.cells import safe_cell
from auscult.store.files import replace_file

Line = dict[str, object]
ESTIMATE = (
    "value", "low", "high", "level", "n", "clusters", "unit", "missing", "unusable", "coverage", "usable_value",
    "worst", "best", "method", "instrument", "p_value", "withheld", "note", "decided", "unread", "unjudged",
)  # fmt: skip
"""The columns of a figure."""


def estimate_line(estimate: Estimate, columns: Sequence[str] = ESTIMATE) -> Line:
    """The columns of a figure, filled."""
    return {name: getattr(estimate, name) for name in columns}


def write_lines(out: Path, columns: Sequence[str], lines: Iterable[Mapping[str, object]]) -> None:
    """Writes lines under their headings (UTF-8) by atomic rename; see ``csv_text``."""
    replace_file(out, csv_text(columns, lines).encode())


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
