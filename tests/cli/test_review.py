"""``auscult review`` and ``auscult build --reviewed``: out to a clinician and back."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult

from auscult.corpora import vqa_rad
from auscult.items.item_set import ItemSet

WHEN = "2026-03-04T10:20:30.000Z"


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from auscult.corpora import ReadOptions
    from auscult.items.writer import SourceNote, write_item_set

    out = tmp_path_factory.mktemp("signed") / "items"
    rows = vqa_rad.read(vqa_rad.sample_path(), ReadOptions())
    write_item_set(rows, out, source=SourceNote(reader="vqa-rad", path="x"), limit=3)
    return out


def signed(folder: Path, items: Path, reviewer: str, decision: str = "accept", **more: str) -> Path:
    opened = ItemSet(items)
    first = next(iter(opened))
    row = {"item": first.id, "decision": decision, "when": WHEN, **more}
    head = {"schema": "auscult.sign-off/1", "set": opened.digest, "reviewer": reviewer, "saved": WHEN, "shown": 1}
    (path := folder / f"signed-{reviewer}.json").write_text(json.dumps({**head, "decisions": [row]}))
    return path


def test_a_page_is_written_and_its_path_is_the_last_line(auscult: Auscult, items: Path, tmp_path: Path) -> None:
    ran = auscult("review", items, "--n", 5, "--out", tmp_path / "page.html")
    assert (ran.code, ran.path) == (0, tmp_path / "page.html")
    assert "5 of " in ran.err
    assert auscult("review", items, "--sign-off", "--rejects", "--out", tmp_path / "x.html").code == 2
    none = auscult("review", items, "--rejects", "--out", tmp_path / "x.html")
    assert none.code == 2 and "nothing was rejected" in none.err
    assert not (tmp_path / "x.html").exists()


def test_what_was_signed_off_becomes_a_new_set(auscult: Auscult, items: Path, tmp_path: Path) -> None:
    file = signed(tmp_path, items, "AB", "refuse", reason="the answer is wrong")
    ran = auscult("build", "--from", "item-set", items, "--reviewed", file, "--out", tmp_path / "new")
    assert ran.code == 0, ran.err
    assert "items signed off by AB (2026-03-04): 0 accepted, 0 mended, 1 refused." in ran.err
    assert len(ItemSet(tmp_path / "new")) == len(ItemSet(items)) - 1
    again = auscult("build", "--from", "item-set", items, "--reviewed", file, "--out", tmp_path / "new")
    assert again.code == 0 and "already holds the identical item set" in again.err


def test_two_reviewers_are_given_with_two_files(auscult: Auscult, items: Path, tmp_path: Path) -> None:
    files = [signed(tmp_path, items, "AB"), signed(tmp_path, items, "CD", "refuse", reason="wrong")]
    words = [word for file in files for word in ("--reviewed", file)]
    strict = auscult("build", "--from", "item-set", items, *words, "--out", tmp_path / "a")
    kept = auscult("build", "--from", "item-set", items, *words, "--accept-disputed", "--out", tmp_path / "b")
    assert len(ItemSet(strict.path)) == len(ItemSet(kept.path)) - 1
    assert "1 in dispute (0 of them kept)" in strict.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "item-set", "ITEMS", "--signed-only"], "add --reviewed FILE"),
        (["--from", "item-set", "ITEMS", "--reviewed", "FILE", "--premises"], "without a generator"),
        (["--from", "vqa-rad", str(vqa_rad.sample_path()), "--reviewed", "FILE"], "give --from item-set"),
        (["--from", "item-set", "ITEMS", "--reviewed", "gone.json"], "no such file"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_leaves_nothing(
    auscult: Auscult, items: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    file = str(signed(tmp_path, items, "AB"))
    given = [{"ITEMS": str(items), "FILE": file}.get(word, word) for word in words]
    ran = auscult("build", *given, "--out", tmp_path / "new")
    assert ran.code == 2 and said in ran.err and "Traceback" not in ran.err
    assert not (tmp_path / "new").exists()
