"""Every number of a diagnosis as one tidy CSV: one row a number, unrounded; safe to open in a spreadsheet."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from auscult.diagnosis.diagnosis import Diagnosis
from auscult.reports.csv import Line, csv_text
from auscult.store.files import replace_file

FIGURE = ("section", "what", "group", "label", "metric")
ESTIMATE = (
    "value", "low", "high", "level", "n", "clusters", "unit", "missing", "unusable", "coverage", "usable_value",
    "worst", "best", "method", "instrument", "p_value", "withheld", "note", "decided", "unread", "unjudged",
)  # fmt: skip


def write_figures_csv(found: Diagnosis, out: Path) -> Path:
    """Writes every number of a diagnosis (UTF-8, unrounded, shares of one), then what came of each arm's answers."""
    replace_file(out, csv_text((*FIGURE, *ESTIMATE, "remark"), _figures(found)).encode())
    return out


def _figures(found: Diagnosis) -> Iterator[Line]:
    for f in found.findings:
        line: Line = {name: getattr(f, name) for name in (*FIGURE, "remark")}
        yield line | {name: getattr(f.estimate, name) for name in ESTIMATE}
    for arm in found.arms:
        for what, n in asdict(arm).items():
            if what != "arm":
                yield {"section": "answers", "group": arm.arm, "label": what, "value": n}
    for why, n in found.left_out.items():
        yield {"section": "left out", "label": why, "value": n}
