"""Rows of published tables, to stand beside the runs on request: typed facts, made by other judges, never compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from auscult.analysis.comparison.measures import Measure
from auscult.errors import UserError
from auscult.store.files import shipped_table

SCHEMA: Final = "auscult.published/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRow:
    """One row of a published table, as far as the runs have its columns.

    Attributes:
        label: model, as published.
        values: measure of the runs → published figure under that heading.
        note: what is odd about this row, or empty.
    """

    label: str
    values: dict[Measure, float]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Published rows under the columns of a comparison.

    Attributes:
        name: of the collection.
        source: where the numbers stand.
        year: of publication.
        judge: what judged them.
        rows: those with a figure in a column that is shown.
        notes: what must be known of all of them.
        left_out: published columns that no run has.
    """

    name: str
    source: str
    year: int
    judge: str
    rows: tuple[PublishedRow, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...]


def published_names() -> list[str]:
    """The collections that come with the package."""
    folder = files("auscult") / "data" / "published"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def published_rules(name: str) -> tuple[str, ...]:
    """Scorers whose rule the published figures were made by.

    Raises:
        UserError: there is no such collection.
    """
    return tuple(_read(name)["rules"])


def published(name: str, measures: Sequence[Measure]) -> Published:
    """The published rows under the columns of a comparison.

    The collection says of each column which instrument's figures it stands under (the first that a run has), and what
    that one's version must say, and must not say, for the two to mean the same.

    Args:
        name: of the collection.
        measures: columns that are shown.

    Raises:
        UserError: there is no such collection.
    """
    found = _read(name)
    values: dict[str, dict[Measure, float]] = {}
    notes: dict[str, str] = {}
    left_out: list[str] = []
    for table in found["table"]:
        scale = 100 if table.get("percent") else 1
        parts = [p for p in ("non-hallucination", "hallucination", "question") if p in table["row"][0]]
        for n, column in enumerate(table["columns"]):
            under = {part: _under(column, part, measures) for part in parts}
            if not any(under.values()):
                left_out.append(f"{column['name']} ({table['title']})")
            for row in table["row"]:
                known = values.setdefault(row["model"], {})
                notes.setdefault(row["model"], row.get("note", ""))
                for part, those in under.items():
                    if not math.isnan(row[part][n]):
                        known.update(dict.fromkeys(those, row[part][n] / scale))
    return Published(
        name=name,
        source=found["source"],
        year=found["year"],
        judge=found["judge"],
        rows=tuple(PublishedRow(label=label, values=v, note=notes[label]) for label, v in values.items() if v),
        notes=tuple(found["notes"]),
        left_out=tuple(left_out),
    )


def _read(name: str) -> dict[str, Any]:
    if name not in published_names():
        raise UserError(f"--published: no collection '{name}'; there is: {', '.join(published_names())}")
    found = shipped_table(f"data/published/{name}.toml")
    assert found["schema"] == SCHEMA, f"{name}: schema {found['schema']}"
    return found


def _under(column: dict[str, Any], part: str, measures: Sequence[Measure]) -> list[Measure]:
    """The measures that have a published column's heading."""
    fitting = [m for m in measures if _fits(m, column, part)]
    return next((those for name in column["under"] if (those := [m for m in fitting if name in m.names])), [])


def _fits(measure: Measure, column: dict[str, Any], part: str) -> bool:
    if part == "question":
        same = measure.block == "sets" and _plain(measure.group) == _plain(column["data_set"])
    else:
        same = measure.block == "kinds" and measure.part == part
    says, says_not = column.get("version_says", ()), column.get("version_says_not", ())
    return same and all(w in measure.scorer for w in says) and not any(w in measure.scorer for w in says_not)


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
