"""Whether a table is the one that was written: its sha256 is noted beside it, and a bit that turned since is found.

A stage notes it in its state (``answers.state.json``), an item set and a run in their manifest, under ``tables``. A
table that nobody noted (another program's) has the checksums of its pages alone.
"""

import os
from pathlib import Path

from auscult.errors import UserError
from auscult.store.files import content_hash
from auscult.store.given import NoSuchFile, read_json

MANIFEST, TABLES, STATE = "manifest.json", "tables", ".state.json"
REMEDY = (
    "run the command again that made it (answers come back from the journal, scores are made anew), or build the item "
    "set again"
)
_known: dict[Path, tuple[tuple[int, ...], str]] = {}


def table_digest(path: Path) -> str:
    """The sha256 of a table; read once, as long as it is not written again.

    Raises:
        NoSuchFile: there is none.
        UserError: it is no regular file.
    """
    try:
        about = os.stat(path)
    except OSError:
        return content_hash(path)
    stamp = (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
    if _known.get(path, (None,))[0] != stamp:
        _known[path] = stamp, content_hash(path)
    return _known[path][1]


def noted_digest(path: Path) -> str:
    """What is noted of a table beside it; empty where nothing is.

    Raises:
        UserError: the note is damaged.
    """
    for place, keys in ((path.with_suffix(STATE), ("digest",)), (path.parent / MANIFEST, (TABLES, path.name))):
        try:
            found = read_json(place, REMEDY)
        except NoSuchFile:
            continue
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if found:
            return str(found)
    return ""


def is_whole(path: Path) -> bool:
    """Whether a table is there, and is the one that was noted."""
    try:
        return table_digest(path) == noted_digest(path)
    except UserError:
        return False


def check_whole(path: Path) -> None:
    """Refuses a table that is not the one that was noted.

    Raises:
        UserError: that, by its name.
    """
    noted = noted_digest(path)
    if noted and table_digest(path) != noted:
        raise UserError(f"{path}: is not the table that was written (its sha256 differs from the noted one); {REMEDY}")
