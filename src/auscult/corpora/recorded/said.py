"""What a row of recorded answers says was answered."""

from collections.abc import Iterator
from dataclasses import dataclass

from auscult.corpora.recorded.columns import Columns
from auscult.errors import UserError
from auscult.store.cells import as_text
from auscult.store.rows import NOTHING, Row

CONDITIONS = ("with", "without", "wrong")
SAID = ("ok", "unusable")
"""What a column ``status`` of an exported run says of a reply that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One recorded answer.

    Attributes:
        model: name of the model; empty where the table names none.
        id: of the question, as the item set has it.
        text: what was said.
        condition: of the image.
        repeat: of several answers to one question.
        finish: why the answer ended, where it is known.
        own: the row says that this is what the model said, so that a dash or ``nan`` is no empty cell.
    """

    model: str
    id: str
    text: str
    condition: str = "with"
    repeat: int = 0
    finish: str = ""
    own: bool = False


def said_in(row: Row, columns: Columns, name: str) -> Iterator[Said]:
    """What a row says was answered to a question; nothing where nothing was recorded.

    Raises:
        UserError: an answer that is no text, an image condition or a number of an answer that is none.
    """
    fields = columns.fields
    condition, repeat, finish, status = (
        row.text(n, fields[n]) if n in fields else "" for n in ("condition", "repeat", "finish", "status")
    )
    if condition not in ("", *CONDITIONS):
        raise UserError(f"{row.where}: condition '{condition}' is not one of {', '.join(CONDITIONS)}")
    if repeat and not repeat.isdecimal():
        raise UserError(f"{row.where}: repeat '{repeat}' is not a whole number")
    model = row.required("model", fields["model"]) if "model" in fields else ""
    for column in columns.answers:
        value = row.value(column)
        text = str(value).lower() if isinstance(value, bool) else as_text(value)
        if text is None:
            raise UserError(f"{row.where}: {column} is {str(value)[:40]!r}, not text; write it as text")
        own = status in SAID
        if status == "request_failed" or value is None or (not own and text.strip().casefold() in NOTHING):
            continue
        yield Said(
            model=column if len(columns.answers) > 1 else model,
            id=name,
            text=text,
            condition=condition or "with",
            repeat=int(repeat or 0),
            finish=finish,
            own=own,
        )
