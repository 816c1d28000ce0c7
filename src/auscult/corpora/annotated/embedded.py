"""Images that lie inside a table (Hugging Face ``datasets``), with their captions, reports or labels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._hf_tables import Told, images_inside, read_tables, table_rows, tables_of
from auscult.corpora.annotated.cases import case_of, columns_read, split_of
from auscult.corpora.annotated.columns import Survey
from auscult.records import Case
from auscult.store.rows import Row


def embedded_tables(path: Path) -> list[Path]:
    """The tables of a data set whose images lie inside them; none where there are none.

    Raises:
        UserError: a table cannot be read.
    """
    tables = tables_of(path)
    return tables if tables and images_inside(tables[0]) else []


def embedded(path: Path, tables: list[Path], options: ReadOptions, needed: str) -> Iterator[Bundle]:
    """Yields one case an image, or list of images, in the part of the set that its table is named after.

    Args:
        path: the data set.
        tables: as ``embedded_tables`` found them.
        options: columns, licence, whether labels are complete.
        needed: ``caption`` or ``labels``.

    Raises:
        UserError: no column of images, captions or labels; an image is missing or broken.
    """
    root, source = (path.parent, path.stem) if path.is_file() else (path, path.name)
    survey = Survey(options.columns, path, labels=needed == "labels")
    for row, _ in table_rows(root, tables):
        survey.look(row)
    columns = survey.columns(needed)

    def case(rows: list[Row], key: str) -> Case:
        return case_of(rows, columns, options, source=source, key=key)

    read = frozenset(columns_read(columns))
    told = Told(case=case, columns=read, split=lambda rows: split_of(rows, columns))
    images = replace(options, columns={"image": columns.fields["image"]})
    for bundle in read_tables(root, tables, images, source, draft=lambda row, shard: (), told=told):
        yield replace(bundle, noted=(*bundle.noted, *columns.said))
