"""What must be known of all rows of a table before the first is read: names of models and questions, rows that repeat.

Memory: 32 bytes a row.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from auscult.corpora.recorded.columns import MODELS_AT_MOST, Columns
from auscult.errors import UserError
from auscult.records import rank
from auscult.store.cells import as_text
from auscult.store.rows import Row


@dataclass(slots=True)
class Survey:
    """What was found in all rows.

    Attributes:
        rows: how many there are.
        models: their names, in order; none where the table names none.
        ids: what names a question: its ``id``, its ``content`` (what is asked of what), or its ``row``.
        cases: column that names cases; empty where none does.
        again: numbers of rows that repeat an earlier one word for word.
        differing: row → an earlier row that gives the same question another answer or truth.
    """

    rows: int = 0
    models: tuple[str, ...] = ()
    ids: str = "row"
    cases: str = ""
    again: set[int] = field(default_factory=set)
    differing: dict[int, int] = field(default_factory=dict)

    def refuse_another(self, row: Row) -> None:
        """Refuses a row that says something else of a question than an earlier one.

        Raises:
            UserError: naming both.
        """
        if earlier := self.differing.get(row.number):
            raise UserError(
                f"{row.where}: gives the question of row {earlier} another answer or truth; keep one, or number the "
                "answers in a column and say --map repeat=COLUMN"
            )


def text_of(row: Row, column: str) -> str:
    """A cell as text; truth values as ``true`` and ``false``, and nothing where it holds neither."""
    value = row.value(column)
    if isinstance(value, bool):
        return str(value).lower()
    return as_text(value) or ""


def survey(rows: Iterator[Row], columns: Columns, path: Path) -> Survey:
    """Looks through all rows.

    Raises:
        UserError: the column of models names more than a few.
    """
    fields = columns.fields
    numbers = array("q")
    named, asked, answered = array("Q"), array("Q"), array("Q")
    models: dict[str, None] = {}
    by_model = fields.get("model", "")
    once = [fields[n] for n in ("condition", "repeat") if n in fields]
    places = [fields[n] for n in ("image", "case", "patient") if n in fields]
    id_column = fields.get("id", "") or fields.get("case", "")
    told = [c for n, c in fields.items() if n in ("question", "truth", "options")] + list(columns.letters)
    cell: Callable[[Row, str], Any] = lambda row, column: str(row.value(column))  # noqa: E731
    for row in rows:
        who = [cell(row, c) for c in (by_model, *once) if c]
        if by_model:
            models.setdefault(text_of(row, by_model).strip())
        question = text_of(row, fields.get("question", ""))
        numbers.append(row.number)
        named.append(rank("id", cell(row, id_column) if id_column else "", *who))
        asked.append(rank("asked", *(cell(row, c) for c in [id_column, *places] if c), question, *who))
        answered.append(rank(*(cell(row, c) for c in (*told, *columns.answers))))
    models.pop("", None)
    if len(models) > MODELS_AT_MOST:
        raise UserError(f"{path}: {by_model} names {len(models)} models; is it another column? say --map model=COLUMN")
    found = Survey(rows=len(numbers), models=tuple(models))
    if not numbers:
        return found
    _names(found, columns, np.frombuffer(named, np.uint64), np.frombuffer(asked, np.uint64))
    key = named if found.ids == "id" and "id" in fields else asked
    if id_column or places:
        keys, texts = np.frombuffer(key, np.uint64), np.frombuffer(answered, np.uint64)
        _repeats(found, keys, texts, np.frombuffer(numbers, np.int64))
    return found


def _names(found: Survey, columns: Columns, named: Any, asked: Any) -> None:
    """Whether an id names a question, or a study of which several questions are asked."""
    fields = columns.fields
    several = len(found.models) > 1
    found.cases = fields.get("case", "")
    found.ids = "content" if several else "row"
    if "id" in fields:
        distinct, questions = len(np.unique(named)), len(np.unique(asked))
        if questions > 1.5 * distinct and not found.cases:
            found.cases = fields["id"]
        else:
            found.ids = "id"
    elif found.cases and len(np.unique(named)) == len(named):
        found.ids = "case"


def _repeats(found: Survey, keys: Any, answers: Any, numbers: Any) -> None:
    """Rows of one question: those that say the same again, and those that say something else."""
    order = np.lexsort((numbers, keys))
    keys, answers, numbers = keys[order], answers[order], numbers[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    first = np.repeat(starts, np.diff(np.append(starts, len(keys))))
    later = np.flatnonzero(first != np.arange(len(keys)))
    same = answers[later] == answers[first[later]]
    found.again = set(numbers[later[same]].tolist())
    found.differing = dict(zip(numbers[later[~same]].tolist(), numbers[first[later[~same]]].tolist(), strict=True))
