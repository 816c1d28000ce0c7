"""The figures of rows side by side, the best of each column, and what is shown to differ.

A figure is compared only with figures of the same instrument in the same version. Every difference that is shown is
one of the family that Holm's adjustment is made for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Literal

from auscult import statistics
from auscult.analysis.comparison.measures import Measure
from auscult.analysis.comparison.runs import common
from auscult.analysis.samples import Sample
from auscult.records import Estimate
from auscult.statistics.comparison import around
from auscult.statistics.missing import over_missing

LEVEL = 0.95
LEAST_USABLE = 0.5
"""Share of usable answers below which a row is compared in no figure that silence would improve."""
Rank = Literal["", "best", "second"]
PLUMBING = "plumbing only: these figures say nothing about a real model"


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
        together: the limits at the level that holds for all differences shown together (Bonferroni), which leave zero
            out exactly where ``p_adjusted`` tells the difference from it; None without one.
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
    def limits(self) -> tuple[float | None, float | None]:
        """The limits that belong to what is said of the difference; of one that was not tested its own."""
        return self.together or (self.difference.low, self.difference.high)


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
    for first, second in pairs(known, against):
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


def pairs(rows: Sequence[int], against: int | None) -> list[tuple[int, int]]:
    """Pairs of (after, before): each row and every one named before it, or all others and the baseline."""
    if against is None:
        return [(after, before) for before, after in combinations(rows, 2)]
    return [(n, against) for n in rows if n != against and against in rows]


def _difference(measure: Measure, a: Sample, b: Sample, max_missing: float, level: float) -> Estimate:
    return measure.quantity.difference(a, b, max_missing, level=level)


def together_level(family: int) -> float:
    """Level of each of the limits that hold together for so many differences (Bonferroni)."""
    return 1 - (1 - LEVEL) / max(family, 1)


def adjusted(pending: Sequence[Pending]) -> list[Difference]:
    """Holm's p-values over all differences, and for each the limits that hold together with all others.

    Holm tells more than Bonferroni. Where it tells a difference from zero, the limits leave zero out as well: they then
    say which is the greater, and no more.

    Source: Strassburger and Bretz 2008, Statistics in Medicine 27, 4914-4927 (limits compatible with Holm's tests).
    """
    known = [n for n, (test, _) in enumerate(pending) if test.difference.p_value is not None]
    p_values = statistics.holm([p for n in known if (p := pending[n][0].difference.p_value) is not None])
    tests = [test for test, _ in pending]
    for n, p in zip(known, p_values, strict=True):
        wide = pending[n][1](together_level(len(known)))
        better = _better(tests[n]) if p <= 1 - LEVEL else None
        together = None
        if wide.low is not None and wide.high is not None:
            together = around(wide.low, wide.high, _sign(tests[n]), better is not None)
        tests[n] = replace(tests[n], p_adjusted=p, together=together, better=better)
    return tests


def _sign(test: Difference) -> float:
    """A number above 0 where the first row has the greater figure."""
    return (test.difference.value if test.difference.span is None else sum(test.difference.span)) or 0.0


def _better(test: Difference) -> int | None:
    value = _sign(test)
    if not value:
        return None
    return test.first if (value > 0) == test.measure.higher_is_better else test.second


def told_apart(entry: Entry, tests: Sequence[Difference]) -> Entry:
    """Of a best figure, how many others are not shown to be worse."""
    if entry.rank != "best":
        return entry
    tested = (t for t in tests if t.p_adjusted is not None)
    own = [t for t in tested if t.measure == entry.measure and entry.row in (t.first, t.second)]
    return replace(entry, level_with=(sum(t.better != entry.row for t in own), len(own)))
