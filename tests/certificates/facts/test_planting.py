"""What plants errors knows nothing of what finds them, and plants what it says it plants."""

import ast
import re
from pathlib import Path
from random import Random

import pytest

import auscult
from auscult.certificates.planting import wordings as w
from auscult.certificates.planting.phantoms import PLANTERS, answers, draft
from auscult.certificates.planting.rewording import reword
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import KINDS, Scene

SOURCE = Path(auscult.__file__).parent
PLANTING = sorted((SOURCE / "certificates" / "planting").glob("*.py"))
HAND_WRITTEN = SOURCE / "certificates" / "facts" / "hand_written.jsonl"


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return found


def texts_of(*folders: Path) -> str:
    files = (f for folder in folders for f in folder.rglob("*") if f.is_file() and f.suffix != ".pyc")
    return "\n".join(plain(f.read_text("utf-8", errors="replace")) for f in files)


def plain(text: str) -> str:
    """Without case, slots and white space, so that a wording is found in whatever form it is kept."""
    return re.sub(r"\s+", " ", re.sub(r"\{\w+\}", "{}", text)).casefold()


def templates() -> list[str]:
    told = [t for kinds in w.STATEMENTS.values() for group in kinds.values() for t in group]
    return told + [t for group in (*w.DENIALS.values(), *w.FOREIGN.values(), w.ACQUISITIONS) for t in group]


@pytest.mark.parametrize("file", PLANTING, ids=lambda f: f.stem)
def test_what_plants_imports_nothing_of_what_finds(file: Path) -> None:
    names = imported(file)
    assert not [n for n in names if n.startswith("auscult.facts")]
    assert not [n for n in names if n.startswith("auscult.certificates.facts")]
    assert "lexicon" not in file.read_text("utf-8")


def test_what_plants_is_found() -> None:
    assert {f.stem for f in PLANTING} >= {"phantoms", "wordings", "rewording", "reports", "targets"}


def test_no_sentence_that_is_planted_is_known_to_the_facts_reader_or_to_the_phantoms() -> None:
    folders = [f for f in (SOURCE / "facts", SOURCE / "data" / "lexicons", SOURCE / "phantoms") if f.is_dir()]
    known = texts_of(*folders)
    assert len(known) > 10_000 and len(templates()) > 80
    assert not [t for t in templates() if plain(t) in known]


def test_no_hand_written_sentence_is_known_to_the_facts_reader() -> None:
    known = texts_of(SOURCE / "facts")
    sentences = re.findall(r'"(?:statement|same|wrong)": "([^"]{25,})"', HAND_WRITTEN.read_text("utf-8"))
    assert len(sentences) > 200
    assert not [s for s in sentences if plain(s) in known]


def test_the_check_of_wordings_can_fail() -> None:
    assert plain('x = "The {where}  kidney bears a Cyst."') in plain(f'x = "{w.STATEMENTS["renal cyst"]["plain"][0]}"')


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [draw_scene(n, "test") for n in range(150)]


def test_a_right_answer_speaks_of_every_finding_of_its_region(scenes: list[Scene]) -> None:
    for scene in scenes:
        about = [line.about for line in draft(scene, Random(1)).lines]
        kinds = {k.name for k in KINDS.values() if k.modality == scene.modality}
        assert set(about) == kinds | {"acquisition"}
        assert all(about.count(name) == max(1, len(scene.of(name))) for name in kinds)


def test_every_kind_of_error_is_planted_and_stands_in_the_answer(scenes: list[Scene]) -> None:
    seen = set()
    for scene in scenes:
        for put in answers(scene, 0):
            assert all(s in put.answer for s in put.planted)
            assert bool(put.kind) == bool(put.planted or put.left_out)
            seen.add(put.kind)
    assert set(PLANTERS) | {"several at once", "comparison changed", "negation twin", ""} == seen


def test_an_error_changes_one_sentence_and_leaves_the_others(scenes: list[Scene]) -> None:
    for scene in scenes:
        for kind, plant in PLANTERS.items():
            base = draft(scene, Random(2))
            for wrong in plant(scene, base, Random(3)):
                gone = {x.text for x in base.lines} - {x.text for x in wrong.lines}
                assert len(wrong.wrong) == (kind != "object omitted") and len(gone) <= 1, (kind, wrong)


def test_a_swapped_side_is_a_side_where_the_finding_is_not(scenes: list[Scene]) -> None:
    swapped = 0
    for scene in scenes:
        for put in answers(scene, 0):
            if put.kind == "side swapped":
                side = "left" if re.search(r"\bleft\b", put.planted[0], re.I) else "right"
                there = {f.side for f in scene.findings if f.side}
                assert there and any(f.side != side for f in scene.findings)
                swapped += 1
    assert swapped > 30


def test_a_size_is_off_by_the_factor_that_is_said(scenes: list[Scene]) -> None:
    for scene in scenes:
        for put in answers(scene, 0):
            if put.kind == "size changed" and put.degree != "factor 1.1":
                number, unit = re.findall(r"(\d+(?:\.\d+)?) (mm|cm)", put.planted[0])[0]
                size = float(number) * (10 if unit == "cm" else 1)
                factor = float(put.degree.split()[1])
                off = [max(size / f.size, f.size / size) for f in scene.findings if f.kind.unit]
                assert any(abs(o / factor - 1) < 0.1 for o in off), (put, scene.findings)


def test_the_same_seed_plants_the_same(scenes: list[Scene]) -> None:
    assert list(answers(scenes[3], 5)) == list(answers(scenes[3], 5)) != list(answers(scenes[3], 6))


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("There is no pleural effusion or pneumothorax.", ["no", "pneumothorax"]),
        ("A nodule of 1.4 cm is seen in the left lower lobe.", ["nodule", "left", "lower"]),
        ("Severe cardiomegaly.", ["heart|cardi", "marked|severe"]),
        ("The right-sided effusion is unchanged.", ["right", "effusion", "no change|not changed|unchanged"]),
    ],
)
def test_rewording_keeps_what_is_said(sentence: str, kept: list[str]) -> None:
    versions = {reword(sentence, Random(n)) for n in range(40)}
    assert len(versions) > 1
    assert all(re.search(word, v, re.I) for v in versions for word in kept)
    sizes = {
        round(float(n) * (10 if u == "cm" else 1)) for v in versions for n, u in re.findall(r"([\d.]+) (mm|cm)", v)
    }
    assert sizes <= {14}
