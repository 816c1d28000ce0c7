"""Runs against each other, on the items that they have in common: figures, the best of each column, paired tests.

A figure is compared only with figures of the same instrument in the same version. Every difference that is shown is
one of the family that Holm's adjustment is made for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import orjson
from pydantic import TypeAdapter

from auscult import statistics
from auscult.analysis.comparison.changes import Changes, changes
from auscult.analysis.comparison.measures import Measure, apart, measures, take
from auscult.analysis.comparison.missing import asking_helps, hidden_by_missing, left_hidden
from auscult.analysis.comparison.runs import Contestant, cautions, common, contestants, read_runs, refuse_strangers
from auscult.analysis.comparison.shifts import Shift, shifts
from auscult.analysis.samples import Rows, Sample
from auscult.errors import UserError
from auscult.records import Estimate
from auscult.statistics.missing import over_missing
from auscult.version import __version__

SCHEMA: Final = "auscult.comparison/1"
LEVEL = 0.95
LEAST_USABLE = 0.5
"""Share of usable answers below which a row is compared in no figure that silence would improve."""
Rank = Literal["", "best", "second"]
PLUMBING = "plumbing only: these figures say nothing about a real model"


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
class Entry:
    """A measure of a row.

    Attributes:
        row: index of the row.
        measure: of which.
        own: on all items of the row, with its failures; why it is withheld, if it is.
        common: on the items that every compared row was scored on; None where it is compared with none.
        rank: best or second among those, decided on the common items; of equal figures each has the rank.
        level_with: of the best: how many rows are not shown to be worse, of how many that it was tested against.
    """

    row: int
    measure: Measure
    own: Estimate
    common: Estimate | None = None
    rank: Rank = ""
    level_with: tuple[int, int] = (0, 0)

    @property
    def shown(self) -> Estimate:
        """The figure that stands in the table: on the common items where there are any."""
        return self.common or self.own


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A measure of two rows, ``first`` minus ``second`` (after minus before), on the items that both were asked.

    Attributes:
        measure: of which.
        first: index of a row.
        second: index of another one.
        difference: with the interval for this difference alone and its own p-value, or why it is withheld.
        together: the limits at the level that holds for all differences shown together (Bonferroni); None without one.
        p_adjusted: after Holm, over all differences shown.
        better: index of the row that is shown to be better; None where none is.
        left_out: items of the first that are not compared (the second was not asked, or one of the two answered
            unusably where silence would win), and items of the second.
    """

    measure: Measure
    first: int
    second: int
    difference: Estimate
    together: tuple[float, float] | None = None
    p_adjusted: float | None = None
    better: int | None = None
    left_out: tuple[int, int] = (0, 0)

    @property
    def borderline(self) -> bool:
        """Whether the test and the interval that holds together disagree on whether there is a difference."""
        if self.together is None:
            return False
        return (self.better is not None) == (self.together[0] <= 0 <= self.together[1])


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
        raise UserError(f"compare needs runs of two models or more, or --published; this is {one}")
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
    pairs = _pairs(range(len(rows)), against)
    made = Comparison(
        rows=tuple(_row(row) for row in rows),
        measures=tuple(shown),
        entries=tuple(_told_apart(e, tests) for e in entries),
        differences=tuple(tests),
        cautions=(*cautions(rows), *apart(rows, shown), *_unranked(entries)),
        baseline=against,
        family=family,
        together_level=_together_level(family),
        max_missing=max_missing,
        items=len(shared),
        clusters=_clusters(rows[0], shared),
        unit=rows[0].runs[0].joined.unit,
        changes=tuple(changes(rows, pairs)),
        shifts=tuple(shifts(rows, pairs, max_missing)),
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


def figures(
    measure: Measure, taken: dict[int, Sample], max_missing: float, hidden: frozenset[int] = frozenset()
) -> list[Entry]:
    """The figures of one measure, ranked on the items that all rows with a figure were scored on.

    Args:
        measure: of which.
        taken: row → what it was asked and what came of it.
        max_missing: share of missing data above which a figure is withheld, and above which no rank is given.
        hidden: rows whose figures say nothing; they are neither shown nor ranked.
    """
    entries = {
        n: Entry(row=n, measure=measure, own=_hidden(_figure(measure, t, max_missing), n in hidden))
        for n, t in taken.items()
    }
    ranked = {n: _comparable(measure, taken[n]) for n, e in entries.items() if comparable(e)}
    if len(ranked) < 2:
        return list(entries.values())
    asked = common([t.rows for t in ranked.values()])
    scored = common([t.rows[~t.missing] for t in ranked.values()])
    if not len(scored) or len(scored) < (1 - max_missing) * len(asked):
        return list(entries.values())
    for n, row in ranked.items():
        # the figure is of what all were scored on; its interval also holds what this row lost of what all were asked
        open_ = _figure(measure, row.among(asked), 1.0)
        figure = over_missing(_figure(measure, row.among(scored), max_missing), [open_])
        entries[n] = replace(entries[n], common=figure)
    return [replace(e, rank=rank) for e, rank in zip(entries.values(), ranks(list(entries.values())), strict=True)]


def comparable(entry: Entry) -> bool:
    """Whether a figure may be compared: it is given, and does not owe its height to answers that say nothing."""
    return (entry.own.value is not None or entry.own.span is not None) and not _silent(entry)


def _silent(entry: Entry) -> bool:
    return entry.measure.usable_only and (entry.own.coverage or 0.0) < LEAST_USABLE


def _comparable(measure: Measure, taken: Sample) -> Sample:
    return taken.at(~taken.unusable) if measure.usable_only else taken


def _figure(measure: Measure, taken: Sample, max_missing: float) -> Estimate:
    found = measure.quantity.estimate(taken, max_missing)
    assert found is not None, "a measure is taken only where items were asked"
    return found


def _hidden(own: Estimate, hide: bool) -> Estimate:
    if not hide:
        return own
    blank = dict.fromkeys(("value", "low", "high", "worst", "best", "usable_value"))
    return replace(own, **blank, withheld=PLUMBING)  # type: ignore[arg-type]


def ranks(entries: Sequence[Entry]) -> list[Rank]:
    """Best and second by the figures on common items, as they are shown.

    Equal ones share a rank, two best leave no second, and of two rows one is best and none is second.
    """
    values = {
        n: round(e.common.value / e.measure.rounding) * (1 if e.measure.higher_is_better else -1)
        for n, e in enumerate(entries)
        if e.common is not None and e.common.value is not None
    }
    above = {n: sum(other > v for other in values.values()) for n, v in values.items()}
    if len(set(values.values())) < 2:
        return [""] * len(entries)
    names: dict[int | None, Rank] = {0: "best"} if len(values) < 3 else {0: "best", 1: "second"}
    return [names.get(above.get(n), "") for n in range(len(entries))]


Pending = tuple[Difference, Callable[[float], Estimate]]
"""A difference, and what gives it at another level."""


def differences(
    measure: Measure, taken: dict[int, Sample], entries: Sequence[Entry], max_missing: float, against: int | None = None
) -> list[Pending]:
    """Paired differences between all rows with a figure (or of each from the baseline), not yet adjusted.

    Of a row whose point is withheld only the range of the difference is given, where that is withheld too.
    """
    ranged = {e.row for e in entries if e.own.alone is not None and not comparable(e) and not _silent(e)}
    known = [e.row for e in entries if (comparable(e) or e.row in ranged) and measure.tested]
    found: list[Pending] = []
    for first, second in _pairs(known, against):
        a, b = _comparable(measure, taken[first]), _comparable(measure, taken[second])
        both = common([a.rows, b.rows])
        if len(both):
            difference = partial(_difference, measure, a.among(both), b.among(both), max_missing)
            left_out = len(taken[first].rows) - len(both), len(taken[second].rows) - len(both)
            test = Difference(
                measure=measure, first=first, second=second, difference=difference(LEVEL), left_out=left_out
            )
            if not {first, second} & ranged or test.difference.alone is not None:
                found.append((test, difference))
    return found


def _pairs(rows: Sequence[int], against: int | None) -> list[tuple[int, int]]:
    """Pairs of (after, before): each row and every one named before it, or all others and the baseline."""
    if against is None:
        return [(after, before) for before, after in combinations(rows, 2)]
    return [(n, against) for n in rows if n != against and against in rows]


def _clusters(row: Contestant, shared: Rows) -> int:
    """Independent units among the common items."""
    found = [r.joined.cluster[np.isin(r.numbers, shared)] for r in row.runs]
    return len(np.unique(np.concatenate(found)))


def _difference(measure: Measure, a: Sample, b: Sample, max_missing: float, level: float) -> Estimate:
    return measure.quantity.difference(a, b, max_missing, level=level)


def _together_level(family: int) -> float:
    return 1 - (1 - LEVEL) / max(family, 1)


def adjusted(pending: Sequence[Pending]) -> list[Difference]:
    """Holm's p-values over all differences, and for each the limits that hold together with all others."""
    known = [n for n, (test, _) in enumerate(pending) if test.difference.p_value is not None]
    p_values = statistics.holm([p for n in known if (p := pending[n][0].difference.p_value) is not None])
    tests = [test for test, _ in pending]
    for n, p in zip(known, p_values, strict=True):
        wide = pending[n][1](_together_level(len(known)))
        together = None if wide.low is None or wide.high is None else (wide.low, wide.high)
        better = _better(tests[n]) if p <= 1 - LEVEL else None
        tests[n] = replace(tests[n], p_adjusted=p, together=together, better=better)
    return tests


def _better(test: Difference) -> int | None:
    value = test.difference.value if test.difference.span is None else sum(test.difference.span)
    if not value:
        return None
    return test.first if (value > 0) == test.measure.higher_is_better else test.second


def _told_apart(entry: Entry, tests: Sequence[Difference]) -> Entry:
    if entry.rank != "best":
        return entry
    tested = (t for t in tests if t.p_adjusted is not None)
    own = [t for t in tested if t.measure == entry.measure and entry.row in (t.first, t.second)]
    return replace(entry, level_with=(sum(t.better != entry.row for t in own), len(own)))


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
    option = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(_File(SCHEMA, comparison, __version__), str, option) + b"\n"


def comparison_schema() -> dict[str, Any]:
    """The JSON Schema of ``as_json``."""
    return TypeAdapter(_File).json_schema(mode="serialization")
