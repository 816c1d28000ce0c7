import csv
from pathlib import Path

from tests.reports.diagnosis.arrays import diagnosis

from auscult.reports.diagnosis.csv import write_figures_csv
from auscult.reports.diagnosis.tables import parts, scale_of
from auscult.reports.format import Scale

FOUND = diagnosis(0.4, 0.1, 0.05, lost=2)


def test_every_figure_stands_in_a_table() -> None:
    shown = sum(len(t.rows) for part in parts(FOUND) if part.name != "groups" for t in part.tables)
    assert shown - len(FOUND.arms) == len([f for f in FOUND.findings if f.section != "tag" and f.metric != "invalid"])
    (groups,) = (part for part in parts(FOUND) if part.name == "groups")
    cells = sum(c.present for t in groups.tables for row in t.rows for c in row.cells)
    assert cells == len(FOUND.of("tag"))


def test_no_table_has_two_lines_that_cannot_be_told_apart() -> None:
    for part in parts(FOUND):
        for table in part.tables:
            lines = [(row.label, row.about) for row in table.rows]
            assert len(lines) == len(set(lines)), table.caption


def test_gains_are_points_and_accuracies_percent() -> None:
    by_section = {f.section: scale_of(f) for f in FOUND.findings}
    assert by_section["gain"] is by_section["shapley"] is Scale.POINTS
    assert by_section["if_right"] is by_section["cause"] is by_section["rate"] is Scale.SHARE


def test_the_csv_has_every_figure_and_every_count(tmp_path: Path) -> None:
    rows = list(csv.DictReader(write_figures_csv(FOUND, tmp_path / "figures.csv").open()))
    assert len([r for r in rows if r["section"] not in ("answers", "left out")]) == len(FOUND.findings)
    own = next(r for r in rows if r["section"] == "if_right" and not r["what"])
    assert float(own["value"]) == FOUND.of("if_right", "")[0].estimate.value and own["missing"] == "2"
    assert {"section": "answers", "group": "baseline", "label": "request_failed", "value": "2"}.items() <= next(
        r for r in rows if r["label"] == "request_failed"
    ).items()


def test_the_share_of_invalid_traces_of_every_run_stands_with_its_count() -> None:
    missing = next(part for part in parts(diagnosis(skipped=0.54)) if part.name == "missing")
    counts = missing.tables[0]
    cells = {row.about: " ".join(p.value for c in row.cells for p in c.parts) for row in counts.rows}
    assert "54 of 100" in cells["replace_vr"] and "54 of 100" in cells["self_vr"] and "of 100" not in cells["baseline"]
