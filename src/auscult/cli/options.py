"""What several commands read from the command line in the same way."""

from collections.abc import Sequence

from auscult.errors import UserError


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """``["text=answer"]`` → ``{"text": "answer"}``.

    Raises:
        UserError: a value is not FIELD=COLUMN.
    """
    found = {}
    for value in values:
        field, equals, column = value.partition("=")
        if not (field and equals and column):
            raise UserError(f"{option} takes FIELD=COLUMN, for example {option} text=model_answer, not '{value}'")
        found[field] = column
    return found
