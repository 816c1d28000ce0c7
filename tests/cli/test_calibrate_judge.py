"""``auscult calibrate judge``: a forecast, a certificate, a work folder; a scripted judge serves nothing else."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult


def test_a_forecast_says_what_it_would_take_and_asks_nothing(auscult: Auscult, tmp_path: Path) -> None:
    out = tmp_path / "judge.json"
    nowhere = "openai:judge@http://127.0.0.1:9/v1"
    prices = ("--judge-price-in", 2.5, "--judge-price-out", 10)
    ran = auscult("calibrate", "judge", "--judge", nowhere, "--scenes", 2, "--out", out, "--dry-run", *prices)
    assert ran.code == 0 and "calls to ask:" in ran.out and "at most about" in ran.out and "127.0.0.1" in ran.out
    assert not list(tmp_path.iterdir())


def test_a_certificate_names_the_judge_as_its_scores_do(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    out = tmp_path / "judge.json"
    ran = auscult("calibrate", "judge", "--judge", "scripted:1,1", "--scenes", 2, "--out", out, "-v")
    assert ran.code == 0 and ran.path == out and ran.out.index("criteria") < ran.out.index("attacks: instruction")
    saved = json.loads(out.read_bytes())
    assert saved["instrument"] == "clinical@1+scripted:1,1" and saved["passed"] is None
    assert (tmp_path / "judge.work" / "manifest.json").is_file()
    again = auscult("calibrate", "judge", "--judge", "scripted:1,1", "--scenes", 2, "--out", out, "--dry-run")
    assert "calls to ask:      0" in again.out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--judge", "scripted:2,1"), "between 0 and 1"),
        (("--judge", "scripted:1,1", "--judge-protocol", "no-such"), "no-such"),
        (("--judge", "scripted:1,1", "--data", "no-such-folder"), "no-such-folder"),
        (("--judge", "nothing"), "KIND:NAME"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    auscult: Auscult, tmp_path: Path, options: tuple[str, ...], named: str
) -> None:
    ran = auscult("calibrate", "judge", *options, "--out", tmp_path / "judge.json")
    assert ran.code == 2 and ran.err.startswith("auscult: ") and ran.err.count("\n") == 1 and named in ran.err
    assert not list(tmp_path.iterdir())


def test_an_evaluation_refuses_a_scripted_model(auscult: Auscult, tmp_path: Path, sample_items: Path) -> None:
    ran = auscult("evaluate", sample_items, "--model", "scripted:1,1", "--out", tmp_path / "run")
    assert ran.code == 2 and "calibrate judge" in ran.err and not (tmp_path / "run").exists()


def test_the_command_explains_itself(auscult: Auscult) -> None:
    ran = auscult("calibrate", "judge", "--help")
    assert ran.code == 0 and "auscult calibrate judge" in " ".join(ran.out.split())
