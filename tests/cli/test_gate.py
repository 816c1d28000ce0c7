"""``auscult gate`` as a script in CI runs it."""

import json
from pathlib import Path

import pytest
from tests.analysis.gated import criteria, films, finished, on_images
from tests.cli.conftest import Auscult

from auscult.analysis.gate.criteria import read_criteria

INVENTIONS = "name = 'inventions'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.05"


@pytest.mark.parametrize(("count", "wrong", "code"), [(60, 0, 0), (60, 30, 5), (30, 0, 6)])
def test_exit_codes_say_the_verdict(auscult: Auscult, tmp_path: Path, count: int, wrong: int, code: int) -> None:
    folder = finished(tmp_path / "run", on_images(films(count, lambda n: "Yes." if n < wrong else "No.")))
    found = auscult("gate", criteria(tmp_path / "c.toml", INVENTIONS), folder)
    assert found.code == code, found
    word = {0: "limit met", 5: "limit missed", 6: "not known"}[code]
    title, first = found.out.splitlines()[:2]
    assert title.endswith({0: "the one limit is met", 5: "1 limit of 1 missed", 6: "1 limit of 1 not known"}[code])
    assert (
        " ".join(first.split()).startswith(f"{word} Inventions (pneumothorax): ")
        and found.path == folder / "gate-c.html"
    )


def test_the_page_lies_where_it_is_wanted_and_json_stands_alone_on_standard_output(
    auscult: Auscult, tmp_path: Path
) -> None:
    folder = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    fixed, page = criteria(tmp_path / "c.toml", INVENTIONS), tmp_path / "gate.html"
    found = auscult("gate", fixed, folder, "--html", page, "--json")
    assert found.code == 0 and json.loads(found.out)["verdict"] == "PASS" and "<!DOCTYPE" in page.read_text()
    assert auscult("gate", fixed, folder, "--html", page, "-q").out == f"{page}\n"
    assert "one-sided 95" in auscult("gate", fixed, folder, "-v").out


def test_criteria_newer_than_the_answers_write_nothing(auscult: Auscult, tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    path = criteria(tmp_path / "c.toml", INVENTIONS)
    path.write_text(path.read_text().replace("2026-03-01", "2026-03-09"))
    found = auscult("gate", path, folder)
    assert found.code == 2 and found.err.count("\n") == 1
    assert not (folder / "gate-c.html").exists()


LIMITS = (
    "--title",
    "Triage",
    "--who",
    "Safety board",
    "--must",
    "inventions <= 10% because scans cost",
    "--must",
    "canary",
)


def test_a_criteria_file_is_written_from_options_without_a_terminal(auscult: Auscult, tmp_path: Path) -> None:
    path = tmp_path / "criteria.toml"
    made = auscult("gate", "--init", path, *LIMITS)
    assert made.code == 0 and made.out == f"{path}\n" and "[[criterion]]" in made.err, made
    read, _ = read_criteria(path)
    assert (read.title, read.who, read.criterion[0].why) == ("Triage", "Safety board", "scans cost")
    assert all("#" in line for line in path.read_text().splitlines() if line.startswith(("who", "at_most", "why")))
    again = auscult("gate", "--init", path, *LIMITS)
    assert again.code == 2 and "is there already" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--title", "T"), "give --who, --must"),
        (("--title", "T", "--who", "W", "--must", "inventoins <= 10%"), "did you mean 'inventions'?"),
        (("run", *LIMITS), "leave the run out"),
    ],
)
def test_what_is_missing_or_wrong_writes_no_criteria(
    auscult: Auscult, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = auscult("gate", "--init", tmp_path / "c.toml", *words)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1 and not (tmp_path / "c.toml").exists()


def test_answers_on_a_terminal_come_to_a_criteria_file(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter(["Triage", "Board", "many", "10", "scans cost", "", "5%", "trust", "", "", "y"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(said))
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    path = tmp_path / "criteria.toml"
    assert auscult("gate", "--init", path).code == 0
    kinds = [(c.kind, c.at_most, c.why) for c in read_criteria(path)[0].criterion]  # type: ignore[union-attr]
    assert kinds == [("inventions", 0.1, "scans cost"), ("premise", 0.05, "trust")]
