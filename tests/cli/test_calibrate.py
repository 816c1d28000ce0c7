"""``auscult calibrate``: a table, a summary, a file; bad input is one line."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult


def test_facts_without_data_prints_a_table_and_says_what_is_missing(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    out = tmp_path / "facts.json"
    ran = auscult("calibrate", "facts", "--scenes", 2, "--out", out, "-v")
    assert ran.code == 0 and ran.path == out
    assert "iu-reports" in ran.out and "insufficient" in ran.out and "phantoms" in ran.out
    assert ran.out.index("all errors") < ran.out.index("object invented") and "insufficient: " in ran.out
    saved = json.loads(out.read_bytes())
    assert saved["passed"] is None and saved["instrument"].startswith("facts@") and saved["figures"]


def test_a_data_folder_that_is_none(auscult: Auscult, tmp_path: Path) -> None:
    ran = auscult("calibrate", "facts", "--data", tmp_path / "no", "--out", tmp_path / "facts.json")
    assert ran.code == 2 and ran.err.startswith("auscult: ") and ran.err.count("\n") == 1
    assert "iu-reports" in ran.err and not (tmp_path / "facts.json").exists()


def test_a_data_set_that_is_broken_writes_nothing(auscult: Auscult, tmp_path: Path) -> None:
    (tmp_path / "medec").mkdir()
    (tmp_path / "medec" / "medec_ms_validation.csv").write_text("a,b\n1,2\n")
    ran = auscult("calibrate", "facts", "--data", tmp_path, "--scenes", 1, "--out", tmp_path / "facts.json")
    assert ran.code == 2 and "Text ID" in ran.err.splitlines()[-1]
    assert not (tmp_path / "facts.json").exists()


@pytest.mark.parametrize("instrument", ["statistics", "facts", "premise", "closed", "diagnosis", "draw"])
def test_every_instrument_explains_itself(auscult: Auscult, instrument: str) -> None:
    ran = auscult("calibrate", instrument, "--help")
    assert ran.code == 0 and f"auscult calibrate {instrument}" in " ".join(ran.out.split())


def test_recorded_answers_are_the_headline_and_a_sample_of_them_is_written(auscult: Auscult, tmp_path: Path) -> None:
    rows = [
        {"model": "m", "question": f"Is kink {k} there?", "answer": f"No, kink {k} is not there."} for k in range(9)
    ]
    answers, sample, out = tmp_path / "answers", tmp_path / "sample.jsonl", tmp_path / "closed.json"
    answers.mkdir()
    (answers / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = auscult("calibrate", "closed", "--answers", answers, "--sample", sample, "--out", out, "-v")
    of_no = " ".join(ran.out.split()).partition("meant no measure")[2]
    assert ran.code == 0 and "insufficient: 9 of 9" in of_no.partition("meant an option")[0]
    assert ran.out.index("answers of real models") < ran.out.index("planted answers")
    assert {json.loads(line)["meant"] for line in sample.read_text().splitlines()} == {"no"}


def test_a_folder_without_recorded_answers_is_one_line(auscult: Auscult, tmp_path: Path) -> None:
    for instrument in ("closed", "facts", "premise"):
        ran = auscult("calibrate", instrument, "--answers", tmp_path, "--out", tmp_path / "x.json")
        assert ran.code == 2 and ran.err.startswith("auscult: ") and "known forms" in ran.err.splitlines()[-1]
