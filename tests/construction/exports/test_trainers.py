"""What the trainers' own code makes of an export: images, placeholders and supervised tokens."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image as Picture

from auscult.api import export
from auscult.api.building import build
from auscult.construction import exports
from auscult.corpora import ReadOptions, vqa_rad
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.protocols.direct import right_answer

PHANTOM_MODEL = Path(exports.__file__).parents[2] / "data" / "phantom-model"
PATCHES = 65
"""Places that an image of the phantom model takes: 8 x 8 patches and one more."""
SWIFT_KEYS = {"messages", "rejected_response", "label", "images", "videos", "audios", "tools", "objects"}
"""Keys of ms-swift's standard form (its documentation, "Custom dataset")."""


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    out = tmp_path_factory.mktemp("set") / "items"
    shares = SplitPlan(shares={"train": 0.4, "test": 0.6})
    return build("vqa-rad", vqa_rad.sample_path(), out, split=shares)


@pytest.fixture(scope="module")
def pairs_of_images(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """Two questions, each about two images."""
    folder = tmp_path_factory.mktemp("two")
    rows = []
    for number in range(2):
        names = [f"{number}{which}.png" for which in "ab"]
        for name, shade in zip(names, (40, 200), strict=True):
            Picture.new("L", (30, 20), shade + number).save(folder / name)
        said = [{"from": "human", "value": "Did the nodule grow?"}, {"from": "gpt", "value": "It grew by 3 mm."}]
        rows.append({"id": str(number), "image": names, "conversations": said})
    (folder / "two.json").write_text(json.dumps(rows))
    return build("llava-json", folder / "two.json", folder / "items", options=ReadOptions(images=folder))


@pytest.mark.parametrize("form", ["hf", "trl"])
@pytest.mark.parametrize("several", [False, True])
def test_trl_supervises_the_answer_alone_and_sees_every_image(
    items: ItemSet, pairs_of_images: ItemSet, tmp_path: Path, form: str, several: bool
) -> None:
    sft = pytest.importorskip("trl.trainer.sft_trainer", reason="TRL's own collator is asked: pip install trl")
    datasets, transformers = pytest.importorskip("datasets"), pytest.importorskip("transformers")
    chosen = pairs_of_images if several else items
    export(chosen, form, tmp_path / "out")
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))["test"]
    processor = transformers.AutoProcessor.from_pretrained(PHANTOM_MODEL)
    rows = [loaded[k] for k in range(min(8, len(loaded)))]
    images, answers = [len(r["images"]) for r in rows], [r["completion"][0]["content"] for r in rows]
    assert images == [2 if several else 1] * len(rows)
    batch = sft.DataCollatorForVisionLanguageModeling(processor, completion_only_loss=True)(rows)
    assert batch["pixel_values"].shape[0] == sum(images)
    for ids, labels, answer, held in zip(batch["input_ids"], batch["labels"], answers, images, strict=True):
        assert int((ids == processor.image_token_id).sum()) == held * PATCHES
        said = processor.tokenizer.decode(labels[labels != -100], skip_special_tokens=True).strip()
        tokens = processor.tokenizer(answer).input_ids
        assert said == processor.tokenizer.decode(tokens, skip_special_tokens=True)
        assert 0 < int((labels != -100).sum()) <= len(tokens) + 3


def _with_llama_factory() -> str:
    """A Python that has LLaMA-Factory; it pins versions of what others need, so that it is seldom this one."""
    named = os.environ.get("AUSCULT_LLAMA_FACTORY", "")
    if named or importlib.util.find_spec("llamafactory"):
        return named or sys.executable
    pytest.skip("no LLaMA-Factory here; AUSCULT_LLAMA_FACTORY names a Python that has it")


@pytest.mark.parametrize("several", [False, True])
def test_llama_factorys_own_converter_and_collator_see_every_image_and_supervise_the_answer_alone(
    items: ItemSet, pairs_of_images: ItemSet, tmp_path: Path, several: bool
) -> None:
    python, chosen = _with_llama_factory(), pairs_of_images if several else items
    export(chosen, "sharegpt", tmp_path / "out", split=["test"])
    script = Path(__file__).with_name("llama_factory_reads.py")
    words = [python, str(script), str(tmp_path / "out"), str(PHANTOM_MODEL), "auscult_test"]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False, env=_plain_environment())
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    images = 2 if several else 1
    assert told["rows"] == chosen.manifest.counts["split"]["test"]
    assert told["images"] == [images] * len(told["images"]) and told["pictures"] == sum(told["images"])
    assert told["placeholders"] == [images * told["patches"]] * len(told["images"]) and told["patches"] == PATCHES
    asked = [right_answer(i) for _, group in chosen.groups("test") for i in group]
    assert [text.split() for text in told["supervised"]] == [text.split() for text in asked[: len(told["images"])]]


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_ms_swift_gets_messages_of_its_standard_form_with_a_mark_for_each_image(
    items: ItemSet, pairs_of_images: ItemSet, tmp_path: Path
) -> None:
    for name, chosen in (("one", items), ("two", pairs_of_images)):
        export(chosen, "sharegpt", tmp_path / name, split=["test"])
        for line in (tmp_path / name / "test.jsonl").read_text().splitlines():
            row = json.loads(line)
            assert set(row) <= SWIFT_KEYS
            assert [m["role"] for m in row["messages"]] == ["user", "assistant"]
            assert row["messages"][0]["content"].count("<image>") == len(row["images"]) > 0
            assert "<image>" not in row["messages"][1]["content"] and row["messages"][1]["content"].strip()
            assert all((tmp_path / name / path).is_file() for path in row["images"])
