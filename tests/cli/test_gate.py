"""``auscult gate`` as a script in CI runs it."""

import json
from pathlib import Path

import pytest
from tests.analysis.gated import criteria, films, finished, on_images
from tests.cli.conftest import Auscult

INVENTIONS = "name = 'inventions'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.05"


@pytest.mark.parametrize(("count", "wrong", "code"), [(60, 0, 0), (60, 30, 5), (30, 0, 6)])
def test_exit_codes_say_the_verdict(auscult: Auscult, tmp_path: Path, count: int, wrong: int, code: int) -> None:
    folder = finished(tmp_path / "run", on_images(films(count, lambda n: "Yes." if n < wrong else "No.")))
    found = auscult("gate", criteria(tmp_path / "c.toml", INVENTIONS), folder)
    assert found.code == code, found
    word = {0: "met", 5: "missed", 6: "not known"}[code]
    assert found.out.startswith({0: "PASS", 5: "FAIL", 6: "INCONCLUSIVE"}[code])
    assert f"{word:<11}Inventions (pneumothorax): " in found.out and found.path == folder / "gate-c.html"


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
