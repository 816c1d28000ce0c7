"""``build --train-share``: what it does not reach is said."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Auscult

from auscult.corpora import vqa_rad


@pytest.fixture
def items(auscult: Auscult, tmp_path: Path) -> Path:
    made = auscult("build", "--from", "vqa-rad", vqa_rad.sample_path(), "--limit", 6, "--out", tmp_path / "items")
    assert made.code == 0 and "is not used" not in made.err
    return made.path


def test_a_share_that_named_parts_leave_without_effect_is_said_with_what_to_do(
    auscult: Auscult, items: Path, tmp_path: Path
) -> None:
    again = ("build", "--from", "item-set", items, "--train-share", 1)
    ran = auscult(*again, "--out", tmp_path / "kept")
    assert "--train-share 1 is not used for 6 of 6 cases, whose data set names their part; --resplit" in ran.err
    anew = auscult(*again, "--resplit", "--out", tmp_path / "anew")
    assert "is not used" not in anew.err and "split: train " in anew.err and "test" not in anew.err.split(";")[0]
    plain = auscult("build", "--from", "item-set", items, "--out", tmp_path / "plain")
    assert "is not used" not in plain.err


def test_a_set_that_an_earlier_version_made_is_left_as_it_is_without_a_word(
    auscult: Auscult, items: Path, tmp_path: Path
) -> None:
    again = ("build", "--from", "item-set", items, "--train-share", 1, "--out", tmp_path / "kept")
    assert auscult(*again).code == 0
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    del manifest["split"]["named"]
    (tmp_path / "kept" / "manifest.json").write_text(json.dumps(manifest))
    ran = auscult(*again)
    assert ran.code == 0, ran.err
