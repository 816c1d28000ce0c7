"""No text of a file, a column, a category or a path acts on the terminal: it is made visible where it is printed."""

import ast
import csv
import io
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult
from tests.conftest import REPO

from auscult.printing import as_line, give, give_json, tell
from auscult.reports.csv import csv_text

EVIL = "a\x1b[2J\x9b31m\x07\u202eb\r\nforged line"
SOURCE = REPO / "src" / "auscult"
ACTS = ("\x1b", "\x9b", "\x07", "\u202e", "\r")


def test_nothing_is_printed_but_through_the_one_door() -> None:
    apart = {SOURCE / "printing.py", SOURCE / "analysis" / "gate" / "simulation.py"}
    found = [
        f"{file.relative_to(SOURCE)}:{node.lineno}"
        for file in SOURCE.rglob("*.py")
        if file not in apart
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not found, "use tell (standard error) or give (standard output) of auscult.printing"


@pytest.mark.parametrize("write", [tell, give])
def test_a_line_stays_one_line_and_does_nothing(write: object, capsys: pytest.CaptureFixture[str]) -> None:
    write(EVIL)  # type: ignore[operator]
    said = "".join(capsys.readouterr())
    assert said.count("\n") == 1 and not any(sign in said for sign in ACTS) and "⟨U+001B⟩" in said


def test_json_on_a_terminal_says_the_same_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    give_json(json.dumps({"a": "\x9b31m\u202e"}, ensure_ascii=False).encode())
    out = capsys.readouterr().out
    assert "\x9b" not in out and json.loads(out) == {"a": "\x9b31m\u202e"}


def test_a_hostile_file_name_is_one_line_of_an_error(auscult: Auscult, tmp_path: Path) -> None:
    for words in (
        ["gate", tmp_path / EVIL, tmp_path],
        ["report", tmp_path / EVIL],
        ["compare", tmp_path / EVIL, tmp_path],
        ["check", tmp_path / EVIL],
        ["build", "--from", "image-folder", tmp_path / EVIL, "--out", tmp_path / "items"],
        ["evaluate", tmp_path / EVIL, "--model", "baseline:majority", "--out", tmp_path / "run"],
        ["export", tmp_path / EVIL, "--to", "csv", "--out", tmp_path / "out"],
    ):
        ran = auscult(*words)
        assert ran.code == 2 and ran.err.count("\n") == 1, (words[0], ran)
        assert not any(sign in ran.out + ran.err for sign in ACTS), (words[0], ran)


def test_hostile_columns_and_cells_reach_the_terminal_as_text(auscult: Auscult, tmp_path: Path) -> None:
    table = tmp_path / "answers.csv"
    evil = "x\x1b]0;owned\x07"
    rows = "".join(f'Is there a pneumothorax? {n},yes,"Yes {evil}",{evil}{n % 2}\n' for n in range(12))
    table.write_text(f"question,truth,answer,model{evil}\n{rows}", "utf-8")
    for more in ([], ["-v"], ["--json"]):
        ran = auscult("check", table, "--out", tmp_path / f"run{len(more)}{''.join(more)}", *more)
        assert not any(sign in ran.out + ran.err for sign in ACTS), ran


def test_a_title_of_criteria_acts_on_nothing(auscult: Auscult, tmp_path: Path) -> None:
    from tests.analysis.gated import HEAD, criteria, films, finished, on_images

    run = finished(tmp_path / "run", on_images(films(60, lambda n: "No.")))
    head = HEAD.replace("Chest assistant", "Chest \\u001b[2J \\u009b assistant")
    text = "name = 'a \\u202e'\nkind = 'mean'\nat_least = 0.5".replace("'a \\u202e'", '"a \\u202e"')
    path = criteria(tmp_path / "c.toml", text, head=head)
    for more in ([], ["-v"], ["--json"]):
        ran = auscult("gate", path, run, *more)
        assert ran.code == 0 and not any(sign in ran.out + ran.err for sign in ACTS), ran


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_of_a_csv_is_no_formula_and_one_cell(start: str) -> None:
    text = csv_text(["a"], [{"a": f"{start}cmd|' /C calc'!A0\x1b[2J"}])
    _, (cell,) = csv.reader(io.StringIO(text, newline=""))
    assert cell.startswith("'") and "\x1b" not in cell and "\r" not in cell


def test_line_breaks_of_every_kind_are_shown() -> None:
    assert as_line("a\nb\u2028c\x0bd") == "a⟨U+000A⟩b⟨U+2028⟩c⟨U+000B⟩d"
