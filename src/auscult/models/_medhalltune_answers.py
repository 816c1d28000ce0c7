"""MedHallTune's files of answers as recordings: a ``question_id`` repeats between the files of N and of P.

Ids become those of the item set, ``N-7`` and ``P-7``, after ``negative`` or ``positive`` (``postive``, as one is
published) in the name of the file.
"""

from collections.abc import Iterator
from pathlib import Path

from auscult.errors import UserError
from auscult.models._recordings import Lines, Row

FIELDS = frozenset({"question_id", "image", "question", "text", "answer", "gpt4_answer", "fig_caption", "result"})
_NEEDED = frozenset({"question_id", "image"})
_SIGNS = {"negative": "N", "positive": "P", "postive": "P"}


def is_one(path: Path) -> bool:
    """Whether a file has MedHallTune's fields, no others, and a name that says N or P."""
    if path.suffix != ".jsonl" or not _sign(path):
        return False
    fields = _fields(path)
    return _NEEDED <= fields <= FIELDS and len(fields) > len(_NEEDED)


def answer_files(folder: Path, column: str) -> list[Path]:
    """The files of a folder that hold answers in a column: at most one of N and one of P.

    Raises:
        UserError: there is none, or two of one kind.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.jsonl")):
        if is_one(path) and column in _fields(path):
            other = found.setdefault(_sign(path), path)
            if other != path:
                raise UserError(f"{folder}: {other.name} and {path.name} both hold answers; name one of them")
    if not found:
        raise UserError(
            f"{folder}: no file of MedHallTune (negative or positive in its name) with the column '{column}'; "
            "name a file of recorded answers"
        )
    return [found[sign] for sign in sorted(found)]


class Signed:
    """One file or two as one recording. A place is that in its file, times two, plus the number of the file."""

    def __init__(self, paths: list[Path]) -> None:
        self._signs = [_sign(path) for path in paths]
        self._parts = [Lines(path, path.open("rb")) for path in paths]

    def columns(self) -> list[str]:
        """Names of the fields that all files have."""
        first, *others = [part.columns() for part in self._parts]
        return [name for name in first if all(name in names for names in others)]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with its place; first those of N."""
        for number, part in enumerate(self._parts):
            for place, row in part.rows():
                yield 2 * place + number, self._signed(row, number)

    def at(self, place: int) -> Row:
        """The row at a place that ``rows`` gave."""
        return self._signed(self._parts[place % 2].at(place // 2), place % 2)

    def line(self, place: int) -> int:
        """Number of the line in its file."""
        return self._parts[place % 2].line(place // 2)

    def close(self) -> None:
        """Closes the files."""
        for part in self._parts:
            part.close()

    def _signed(self, row: Row, number: int) -> Row:
        given = row.get("question_id")
        return row if given is None else {**row, "question_id": f"{self._signs[number]}-{given}"}


def _sign(path: Path) -> str:
    found = {sign for name, sign in _SIGNS.items() if name in path.name.casefold()}
    return found.pop() if len(found) == 1 else ""


def _fields(path: Path) -> set[str]:
    with path.open("rb") as file:
        return set(Lines(path, file).columns())
