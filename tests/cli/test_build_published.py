"""What a published data set says twice and otherwise is that benchmark: it is kept, and told in one line."""

from pathlib import Path

import pytest
from tests.cli.conftest import Auscult

from auscult.corpora.vqa_rad import sample_path


@pytest.mark.parametrize("more", [(), ("--premises",)])
def test_what_a_published_set_contradicts_or_leaves_unanswered_is_one_line_of_terminal_and_card(
    auscult: Auscult, tmp_path: Path, more: tuple[str, ...]
) -> None:
    made = auscult("build", "--from", "vqa-rad", sample_path(), *more, "--out", tmp_path / "items")
    line = (
        "Kept, as published: reference answers that say nothing of the image (1); the same question of the same "
        "pixels, answered otherwise in another row (9). No model can be right on all of these."
    )
    assert made.code == 0, made.err
    assert f"{line} The first ones are named in {tmp_path / 'items' / 'card.md'}." in made.err
    assert made.err.count("as published") == 1
    card = (tmp_path / "items" / "card.md").read_text("utf-8")
    assert card.count(line) == 1 and card.count("- Noted, kept, as published: the same question") >= 2
    exported = auscult("export", tmp_path / "items", "--to", "hf", "--out", tmp_path / "out")
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert exported.code == 0 and "What it holds" not in readme
    assert readme.count("kept, as published: reference answers that say nothing of the image: 1") == 1
