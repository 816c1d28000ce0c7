"""Promise: answers go on under the name of the model that gave them, and under no other."""

import shutil
from pathlib import Path

import orjson
import pytest
from tests.attacks.serving import completion, serving, small_items

import auscult as au
from auscult.errors import UserError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    items = small_items(tmp_path, 2)
    return au.evaluate(items, "baseline:always-last", tmp_path / "run", canary=False, split="all").folder


@pytest.mark.parametrize("model", ["baseline:always-last", "phantom"])
def test_a_run_without_its_manifest_is_refused(run: Path, model: str) -> None:
    (run / "manifest.json").unlink()
    with pytest.raises(UserError, match=r"no manifest\.json"):
        au.evaluate(run.parent / "items", model, run, canary=False, split="all")
    assert not (run / "manifest.json").exists()


def test_so_is_one_of_which_only_the_replies_are_left(tmp_path: Path) -> None:
    items = small_items(tmp_path, 1)
    with serving(completion()) as server:
        run = au.evaluate(items, f"openai:m@{server.url}", tmp_path / "run", canary=False, split="all").folder
        for path in run.iterdir():
            if path.is_file():
                path.unlink()
        with pytest.raises(UserError, match="nobody can tell whose"):
            au.evaluate(items, f"openai:n@{server.url}", run, canary=False, split="all")


def test_answers_of_another_model_are_refused_by_name(run: Path, tmp_path: Path) -> None:
    with serving(completion()) as server:
        spec = f"openai:m@{server.url}"
        other = au.evaluate(tmp_path / "items", spec, tmp_path / "other", canary=False, split="all").folder
    shutil.copyfile(other / "answers.parquet", run / "answers.parquet")
    with pytest.raises(UserError, match="holds answers of openai:m@"):
        au.evaluate(tmp_path / "items", "baseline:always-last", run, canary=False, split="all")
    with pytest.raises(UserError, match="holds answers of openai:m@"):
        au.score(run)


@pytest.mark.parametrize("lost", ["settings", "versions"])
def test_a_manifest_that_lacks_its_settings_is_damaged(run: Path, lost: str) -> None:
    manifest = orjson.loads((run / "manifest.json").read_bytes())
    del manifest[lost]
    (run / "manifest.json").write_bytes(orjson.dumps(manifest))
    with pytest.raises(UserError, match=f"damaged .it has no {lost}"):
        au.evaluate(run.parent / "items", "baseline:always-last", run, canary=False, split="all")
