"""The one table of a folder that a user hands in."""

from pathlib import Path

from auscult.errors import UserError
from auscult.store.rows import SUFFIXES


def table_of(path: Path) -> Path | None:
    """The table that a path names: itself, or the only one in a folder; None where the folder holds none.

    Raises:
        UserError: nothing is there, or a folder holds several.
    """
    if not path.is_dir():
        return path
    tables = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    if len(tables) > 1:
        raise UserError(f"{path}: holds {', '.join(p.name for p in tables)}; name the one table that is meant")
    return tables[0] if tables else None
