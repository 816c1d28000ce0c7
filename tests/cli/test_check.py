"""``auscult check``: one file in; a run, a report and, where limits are set, a verdict."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import orjson
import pytest
from tests.cli.conftest import Auscult

import auscult as au
from auscult.analysis.summary import read_summary
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.tables import read_rows

FINDINGS = ("pleural effusion", "pneumothorax", "mass")
HEADER = ("Study ID", "Frage", "Expected Answer", "Model output")


def answered(wrong: int = 0, cases: int = 30) -> list[tuple[str, ...]]:
    """Rows of a vendor's table: a study, a question, what is right, what was said; ``wrong`` are inventions."""
    rows = []
    for case in range(cases):
        for place, finding in enumerate(FINDINGS):
            there = (case + place) % 2 == 0
            said = there or (case * 3 + place) < wrong
            rows.append((f"S{case}", f"Is there a {finding}?", "yes" if there else "no", "Yes." if said else "No."))
    return rows


def write(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, delimiter: str = ";") -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return path


def test_a_vendors_table_just_works_and_says_what_it_took_for_what(auscult: Auscult, tmp_path: Path) -> None:
    path = write(tmp_path / "answers.csv", answered(12))
    ran = auscult("check", path)
    assert ran.code == 0, ran.err
    assert "question = Frage; truth = Expected Answer; answer = Model output" in ran.err
    assert "90 of 90 questions are asked" in ran.err and "semicolons between cells" in ran.err
    run = tmp_path / "answers-check"
    assert (run / "report.html").is_file() and (run / "items" / "manifest.json").is_file()
    summary = read_summary(run / "summary.json")
    assert summary.title.startswith("answers.csv") and (summary.items, summary.cases) == (90, 30)
    assert {i.target for i in read_rows(run / "items.parquet", Item)} == set(FINDINGS)


def test_the_terminal_says_when_each_row_counts_as_an_image_of_its_own(auscult: Auscult, tmp_path: Path) -> None:
    rows = [row[1:] for row in answered(12)]
    ran = auscult("check", write(tmp_path / "answers.csv", rows, HEADER[1:]))
    assert ran.code == 0 and "each row counts as an image of its own" in ran.err, ran.err
    assert "--map image=COLUMN" in ran.err
    assert "image of its own" not in auscult("check", write(tmp_path / "named.csv", answered(12))).err


