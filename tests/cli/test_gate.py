"""``auscult gate`` as a script in CI runs it."""

import json
from pathlib import Path

import pytest
import typer
from tests.analysis.gated import criteria, films, finished, on_images
from typer.testing import CliRunner

from auscult.cli.gate import register
from auscult.errors import UserError

INVENTIONS = "name = 'inventions'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.05"
app = typer.Typer()
app.callback()(lambda: None)
register(app)


def run(*args: object):
    return CliRunner().invoke(app, ["gate", *map(str, args)])


@pytest.mark.parametrize(("count", "wrong", "code"), [(60, 0, 0), (60, 30, 5), (30, 0, 6)])
def test_exit_codes_say_the_verdict(tmp_path: Path, count: int, wrong: int, code: int) -> None:
    folder = finished(tmp_path / "run", on_images(films(count, lambda n: "Yes." if n < wrong else "No.")))
    found = run(criteria(tmp_path / "c.toml", INVENTIONS), folder)
    assert found.exit_code == code, found.output
    assert f"{ {0: 'PASS', 5: 'FAIL', 6: 'INCONCLUSIVE'}[code] }. Of 1 criterion" in found.output


def test_files_for_machines_and_people_are_named_last(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    plain, page = tmp_path / "gate.json", tmp_path / "gate.html"
    found = run(criteria(tmp_path / "c.toml", INVENTIONS), folder, "--json", plain, "--html", page)
    assert found.exit_code == 0 and found.output.splitlines()[-2:] == [str(plain), str(page)]
    assert json.loads(plain.read_bytes())["verdict"] == "PASS" and "<!DOCTYPE" in page.read_text()


def test_criteria_newer_than_the_answers_write_nothing(tmp_path: Path) -> None:
    folder = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    path = criteria(tmp_path / "c.toml", INVENTIONS)
    path.write_text(path.read_text().replace("2026-03-01", "2026-03-09"))
    found = run(path, folder, "--json", tmp_path / "gate.json")
    assert isinstance(found.exception, UserError) and found.exception.exit_code == 2
    assert not (tmp_path / "gate.json").exists()
