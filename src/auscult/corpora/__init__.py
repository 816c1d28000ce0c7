"""A data set in: one file a format. A reader turns what lies on disk into cases and their items.

Each module of this room has ``ABOUT`` (one line for the help) and ``read(path, options) -> Iterator[Bundle]``. All
items of a case come in one bundle; rows stream, and only keys are held in memory.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Protocol

from auscult.errors import UserError
from auscult.items.bundle import Bundle
from auscult.records import Bounds
from auscult.registry import Room
from auscult.store.given import NoSuchFile

__all__ = [
    "IN_QUESTION",
    "OWN_DATA",
    "ROOM",
    "Bundle",
    "ReadOptions",
    "Reader",
    "read",
    "resolved",
    "shares_of",
]

NO_PARTS = frozenset({"annotated", "placeholders", "layouts", "recorded", "several", "recognised"})
ROOM = Room("auscult.corpora", "data set format", "auscult.corpora", needs="read", exclude=NO_PARTS)
OWN_DATA = frozenset({"image-folder", "hf-disk", "llava-json", "captions", "labels", "dicom"})
"""Formats of data that no one published: all of it is for testing, unless the user or the data set says otherwise.

So are those that other packages add, but for modules that say ``PUBLISHED = True``.
"""
AUTO = "auto"
"""In the place of a format: the one that the files look like."""
SILENT = (
    "cases without a usable text, label or question: nothing is asked of what they show; a column of captions or "
    "reports (--from captions), of labels (--from labels), or NAME.txt beside each NAME.dcm would help"
)
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
        slices: images taken of a DICOM file of several frames, or of a series of CT, MR or PET: evenly spaced.
    """

    columns: dict[str, str] = field(default_factory=dict)
    images: Path | None = None
    licence: str = ""
    follow_links: bool = False
    complete: bool = False
    skip_bad: bool = False
    slices: Annotated[int, Bounds(1)] = 1


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
        UserError: the format is unknown or another one, its reader gives something else, or as ``Reader.read``.
    """
    source = resolved(source, path)
    part = ROOM.get(source)
    try:
        rows = ROOM.made(source, Iterable, lambda: part.read(path, options))
    except UserError as error:
        raise _misnamed(error, source, path) from None
    folders = [path if path.is_dir() else path.parent, *filter(None, [options.images])]
    return (_without_folders(bundle, folders) for bundle in _checked(source, path, rows))


def _without_folders(bundle: Bundle, folders: Sequence[Path]) -> Bundle:
    """A bundle whose notes name files relative to the data set: a set that is passed on says nothing of the machine."""
    if not (bundle.noted or bundle.left_out):
        return bundle
    names = {str(place) for folder in folders for place in (folder, folder.resolve())} - {".", "/"}
    found = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))

    def told(text: str) -> str:
        return re.sub(rf"(?<![\w/.-])(?:{found})/", "", text) if found else text

    left_out = {told(what): n for what, n in bundle.left_out.items()}
    return replace(bundle, noted=tuple(map(told, bundle.noted)), left_out=left_out)


def _checked(source: str, path: Path, rows: Iterable[object]) -> Iterator[Bundle]:
    started = False
    try:
        for row in rows:
            if not isinstance(row, Bundle):
                raise UserError(f"{ROOM.noun} '{source}': gives a {type(row).__name__} in place of a Bundle; mend it")
            started = True
            silent = () if _says_something(row) else (f"{SILENT} ({row.case.source})",)
            own = _is_own(source)
            yield replace(row, noted=(*row.noted, *silent), own=own) if silent or own else row
    except UserError as error:
        raise error if started else _misnamed(error, source, path) from None


def _misnamed(error: UserError, source: str, path: Path) -> UserError:
    """What went wrong before the first case, with the format that the files look like where it is another one."""
    if _missing(path) and not isinstance(error, NoSuchFile):
        return NoSuchFile(f"{path}: no such file or folder; check the path")
    other = _recognised(path)
    if other in ("", source) or (other == "labels" and (path / "items.jsonl").is_file()):
        return error
    return UserError(f"{error}; it looks like another format: --from {other}")


def _missing(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        pass
    return False


def resolved(source: str, path: Path) -> str:
    """The name of a format: as it is, or for ``auto`` the one that the files look like.

    Raises:
        UserError: there are none, or they look like none that is known.
    """
    if source != AUTO:
        return source
    if _missing(path):
        raise NoSuchFile(f"{path}: no such file or folder; check the path")
    if found := _recognised(path):
        return found
    if path.is_dir() and not any(path.iterdir()):
        raise UserError(f"{path}: the folder is empty; name the one that the data lie in")
    raise UserError(
        f"{path}: no known format by its files and columns; name it with --from (auscult build --help lists them)"
    )


def _recognised(path: Path) -> str:
    from auscult.corpora.recognised import recognised

    return recognised(path)


def _says_something(bundle: Bundle) -> bool:
    """Whether anything can be asked of a case: it has questions, or labels, boxes, facts, or a text of three words."""
    case = bundle.case
    return bool(bundle.items or case.findings or case.boxes or case.facts or len(case.annotation.split()) > 2)


def shares_of(*formats: str, train: float | None = None) -> dict[str, float]:
    """Which part of a data set is for training, and which for testing.

    Args:
        formats: its format, or those of several that are put together.
        train: what the user says; None: nothing for training where there is one's own data, else two thirds.
    """
    share = (0.0 if any(map(_is_own, formats)) else 2 / 3) if train is None else train
    return {"train": share, "test": 1 - share}


def _is_own(source: str) -> bool:
    """Whether data of a format are one's own, and no published set."""
    if source not in ROOM.outside():
        return source in OWN_DATA
    return not getattr(ROOM.get(source), "PUBLISHED", False)
