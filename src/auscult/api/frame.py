"""Rows of a run or an item set as a table: they stream, are read into Arrow, or into pandas where it is installed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from auscult.errors import MissingExtra
from auscult.store.tables import table_schema

if TYPE_CHECKING:
    import pandas

SHOWN, NAMED, CELL, CHUNK = 10, 6, 80, 1_000


class Frame:
    """A table that is not read until somebody asks for it.

    Args:
        name: what the rows are, for people.
        schema: their columns.
        rows: makes a fresh stream of the rows, each a mapping with (some of) the columns.
        only: column → value: the rows that have these.

    Iterating gives the rows as dictionaries, one after the other: a million of them take no more memory than one batch.
    """

    def __init__(
        self,
        name: str,
        schema: pa.Schema,
        rows: Callable[[], Iterable[dict[str, Any]]],
        only: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.schema, self._rows, self._only = name, schema, rows, (only or {}).items()

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.schema.names)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for batch in self.batches():
            yield from batch.to_pylist()

    def batches(self, size: int = CHUNK) -> Iterator[pa.RecordBatch]:
        """Streams the rows as Arrow record batches of at most ``size`` rows."""
        stream = (row for row in self._rows() if self._only <= row.items())
        while chunk := list(islice(stream, size)):
            yield pa.RecordBatch.from_pylist(chunk, schema=self.schema)

    def to_arrow(self) -> pa.Table:
        """All rows in memory, as an Arrow table."""
        return pa.Table.from_batches(self.batches(), schema=self.schema)

    def to_pandas(self) -> "pandas.DataFrame":
        """All rows in memory, as a ``pandas.DataFrame``.

        Raises:
            MissingExtra: pandas is not installed.
        """
        try:
            import pandas  # noqa: F401, F811
        except ImportError:
            raise MissingExtra("pandas", "pandas") from None
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    def __repr__(self) -> str:
        first = ", ".join(self.columns[:NAMED]) + (", ..." if len(self.columns) > NAMED else "")
        return f"<{self.name}: {len(self.columns)} columns ({first}); .to_pandas(), .to_arrow(), or iterate>"

    def _repr_html_(self) -> str:
        """The first rows, for notebooks."""
        first = list(islice(iter(self), SHOWN + 1))
        head = "".join(f"<th>{escape(c)}</th>" for c in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_short(row[c]))}</td>" for c in self.columns) + "</tr>"
            for row in first[:SHOWN]
        )
        more = "<p>… more rows: .to_pandas(), .to_arrow(), or iterate</p>" if len(first) > SHOWN else ""
        return f"<table><caption>{escape(self.name)}</caption><tr>{head}</tr>{body}</table>{more}"


def schema_of(columns: Sequence[str], *records: type, **others: pa.DataType) -> pa.Schema:
    """Columns as they are declared where they come from: ``records`` before ``others``; else they are texts."""
    known = others | {field.name: field.type for record in records for field in table_schema(record)}
    return pa.schema([pa.field(name, known.get(name, pa.string())) for name in columns])


def _short(value: object) -> str:
    text = "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
