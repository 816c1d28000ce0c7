"""Judges and text metrics on the page, in the terminal and in the CSV: every figure, and what it cannot see."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from tests.reports import synthetic
from tests.reports.synthetic import SCRIPT, estimate
from tests.reports.test_page import changed, words

from auscult.analysis.summary import BlindSpot, Figure, Quality, Section, write_summary
from auscult.records import Instrument, Value
from auscult.reports.headline import headline
from auscult.reports.places import PLUMBING
from auscult.reports.quality import section
from auscult.reports.tables_csv import write_csv
from auscult.runs.instruments import as_plain

JUDGE = f"clinical@1+openai:{SCRIPT}"


def line(metric: str, kind: str, value: float, by: str, **more: object) -> Figure:
    found = estimate(value, 0.21, instrument=by, **more)
    about = {"section": "quality", "group": by, "share": False}
    return Figure(label=kind, metric=metric, scorer=by, with_image=found, **about)  # type: ignore[arg-type]


QUALITY = (
    Quality(
        instrument=JUDGE,
        kind="judge",
        about="judge protocol clinical/1",
        low=1.0,
        high=10.0,
        correlation="Accuracy and relevance correlate .96 (.95 to .97): read them as one.",
        notes=("430 of 432 answers were judged.",),
    ),
    Quality(
        instrument="meteor@1",
        kind="text metric",
        about="METEOR as nltk 3.10",
        low=0.0,
        high=1.0,
        blind_spots=(BlindSpot(metric="meteor", change="negated", mean=0.874, n=31),),
    ),
)
SECTIONS: dict[Section, list[Figure]] = {
    "quality": [
        line("accuracy", "non-hallucination items (P)", 6.27, JUDGE, missing=2, worst=6.1, best=6.4),
        line("accuracy", "hallucination items (N)", 5.03, JUDGE),
        line("harm", "non-hallucination items (P)", 8.12, JUDGE),
        line("meteor", "hallucination items (N)", 0.213, "meteor@1"),
    ]
}


def test_one_column_a_kind_and_a_gap_where_a_kind_was_not_judged(tmp_path: Path) -> None:
    judge, meteor = section(synthetic.summary(tmp_path, SECTIONS, quality=QUALITY))
    assert [c.title for c in judge.table.columns] == ["Non-hallucination items (P)", "Hallucination items (N)"]
    assert [row.label for row in judge.table.rows] == ["accuracy", "harm"]
    assert [c.value for c in judge.table.rows[0].cells] == ["6.27", "5.03"]
    assert judge.table.rows[1].cells[1].present is False
    assert judge.about.endswith("(1 to 10, 10 is best)")
    assert judge.blind is None and meteor.blind is not None
    assert [(r.label, [c.value for c in r.cells]) for r in meteor.blind.rows] == [("meteor", ["0.874 (n\u00a031)"])]


def test_a_grade_says_what_its_instrument_declares_of_it(tmp_path: Path) -> None:
    harm = Value(name="harm", low=1.0, high=10.0, share=False, about="10: none.")
    judge = Instrument(name="clinical", version=JUDGE.partition("@")[2], kind="judge", values=(harm,))
    manifest = {"instruments": as_plain([judge])}
    shown, _ = section(replace(synthetic.summary(tmp_path, SECTIONS, quality=QUALITY), manifest=manifest))
    assert [(row.label, row.about) for row in shown.table.rows] == [("accuracy", ""), ("harm", "10: none.")]


def test_the_page_says_all_of_it_and_runs_nothing(run: Path, tmp_path: Path) -> None:
    page = changed(run, tmp_path, sections=SECTIONS, quality=QUALITY)
    text = words(page)
    assert SCRIPT not in page
    for said in ("6.27", "6.06–6.48", "bounds: 6.10–6.40", "read them as one", "430 of 432", "0.874 (n 31)", "negated"):
        assert said in text, said
    assert page.index('id="kinds"') < page.index('id="open"') < page.index('id="groups"')


def test_a_plumbing_only_run_shows_no_figure_of_a_judge(run: Path, tmp_path: Path) -> None:
    page = words(changed(run, tmp_path, sections=SECTIONS, quality=QUALITY, plumbing_only=True))
    assert "6.27" not in page and "0.213" not in page
    write_csv(tmp_path / "run", tmp_path / "figures.csv")
    rows = list(csv.DictReader((tmp_path / "figures.csv").open()))
    hidden = [r for r in rows if r["section"].startswith("open answers") and r["condition"] == "with"]
    assert len(hidden) == 4 and all(r["value"] == "" and r["withheld"] == PLUMBING for r in hidden)


def test_every_figure_and_blind_spot_is_a_row_of_the_csv(run: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_summary(tmp_path / "run" / "summary.json", synthetic.summary(run.parent, sections=SECTIONS, quality=QUALITY))
    write_csv(tmp_path / "run", tmp_path / "figures.csv")
    rows = [r for r in csv.DictReader((tmp_path / "figures.csv").open()) if r["section"].startswith("open answers")]
    assert sorted(float(r["value"]) for r in rows) == [0.213, 0.874, 5.03, 6.27, 8.12]


def test_the_terminal_has_a_line_a_figure(run: Path) -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(headline(synthetic.summary(run.parent, sections=SECTIONS, quality=QUALITY)))
    said = console.export_text()
    assert "accuracy · hallucination items (N)" in said and "5.03" in said and "read them as one" in said
