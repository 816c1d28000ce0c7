"""The images that a table of recorded answers names: where they are, and as they are taken in."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from auscult.corpora.recorded.survey import text_of
from auscult.errors import UserError
from auscult.items.images import Taken, inside, take_image
from auscult.store.rows import Row

SUFFIXES = ("", ".png", ".jpg", ".jpeg")
HERE = "\0"
"""Stands for the row in what is said of an image."""


def folder_of_images(path: Path, said: Path | None, head: Sequence[Row], column: str | None) -> Path | None:
    """The folder of the images; None where none of the first ones is there and nobody said that they are.

    Args:
        path: of the table.
        said: the folder that the user names; None: the table's own.
        head: first rows of the table.
        column: of the images' names.

    Raises:
        UserError: they are not where the user says.
    """
    if column is None:
        if said:
            raise UserError(f"{path}: no column of images; name it with --map image=COLUMN")
        return None
    folder = said or path.parent
    names = [name for row in head if (name := text_of(row, column).strip())]
    for name in names:
        try:
            if found(folder, name).is_file():
                return folder
        except (UserError, OSError, ValueError):
            continue  # said of its row, where images are there
    if said:
        first = next(iter(names), "")
        raise UserError(f"{folder}: holds none of the images that {path} names (the first: {first!r})")
    return None


def found(folder: Path, name: str) -> Path:
    """The file of an image: a table may leave its suffix out, write it as on Windows, or as it lay elsewhere.

    Raises:
        UserError: its name leads out of the folder.
    """
    plain = name.replace("\\", "/")
    if plain.startswith("/") or plain[1:3] == ":/":
        plain = PurePosixPath(plain).name
    path = inside(folder, plain, HERE)
    return next((p for s in SUFFIXES if (p := path.with_name(path.name + s)).is_file()), path)


@lru_cache(maxsize=8)
def picture(file: Path, name: str) -> Taken:
    """An image, decoded once for the rows that follow each other.

    Raises:
        UserError: it is missing or broken.
    """
    return take_image(file, name, HERE)
