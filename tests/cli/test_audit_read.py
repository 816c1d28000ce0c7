import json

from tests.cli.conftest import Auscult

from auscult.phantoms.folder import FolderPlan, write_folder


def test_a_model_is_audited_on_phantoms_in_one_command(auscult: Auscult, tmp_path) -> None:
    write_folder(FolderPlan(n=12, seed=5, size=64, modalities=("chest radiograph",)), tmp_path / "ph")
    words = ("audit", "read", tmp_path / "ph", "--model", "baseline:always-last", "--controls", "0", "--no-canary")
    ran = auscult(*words, "--out", tmp_path / "audit")
    assert (
        ran.code == 0
        and "problem" in ran.out
        and "phantoms" in ran.out
        and ran.path == tmp_path / "audit" / "reading.html"
    )
    assert "the task 'ascites' cannot be put" in ran.err
    told = json.loads(auscult(*words, "--out", tmp_path / "audit", "--json").out)
    misses = [f["figure"]["value"] for f in told["figures"] if f["metric"] == "miss" and f["label"] == "all"]
    assert misses == [1.0]


def test_a_dry_run_counts_and_asks_nothing(auscult: Auscult, tmp_path) -> None:
    write_folder(FolderPlan(n=6, seed=5, size=64, modalities=("chest radiograph",)), tmp_path / "ph")
    words = ("audit", "read", tmp_path / "ph", "--model", "baseline:always-last", "--task", "pleural-effusion")
    ran = auscult(*words, "--out", tmp_path / "audit", "--dry-run")
    assert ran.code == 0 and "pleural-effusion, zero-shot" in ran.out
    assert not (tmp_path / "audit" / "pleural-effusion" / "zero-shot").exists()


def test_an_unknown_task_is_one_line(auscult: Auscult, tmp_path) -> None:
    ran = auscult("audit", "read", tmp_path, "--model", "phantom", "--task", "tumor", "--out", tmp_path / "a")
    assert ran.code == 2 and "unknown task 'tumor'; known: brain-tumour-type" in ran.err
