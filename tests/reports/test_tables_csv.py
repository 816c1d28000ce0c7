import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reports.synthetic import FORMULA, summary

from auscult.analysis.summary import Summary, write_summary
from auscult.errors import UserError
from auscult.reports.places import PLUMBING, places
from auscult.reports.tables_csv import write_csv


def lines(folder: Path, made: Summary) -> list[dict[str, str]]:
    write_summary(folder / "summary.json", made)
    with open(write_csv(folder, folder / "figures.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_estimate_of_the_summary_is_a_row(tmp_path: Path) -> None:
    made = summary(tmp_path)
    found = [r["value"] for r in lines(tmp_path, made) if r["level"]]
    assert found == ["" if p.estimate.value is None else str(p.estimate.value) for p in places(made)]


def test_a_row_carries_interval_n_and_instrument(tmp_path: Path) -> None:
    row = lines(tmp_path, summary(tmp_path))[0]
    assert (row["section"], row["label"], row["metric"], row["condition"]) == (
        "headline",
        "yes/no questions",
        "accuracy",
        "with",
    )
    assert float(row["low"]) == pytest.approx(0.481) and row["n"] == "451" and row["clusters"] == "72"
    assert row["instrument"] == "closed@2" and row["unusable"] == "12" and row["missing"] == "4"


def test_counts_of_detection_and_failures_are_rows_too(tmp_path: Path) -> None:
    found = {
        (r["section"], r["label"], r["metric"], r["condition"]): r["value"] for r in lines(tmp_path, summary(tmp_path))
    }
    assert found["detection", "all findings", "fp", "with"] == "17"
    assert found["failures", "request_failed: timeout", "count", "with"] == "3"
    assert found["published rules", "llava-med-closed@2 (LLaVA-Med)", "scored differently", "with"] == "19"


def test_a_withheld_value_gives_its_reason(tmp_path: Path) -> None:
    row = next(r for r in lines(tmp_path, summary(tmp_path)) if r["label"] == "open questions")
    assert row["value"] == "" and row["withheld"] == "7.2 % of answers are missing, above 5 %"


def test_formulas_are_defused_and_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    found = lines(tmp_path, summary(tmp_path))
    assert any(r["label"] == f"'{FORMULA}" for r in found)
    assert any(float(r["low"]) < 0 for r in found if r["low"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_starts_like_a_formula(tmp_path: Path, start: str) -> None:
    made = summary(tmp_path)
    line = replace(made.of("headline")[0], label=f"{start}1+1")
    assert lines(tmp_path, replace(made, figures=(line,)))[0]["label"].startswith("'")


def test_plumbing_withholds_the_headline(tmp_path: Path) -> None:
    found = [
        r for r in lines(tmp_path, summary(tmp_path, plumbing_only=True)) if r["section"] == "headline" and r["level"]
    ]
    assert found and all(r["value"] == "" and r["withheld"] == PLUMBING for r in found)


def test_a_run_without_a_summary_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="make one with 'auscult evaluate'"):
        write_csv(tmp_path, tmp_path / "x.csv")
