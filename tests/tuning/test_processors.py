"""Families whose processors insist on one for videos, which needs torchvision: with a stand-in for that, nothing else.

Their image processors, tokenizers, position schemes and models are the real ones; saving such a processor is not shown.
"""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("peft")

from tests.models.tiny_families import internvl, qwen2_5_vl, qwen3_vl  # noqa: E402
from tests.models.tiny_llava import CHAT_TEMPLATE  # noqa: E402
from tests.models.tiny_others import tokens  # noqa: E402
from tests.tuning.vllm_form import vllm_refuses  # noqa: E402
from transformers import processing_utils  # noqa: E402

from auscult.items.item_set import ItemSet  # noqa: E402
from auscult.models.folders import Opened  # noqa: E402
from auscult.tuning import lora  # noqa: E402
from auscult.tuning.encoding import Encoder  # noqa: E402
from auscult.tuning.learning import Learner  # noqa: E402
from auscult.tuning.lessons import Lessons  # noqa: E402
from auscult.tuning.options import TuningOptions  # noqa: E402


class NoVideos:
    """Stands where a video processor is asked for."""

    merge_size, temporal_patch_size, _auto_class = 2, 2, None
    model_input_names: tuple[str, ...] = ()


def of_qwen(tokenizer: Any, name: str) -> Any:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    images = Qwen2VLImageProcessorPil(patch_size=8, merge_size=2, min_pixels=16 * 16, max_pixels=64 * 64)
    return getattr(transformers, f"{name}Processor")(images, tokenizer, NoVideos(), chat_template=QWEN)


def of_internvl(tokenizer: Any) -> Any:
    from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

    images = GotOcr2ImageProcessorPil(size={"height": 32, "width": 32}, crop_to_patches=True, max_patches=2)
    return transformers.InternVLProcessor(images, tokenizer, NoVideos(), image_seq_length=4, chat_template=INTERNVL)


QWEN = CHAT_TEMPLATE.replace("<image>", "<|vision_start|><|image_pad|><|vision_end|>")
INTERNVL = CHAT_TEMPLATE.replace("<image>", "<IMG_CONTEXT>")
QWEN_TOKENS = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "vision_start_token": "<|vision_start|>",
    "vision_end_token": "<|vision_end|>",
}
INTERNVL_TOKENS = {
    "start_image_token": "<img>",
    "end_image_token": "</img>",
    "context_image_token": "<IMG_CONTEXT>",
    "video_token": "<video>",
}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """A model of a family that was saved and loaded, with its processor."""
    monkeypatch.setattr(processing_utils.transformers_module, "VideoProcessorMixin", NoVideos, raising=False)
    family: str = request.param
    tokenizer = tokens(**(INTERNVL_TOKENS if family == "internvl" else QWEN_TOKENS))
    vocabulary = {"vocab_size": len(tokenizer), "max_position_embeddings": 2048, "eos_token_id": tokenizer.eos_token_id}
    if family == "internvl":
        config, processor = internvl(vocabulary)[0], of_internvl(tokenizer)
        config.image_token_id = tokenizer.context_image_token_id
    else:
        make, name = (qwen3_vl, "Qwen3VL") if family == "qwen3_vl" else (qwen2_5_vl, "Qwen2_5_VL")
        config, processor = make(vocabulary)[0], of_qwen(tokenizer, name)
        config.image_token_id, config.video_token_id = tokenizer.image_token_id, tokenizer.video_token_id
        config.vision_start_token_id = tokenizer.vision_start_token_id
    torch.manual_seed(0)
    model = transformers.AutoModelForImageTextToText.from_config(config)
    model.save_pretrained(tmp_path / "base")
    model = transformers.AutoModelForImageTextToText.from_pretrained(tmp_path / "base").eval()
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    return Opened(
        folder=tmp_path / "base",
        model=model,
        processor=processor,
        device=torch.device("cpu"),
        dtype="float32",
        identity="",
        hash="",
    )


@pytest.mark.parametrize("made", ["qwen2_5_vl", "qwen3_vl", "internvl"], indirect=True)
def test_pairs_as_the_processor_gives_them_are_learnt_packed_as_apart_and_the_loss_falls(
    made: Opened, items: ItemSet, tmp_path: Path
) -> None:
    options = TuningOptions(rank=4, batch=8, held_out=0, learning_rate=3e-3)
    lessons, encoder = Lessons(items, options), Encoder(made)
    model = lora.with_lora(made, options)
    ours, apart = (Learner(model, encoder, options, packs) for packs in (True, False))
    steps = lessons.steps(0, options)
    losses = [ours.step(ours.units(lessons, step), 0.0) for step in steps]
    assert [apart.step(apart.units(lessons, step), 0.0) for step in steps] == pytest.approx(losses, rel=1e-5)
    first, *_ = ours.units(lessons, steps[0])
    assert len(set(first.image.tolist())) == 2, "two images were to share a sequence"
    for _ in range(4):
        learnt = [ours.step(ours.units(lessons, step), 3e-3) for step in steps]
    assert sum(learnt) < 0.95 * sum(losses)
    lora.save(model, tmp_path / "adapter")
    assert not vllm_refuses(tmp_path / "adapter")
