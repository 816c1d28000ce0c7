"""What a table of labels says of the images of recorded answers: the truth where the answers come without one."""

from pathlib import Path, PurePosixPath

from auscult.corpora.annotated.cases import findings_of
from auscult.corpora.annotated.columns import Survey
from auscult.errors import UserError
from auscult.facts.presence_questions import finding_asked
from auscult.records import Presence
from auscult.store.cells import as_text
from auscult.store.rows import Row, read_rows


class Labelled:
    """Labels by image: a column of 0 and 1 a finding, or a column of labels.

    Args:
        path: the table.

    Raises:
        UserError: it cannot be read, or has no column of images or of labels.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        survey = Survey({}, path, labels=True)
        for row in read_rows(path, windows=True):
            survey.look(row)
        self.columns = survey.columns("labels")
        rows: dict[str, list[Row]] = {}
        for row in read_rows(path, windows=True):
            value = row.value(self.columns.fields["image"])
            for name in value if isinstance(value, list) else [value]:
                rows.setdefault(_plain(as_text(name) or ""), []).append(row)
        self._known = {name: findings_of(found, self.columns, complete=False) for name, found in rows.items()}

    def describe(self) -> str:
        """What was read, in a line."""
        names = sorted(self.columns.known)
        return f"{self.path.name}, labels of {len(self._known):,} images: {', '.join(names)}"

    def of(self, images: list[str]) -> dict[str, Presence]:
        """What the labels say of some images; nothing where they are not in the table."""
        return {f: said for name in images for f, said in self._known.get(_plain(name), {}).items()}

    def truth(self, question: str, images: list[str]) -> str:
        """``yes`` or ``no`` to a question for a finding; empty where it asks for none, or the labels do not say it."""
        asked = finding_asked(question)
        if asked is None:
            return ""
        said = self.of(images).get(asked.name, "unmentioned")
        if said not in ("present", "absent"):
            return ""
        return "yes" if said == asked.yes_means else "no"


def _plain(name: str) -> str:
    """An image as two tables may call it: without folder and suffix, in lower case."""
    return PurePosixPath(name.strip().replace("\\", "/")).stem.casefold()


def labelled(path: Path | None, image: str | None, table: Path) -> Labelled | None:
    """The labels that a user names; they are matched by the images that the table names.

    Raises:
        UserError: the table names no images, or as ``Labelled``.
    """
    if path is None:
        return None
    if image is None:
        raise UserError(
            f"{table}: no column of images, by which {path} could be matched; name it with --map image=COLUMN"
        )
    return Labelled(path)
