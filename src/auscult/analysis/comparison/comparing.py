"""Runs against each other, on the items that they have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from pydantic import TypeAdapter

from auscult.analysis.comparison.changes import Changes, changes
from auscult.analysis.comparison.figures import (
    LEVEL,
    Difference,
    Entry,
    Pending,
    adjusted,
    comparable,
    differences,
    figures,
    pairs,
    together_level,
    told_apart,
)
from auscult.analysis.comparison.measures import Measure, apart, measures, take
from auscult.analysis.comparison.missing import asking_helps, hidden_by_missing, left_hidden
from auscult.analysis.comparison.runs import Contestant, cautions, common, contestants, read_runs, refuse_strangers
from auscult.analysis.comparison.shifts import Shift, shifts
from auscult.analysis.samples import Rows
from auscult.errors import UserError
from auscult.store.files import json_file
from auscult.version import __version__

SCHEMA: Final = "auscult.comparison/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A model as it stands in the tables, with its failures (with the image, over all its items).

    ``recorded``: its answers come from files, so that none can be asked for again. ``folders``: of its runs.
    """

    label: str
    about: str
    items: int
    asked: int
    unusable: int
    request_failed: int
    judge_unusable: int
    unread: int = 0
    plumbing_only: bool = False
    recorded: bool = False
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that is said of the rows.

    Attributes:
        rows: the models.
        measures: in the order of the tables.
        entries: one a row and measure that the row has.
        differences: all that are shown, in the order of the measures.
        cautions: what must be read before any figure.
        baseline: index of the row that all others are compared with; None: all with all.
        family: number of differences that the adjustment is made for.
        together_level: level of each of the limits that hold together.
        max_missing: share of missing data above which a figure is withheld.
        items: items that all rows were asked.
        clusters: independent units among them, and ``unit`` what they are.
        changes: of each pair of rows what was fixed and what broke, in the order of the pairs.
        shifts: of each pair whose margins are known whether it is a cure or a shift, in the order of the pairs.
    """

    rows: tuple[Row, ...]
    measures: tuple[Measure, ...]
    entries: tuple[Entry, ...]
    differences: tuple[Difference, ...]
    cautions: tuple[str, ...]
    baseline: int | None = None
    family: int = 0
    together_level: float = LEVEL
    max_missing: float = 0.05
    items: int = 0
    clusters: int = 0
    unit: str = "image"
    changes: tuple[Changes, ...] = ()
    shifts: tuple[Shift, ...] = ()

    @property
    def withheld(self) -> int:
        """Number of figures that are withheld because too much is missing that asking again could bring."""
        return sum(asking_helps(e.own, self.rows[e.row].recorded, self.max_missing) for e in _lost(self))


def _lost(comparison: Comparison) -> list[Entry]:
    """The figures whose point is hidden because too much is missing."""
    return [e for e in comparison.entries if hidden_by_missing(e.own) and not comparison.rows[e.row].plumbing_only]


def _with_lost(found: Comparison) -> Comparison:
    """Says of what stays withheld what helps."""
    if not (stays := len(_lost(found)) - found.withheld):
        return found
    return replace(found, cautions=(*found.cautions, left_hidden(stays, found.max_missing)))


def compare(
    folders: Sequence[Path],
    *,
    names: Sequence[str] = (),
    baseline: Path | None = None,
    columns: Sequence[str] = (),
    also: Sequence[str] = (),
    max_missing: float = 0.05,
    alone: bool = False,
) -> Comparison:
    """Compares finished runs.

    Args:
        folders: of the runs, two or more models.
        names: what the rows are called, one a run; runs of one name on different items are one row.
        baseline: run that all others are compared with; None: each with each.
        columns: scorers or values to show; none: the sound rules, all judges, text metrics and premise figures.
        also: published rules to show beside these.
        max_missing: share of missing data above which a figure is withheld.
        alone: whether one row will do: it stands beside published ones.

    Raises:
        UserError: a run is none, not finished or named twice, or there is nothing in common.
    """
    runs = read_runs(folders)
    rows = contestants(runs, names)
    if len(rows) < 2 and not alone:
        one = "one model asked about different items" if len(runs) > 1 else "one run"
        raise UserError(f"there is nothing to compare: this is {one}; name runs of two models or more")
    against = _of_folder(rows, baseline)
    if len(rows) > 1:
        refuse_strangers(rows, None if against is None else rows[against])
    shown = measures(rows, columns, also)
    if not shown:
        raise UserError("the runs hold no figure that can be compared; score them first ('auscult evaluate')")
    entries: list[Entry] = []
    pending: list[Pending] = []
    for measure in shown:
        taken = {n: t for n, row in enumerate(rows) if (t := take(row, measure)) is not None}
        hidden = frozenset(n for n, row in enumerate(rows) if row.plumbing_only)
        of_measure = figures(measure, taken, max_missing, hidden)
        entries += of_measure
        pending += differences(measure, taken, of_measure, max_missing, against)
    tests = adjusted(pending)
    shared = common([row.numbers for row in rows])
    family = sum(t.p_adjusted is not None for t in tests)
    matched = pairs(range(len(rows)), against)
    made = Comparison(
        rows=tuple(_row(row) for row in rows),
        measures=tuple(shown),
        entries=tuple(told_apart(e, tests) for e in entries),
        differences=tuple(tests),
        cautions=(*cautions(rows), *apart(rows, shown), *_unranked(entries)),
        baseline=against,
        family=family,
        together_level=together_level(family),
        max_missing=max_missing,
        items=len(shared),
        clusters=_clusters(rows[0], shared),
        unit=rows[0].runs[0].joined.unit,
        changes=tuple(changes(rows, matched)),
        shifts=tuple(shifts(rows, matched, max_missing)),
    )
    return _with_lost(made)


def _of_folder(rows: Sequence[Contestant], baseline: Path | None) -> int | None:
    if baseline is None:
        return None
    wanted = baseline.resolve()
    for n, row in enumerate(rows):
        if any(r.folder.resolve() == wanted for r in row.runs):
            return n
    raise UserError(f"{baseline}: the baseline is none of the runs; name it among them too")


def _row(row: Contestant) -> Row:
    failures = [f for r in row.runs for f in r.summary.failures if f.condition == "with"]
    counts = {
        name: sum(getattr(f, name) for f in failures)
        for name in ("asked", "unusable", "request_failed", "judge_unusable", "unread")
    }
    recorded = all(r.manifest["model"].get("recorded") for r in row.runs)
    about = {"label": row.label, "about": row.about, "plumbing_only": row.plumbing_only}
    folders = tuple(r.folder for r in row.runs)
    return Row(items=len(row.numbers), recorded=recorded, folders=folders, **about, **counts)  # type: ignore[arg-type]


def _clusters(row: Contestant, shared: Rows) -> int:
    """Independent units among the common items."""
    found = [r.joined.cluster[np.isin(r.numbers, shared)] for r in row.runs]
    return len(np.unique(np.concatenate(found)))


def _unranked(entries: Sequence[Entry]) -> Iterator[str]:
    """Measures that rows have a figure of, but not of the same items."""
    for measure in dict.fromkeys(e.measure for e in entries):
        own = [e for e in entries if e.measure == measure and comparable(e)]
        if len(own) > 1 and not any(e.common for e in own):
            what = ", ".join(t for t in (measure.group, measure.part) if t)
            yield (
                f"{measure.name} ({', '.join(t for t in (what, measure.scorer) if t)}): no best is marked, because too "
                "few items were scored in all rows that have it."
            )


@dataclass(frozen=True)
class _File:
    """What ``as_json`` writes."""

    schema: Literal["auscult.comparison/1"]
    comparison: Comparison
    package: str


def as_json(comparison: Comparison) -> bytes:
    """The comparison for machines."""
    return json_file(_File(SCHEMA, comparison, __version__), str)


def comparison_schema() -> dict[str, Any]:
    """The JSON Schema of ``as_json``."""
    return TypeAdapter(_File).json_schema(mode="serialization")
