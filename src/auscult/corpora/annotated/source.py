"""Where the rows of annotated images are: in a table, in tables of parts, in tables with images inside, or in none."""

from collections.abc import Callable, Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._tables import table_of
from auscult.corpora.annotated.cases import annotated
from auscult.corpora.annotated.columns import Survey
from auscult.corpora.annotated.embedded import embedded, embedded_tables
from auscult.store.faults import Faults
from auscult.store.rows import Row, read_rows

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""What Hugging Face's ImageFolder calls a table of the images beside it."""
FILE_NAME = "file_name"
"""Its column of image files."""


def read_annotated(
    path: Path, options: ReadOptions, needed: str, otherwise: Callable[[Path], Iterator[Row]]
) -> Iterator[Bundle]:
    """Yields one case an image or study; it has no questions yet.

    Args:
        path: a table, or a folder.
        options: columns, folder of the images, licence.
        needed: ``caption`` or ``labels``.
        otherwise: the rows of a folder without any table.

    Raises:
        UserError: several tables; no column of images, captions or labels; rows that cannot be used.
    """
    if tables := embedded_tables(path):
        return embedded(path, tables, options, needed)
    parts = _parts(path)
    table = None if parts else table_of(path)
    faults = Faults(skip=options.skip_bad)

    def rows(faults: Faults) -> Iterator[Row]:
        if parts:
            return _rows_of_parts(parts, faults)
        return read_rows(table, faults=faults) if table else otherwise(path)

    survey = Survey(options.columns, table or path, labels=needed == "labels")
    for row in rows(Faults()):
        survey.look(row)
    return annotated(table or path, rows(faults), survey.columns(needed), options, faults)


def _parts(folder: Path) -> list[Path]:
    """The tables of an ImageFolder whose parts are folders."""
    return [] if not folder.is_dir() else sorted(p for name in METADATA for p in folder.glob(f"*/{name}"))


def _rows_of_parts(tables: list[Path], faults: Faults) -> Iterator[Row]:
    """Rows of all parts: images by their place in the whole folder, and the part where no column names it."""
    for table in tables:
        part = table.parent.name
        for row in read_rows(table, faults=faults):
            name = row.values.get(FILE_NAME)
            placed = {FILE_NAME: f"{part}/{name}"} if isinstance(name, str) and name else {}
            yield Row(row.number, row.where, {"split": part, **row.values, **placed})
