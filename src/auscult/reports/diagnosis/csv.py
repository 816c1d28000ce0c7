"""Every number of a diagnosis as one tidy CSV: one row a number, unrounded; safe to open in a spreadsheet."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from auscult.diagnosis.diagnosis import Diagnosis
from auscult.reports.csv import ESTIMATE, Line, estimate_line, write_lines

FIGURE = ("section", "what", "group", "label", "metric")


def write_figures_csv(found: Diagnosis, out: Path) -> Path:
    """Writes every number of a diagnosis (UTF-8, unrounded, shares of one), then what came of each arm's answers."""
    write_lines(out, (*FIGURE, *ESTIMATE, "remark"), _figures(found))
    return out


def _figures(found: Diagnosis) -> Iterator[Line]:
    for f in found.findings:
        line: Line = {name: getattr(f, name) for name in (*FIGURE, "remark")}
        yield line | estimate_line(f.estimate)
    for arm in found.arms:
        for what, n in asdict(arm).items():
            if what != "arm":
                yield {"section": "answers", "group": arm.arm, "label": what, "value": n}
    for why, n in found.left_out.items():
        yield {"section": "left out", "label": why, "value": n}
