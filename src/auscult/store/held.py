"""A folder that one process works in at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from auscult.errors import UserError


class Busy(UserError):
    """Another process holds the folder."""


@contextmanager
def held(path: Path, busy: str) -> Iterator[None]:
    """Makes a folder if it is not there, and holds it against other processes.

    Args:
        path: the folder.
        busy: what is said where another process holds it.

    Raises:
        Busy: that.
        UserError: it cannot be written.
    """
    lock = FileLock(path / ".lock", timeout=0)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise Busy(f"{path}: {busy}") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be made or written ({error.strerror}); use another place") from None
    try:
        yield
    finally:
        lock.release()
