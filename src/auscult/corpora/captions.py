"""Images with captions or reports: a table with a row an image, or a folder with a text beside each image.

What a caption states and denies is read by ``auscult.facts``; what it passes over stays unmentioned. The questions are
made of that by the generators ``presence`` and ``premises`` of ``auscult.construction``.
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

ABOUT = "images + a table of captions or reports (image, caption; ROCO too), or a folder with NAME.txt beside NAME.png"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image, or study; it has no questions yet.

    Raises:
        UserError: no table and no texts; no column of images or captions; rows that cannot be used.
    """
    table = table_of(path)
    faults = Faults(skip=options.skip_bad)
    survey = Survey(options.columns, table or path, labels=False)

    def rows(faults: Faults) -> Iterator[Row]:
        return read_rows(table, faults=faults) if table else _beside(path)

    for row in rows(Faults()):
        survey.look(row)
    return annotated(table or path, rows(faults), survey.columns("caption"), options, faults)


def _beside(folder: Path) -> Iterator[Row]:
    """A row for each image of a folder that has a text of its name beside it.

    Raises:
        UserError: there is none.
    """
    number = 0
    for image in sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES):
        text = image.with_suffix(".txt")
        if text.is_file():
            number += 1
            name = image.relative_to(folder).as_posix()
            try:
                caption = " ".join(text.read_text(encoding="utf-8-sig").split())
            except UnicodeDecodeError:
                raise UserError(f"{text}: not UTF-8; save it with UTF-8 encoding") from None
            yield Row(number, str(text), {"image": name, "caption": caption})
    if not number:
        raise UserError(f"{folder}: holds neither a table of captions nor texts beside its images; name the table")
