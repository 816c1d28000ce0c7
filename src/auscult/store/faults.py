"""What is wrong with single rows of a file: collected, so that a user sees it at once and not one run at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from auscult.errors import MissingExtra, UserError

SHOWN = 10


class Faults:
    """The rows of a file that cannot be used.

    Args:
        skip: whether they may be left out; their number is said all the same.

    Attributes:
        count: how many there are.
        first: what is wrong with the first ones.
    """

    def __init__(self, *, skip: bool = False) -> None:
        self.skip, self.count, self.first, self._kinds = skip, 0, list[str](), 0

    def take(self, error: UserError, rows: int = 1) -> None:
        """Takes note of a row, or of several that one thing is wrong with."""
        self.count += rows
        self._kinds += 1
        if len(self.first) < SHOWN:
            self.first.append(str(error))

    @contextmanager
    def row(self, rows: int = 1) -> Iterator[None]:
        """What is wrong with a row, or with so many on one image, is noted, and they are left out.

        A package that is not there is no row's fault.
        """
        try:
            yield
        except MissingExtra:
            raise
        except UserError as error:
            self.take(error, rows)

    def settle(self) -> None:
        """Refuses the file where rows cannot be used and may not be left out.

        Raises:
            UserError: the first ten, then a count.
        """
        if not self.count or self.skip:
            return
        if self._kinds == 1:
            raise UserError(f"{self.first[0]} (or leave the row out with --skip-bad)")
        said = f"{self.count} rows cannot be used; mend them, or leave them out with --skip-bad:"
        raise UserError(said, self.told())

    def told(self) -> list[str]:
        """What is wrong with the first ones, and how many more there are."""
        more = [f"... and {self._kinds - SHOWN} more"] if self._kinds > SHOWN else []
        return [*self.first, *more]
