"""A data set in: one file a format. A reader turns what lies on disk into cases and their items.

Each module of this room has ``ABOUT`` (one line for the help) and ``read(path, options) -> Iterator[Bundle]``. All
items of a case come in one bundle; rows stream, and only keys are held in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from auscult.errors import UserError
from auscult.items.bundle import Bundle
from auscult.registry import Room

__all__ = ["IN_QUESTION", "OWN_DATA", "ROOM", "Bundle", "ReadOptions", "Reader", "read", "shares_of"]

NO_PARTS = frozenset({"annotated", "placeholders", "layouts", "recorded", "several", "recognised"})
ROOM = Room("auscult.corpora", "data set format", "auscult.corpora", needs="read", exclude=NO_PARTS)
OWN_DATA = frozenset({"image-folder", "hf-disk", "llava-json", "captions", "labels"})
"""Formats of data that no one published: all of it is for testing, unless the user or the data set says otherwise."""
IN_QUESTION = "choices_in_question"
"""Tag of a question whose own words hold its choices by letter."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a reader may be told.

    Attributes:
        columns: our field (``image``, ``question``, ``answer``, ``id``, ``patient``, ...) → column of the file.
        images: folder that image names are relative to; the data set's own layout where not given.
        licence: licence to note where the data set does not name one.
        follow_links: take images that are links out of their folder, such as those of a hub's cache.
        complete: the labels of an image are all that there is: what is not among them is absent (labels, captions).
        skip_bad: leave out the rows that cannot be used, and count them, in place of refusing the file.
    """

    columns: dict[str, str] = field(default_factory=dict)
    images: Path | None = None
    licence: str = ""
    follow_links: bool = False
    complete: bool = False
    skip_bad: bool = False


class Reader(Protocol):
    """What every module of this room offers."""

    ABOUT: str

    def read(self, path: Path, options: ReadOptions) -> Iterator[Bundle]:
        """Yields the cases of the data set at ``path``.

        Raises:
            UserError: one line with file, row, what is wrong and what to do.
        """
        ...


def read(source: str, path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Streams the cases of a data set, by the reader of its format.

    Raises:
        UserError: the format is unknown, its reader gives something else, or as ``Reader.read``.
    """
    part = ROOM.get(source)
    rows = ROOM.made(source, Iterable, lambda: part.read(path, options))
    return (_checked(source, row) for row in rows)


def _checked(source: str, row: object) -> Bundle:
    if not isinstance(row, Bundle):
        raise UserError(f"{ROOM.noun} '{source}': gives a {type(row).__name__} in place of a Bundle; mend it")
    return row


def shares_of(source: str, train: float | None = None) -> dict[str, float]:
    """Which part of a data set is for training, and which for testing.

    Args:
        source: its format.
        train: what the user says; None: nothing for training of one's own data, else two thirds.
    """
    share = (0.0 if source in OWN_DATA else 2 / 3) if train is None else train
    return {"train": share, "test": 1 - share}
