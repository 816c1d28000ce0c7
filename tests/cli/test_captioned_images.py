import json
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
    assert "for testing yes, with " in made.err and "for tuning no, since all of it is kept for testing" in made.err
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
