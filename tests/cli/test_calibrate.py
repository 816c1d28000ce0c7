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
    ran = auscult("calibrate", "facts", "--scenes", 2, "--out", out)
    assert ran.code == 0 and ran.path == out
    assert "iu-reports" in ran.err and "insufficient" in ran.out and "phantoms" in ran.out
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


@pytest.mark.parametrize("instrument", ["statistics", "facts", "premise", "closed"])
def test_every_instrument_explains_itself(auscult: Auscult, instrument: str) -> None:
    ran = auscult("calibrate", instrument, "--help")
    assert ran.code == 0 and f"auscult calibrate {instrument}" in " ".join(ran.out.split())
