"""Captions that deny one finding each, as images that a model drafts pairs of."""

from pathlib import Path

import pytest
from PIL import Image
from tests.construction.drafting.scripted import FINDINGS


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    lines = []
    for n, finding in enumerate(FINDINGS):
        Image.new("L", (16, 16), n).save(tmp_path / f"i{n}.png")
        lines.append(f"i{n}.png,The heart is enlarged. There is no {finding}.")
    path = tmp_path / "captions.csv"
    path.write_text("\n".join(["image,caption", *lines]) + "\n")
    return path
