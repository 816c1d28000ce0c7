"""A comparison as one tidy CSV: one row a figure, then one row a difference; safe to open in a spreadsheet."""

from collections.abc import Iterator
from pathlib import Path

from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.comparison.figures import Difference, Entry
from auscult.analysis.comparison.measures import Measure
from auscult.analysis.comparison.published import Published
from auscult.analysis.comparison.shifts import Shift
from auscult.records import Estimate
from auscult.reports.comparison.shifts import lines
from auscult.reports.csv import Line, estimate_line, write_lines

_ESTIMATE = (
    "value", "low", "high", "level", "n", "clusters", "unit", "missing", "unusable", "worst", "best", "method",
    "withheld", "note",
)  # fmt: skip
_MISSING = ("unread", "unjudged", "decided")
OF_FIGURES = ("run", "rank", "own_value", "own_n")
OF_DIFFERENCES = (
    "minus", "left_out", "p_value", "p_holm", "together_low", "together_high", "together_level", "better",
)  # fmt: skip
"""Columns that only rows of the one section have."""
COLUMNS = (
    "section", "table", "group", "metric", "items", "instrument", "higher_is_better", "row", "minus", "run", "rank",
    *_ESTIMATE, "own_value", "own_n", "left_out", "p_value", "p_holm", "together_low", "together_high",
    "together_level", "better", "source", *_MISSING,
)  # fmt: skip


def write_comparison_csv(comparison: Comparison, published: Published | None, out: Path) -> None:
    """Writes every figure and every difference (UTF-8, numbers unrounded, shares of one).

    Sections: ``figure`` (on the items common to the compared rows; ``own_value`` and ``own_n`` are of all items of the
    row), ``difference`` (``row`` minus ``minus``), ``shift`` (of ``row`` against ``minus``: the verdict, then figures
    of either and their change), ``published`` (typed from a paper; never compared).
    """
    write_lines(out, COLUMNS, rows(comparison, published))


def rows(comparison: Comparison, published: Published | None) -> Iterator[Line]:
    """One row a figure, in the order of the tables."""
    for measure in comparison.measures:
        yield from (_figure(comparison, e) for e in comparison.entries if e.measure == measure)
    yield from (_difference(comparison, t) for t in comparison.differences)
    for shift in comparison.shifts:
        yield from _shift(comparison, shift)
    for row in published.rows if published else ():
        for measure, value in row.values.items():
            line = _measure("published", measure)
            line |= {"row": row.label, "value": value, "note": row.note}
            line["instrument"] = f"published, other judge: {published.judge}" if published else ""
            line["source"] = f"{published.source}, {published.year}" if published else ""
            yield line


def _measure(section: str, m: Measure) -> Line:
    return {
        "section": section,
        "table": m.block,
        "group": m.group,
        "metric": m.name,
        "items": m.part,
        "instrument": m.scorer,
        "higher_is_better": int(m.higher_is_better),
    }


def _estimate(e: Estimate) -> Line:
    return estimate_line(e, (*_ESTIMATE, *_MISSING))


def _figure(comparison: Comparison, e: Entry) -> Line:
    row = comparison.rows[e.row]
    failures = {name: getattr(e.own, name) for name in ("missing", "worst", "best", *_MISSING)}
    if e.shown.span:
        failures |= {"worst": e.shown.worst, "best": e.shown.best, "decided": e.shown.decided}
    about = {"row": row.label, "run": row.about, "rank": e.rank, "own_value": e.own.value, "own_n": e.own.n}
    return {**_measure("figure", e.measure), **about, **_estimate(e.shown), **failures}


def _difference(comparison: Comparison, t: Difference) -> Line:
    low, high = t.together or (None, None)
    return {
        **_measure("difference", t.measure),
        **_estimate(t.difference),
        "row": comparison.rows[t.first].label,
        "minus": comparison.rows[t.second].label,
        "left_out": sum(t.left_out),
        "p_value": t.difference.p_value,
        "p_holm": t.p_adjusted,
        "together_low": low,
        "together_high": high,
        "together_level": comparison.together_level if t.together else None,
        "better": "" if t.better is None else comparison.rows[t.better].label,
    }


def _shift(comparison: Comparison, shift: Shift) -> Iterator[Line]:
    """Whether a row is a cure or a shift of another one, and what it rests on."""
    after, before = (comparison.rows[n].label for n in (shift.after, shift.before))
    found = shift.found
    about: Line = {"section": "shift", "table": "shift", "row": after, "minus": before}
    verdict, reason = (found.verdict, found.reason) if found else ("not known", "")
    yield {**about, "metric": "verdict", "n": shift.known, "note": verdict, "withheld": reason}
    for line in lines(comparison, shift):
        for row, value in ((after, line.after), (before, line.before)):
            if value is not None:
                yield {**about, "metric": line.name, "row": row, "minus": "", "value": value}
        if line.change is not None:
            yield {**about, "metric": line.name, **_estimate(line.change), "p_value": line.change.p_value}
