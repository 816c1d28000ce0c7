"""Models of other families with random weights, saved with their real processors as ``tiny_llava`` is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.models.tiny_families import SIGLIP, SIZE, TEXT
from tests.models.tiny_llava import CHAT_TEMPLATE, _tokenizer

SIDE = {"height": 32, "width": 32}


def tokens(**special: str) -> Any:
    """The tokenizer of the tiny LLaVA with more special tokens, each under its name."""
    tokenizer = _tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>", *special.values()]})
    if not special:
        return tokenizer
    named = type(tokenizer)(
        tokenizer_object=tokenizer.backend_tokenizer,
        **{name: getattr(tokenizer, name) for name in ("pad_token", "bos_token", "eos_token")},
        extra_special_tokens=special,
        model_max_length=2048,
    )
    return named


def text(tokenizer: Any, **more: Any) -> dict[str, Any]:
    """Configuration of a text model for a tokenizer."""
    return TEXT | {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 2048,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        **more,
    }


def saved(folder: Path, config: Any, processor: Any, template: str = CHAT_TEMPLATE) -> Path:
    """Random weights for a configuration, in a folder with the processor."""
    import torch
    from transformers import AutoModelForImageTextToText

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForImageTextToText.from_config(config)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.2)
    tokenizer = processor.tokenizer
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    processor.chat_template = template
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def llava_next(folder: Path) -> Path:
    """LLaVA-NeXT: an image is seen whole and in pieces."""
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaNextConfig, LlavaNextProcessor
    from transformers.models.llava_next.image_processing_pil_llava_next import LlavaNextImageProcessorPil

    tokenizer, grid = tokens(), [[32, 64], [64, 32]]
    config = LlavaNextConfig(
        vision_config=CLIPVisionConfig(**SIZE, image_size=32, patch_size=8, projection_dim=32),
        text_config=LlamaConfig(**text(tokenizer)),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        image_grid_pinpoints=grid,
    )
    images = LlavaNextImageProcessorPil(
        size={"shortest_edge": 32}, crop_size=SIDE, image_grid_pinpoints=grid, do_center_crop=True
    )
    processor = LlavaNextProcessor(
        images, tokenizer, patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1
    )
    return saved(folder, config, processor)


def idefics3(folder: Path) -> Path:
    """Idefics3: pieces of an image between tokens that name their place."""
    from transformers import Idefics3Config, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    tokenizer = tokens()
    images = Idefics3ImageProcessorPil(size={"longest_edge": 64}, max_image_size={"longest_edge": 32})
    processor = Idefics3Processor(images, tokenizer, image_seq_len=4)
    config = Idefics3Config(
        vision_config={k: v for k, v in SIGLIP.items() if k != "model_type"},
        text_config=text(tokenizer, model_type="llama"),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    return saved(folder, config, processor)


def gemma3(folder: Path) -> Path:
    """Gemma 3, MedGemma's family: the tokens of an image see each other both ways."""
    from transformers import Gemma3Config, Gemma3Processor
    from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

    tokenizer = tokens(image_token="<image_soft>", boi_token="<start_of_image>", eoi_token="<end_of_image>")
    config = Gemma3Config(
        vision_config=SIGLIP | {"vision_use_head": False},
        text_config=text(tokenizer, head_dim=8, query_pre_attn_scalar=8, sliding_window=512),
        mm_tokens_per_image=16,
        boi_token_index=tokenizer.boi_token_id,
        eoi_token_index=tokenizer.eoi_token_id,
        image_token_index=tokenizer.image_token_id,
    )
    processor = Gemma3Processor(Gemma3ImageProcessorPil(size=SIDE), tokenizer, image_seq_length=16)
    return saved(folder, config, processor, CHAT_TEMPLATE.replace("<image>", "<start_of_image>"))


def paligemma(folder: Path) -> Path:
    """PaliGemma: image and question see each other both ways; it has no turns of its own."""
    from transformers import PaliGemmaConfig, PaliGemmaProcessor
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    tokenizer = tokens()
    images = SiglipImageProcessorPil(size=SIDE)
    images.image_seq_length = 16
    config = PaliGemmaConfig(
        vision_config=SIGLIP | {"vision_use_head": False, "projection_dim": 32},
        text_config=text(tokenizer, model_type="gemma", head_dim=8),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        projection_dim=32,
    )
    return saved(folder, config, PaliGemmaProcessor(images, tokenizer), CHAT_TEMPLATE)


MAKERS: Mapping[str, Callable[[Path], Path]] = {
    "llava_next": llava_next,
    "idefics3": idefics3,
    "gemma3": gemma3,
    "paligemma": paligemma,
}
