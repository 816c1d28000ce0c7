import io
import json

import pytest
from PIL import Image

from auscult.drawing.generators import GeneratorOptions, create
from auscult.drawing.prompts import bundled
from auscult.errors import UserError
from auscult.models import ModelOptions

FIRST, SECOND = bundled()[:2]
FAST = {"steps": 2, "model": ModelOptions(device="cpu")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A latent diffusion pipeline of random weights, saved as any other is."""
    pytest.importorskip("diffusers")
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    home = tmp_path_factory.mktemp("pipeline")
    words = ["<|startoftext|>", "<|endoftext|>", *(c for n in range(33, 127) for c in (chr(n), f"{chr(n)}</w>"))]
    (home / "vocab.json").write_text(json.dumps({w: n for n, w in enumerate(words)}))
    (home / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(str(home / "vocab.json"), str(home / "merges.txt"), model_max_length=77)
    text = CLIPTextConfig(
        vocab_size=len(words), hidden_size=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=4
    )
    blocks = {"block_out_channels": (8, 16), "layers_per_block": 1, "norm_num_groups": 4}
    pipeline = StableDiffusionPipeline(
        unet=UNet2DConditionModel(
            sample_size=8,
            in_channels=4,
            out_channels=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=32,
            attention_head_dim=4,
            **blocks,
        ),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        vae=AutoencoderKL(
            in_channels=3,
            out_channels=3,
            down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
            up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
            latent_channels=4,
            **blocks,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    saved = home / "saved"
    pipeline.save_pretrained(saved)
    return saved


async def drawings(folder, *asked, **options):
    generator = create(f"diffusers:{folder}", GeneratorOptions(**{**FAST, **options}))
    found = [await generator.draw(prompt, repeat) for prompt, repeat in asked]
    await generator.close()
    return generator.identity, found


async def test_a_saved_pipeline_draws_and_the_same_prompt_and_repeat_give_the_same_image(folder):
    identity, (first, other, repeat) = await drawings(folder, (FIRST, 0), (SECOND, 0), (FIRST, 1))
    again, (alone,) = await drawings(folder, (FIRST, 0))
    assert first.images == alone.images and identity == again
    assert len({first.images, other.images, repeat.images}) == 3
    assert Image.open(io.BytesIO(first.images[0])).size == (16, 16)


async def test_size_steps_and_seed_make_another_generator(folder):
    identity, (usual,) = await drawings(folder, (FIRST, 0))
    for options in ({"seed": 1}, {"steps": 3}, {"image_size": "32x16"}):
        other, (found,) = await drawings(folder, (FIRST, 0), **options)
        assert other != identity and found.images != usual.images


def test_a_folder_that_is_no_pipeline_says_so(tmp_path):
    with pytest.raises(UserError, match="has no model_index.json"):
        create(f"diffusers:{tmp_path}", GeneratorOptions())
    (tmp_path / "model_index.json").write_text('{"_class_name": "Nothing"}')
    with pytest.raises(UserError, match="cannot be loaded"):
        create(f"diffusers:{tmp_path}", GeneratorOptions())
