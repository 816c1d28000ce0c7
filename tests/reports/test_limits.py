"""Limits that a run noted stand on its page, whoever draws it, and whatever came of their file."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from tests.golden.runs import auscult

from auscult.analysis.summary import read_summary
from auscult.reports.limits import Limit, with_limits
from auscult.reports.page import write_report
from auscult.reports.verdicts import face_of

MISSED = "Limit set before, invented at most 10 of 100: not met."


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A check with a limit that 60 of 60 inventions miss; it is no longer where it was made."""
    folder = tmp_path_factory.mktemp("limits")
    rows = [(f"P{n}", "Is there a mass?", "yes" if n % 2 else "no", "Yes.") for n in range(120)]
    with open(folder / "answers.csv", "w", newline="") as file:
        csv.writer(file).writerows([("patient", "question", "truth", "answer"), *rows])
    auscult("check", folder / "answers.csv", "--out", folder / "run", "--must", "inventions <= 10%")
    return (folder / "run").rename(folder / "moved")


@pytest.fixture
def run(checked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(checked, tmp_path / "run"))


def words(page: Path) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.read_text("utf-8")).split())


def test_whoever_draws_the_page_anew_draws_the_limits(run: Path) -> None:
    assert MISSED in words(run / "report.html")
    assert MISSED in words(write_report(run, run / "again.html"))
    assert "your limit 10" in words(run / "again.html")


def test_the_file_of_the_limits_may_lie_in_the_folder_around_the_run(run: Path) -> None:
    (run / "criteria.toml").rename(run.parent / "criteria.toml")
    assert MISSED in words(write_report(run))


def test_limits_whose_file_was_changed_decide_nothing_and_that_is_said(run: Path) -> None:
    noted = run / "criteria.toml"
    noted.write_text(noted.read_text("utf-8").replace("0.1", "0.9"), "utf-8")
    face = face_of(run, read_summary(run / "summary.json"))
    assert "their file is no longer there or was changed" in face.cautions[0]
    assert "Limit set before" not in words(write_report(run))


def test_a_missed_limit_is_said_to_be_missed_once() -> None:
    limit = Limit(key="limits", words="mean of closed correct", good="at least", limit=0.9, met=False)
    (verdict,) = with_limits([], [limit])
    assert verdict.said == "limit missed"
    assert verdict.short == "limit set before: mean of closed correct at least 90 of 100"
