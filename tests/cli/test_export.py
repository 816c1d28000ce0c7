"""``export``: says what the set may be used for, and warns where it is for nothing."""

from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Auscult

LICENCE = "Licence CC BY-NC-ND 4.0: no commercial use, no sharing altered texts."
WARNING = "fit neither for testing nor for tuning"


@pytest.mark.parametrize(("images", "fit"), [(4, False), (6, True)])
def test_an_export_says_what_the_set_may_be_used_for_and_warns_where_it_is_for_nothing(
    auscult: Auscult, tmp_path: Path, images: int, fit: bool
) -> None:
    rows = ["image,caption"]
    for n in range(images):
        Image.new("L", (16, 16), 30 * n).save(tmp_path / f"{n}.png")
        rows.append(f"{n}.png,There is a left pleural effusion. No pneumothorax.")
    (tmp_path / "c.csv").write_text("\n".join(rows) + "\n")
    build = ("build", "--from", "captions", tmp_path / "c.csv", "--licence", "CC BY-NC-ND 4.0")
    made = auscult(*build, "--out", tmp_path / "items")
    assert made.code == 0, made.err
    (said,) = (line for line in made.err.splitlines() if line.startswith("Use: "))
    assert said.endswith(LICENCE) and "What to do: " in made.err

    ran = auscult("export", tmp_path / "items", "--to", "trl", "--out", tmp_path / "out")
    assert ran.code == 0 and said in ran.err.splitlines()
    (to_do,) = (line for line in made.err.splitlines() if line.startswith("What to do: "))
    assert to_do in ran.err.splitlines(), "it holds the reasons for which the sentence had no room"
    assert any(WARNING in line and LICENCE in line for line in ran.err.splitlines()) != fit
    top = (ran.path / "README.md").read_text().partition("\n## ")[0]
    assert f"\n\n**{said}**" in top and "\n\nWhat to do: " in top
