import json
from collections import Counter
from pathlib import Path

from PIL import Image
from tests.cli.conftest import Auscult

from auscult.items.item_set import ItemSet

REPORTS = {
    "a": "Small left pleural effusion. The heart is normal in size.",
    "b": "No pleural effusion. Endotracheal tube in place.",
    "c": "The lungs are clear. No pleural effusion.",
    "d": "There is a right pleural effusion and cardiomegaly.",
}


def captioned(folder: Path) -> Path:
    folder.mkdir()
    for shade, (name, report) in enumerate(REPORTS.items()):
        Image.new("L", (16, 16), 60 * shade).save(folder / f"{name}.png")
        (folder / f"{name}.txt").write_text(report)
    return folder


def test_captioned_images_give_inventions_and_misses_without_a_question_of_ones_own(
    auscult: Auscult, tmp_path: Path
) -> None:
    made = auscult("build", "--from", "captions", captioned(tmp_path / "images"), "--out", tmp_path / "items")
    assert made.code == 0
    assert "4 cases, 4 images, " in made.err and "split: test " in made.err and "split: train" not in made.err
    assert "Use: for testing no; for tuning no. Testing: 4 images can tell nothing." in made.err
    assert "Tuning: all of it is kept for testing." in made.err
    assert "questions for findings: " in made.err
    ids = [item.source_id for _, items in ItemSet(made.path).groups() for item in items]
    (tmp_path / "yes.csv").write_text("\n".join(["id,answer", *(f"{name},Yes" for name in ids)]))
    ran = auscult("evaluate", made.path, "--model", f"replay:{tmp_path / 'yes.csv'}", "--out", tmp_path / "run")
    assert ran.code == 0
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    effusion = next(d for d in summary["detection"] if d["target"] == "pleural effusion")
    assert (effusion["tp"], effusion["fp"], effusion["fn"], effusion["tn"]) == (2, 2, 0, 0)


def test_premises_of_captioned_images_have_neutral_twins_and_without_any_the_command_says_what_would_give_some(
    auscult: Auscult, tmp_path: Path
) -> None:
    images = captioned(tmp_path / "images")
    none = auscult("build", "--from", "captions", images, "--premises", "--out", tmp_path / "items")
    assert none.code == 2
    assert "A column modality would give some" in none.err and none.err.count("\n") == 1
    map_all = ("--map", "modality==X-ray", "--map", "anatomy==chest")
    made = auscult("build", "--from", "captions", images, "--premises", *map_all, "--out", tmp_path / "items")
    assert made.code == 0
    assert "premises: " in made.err and "nonexistent object" in made.err


def test_several_sets_are_put_together_and_auto_finds_their_formats(auscult: Auscult, tmp_path: Path) -> None:
    one, other = captioned(tmp_path / "one"), captioned(tmp_path / "two")
    made = auscult("build", "--from", "auto", one, "--and", f"auto={other}", "--out", tmp_path / "items")
    assert made.code == 0 and "8 cases, 4 images, " in made.err
    assert "cases by source: one 4, two 4; by licence: not stated 8" in made.err
    wrong = auscult("build", "--from", "captions", one, "--and", f"vqa-rad={other}", "--out", tmp_path / "no")
    assert wrong.code == 2 and "it looks like another format: --from captions" in wrong.err
    assert not (tmp_path / "no").exists()


def test_a_set_that_the_limit_leaves_no_case_of_is_named(auscult: Auscult, tmp_path: Path) -> None:
    one, other = captioned(tmp_path / "one"), captioned(tmp_path / "two")
    build = ("build", "--from", "captions", one, "--and", f"captions={other}")
    made = auscult(*build, "--limit", 1, "--out", tmp_path / "a")
    assert made.code == 0
    assert f"--limit 1 was reached before captions={other}: it has no case in the set" in made.err
    assert "was reached" not in auscult(*build, "--limit", 2, "--out", tmp_path / "b").err


def test_a_limit_is_of_all_data_sets_and_takes_one_case_of_each_in_turn(auscult: Auscult, tmp_path: Path) -> None:
    one, other = captioned(tmp_path / "one"), captioned(tmp_path / "two")
    build = ("build", "--from", "captions", one, "--and", f"captions={other}")
    made = auscult(*build, "--limit", 4, "--out", tmp_path / "a")
    assert "4 cases, " in made.err and "cases by source: one 2, two 2" in made.err
    said = "Taken, by --limit: at most 4 cases, one of each data set in turn."
    assert said in made.err and said in (tmp_path / "a" / "card.md").read_text()
    whole = auscult(*build, "--out", tmp_path / "b")
    assert whole.code == 0 and "--limit" not in whole.err
    few, all_of_them = ItemSet(tmp_path / "a"), ItemSet(tmp_path / "b")
    assert {case.id for case in few.cases()} <= {case.id for case in all_of_them.cases()}
    asked = Counter(item.question for item in all_of_them)
    assert asked and all(n % 2 == 0 for n in asked.values()), (
        "images of the second are asked about as those of the first"
    )


def test_a_dry_run_without_a_model_counts_the_cases(auscult: Auscult, tmp_path: Path) -> None:
    build = ("build", "--from", "captions", captioned(tmp_path / "one"), "--dry-run", "--out", tmp_path / "a")
    assert "cases 4, no model is asked: run it without --dry-run" in auscult(*build).out
    assert "cases 3 (at most 3, by --limit)" in auscult(*build, "--limit", 3).out
    assert not (tmp_path / "a").exists()


def test_a_path_that_is_not_there_is_said_to_be_so_whatever_the_format(auscult: Auscult, tmp_path: Path) -> None:
    there, gone = captioned(tmp_path / "one"), tmp_path / "nothere"
    for source in ("captions", "labels", "vqa-rad", "llava-json", "hf-disk", "auto"):
        ran = auscult("build", "--from", source, gone, "--out", tmp_path / "a")
        assert (ran.code, ran.err) == (2, f"auscult: {gone}: no such file or folder; check the path\n")
    more = auscult("build", "--from", "captions", there, "--and", f"captions={gone}", "--out", tmp_path / "a")
    assert more.code == 2 and f"{gone}: no such file or folder" in more.err
