"""LLaVA conversation JSON: id, image, conversations. Each human turn with its gpt reply is a question.

Later questions of a conversation stand alone here: what was said before them is not repeated to the model. A reply of
yes or no makes a closed question, unless ``answer_type`` says OPEN; CLOSED is read as in ``_either_or.closed``.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import settled
from auscult.corpora._conversations import image_names, questions
from auscult.errors import UserError
from auscult.items.images import inside
from auscult.store.faults import Faults
from auscult.store.rows import Row, read_rows

ABOUT = "LLaVA conversation JSON or JSONL: id, image, conversations (human/gpt); images with --images"
FIELDS = ("id", "image", "conversations", "answer_type")
TYPES = ("", "closed", "open")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image (or list of images), with the pairs of all conversations on it; text only without image.

    Raises:
        UserError: a mapping of another field; a broken record; turns that are not human, gpt, human, gpt, ...
    """
    columns = options.columns
    unknown = sorted(set(columns) - set(FIELDS))
    if unknown:
        raise UserError(f"--map {unknown[0]}=...: no such field; fields: {', '.join(FIELDS)}")
    find = partial(inside, options.images or path.parent, links=options.follow_links)
    faults = Faults(skip=options.skip_bad)

    def asked() -> Iterator[Asked]:
        for row in read_rows(path, faults=faults):
            with faults.row():
                yield from list(_asked(row, columns))

    made = one_case_an_image(asked(), path.stem, find, licence=options.licence, own_ids=False, faults=faults)
    return settled(made, faults)


def _asked(row: Row, columns: dict[str, str]) -> Iterator[Asked]:
    name = row.text("id", columns.get("id", "")) or f"row {row.number}"
    images = image_names(row, columns.get("image", "image"))
    said = row.text("answer_type", columns.get("answer_type", "")).casefold()
    if said not in TYPES:
        raise UserError(f"{row.where}: answer_type {said!r} is unknown; known: CLOSED, OPEN")
    column = columns.get("conversations", "conversations")
    for item in questions(row, column, name, len(images), said):
        yield Asked(item=item, where=row.where, images=images, key="" if images else f"text {name}")
