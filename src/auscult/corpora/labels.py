"""Images with labels: a column of labels joined by ``|``, a column of 0 and 1 a finding, or a folder a class.

An empty cell and a label that an image does not have say nothing, unless ``complete`` is set; "No Finding" says that
none of the table's findings is there. The questions are made of that by the generators ``presence`` and ``premises``.
"""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._tables import table_of
from auscult.corpora.annotated.cases import SUFFIXES, annotated
from auscult.corpora.annotated.columns import Survey
from auscult.errors import UserError
from auscult.store.faults import Faults
from auscult.store.rows import Row, read_rows

ABOUT = "images + a table of labels (joined by |, or a column of 0 and 1 a finding), or a folder of images a class"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image, or study; it has no questions yet.

    Raises:
        UserError: no table and no folders; no column of images or labels; rows that cannot be used.
    """
    table = table_of(path)
    faults = Faults(skip=options.skip_bad)
    survey = Survey(options.columns, table or path, labels=True)

    def rows(faults: Faults) -> Iterator[Row]:
        return read_rows(table, faults=faults) if table else _classes(path)

    for row in rows(Faults()):
        survey.look(row)
    return annotated(table or path, rows(faults), survey.columns("labels"), options, faults)


def _classes(folder: Path) -> Iterator[Row]:
    """A row for each image in a folder that is called after what the images show.

    Raises:
        UserError: there is none.
    """
    number = 0
    for image in sorted(p for p in folder.glob("*/*") if p.suffix.lower() in SUFFIXES):
        number += 1
        yield Row(number, str(image), {"image": f"{image.parent.name}/{image.name}", "labels": image.parent.name})
    if not number:
        raise UserError(f"{folder}: holds neither a table of labels nor a folder of images a class; name the table")
