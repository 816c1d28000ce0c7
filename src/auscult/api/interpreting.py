"""``audit read``: tasks of reading, put to a model, and what came of them as page, CSV and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auscult.analysis.summary import read_summary
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.interpretation.audit import ReadingAudit, lines_of
from auscult.interpretation.figures import Line
from auscult.reports.csv import estimate_line, write_lines
from auscult.reports.face import Face
from auscult.reports.html import page
from auscult.reports.interpretation import face_of, tables_of, way_words
from auscult.reports.outcome import drawn
from auscult.reports.page import write_report
from auscult.runs.folder import UNTYPED, Typed
from auscult.store.files import json_file, replace_file

SCHEMA = "auscult.reading/1"
FIGURES, PAGE, ROWS = "reading.json", "reading.html", "reading.csv"
ABOUT = ("task", "way", "part", "label", "metric")
TOLD = ("value", "low", "high", "n", "clusters", "unit", "missing", "unread", "p_value", "withheld", "instrument")
"""The columns of ``reading.csv``: what a figure is of, and the figure."""


@dataclass(frozen=True)
class FinishedReading:
    """What came of an audit of reading: its figures, whether they may be shown, where they lie, its first screen."""

    lines: tuple[Line, ...]
    plumbing: bool
    out: Path
    face: Face

    def as_json(self) -> bytes:
        """All figures."""
        told = {"schema": SCHEMA, "plumbing_only": self.plumbing, "figures": self.lines}
        return json_file(told)


def finish_reading(
    audit: ReadingAudit, model: str, out: Path, show: Show = progress, typed: Typed = UNTYPED
) -> FinishedReading:
    """Asks what is not asked yet, and writes page, CSV and JSON; the same call goes on where an earlier one stopped.

    Args:
        audit: what is asked of whom.
        model: as it was named.
        out: folder of the audit.
        show: how progress is shown.
        typed: what was typed, for the manifests.

    Raises:
        UserError: bad input, or a model that does not answer.
        BudgetReached: a budget is used up; the same call goes on.
    """
    from auscult.api import finish

    for each in audit.put:
        finish(each.evaluation, each.run, show, typed)
        write_report(each.run)
    summaries = [read_summary(each.run / "summary.json") for each in audit.put]
    plumbing, lines = any(s.plumbing_only for s in summaries), tuple(lines_of(audit.put))
    face = face_of(
        lines,
        model,
        plumbing=plumbing,
        left_out=tuple(audit.left_out),
        drawn=any(map(drawn, summaries)),
        runs={each.task.name: str(each.run) for each in reversed(audit.put)},
    )
    found = FinishedReading(lines, plumbing, out, face)
    tables = () if plumbing else tuple(tables_of(found.lines))
    runs = [
        (f"{each.task.name}, {way_words(each.way)}", f"{each.run.relative_to(out)}/report.html") for each in audit.put
    ]
    replace_file(out / FIGURES, found.as_json())
    write_rows(out / ROWS, found.lines)
    replace_file(out / PAGE, page("interpretation.html.j2", face=face, tables=tables, runs=runs).encode())
    return found


def write_rows(out: Path, lines: Sequence[Line]) -> None:
    """Writes ``reading.csv``: one row a figure."""
    rows = (estimate_line(line.figure, TOLD) | {name: getattr(line, name) for name in ABOUT} for line in lines)
    write_lines(out, (*ABOUT, *TOLD), rows)
