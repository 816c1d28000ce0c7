"""Images with captions or reports: a table with a row an image, or a folder with a text beside each image.

What a caption states and denies is read by ``auscult.facts``; what it passes over stays unmentioned. The questions are
made of that by the generators ``presence`` and ``premises`` of ``auscult.construction``.
"""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora.annotated.cases import SUFFIXES
from auscult.corpora.annotated.source import read_annotated
from auscult.errors import UserError
from auscult.store.rows import Row

ABOUT = (
    "images + a table of captions or reports, such a Hugging Face dataset, or a folder with NAME.txt beside NAME.png"
)


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image, or study; it has no questions yet.

    Raises:
        UserError: no table and no texts; no column of images or captions; rows that cannot be used.
    """
    return read_annotated(path, options, "caption", _beside)


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
