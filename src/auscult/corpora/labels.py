"""Images with labels: a column of labels joined by ``|``, a column of 0 and 1 a finding, or a folder a class.

An empty cell and a label that an image does not have say nothing, unless ``complete`` is set; "No Finding" says that
none of the table's findings is there. The questions are made of that by the generators ``presence`` and ``premises``.
"""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._table_items import SPLITS
from auscult.corpora.annotated.cases import SUFFIXES
from auscult.corpora.annotated.source import read_annotated
from auscult.errors import UserError
from auscult.store.rows import Row

ABOUT = "images + a table of labels (joined by |, or a column of 0 and 1 a finding), or a folder of images a class"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image, or study; it has no questions yet.

    Raises:
        UserError: no table and no folders; no column of images or labels; rows that cannot be used.
    """
    return read_annotated(path, options, "labels", _classes)


def _classes(folder: Path) -> Iterator[Row]:
    """A row for each image in a folder that is called after what the images show; such folders may lie in parts.

    Raises:
        UserError: there is none.
    """
    number = 0
    for image in sorted(p for deep in ("*/*", "*/*/*") for p in folder.glob(deep) if p.suffix.lower() in SUFFIXES):
        name, parts = image.relative_to(folder).as_posix(), image.relative_to(folder).parts
        if len(parts) == 3 and parts[0] not in SPLITS:
            continue
        number += 1
        yield Row(number, str(image), {"image": name, "labels": parts[-2], "split": parts[0] if parts[2:] else ""})
    if not number:
        raise UserError(f"{folder}: holds neither a table of labels nor a folder of images a class; name the table")
