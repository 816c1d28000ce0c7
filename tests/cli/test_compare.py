import json
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


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page goes to the folder where the command runs."""
    monkeypatch.chdir(tmp_path)


def test_the_first_screen_names_the_files_and_ends_in_the_page(
    auscult: Auscult, runs: list[Path], tmp_path: Path
) -> None:
    ran = auscult("compare", *runs, "--html", "c.html", "--csv", "c.csv", "--latex", "c.tex")
    assert ran.code == 0, ran
    lines = ran.out.splitlines()
    assert lines[0] == "replay:model-1, compared with replay:model-0" and "6.00, before 5.00" in " ".join(
        ran.out.split()
    )
    assert (
        {"csv c.csv", "latex c.tex"} <= {" ".join(line.split()) for line in lines}
        and lines[-1] == "c.html"
        and len(lines) <= 12
    )
    assert all((tmp_path / name).stat().st_size > 500 for name in ("c.html", "c.csv", "c.tex"))


def test_tables_stand_with_v_json_alone_and_the_path_alone(auscult: Auscult, runs: list[Path]) -> None:
    assert "Paired differences" in auscult("compare", *runs, "-v").out
    found = json.loads(auscult("compare", *runs, "--json").out)
    assert found["schema"] == "auscult.comparison/1" and len(found["comparison"]["rows"]) == 2
    assert auscult("compare", *runs, "-q").out == "comparison.html\n"
    both = auscult("compare", *runs, "-q", "--json")
    assert both.code == 2 and "contradict each other" in both.err


def test_rows_are_named_and_published_ones_shown_on_request(auscult: Auscult, runs: list[Path]) -> None:
    words = ["--names", "before, after", "--columns", "clinical", "--published", "medhalltune", "-v"]
    ran = auscult("compare", *runs, *words)
    assert ran.code == 0 and "before" in ran.out and "HuatuoGPT" in ran.out
    assert "HuatuoGPT" not in auscult("compare", *runs, "-v").out


def test_one_model_stands_beside_the_published_table(auscult: Auscult, runs: list[Path]) -> None:
    ran = auscult("compare", runs[0], "--published", "medhalltune", "-v")
    assert ran.code == 0 and "HuatuoGPT" in ran.out and "replay:model-0" in ran.out


def test_withheld_figures_are_written_and_end_with_their_own_code(
    auscult: Auscult, runs: list[Path], tmp_path: Path
) -> None:
    lost = {CLINICAL: dict.fromkeys(NAMES, "judge_unusable"), METEOR: {n: {"meteor": 0.5} for n in NAMES}}
    third = write(tmp_path / "lost", "replay:lost", patients(ITEMS), lost)
    ran = auscult("compare", *runs, third, "--csv", tmp_path / "c.csv")
    assert ran.code == 4 and "2 figures are withheld" in ran.err and ran.err.count("\n") == 1
    assert (tmp_path / "c.csv").exists()


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


def test_a_page_of_other_runs_is_not_replaced_unless_it_is_named(
    auscult: Auscult, runs: list[Path], tmp_path: Path
) -> None:
    assert auscult("compare", *runs).code == 0 == auscult("compare", *reversed(runs), "--columns", "clinical").code
    first = (tmp_path / "comparison.html").read_bytes()
    third = write(tmp_path / "run-2", "replay:model-2", patients(ITEMS), judged(dict.fromkeys(NAMES, 5.0)))
    for _ in range(2):
        other = auscult("compare", runs[0], third)
        assert other.code == 0 and other.out.splitlines()[-1] == "comparison-2.html"
    assert (tmp_path / "comparison.html").read_bytes() == first and not (tmp_path / "comparison-3.html").exists()
    assert auscult("compare", *runs).out.splitlines()[-1] == "comparison.html"
    assert auscult("compare", runs[0], third, "--html", "comparison.html").code == 0


def test_after_nothing_was_told_apart_more_images_are_asked_and_no_outcome_is_chosen_from_what_was_seen(
    auscult: Auscult, runs: list[Path]
) -> None:
    assert auscult("compare", *runs).code == 0
    page = Path("comparison.html").read_text()
    assert "ask more images of both." in page and "--columns" not in page


def test_the_criteria_of_a_gate_are_written_before_they_are_named(auscult: Auscult, runs: list[Path]) -> None:
    assert auscult("compare", *runs).out.splitlines()[-2].split(maxsplit=1) == [
        "next",
        "auscult gate --init criteria.toml",
    ]
    page = Path("comparison.html").read_text()
    assert page.index("auscult gate --init criteria.toml") < page.index("auscult gate criteria.toml ")


def test_the_first_screen_says_in_plain_words_what_changed(auscult: Auscult, runs: list[Path]) -> None:
    said = auscult("compare", *runs).out
    assert "Accuracy (a judge's marks)" in said and "·" not in said and "closed" not in said
