"""Drawings that were made elsewhere: ``recorded:FOLDER``, a folder of images and one table that says what is what.

The table (CSV, TSV, XLSX, JSON, JSON Lines, Parquet) has a row a drawing: ``prompt`` (id or text of the prompt),
``image`` (file in the folder, several with semicolons between, or empty) and ``words`` (what was said, or empty).
``repeat`` numbers the drawings of a prompt, else they count in the order of the rows. Prompts may have different
numbers of drawings; one that the numbers leave out in between is missing data.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from auscult.drawing.generators import Generator, GeneratorOptions
from auscult.drawing.nouns import Drawing, Prompt
from auscult.errors import UserError
from auscult.items.images import MOST_BYTES, inside
from auscult.models import CallFailed
from auscult.records import digest
from auscult.store.files import content_hash
from auscult.store.given import read_given
from auscult.store.rows import SUFFIXES, Row, read_rows

FORM = "recorded:FOLDER"
SAID = ("words", "text", "answer")
"""Columns of what was said, of which the first that is there counts."""
NEEDED = ("prompt", "image", "words")
"""Columns of the table; one of the last two may be left out."""


def create(rest: str, options: GeneratorOptions) -> "Recorded":
    """Opens a folder of recorded drawings.

    Raises:
        UserError: it is no folder, holds no table or several, a row is wrong, or an image is missing.
    """
    folder = Path(rest).expanduser()
    if not folder.is_dir():
        raise UserError(f"recorded:{rest}: is no folder; name the one that holds the images and their table")
    tables = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
    if len(tables) != 1:
        held = "no table" if not tables else f"{len(tables)} tables ({', '.join(t.name for t in tables[:3])})"
        raise UserError(f"{folder}: holds {held}; put one there with columns prompt, image, words")
    return Recorded(folder, tables[0])


class Recorded(Generator):
    """See ``Generator``. The identity is a hash of table and images."""

    batch = 0
    recorded = True

    def __init__(self, folder: Path, table: Path) -> None:
        self.folder = folder
        self._rows: dict[tuple[str, int], tuple[tuple[Path, ...], str]] = {}
        self._where: dict[tuple[str, int], str] = {}
        self._draws: Counter[str] = Counter()
        self._ends: dict[str, int] = {}
        for row in read_rows(table):
            self._take(row)
        if not self._rows:
            raise UserError(f"{table}: holds no row; write a header prompt,image,words and a row for each drawing")
        self._first = min(repeat for _, repeat in self._rows)
        for name, repeat in self._rows:
            self._ends[name] = max(self._ends.get(name, 0), repeat + 1 - self._first)
        files = sorted({path for paths, _ in self._rows.values() for path in paths})
        hashes = [[path.name, content_hash(path)] for path in files]
        self.identity = f"recorded:{digest('drawings', content_hash(table), hashes)}"

    def _take(self, row: Row) -> None:
        prompt, numbered = row.required("prompt", needed=NEEDED), row.text("repeat")
        if numbered and not (numbered.isdecimal() and len(numbered) < 4):
            raise UserError(f"{row.where}: repeat is '{numbered[:40]}'; number the drawings of a prompt 0, 1, 2, ...")
        said = next((row.text(name) for name in SAID if name in row.values), "")
        names = [name.strip() for name in row.text("image").split(";") if name.strip()]
        if not (said or names):
            raise UserError(f"{row.where}: has neither an image nor words; fill one in, or take the row out")
        repeat = int(numbered) if numbered else self._draws[prompt]
        self._draws[prompt] += 1
        key = (prompt, repeat)
        if key in self._rows:
            raise UserError(f"{row.where}: drawing {repeat} of this prompt stands in {self._where[key]} already")
        paths = tuple(inside(self.folder, name, row.where) for name in names)
        for path, name in zip(paths, names, strict=True):
            if not path.is_file():
                raise UserError(f"{row.where}: image {name} is missing in {self.folder}; put it there")
        self._rows[key], self._where[key] = (paths, said), row.where

    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """What was recorded. See ``Generator``."""
        if found := self._row(prompt, repeat):
            paths, said = found
            return Drawing(images=tuple(read_given(path, MOST_BYTES) for path in paths), text=said)
        raise CallFailed("not_recorded", f"drawing {repeat} of this prompt is not in the table", retryable=False)

    def files(self, prompt: Prompt, repeat: int) -> tuple[str, ...]:
        """Names of the image files of a drawing."""
        return tuple(path.name for path in (self._row(prompt, repeat) or ((), ""))[0])

    def _row(self, prompt: Prompt, repeat: int) -> tuple[tuple[Path, ...], str] | None:
        by_id = self._ends.get(prompt.id, 0)
        name, number = (prompt.id, repeat) if repeat < by_id else (prompt.text, repeat - by_id)
        return self._rows.get((name, number + self._first))

    def drawings(self, prompt: Prompt) -> int:
        """How many drawings of a prompt there are: those by its id, then those by its text."""
        return sum(self._ends.get(name, 0) for name in (prompt.id, prompt.text))

    def unmatched(self, prompts: Sequence[Prompt]) -> list[str]:
        """Prompts of rows that are none of these."""
        names = {name for p in prompts for name in (p.id, p.text)}
        return sorted(self._draws.keys() - names)
