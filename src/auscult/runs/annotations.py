"""What several annotators said of the items of a run: a table that a user gives."""

from pathlib import Path

from auscult.errors import UserError
from auscult.statistics.plausibility import Opinion
from auscult.store.rows import Row, read_rows

MOST_BYTES = 200_000_000
COLUMNS = ("item", "annotator", "label")


def read_annotations(path: Path) -> dict[str, list[Opinion]]:
    """Reads a table of annotations: CSV with a header, one row a label that an annotator gave an item.

    Columns: ``item`` (the item's id, or its own id in its data set), ``annotator``, ``label`` and, optionally, ``rank``
    from 1; labels of the same rank are tied. Without ``rank`` an annotator's labels of one item are tied. Labels are
    compared in lower case, without white space around them. Other columns are left alone.

    Raises:
        UserError: the file cannot be read, lacks a column, or a row is not as said; file, row and remedy in one line.
    """
    if path.suffix.lower() != ".csv":
        raise UserError(f"{path}: not a CSV file; save the annotations as .csv")
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise UserError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB; split it")
    found: dict[str, dict[str, dict[str, int]]] = {}
    for row in read_rows(path):
        if lacking := [name for name in COLUMNS if name not in row.values]:
            raise UserError(
                f"{path}: no column '{lacking[0]}'; the header must name item, annotator, label and may rank"
            )
        _add(found, row)
    return {item: [Opinion(a, ranks) for a, ranks in by.items()] for item, by in found.items()}


def _add(found: dict[str, dict[str, dict[str, int]]], row: Row) -> None:
    item, annotator, label = (row.required(name) for name in COLUMNS)
    written = row.text("rank")
    if "rank" in row.values and not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= 1_000):
        raise UserError(f"{row.where}: rank '{written[:20]}' is not a whole number from 1 to 1000")
    ranks = found.setdefault(item, {}).setdefault(annotator, {})
    if label.casefold() in ranks:
        raise UserError(
            f"{row.where}: {annotator} gave item '{item}' the label '{label}' twice; delete one of the rows"
        )
    ranks[label.casefold()] = int(written) - 1 if written else 0
