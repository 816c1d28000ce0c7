"""Conversations as LLaVA writes them: a list of turns, from human and gpt, with places for images in their words."""

from collections.abc import Iterator
from dataclasses import replace

from auscult.corpora import Bundle
from auscult.corpora._bundles import drafted, yes_or_no
from auscult.corpora._either_or import closed
from auscult.corpora.placeholders import TAG, held, in_words
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.rows import NOTHING, Row


def image_names(row: Row, column: str) -> list[str]:
    """The images of a record: a name, a list of names, or none.

    Raises:
        UserError: it is something else.
    """
    value = row.values.get(column)
    names = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if not all(isinstance(n, str) and n for n in names):
        raise UserError(f"{row.where}: image is {str(value)[:40]!r}, not a file name or a list of them")
    return names


def pairs(row: Row, column: str, images: int) -> list[tuple[str, str, str]]:
    """Question, reply, and where image placeholders stood in the question, for each pair of turns.

    Args:
        row: the record.
        column: of the turns.
        images: how many images the record has.

    Raises:
        UserError: the turns are not human, gpt, human, gpt, ...; one is empty.
    """
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


def questions(row: Row, column: str, name: str, images: int, answer_type: str = "") -> Iterator[Item]:
    """The questions of a record, not yet sealed: one for each human turn with its reply.

    Args:
        row: the record.
        column: of the turns.
        name: of the record.
        images: how many images it has.
        answer_type: ``closed``, ``open``, or empty: closed where the reply is yes or no.

    Raises:
        UserError: as ``pairs``.
    """
    for turn, (question, answer, place) in enumerate(pairs(row, column, images)):
        item = drafted(
            source_id=f"{name}#{turn}",
            question=question,
            reference=answer,
            answer_type="open",
            tags={"turn": str(turn)} | ({TAG: place} if place else {}),
        )
        yield closed(item) if answer_type == "closed" or (not answer_type and yes_or_no(answer)) else item


def by_model(bundle: Bundle, source: str) -> Bundle:
    """A case with a note for each question whose answer nobody but a language model wrote."""
    note = f"questions whose answers a language model wrote ({source})"
    return replace(bundle, noted=(*bundle.noted, *[note] * len(bundle.items)))
