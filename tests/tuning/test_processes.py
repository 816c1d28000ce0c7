"""Two processes that ``accelerate launch`` starts, on a CPU over gloo, come to the losses and the adapter of one."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from safetensors.torch import load_file  # noqa: E402

from auscult.items.item_set import ItemSet  # noqa: E402

HOW = ("--epochs", "2", "--batch", "8", "--learning-rate", "0.003", "--rank", "4", "--held-out", "0.2")


def tuned(items: ItemSet, base: Path, out: Path, processes: int) -> "subprocess.CompletedProcess[str]":
    words = ["-m", "auscult", "tune", str(items.folder), "--model", f"local:{base}", "--out", str(out), *HOW]
    launch = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", str(processes)]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    return subprocess.run(
        [sys.executable, *(launch if processes > 1 else ()), *words],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_and_the_first_alone_writes_and_speaks(
    items: ItemSet, base: Path, tmp_path: Path
) -> None:
    one, two = tuned(items, base, tmp_path / "one", 1), tuned(items, base, tmp_path / "two", 2)
    assert one.returncode == two.returncode == 0, two.stderr[-2000:]
    assert two.stdout.splitlines() == [str(tmp_path / "two")]
    assert two.stderr.count("ended: all epochs are done") == 1
    rows = [list(csv.DictReader((tmp_path / name / "curve.csv").read_text().splitlines())) for name in ("one", "two")]
    assert len(rows[0]) == len(rows[1]) > 4
    for column in ("loss", "held_out_loss"):
        alone, together = ([float(row[column]) for row in some if row[column]] for some in rows)
        assert together == pytest.approx(alone, rel=1e-5, abs=2e-6), "six decimals are written"
    alone, together = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("one", "two"))
    assert alone.keys() == together.keys()
    for name, weights in alone.items():
        assert float((together[name] - weights).abs().max()) < 1e-5 * max(1.0, float(weights.abs().max())), name
    cards = [(tmp_path / name / "auscult.json").read_text().split('"outcome"')[1] for name in ("one", "two")]
    assert cards[0].split('"tokens"')[1].split(",")[0] == cards[1].split('"tokens"')[1].split(",")[0]
