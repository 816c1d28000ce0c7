from pathlib import Path

import pytest
from tests.analysis.contest import CLINICAL, METEOR, P, judged, patients, write
from tests.cli.conftest import Auscult

ITEMS = [(f"p{n}", f"a{n}", P) for n in range(8)]
NAMES = [name for _, name, _ in ITEMS]


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    return [
        write(tmp_path / f"run-{n}", f"replay:model-{n}", patients(ITEMS), judged(dict.fromkeys(NAMES, 5.0 + n)))
        for n in range(2)
    ]


def test_tables_are_printed_and_files_named_last(auscult: Auscult, runs: list[Path], tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("c.html", "c.csv", "c.tex")]
    ran = auscult("compare", *runs, "--html", files[0], "--csv", files[1], "--latex", files[2])
    assert ran.code == 0, ran
    assert ran.out.splitlines()[-3:] == [str(f) for f in files] and all(f.stat().st_size > 500 for f in files)
    assert "replay:model-1" in ran.out and "6.00" in ran.out


def test_rows_are_named_and_published_ones_shown_on_request(auscult: Auscult, runs: list[Path]) -> None:
    ran = auscult("compare", *runs, "--names", "before, after", "--columns", "clinical", "--published", "medhalltune")
    assert ran.code == 0 and "before" in ran.out and "HuatuoGPT" in ran.out
    assert "HuatuoGPT" not in auscult("compare", *runs).out


def test_withheld_figures_are_written_and_end_with_their_own_code(
    auscult: Auscult, runs: list[Path], tmp_path: Path
) -> None:
    lost = {CLINICAL: dict.fromkeys(NAMES, "judge_unusable"), METEOR: {n: {"meteor": 0.5} for n in NAMES}}
    third = write(tmp_path / "lost", "replay:lost", patients(ITEMS), lost)
    ran = auscult("compare", *runs, third, "--csv", tmp_path / "c.csv")
    assert ran.code == 4 and "2 figures are withheld" in ran.err and ran.err.count("\n") == 1
    assert "withheld" in ran.out and (tmp_path / "c.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{0}", "{0}"], "named twice"),
        (["{0}"], "two models or more"),
        (["{0}", "{1}/none"], "no run folder"),
        (["{0}", "{1}", "--published", "nobody"], "there is: medhalltune"),
        (["{0}", "{1}", "--columns", "x"], "no run holds 'x'"),
        (["{0}", "{1}", "--against", "/"], "none of the runs"),
        (["{0}", "{1}", "--columns", "clinicl"], "did you mean 'clinical'?"),
        (["{0}", "{1}", "--names", ","], "--names: a name is empty"),
        (["{0}/no", "{1}", "--html", "/no/such/folder/c.html"], "/no/such/folder/c.html: cannot be written"),
        (["{0}/no", "{1}", "--csv", "/"], "cannot be written (it is a folder)"),
    ],
)
def test_what_cannot_be_done_is_one_line(auscult: Auscult, runs: list[Path], words: list[str], said: str) -> None:
    ran = auscult("compare", *(w.format(*runs) for w in words))
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1, ran


def test_an_unfinished_run_says_how_to_go_on(auscult: Auscult, runs: list[Path]) -> None:
    (runs[1] / "summary.json").unlink()
    ran = auscult("compare", *runs)
    assert ran.code == 2 and "not finished; go on with: auscult evaluate items" in ran.err
