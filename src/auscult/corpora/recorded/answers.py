"""A table of answers to an item set that is there: each row names its question by an id."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from auscult.corpora.recorded.columns import guess
from auscult.corpora.recorded.said import Said, said_in
from auscult.corpora.recorded.survey import survey, text_of
from auscult.corpora.recorded.table import HEAD, TableOptions
from auscult.errors import UserError
from auscult.store.faults import Faults
from auscult.store.rows import Row, read_rows


class AnswerTable:
    """A table of answers by ids, its columns known.

    Args:
        path: the table.
        options: what the user says of it.

    Raises:
        UserError: it cannot be read, rows cannot be used, or a column is missing or could be one of several.
    """

    def __init__(self, path: Path, options: TableOptions) -> None:
        self.path, self.options, self.faults = path, options, Faults(skip=options.skip_bad)
        head = list(islice(self._rows(Faults(skip=True)), HEAD))
        self.columns = guess(head, options.columns, path, truth=False)
        self.rows, models = 0, dict[str, None]()
        by_model = self.columns.fields.get("model", "")
        self.survey = survey(self._rows(Faults(skip=True)), self.columns, path)
        for row in self._rows(self.faults):
            self.rows += 1
            with self.faults.row():
                self.survey.refuse_another(row)
                models.setdefault(row.required("model", by_model) if by_model else "")
                row.required("id", self.columns.fields["id"])
                list(said_in(row, self.columns, ""))
        self.faults.settle()
        several = len(self.columns.answers) > 1
        self.models = self.columns.answers if several else tuple(models)

    def _rows(self, faults: Faults) -> Iterator[Row]:
        return read_rows(self.path, faults=faults, sheet=self.options.sheet, windows=True)

    def describe(self) -> Iterator[str]:
        """Which column is what."""
        yield f"{self.path.name}, {self.rows:,} rows: {self.columns}"

    def notes(self) -> Iterator[str]:
        """What must be known of the figures."""
        if self.faults.count:
            yield f"{self.faults.count:,} rows of the table could not be used and are left out."

    def said(self) -> Iterator[Said]:
        """The answers, by the ids that the table has."""
        for row in self._rows(Faults(skip=True)):
            if row.number in self.survey.again:
                continue
            try:
                self.survey.refuse_another(row)
                yield from said_in(row, self.columns, text_of(row, self.columns.fields["id"]).strip())
            except UserError:
                continue  # counted before