def test_a_spreadsheet_is_one_file_too(auscult: Auscult, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Auswertung"
    for row in (HEADER, *answered()):
        book.active.append(row)
    book.save(tmp_path / "answers.xlsx")
    ran = auscult("check", tmp_path / "answers.xlsx", "--out", tmp_path / "run")
    assert ran.code == 0 and "sheet 'Auswertung'" in ran.err, ran.err


@pytest.mark.parametrize(("wrong", "limit", "code"), [(0, "misses <= 10%", 0), (90, "inventions <= 10%", 5)])
def test_limits_decide_and_give_the_exit_code(
    auscult: Auscult, tmp_path: Path, wrong: int, limit: str, code: int
) -> None:
    path = write(tmp_path / "answers.csv", answered(wrong, 60))
    ran = auscult("check", path, "--must", limit, "--out", tmp_path / "run")
    assert ran.code == code, (ran.out, ran.err)
    noted = orjson.loads((tmp_path / "run" / "manifest.json").read_bytes())["criteria"]
    assert noted["path"] == str(tmp_path / "run" / "criteria.toml")
    assert (tmp_path / "run" / "gate.html").is_file()
    assert (">limit met<" in (tmp_path / "run" / "report.html").read_text("utf-8")) == (code == 0)
    again = auscult("check", path, "--must", limit, "--out", tmp_path / "run")
    assert again.code == code, again.err
    other = auscult("check", path, "--must", "misses <= 50%", "--out", tmp_path / "run")
    assert other.code == 2 and f"was begun with other limits ({limit})" in other.err


def test_a_limit_is_told_once(auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")  # of twelve lines a long path would take several
    ran = auscult("check", write(tmp_path / "answers.csv", answered(45, 15)), "--must", "accuracy >= 90%")
    assert ran.out.count("Accuracy") == 1 and "mean of closed correct" not in ran.out, ran.out
    assert "too few images    15 studies: they show gross faults only" in ran.out


def test_limits_after_the_figures_are_known_are_refused(auscult: Auscult, tmp_path: Path) -> None:
    path = write(tmp_path / "answers.csv", answered())
    assert auscult("check", path).code == 0
    ran = auscult("check", path, "--must", "inventions <= 10%")
    assert ran.code == 2 and "its figures are known already" in ran.err


def test_a_limit_that_is_none_is_refused_before_anything_is_made(auscult: Auscult, tmp_path: Path) -> None:
    path = write(tmp_path / "answers.csv", answered())
    ran = auscult("check", path, "--must", "inventoins <= 10%")
    assert ran.code == 2 and "did you mean 'inventions'?" in ran.err and not (tmp_path / "answers-check").exists()


def test_the_same_command_goes_on_and_a_changed_table_is_refused_with_what_to_do(
    auscult: Auscult, tmp_path: Path
) -> None:
    path = write(tmp_path / "answers.csv", answered())
    assert auscult("check", path).code == 0
    before = (tmp_path / "answers-check" / "answers.parquet").read_bytes()
    again = auscult("check", path)
    assert again.code == 0 and "question = Frage" in again.err
    assert (tmp_path / "answers-check" / "answers.parquet").read_bytes() == before
    write(path, answered(5))
    changed = auscult("check", path)
    assert changed.code == 2 and "as it was before it changed; name another folder with --out" in changed.err
    mapped = auscult("check", write(path, answered()), "--map", "case=Study ID")
    assert mapped.code == 2 and "was begun with other columns" in mapped.err


def test_a_folder_of_something_else_is_left_alone(auscult: Auscult, tmp_path: Path) -> None:
    path = write(tmp_path / "answers.csv", answered())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("Dear")
    ran = auscult("check", path, "--out", tmp_path / "other")
    assert ran.code == 2 and "is not empty and no run folder" in ran.err
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["letter.txt"]


def test_several_models_are_compared_each_by_the_limits(auscult: Auscult, tmp_path: Path) -> None:
    rows = [(m, *row) for m, wrong in (("good one", 0), ("poor/one", 180)) for row in answered(wrong, 60)]
    path = write(tmp_path / "answers.csv", rows, ("model", *HEADER))
    out = tmp_path / "run"
    ran = auscult("check", path, "--out", out, "--must", "inventions <= 20%")
    assert ran.code == 5, ran.err
    assert ran.err.count("180 of 180 questions are asked") == 2
    assert (out / "compare.html").is_file() and ran.path == out
    assert sorted(p.parent.name for p in out.glob("*/summary.json")) == ["good-one", "poor-one"]
    checked = au.check(path, out, must=["inventions <= 20%"])
    assert [d.verdict for d in checked.decisions] == ["PASS", "FAIL"] and checked.verdict == "FAIL"
    with pytest.raises(au.UserError, match="holds 2 runs, one a model"):
        _ = checked.run


def test_bad_rows_are_said_at_once_or_counted(auscult: Auscult, tmp_path: Path) -> None:
    rows = [*answered(), *(("S99", f"Is there a {f}?", "", "Yes.") for f in FINDINGS)]
    path = write(tmp_path / "answers.csv", rows)
    refused = auscult("check", path)
    assert (
        refused.code == 2
        and "3 rows cannot be used" in refused.err
        and "row 93: Expected Answer is empty" in refused.err
    )
    assert not (tmp_path / "answers-check" / "items").exists()
    kept = auscult("check", path, "--skip-bad")
    assert kept.code == 0 and "90 of 90 questions are asked" in kept.err, kept.err
    warnings = read_summary(tmp_path / "answers-check" / "summary.json").warnings
    assert any("3 of 93 rows of the table could not be used" in line for line in warnings)


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(auscult: Auscult, tmp_path: Path) -> None:
    ran = auscult("check", write(tmp_path / "answers.csv", answered()), "--dry-run")
    assert ran.code == 0 and "90 questions (yes/no 90); 90 of them ask for a finding" in ran.out, ran.err
    assert "90 recorded answers" in ran.out and [p.name for p in tmp_path.iterdir()] == ["answers.csv"]


def test_a_column_that_could_be_two_is_named(auscult: Auscult, tmp_path: Path) -> None:
    rows = [(*row, "No.") for row in answered(9)]
    path = write(tmp_path / "answers.csv", rows, (*HEADER[:3], "GPT output", "LLaVA output"))
    ran = auscult("check", path)
    assert ran.code == 2 and "answer could be 'GPT output' or 'LLaVA output'" in ran.err
    both = auscult("check", path, "--map", "answer=GPT output", "--map", "answer=llava output")
    assert both.code == 0 and (both.path / "compare.html").is_file(), both.err


def test_two_models_with_the_same_answers_word_for_word_are_refused(auscult: Auscult, tmp_path: Path) -> None:
    rows = [(*row, row[3]) for row in answered()]
    path = write(tmp_path / "answers.csv", rows, (*HEADER[:3], "GPT output", "Copy output"))
    ran = auscult("check", path, "--map", "answer=GPT output", "--map", "answer=Copy output")
    assert ran.code == 2 and "'GPT output' and 'Copy output' gave the same answers word for word" in ran.err
    assert not (tmp_path / "answers-check" / "check.json").exists()


def test_answers_by_id_are_matched_with_an_item_set(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    items = [i for i in read_rows(sample_items / "items.parquet", Item) if i.split == "test"]
    rows = [(i.source_id, "Yes.") for i in items]
    path = write(tmp_path / "a.csv", rows, ("qid", "prediction"), ",")
    ran = auscult("check", path, "--items", sample_items, "--out", tmp_path / "run", "--max-missing", 1)
    assert ran.code == 0 and f"{len(items)} of" in ran.err, ran.err
    prefixed = write(tmp_path / "b.csv", [(f"test-{i}", said) for i, said in rows], ("qid", "prediction"), ",")
    split = auscult("check", prefixed, "--items", sample_items, "--out", tmp_path / "other", "--max-missing", 1)
    assert split.code == 0, split.err
    strange = write(tmp_path / "c.csv", [(f"x{i}", said) for i, said in rows], ("qid", "prediction"), ",")
    ran = auscult("check", strange, "--items", sample_items, "--out", tmp_path / "third")
    assert ran.code == 2 and "are not in" in ran.err and f"in the table: 'x{items[0].source_id}'" in ran.err
    assert "in the item set: '" in ran.err and "--map id=COLUMN" in ran.err


def test_from_python_it_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked = au.check(write(tmp_path / "answers.csv", answered()), columns={"truth": "Expected Answer"})
    assert checked.run.summary.items == 90 and checked.verdict == "" and checked.exit_code == 0
    assert checked.pages == (tmp_path / "answers-check" / "report.html",)
    assert "question =" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.csv"], "nowhere.csv: no such file"),
        (["nowhere.csv", "--judge", "recorded"], "holds no judgements"),
        (["answers.docx"], "unknown kind of file"),
        (["answers.csv", "--map", "truth"], "--map takes FIELD=COLUMN"),
    ],
)
def test_what_cannot_be_checked_is_one_line(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.docx").write_text("x")
    ran = auscult("check", *words)
    assert ran.code == 2 and said in ran.err and "Traceback" not in ran.err and ran.err.count("\n") == 1, ran


def test_images_beside_the_table_are_in_the_report(
    auscult: Auscult, tmp_path: Path, picture: Callable[..., Path]
) -> None:
    rows = [(f"{row[0]}.png", *row[1:]) for row in answered()]
    for n in range(30):
        picture(f"S{n}.png", 5 * n)
    path = write(tmp_path / "answers.csv", rows, ("Bild", *HEADER[1:]))
    ran = auscult("check", path)
    assert ran.code == 0 and "images are not here" not in ran.err, ran.err
    assert len(list((tmp_path / "answers-check" / "items" / "images").glob("*/*.png"))) == 30


@pytest.mark.parametrize("nothing", ["None", "none", "-", "--", "–", "?"])
def test_what_stands_for_no_answer_is_missing_and_never_a_no(auscult: Auscult, tmp_path: Path, nothing: str) -> None:
    rows = [f"s{k},Is there a pneumothorax?,{'yes' if k % 3 == 0 else 'no'}" for k in range(60)]
    said = [f"{row},{nothing if k % 3 == 1 else 'yes' if k % 3 == 0 else 'no'}" for k, row in enumerate(rows)]
    (tmp_path / "a.csv").write_text("\n".join(["Studien-ID,question,truth,answer", *said]))
    ran = auscult("check", tmp_path / "a.csv", "--out", tmp_path / "run", "--must", "inventions <= 10%")
    assert ran.code == 6, ran.out  # not known: the missing answers could all be inventions
    assert f"'{nothing}' (20)" in ran.err and "case = Studien-ID" in ran.err


def test_none_is_an_answer_where_it_is_an_option_or_the_question_is_open(auscult: Auscult, tmp_path: Path) -> None:
    rows = ["Which side is affected?,None,left|right|None,None", "What is abnormal?,a mass,,None"]
    (tmp_path / "a.csv").write_text("\n".join(["question,truth,options,answer", *rows]))
    ran = auscult("check", tmp_path / "a.csv", "--out", tmp_path / "run")
    assert ran.code == 0 and "hold no answer" not in ran.err
    (failures,) = read_summary(tmp_path / "run" / "summary.json").failures
    assert (failures.asked, failures.request_failed) == (2, 0)


def test_a_refused_table_leaves_no_folder_behind(tmp_path: Path) -> None:
    table = tmp_path / "wide.csv"
    table.write_text("question,truth,GPT,LLaVA\nIs there a mass?,no,No.,Yes.\n")
    with pytest.raises(UserError, match="no column of the model's answers"):
        au.check(table)
    (tmp_path / "bad.csv").write_text("question,truth,prediction\nIs there a mass?,nan,No.\n")
    with pytest.raises(UserError, match="nan"):
        au.check(tmp_path / "bad.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "wide.csv"]
