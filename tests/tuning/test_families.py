"""Each family is tuned, from a folder with its real processor to an adapter that answers."""

import csv
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from tests.models.tiny_others import MAKERS  # noqa: E402
from tests.tuning.vllm_form import vllm_refuses  # noqa: E402

import auscult  # noqa: E402
from auscult.errors import UserError  # noqa: E402
from auscult.items.item_set import ItemSet  # noqa: E402

PACKED = ("llava_next", "idefics3")
QUICK: dict[str, Any] = {"rank": 4, "batch": 8, "learning_rate": 3e-3, "held_out": 0.0, "offline": True}


def losses(out: Path) -> list[float]:
    return [float(row["loss"]) for row in csv.DictReader((out / "curve.csv").read_text().splitlines())]


@pytest.mark.parametrize("family", sorted(MAKERS))
def test_a_saved_model_of_the_family_is_tuned_and_answers_with_its_adapter(
    family: str, items: ItemSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = MAKERS[family](tmp_path / "base")
    adapter = auscult.tune(items, f"local:{base}", tmp_path / "out", epochs=3, **QUICK)
    assert adapter.card is not None and adapter.card.settings["pack"] == (family in PACKED)
    assert ("each pair is put alone, with its image" in capsys.readouterr().err) == (family not in PACKED)
    assert not vllm_refuses(tmp_path / "out")
    assert losses(tmp_path / "out")[-1] < losses(tmp_path / "out")[0]
    run = auscult.evaluate(items, f"local:{tmp_path / 'out'}", tmp_path / "run", canary=False, controls=0, max_tokens=4)
    assert all(row["status"] != "request_failed" for row in run.answers)
    auscult.export(tmp_path / "out", "merged", tmp_path / "merged")
    quick: dict[str, Any] = {"canary": False, "controls": 0, "max_tokens": 4, "offline": True}
    own = auscult.evaluate(items, f"local:{tmp_path / 'merged'}", tmp_path / "run-merged", **quick)
    assert [row["text"] for row in own.answers] == [row["text"] for row in run.answers]
    if family in PACKED:
        auscult.tune(items, f"local:{base}", tmp_path / "apart", epochs=1, pack=False, **QUICK)
        apart = losses(tmp_path / "apart")
        assert losses(tmp_path / "out")[0] == pytest.approx(apart[0], rel=1e-4)
    else:
        with pytest.raises(UserError, match=f"{family} cannot be packed.*leave --pack out"):
            auscult.tune(items, f"local:{base}", tmp_path / "packed", pack=True, **QUICK)
