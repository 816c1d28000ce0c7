import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult

from auscult.construction import generating
from auscult.corpora import ReadOptions, vqa_rad
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Item
from auscult.store.tables import read_rows


def forms(folder: Path) -> set[str]:
    return {item.premise_form for item in read_rows(folder / "items.parquet", Item)}


def test_phantoms_become_hallucination_items_unless_told_otherwise(auscult: Auscult, tmp_path: Path) -> None:
    assert auscult("phantoms", "--n", 30, "--seed", 7, "--size", 64, "--out", tmp_path / "P").code == 0
    ran = auscult("build", "--from", "phantoms", tmp_path / "P", "--out", tmp_path / "items")
    assert ran.code == 0
    assert ran.path == tmp_path / "items"
    assert forms(ran.path) == {"", "neutral", "polar", "tag", "presupposition"}
    assert "premises: " in ran.err
    assert "question alone: insufficient" in ran.err and "would be enough" in ran.err
    assert "data card: " in ran.err
    plain = auscult("build", "--from", "phantoms", tmp_path / "P", "--no-premises", "--out", tmp_path / "plain")
    assert forms(plain.path) == {""}
    assert "data card" not in plain.err


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled sample with hallucination items."""
    out = tmp_path_factory.mktemp("premises") / "items"
    note = SourceNote(reader="vqa-rad", path="sample")
    write_item_set(vqa_rad.read(vqa_rad.sample_path(), ReadOptions()), out, source=note, add=generating(["premises"]))
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "items"))


def test_other_sets_get_them_only_when_asked(auscult: Auscult, copy: Path, tmp_path: Path) -> None:
    without = auscult("build", "--from", "vqa-rad", vqa_rad.sample_path(), "--out", tmp_path / "a")
    assert forms(without.path) == {""}
    assert not (without.path / "card.json").exists()
    for words in (["--premises"], ["--generate", "premises"]):
        asked = auscult("build", "--from", "vqa-rad", vqa_rad.sample_path(), *words, "--out", copy)
        assert {"neutral", "polar"} <= forms(asked.path)
        assert "not mentioned by the annotation" in asked.err
        assert "already holds the identical item set" in asked.err


def test_a_set_with_a_card_is_replaced_on_request(auscult: Auscult, copy: Path) -> None:
    ran = auscult("build", "--from", "vqa-rad", vqa_rad.sample_path(), "--overwrite", "--out", copy)
    assert ran.code == 0
    assert not (copy / "card.json").exists()


def test_an_altered_card_is_noticed(auscult: Auscult, copy: Path, tmp_path: Path) -> None:
    (copy / "card.json").write_text("{}")
    again = auscult("build", "--from", "item-set", copy, "--no-premises", "--out", tmp_path / "again")
    assert again.code == 2
    assert "card.json: altered since the item set was built" in again.err
