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
    assert f"{ {0: 'PASS', 5: 'FAIL', 6: 'INCONCLUSIVE'}[code] }. Of 1 criterion" in found.out


def test_files_for_machines_and_people_are_named_last(auscult: Auscult, tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    plain, page = tmp_path / "gate.json", tmp_path / "gate.html"
    found = auscult("gate", criteria(tmp_path / "c.toml", INVENTIONS), folder, "--json", plain, "--html", page)
    assert found.code == 0 and found.out.splitlines()[-2:] == [str(plain), str(page)]
    assert json.loads(plain.read_bytes())["verdict"] == "PASS" and "<!DOCTYPE" in page.read_text()


def test_criteria_newer_than_the_answers_write_nothing(auscult: Auscult, tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    path = criteria(tmp_path / "c.toml", INVENTIONS)
    path.write_text(path.read_text().replace("2026-03-01", "2026-03-09"))
    found = auscult("gate", path, folder, "--json", tmp_path / "gate.json")
    assert found.code == 2 and found.err.count("\n") == 1
    assert not (tmp_path / "gate.json").exists()
