from pathlib import Path

import orjson
from tests.cli.conftest import Auscult

from auscult.items.item_set import ItemSet


def test_phantoms_are_drawn_and_become_an_item_set(auscult: Auscult, tmp_path: Path) -> None:
    ran = auscult("phantoms", "--n", 9, "--seed", 7, "--size", 64, "--out", tmp_path / "P")
    assert ran.code == 0 and ran.path == tmp_path / "P"
    assert len(list((tmp_path / "P" / "images").iterdir())) == 9
    built = auscult("build", "--from", "phantoms", tmp_path / "P", "--out", tmp_path / "items")
    assert built.code == 0, built.err
    assert ItemSet(tmp_path / "items").manifest.cases == 9


def test_the_same_command_again_leaves_the_set_as_it_is(auscult: Auscult, tmp_path: Path) -> None:
    command = ["phantoms", "--n", 3, "--seed", 1, "--size", 64, "--out", tmp_path / "P"]
    auscult(*command)
    again = auscult(*command)
    assert again.code == 0 and "already holds the identical set" in again.err and again.path == tmp_path / "P"


def test_quiet_leaves_the_path_alone(auscult: Auscult, tmp_path: Path) -> None:
    command = ["phantoms", "--n", 3, "--size", 64, "--out", tmp_path / "P", "-q"]
    for ran in (auscult(*command), auscult(*command)):
        assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path / 'P'}\n", "")


def test_a_quiet_build_and_export_leave_the_path_alone(auscult: Auscult, tmp_path: Path) -> None:
    auscult("phantoms", "--n", 3, "--size", 64, "--out", tmp_path / "P", "-q")
    items, written = tmp_path / "items", tmp_path / "items-hf"
    build = ["build", "--from", "phantoms", tmp_path / "P", "--out", items]
    for command, path in (([*build, "-q"], items), (["export", items, "--to", "hf", "--out", written, "-q"], written)):
        ran = auscult(*command)
        assert (ran.code, ran.out, ran.err.strip()) == (0, f"{path}\n", ""), ran


def test_modality_and_split_are_chosen(auscult: Auscult, tmp_path: Path) -> None:
    auscult(
        *["phantoms", "--n", 4, "--size", 64, "--out", tmp_path / "P", "--split", "unseen"],
        *["--modality", "brain MR", "--modality", "abdominal CT"],
    )
    rows = [orjson.loads(line) for line in (tmp_path / "P" / "phantoms.jsonl").read_bytes().splitlines()]
    assert [r["modality"] for r in rows] == ["brain MR", "abdominal CT"] * 2
    assert {r["split"] for r in rows} == {"unseen"}


def test_scenes_without_pixels_become_the_same_questions_without_an_image(auscult: Auscult, tmp_path: Path) -> None:
    command = ["phantoms", "--n", 60, "--seed", 3, "--size", 64]
    assert auscult(*command, "--out", tmp_path / "drawn").code == 0
    assert auscult(*command, "--no-images", "--out", tmp_path / "scenes").code == 0
    assert not (tmp_path / "scenes" / "images").exists()
    assert "identical" in auscult(*command, "--no-images", "--out", tmp_path / "scenes").err
    sets = {}
    for name in ("drawn", "scenes"):
        built = auscult(
            "build", "--from", "phantoms", tmp_path / name, "--no-premises", "--out", tmp_path / f"{name}-set"
        )
        assert built.code == 0, built.err
        sets[name] = ItemSet(tmp_path / f"{name}-set")
    assert "without an image" in built.err and sets["scenes"].manifest.images == 0
    asked = {name: [(i.source_id, i.question, i.reference) for i in found.all()] for name, found in sets.items()}
    assert asked["drawn"] == asked["scenes"]


def test_bad_input_is_one_line_and_makes_nothing(auscult: Auscult, tmp_path: Path) -> None:
    out = tmp_path / "P"
    for wrong, word in ((["--n", 0], "0 phantoms"), (["--split", "dev"], "'dev'"), (["--modality", "CT"], "'CT'")):
        ran = auscult("phantoms", "--out", out, *wrong)
        assert ran.code == 2 and ran.err.count("\n") == 1 and word in ran.err and ran.err.startswith("auscult: ")
    assert not out.exists()
