import csv
import io
import json
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult

from auscult.api import evaluate


@pytest.fixture(scope="module")
def answered(sample_items, tmp_path_factory):
    """A run of a blind baseline on the bundled sample."""
    run = tmp_path_factory.mktemp("answered") / "run"
    evaluate(sample_items, "baseline:majority", run)
    return run


def filled(sheet: Path, rater: str, verdict: str) -> Path:
    table = sheet / rater / f"sheet-{rater}.csv"
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"), newline="")))
    out = sheet.parent / f"filled-{rater}.csv"
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        wrong = {"verdict": "wrong", "problems": "missed", "harm": "mild"}
        writer.writerows(row | ({"verdict": verdict} if n % 3 else wrong) for n, row in enumerate(rows))
    return out


def test_sheets_go_out_and_agreement_comes_back(auscult: Auscult, answered: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet"
    made = auscult("rate", "make", answered, "--out", sheet, "--n", 20, "--seed", 1, "--raters", "A, B")
    assert made.code == 0 and made.path == sheet
    assert {p.name for p in sheet.iterdir()} == {"A", "B", "key.json"} and "keep key.json" in made.err
    out = tmp_path / "agreement.json"
    sheets = [filled(sheet, rater, "correct") for rater in "AB"]
    back = auscult("rate", "agree", sheet, *sheets, "--out", out)
    assert back.code == 0 and back.path == out and "A and B" in back.out
    found = json.loads(out.read_text())
    assert found["raters"] == {"A": 20, "B": 20}
    assert {"Cohen's kappa", "Gwet's AC1", "Krippendorff's alpha, nominal"} <= {
        f["estimate"]["instrument"] for f in found["figures"]
    }


def test_what_a_physician_says_corrects_the_figures(auscult: Auscult, answered: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet"
    made = auscult("rate", "make", answered, "--out", sheet, "--n", 30)
    assert "30 of 241 answers" in made.err and "called right" in made.err
    ran = auscult("rate", "apply", sheet, filled(sheet, "A", "correct"))
    assert ran.code == 0 and ran.path == answered / "report.html" and "30 by A" in ran.err
    assert "by the instruments" in ran.out.lower() and "miss or deny" in ran.out
    summary = json.loads((answered / "summary.json").read_text())
    of = {
        f["metric"]: f["with_image"] for f in summary["figures"] if f["group"] == "physician" and "phys" in f["label"]
    }
    assert {"correct", "invented", "missed", "harm", "severe harm"} <= set(of)
    assert "wrong reference" not in of  # nobody said whether references hold
    assert of["correct"]["low"] < of["correct"]["value"] < of["correct"]["high"]
    assert of["invented"]["value"] == 0 < of["invented"]["high"] and of["missed"]["value"] > 0.1
    assert (answered / "ratings.json").exists()


def test_bad_cells_leave_nothing_behind(auscult: Auscult, answered: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet"
    auscult("rate", "make", answered, "--out", sheet, "--n", 5, "--raters", "A,B")
    out = tmp_path / "agreement.json"
    ran = auscult("rate", "agree", sheet, filled(sheet, "A", "perhaps"), "--out", out)
    assert ran.code == 2 and not out.exists()
    assert ran.err.count("\n") == 1 and "'perhaps' is none of correct" in ran.err and "Traceback" not in ran.err


def test_a_folder_that_is_no_run_is_one_line(auscult: Auscult, tmp_path: Path) -> None:
    ran = auscult("rate", "make", tmp_path, "--out", tmp_path / "sheet")
    assert ran.code == 2 and ran.err.count("\n") == 1 and not (tmp_path / "sheet").exists()
