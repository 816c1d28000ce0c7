"""Configurations of tiny models of many families, with what their processors would give for an image."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

IMAGE, BEGIN, VOCABULARY = 5, 6, 120
SIZE = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4}
TEXT = SIZE | {
    "vocab_size": VOCABULARY,
    "num_key_value_heads": 2,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
CLIP = SIZE | {"image_size": 32, "patch_size": 8, "projection_dim": 32, "model_type": "clip_vision_model"}
SIGLIP = SIZE | {"image_size": 32, "patch_size": 8, "model_type": "siglip_vision_model"}


def llava(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    config = transformers.LlavaConfig(
        vision_config=CLIP, text_config=TEXT | text, image_token_index=IMAGE, vision_feature_layer=-1
    )
    return config, [1, *[IMAGE] * 32, 7], {"pixel_values": torch.randn(2, 3, 32, 32)}


def llava_next(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    config = transformers.LlavaNextConfig(
        vision_config=CLIP,
        text_config=TEXT | text,
        image_token_index=IMAGE,
        vision_feature_layer=-1,
        image_grid_pinpoints=[[32, 64]],
    )
    image = {"pixel_values": torch.randn(1, 3, 3, 32, 32), "image_sizes": torch.tensor([[32, 64]])}
    return config, [1, 7, *[IMAGE] * (16 + 4 * (8 + 1)), 7], image


def idefics3(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    vision = {k: v for k, v in SIGLIP.items() if k != "model_type"}
    config = transformers.Idefics3Config(
        vision_config=vision, text_config=TEXT | text, image_token_id=IMAGE, scale_factor=2
    )
    image = {"pixel_values": torch.randn(1, 2, 3, 32, 32), "pixel_attention_mask": torch.ones(1, 2, 32, 32).bool()}
    return config, [1, 7, *[IMAGE] * 4, 8, *[IMAGE] * 4, 7], image


def gemma3(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    config = transformers.Gemma3Config(
        vision_config=SIGLIP | {"vision_use_head": False},
        text_config=TEXT
        | text
        | {
            "head_dim": 8,
            "query_pre_attn_scalar": 8,
            "sliding_window": 12,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
        },
        mm_tokens_per_image=16,
        boi_token_index=BEGIN,
        eoi_token_index=BEGIN + 1,
        image_token_index=IMAGE,
    )
    return config, [1, 7, BEGIN, *[IMAGE] * 16, BEGIN + 1, 8], {"pixel_values": torch.randn(1, 3, 32, 32)}


FAMILIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "llava": llava,
    "llava_next": llava_next,
    "idefics3": idefics3,
    "gemma3": gemma3,
}


def qwen2_5_vl(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    config = transformers.Qwen2_5_VLConfig(
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 4,
            "patch_size": 8,
            "spatial_merge_size": 2,
            "window_size": 32,
            "fullatt_block_indexes": [1],
            "out_hidden_size": 32,
        },
        text_config=TEXT
        | {k: v for k, v in text.items() if k != "model_type"}
        | {"rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]}},
        image_token_id=IMAGE,
        vision_start_token_id=BEGIN,
        video_token_id=9,
    )
    grid = torch.tensor([[1, 4, 6]])
    image = {"pixel_values": torch.randn(24, 3 * 2 * 8 * 8), "image_grid_thw": grid}
    return config, [1, BEGIN, *[IMAGE] * 6, 7], image


def qwen3_vl(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    """What is seen enters the first layers of the text model as well, at the places of the image."""
    config = transformers.Qwen3VLConfig(
        vision_config={
            "depth": 3,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 4,
            "patch_size": 8,
            "spatial_merge_size": 2,
            "out_hidden_size": 32,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0, 1],
        },
        text_config=TEXT
        | {k: v for k, v in text.items() if k != "model_type"}
        | {
            "head_dim": 8,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 1, 1]},
        },
        image_token_id=IMAGE,
        vision_start_token_id=BEGIN,
        video_token_id=9,
    )
    image = {"pixel_values": torch.randn(24, 3 * 2 * 8 * 8), "image_grid_thw": torch.tensor([[1, 4, 6]])}
    return config, [1, BEGIN, *[IMAGE] * 6, 7], image


def internvl(text: dict[str, Any]) -> tuple[Any, list[int], dict[str, Any]]:
    """InternVL in its HF form: an image in two tiles."""
    config = transformers.InternVLConfig(
        vision_config=SIZE | {"image_size": [32, 32], "patch_size": [8, 8]},
        text_config=TEXT | {"model_type": "qwen2"} | text,
        image_token_id=IMAGE,
        image_seq_length=4,
    )
    return config, [1, BEGIN, *[IMAGE] * 8, 7], {"pixel_values": torch.randn(2, 3, 32, 32)}
