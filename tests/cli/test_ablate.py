import json
from pathlib import Path

import pytest
from tests.ablation.made_up import make_grid
from tests.cli.conftest import Auscult

from auscult.ablation.rows import ROWS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_grid(tmp_path_factory.mktemp("grid"))


def test_the_command_sums_up_rows_alone_without_a_model_or_an_item_set(
    auscult: Auscult, made: tuple[Path, Path]
) -> None:
    path, out = made
    ran = auscult("ablate", path, "--out", out, "--analyse-only")
    assert ran.code == 0
    assert "2 of 3 primary claims are shown." in ran.out
    assert ran.out.splitlines()[-1] == str(out)
    assert (out / "ablation.html").is_file() and (out / "ablation.svg").is_file()
    told = json.loads(auscult("ablate", path, "--out", out, "--analyse-only", "--json").out)
    assert [h["standing"] for h in told["hypotheses"]] == ["shown", "not shown", "shown", "refuted"]
    every = auscult("ablate", path, "--out", out, "--analyse-only", "-v").out
    assert "Where the variance of these figures lies" in every


def test_a_grid_without_a_row_is_refused_in_one_line(auscult: Auscult, made: tuple[Path, Path], tmp_path: Path) -> None:
    ran = auscult("ablate", made[0], "--out", tmp_path, "--analyse-only")
    assert ran.code == 2
    assert ran.err.strip().endswith(f"{ROWS}: holds no row of this plan; run it without --analyse-only")
