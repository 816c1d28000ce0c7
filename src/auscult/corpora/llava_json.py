"""LLaVA conversation JSON: id, image, conversations. Each human turn with its gpt reply is a question.

Later questions of a conversation stand alone here: what was said before them is not repeated to the model. A reply of
yes or no makes a closed question, unless ``answer_type`` says OPEN; CLOSED is read as in ``_either_or.closed``.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted, settled, yes_or_no
from auscult.corpora._either_or import closed
from auscult.corpora.placeholders import TAG, held, in_words
from auscult.errors import UserError
from auscult.items.images import inside
from auscult.store.faults import Faults
from auscult.store.rows import NOTHING, Row, read_rows

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
    images = _images(row, columns.get("image", "image"))
    said = row.text("answer_type", columns.get("answer_type", "")).casefold()
    if said not in TYPES:
        raise UserError(f"{row.where}: answer_type {said!r} is unknown; known: CLOSED, OPEN")
    pairs = _pairs(row, columns.get("conversations", "conversations"), len(images))
    for turn, (question, answer, place) in enumerate(pairs):
        item = drafted(
            source_id=f"{name}#{turn}",
            question=question,
            reference=answer,
            answer_type="open",
            tags={"turn": str(turn)} | ({TAG: place} if place else {}),
        )
        item = closed(item) if said == "closed" or (not said and yes_or_no(answer)) else item
        yield Asked(item=item, where=row.where, images=images, key="" if images else f"text {name}")


def _images(row: Row, column: str) -> list[str]:
    value = row.values.get(column)
    names = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if not all(isinstance(n, str) and n for n in names):
        raise UserError(f"{row.where}: image is {str(value)[:40]!r}, not a file name or a list of them")
    return names


def _pairs(row: Row, column: str, images: int) -> list[tuple[str, str, str]]:
    """Question, reply, and where image placeholders stood in the question."""
    if column not in row.values:
        there = ", ".join(row.values) or "none"
        raise UserError(
            f"{row.where}: no '{column}'; fields there are: {there}; name the right one with --map conversations=FIELD"
        )
    turns = row.values[column]
    well_formed = isinstance(turns, list) and all(
        isinstance(t, dict) and isinstance(t.get("from"), str) and isinstance(t.get("value"), str) for t in turns
    )
    if not well_formed:
        raise UserError(f"{row.where}: {column} is no list of {{from, value}} turns")
    said = [(t["from"], t["value"].strip()) for t in turns if t["from"] != "system"]
    if not said or [who for who, _ in said] != ["human", "gpt"] * (len(said) // 2):
        raise UserError(f"{row.where}: turns go {', '.join(w for w, _ in said) or 'nowhere'}; must be human, gpt, ...")
    # Several images that come one by one belong each to its turn: their placeholders are counted on, and written out.
    places = [held(text) for who, text in said if who == "human"]
    apart = images > 1 and sum(places) == images and max(places) < images
    found, before = [], 0
    for (_, asked), (_, answer) in zip(said[::2], said[1::2], strict=True):
        question, place = in_words(asked, images, row.where, before if apart else 0, keep=apart)
        reply, _ = in_words(answer, images, row.where)
        if not (question and reply) or NOTHING & {question.casefold(), reply.casefold()}:
            raise UserError(f"{row.where}: an empty turn; fill it in or take the record out")
        before += held(asked)
        found.append((question, reply, place))
    return found
