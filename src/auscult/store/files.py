"""Files that are there whole, or not at all."""

import errno
import os
from pathlib import Path

from auscult.errors import UserError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def sync_and_rename(partial: Path, path: Path) -> None:
    """Puts a finished file on disk and gives it its name: after a power cut it is whole, or not there."""
    with open(partial, "rb") as file:
        os.fsync(file.fileno())
    os.replace(partial, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def replace_file(path: Path, content: bytes) -> None:
    """Writes a small file by atomic rename: it is there whole, or as it was before."""
    partial = path.with_name(f".{path.name}.tmp")
    try:
        partial.write_bytes(content)
        sync_and_rename(partial, path)
    except OSError as error:
        if error.errno in FULL:
            raise
        raise UserError(f"{path}: cannot be written ({error.strerror}); name another place") from None
    finally:
        partial.unlink(missing_ok=True)
