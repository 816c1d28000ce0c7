"""What must be known of a family of models to tune it: one entry a family, tested on a model of it.

Names of modules are those that ``transformers`` gives them; an adapter is loaded by them in plain ``peft`` too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auscult.errors import UserError, known_names
from auscult.models.branching import slides, unbranchable


@dataclass(frozen=True, kw_only=True)
class Family:
    """How models of one family are tuned.

    Attributes:
        language: module that holds the text model.
        frozen: modules that see, and those that lead from there to the text model.
        joined: tensors of the image processor → the dimension along which those of several images are joined; what
            differs in another dimension is filled up with zeros, as the family's own processor does it.
        texts: text models whose pairs are tested to be packed exactly.
        both_ways: which tokens look ahead, where some do; such pairs cannot share a prefix.
        answer_type: what ``token_type_ids`` say of tokens to be learnt.
        axes: along which a token has a position.
    """

    language: str
    frozen: tuple[str, ...]
    joined: Mapping[str, int] = field(default_factory=lambda: {"pixel_values": 0})
    texts: tuple[str, ...] = ()
    both_ways: str = ""
    answer_type: int = 0
    axes: int = 1


_IDEFICS = Family(
    language="model.text_model",
    frozen=("model.vision_model", "model.connector"),
    joined={"pixel_values": 1, "pixel_attention_mask": 1},
    texts=("llama",),
)
_QWEN_JOINED = {"pixel_values": 0, "image_grid_thw": 0}
_LLAVA_FROZEN = ("model.vision_tower", "model.multi_modal_projector")
FAMILIES: Mapping[str, Family] = {
    "llava": Family(language="model.language_model", frozen=_LLAVA_FROZEN, texts=("llama", "mistral", "qwen2")),
    "llava_next": Family(
        language="model.language_model",
        frozen=_LLAVA_FROZEN,
        joined={"pixel_values": 0, "image_sizes": 0},
        texts=("llama", "mistral", "qwen2"),
    ),
    "idefics3": _IDEFICS,
    "smolvlm": _IDEFICS,
    "qwen2_5_vl": Family(
        language="model.language_model",
        frozen=("model.visual",),
        joined=_QWEN_JOINED,
        texts=("qwen2_5_vl_text",),
        axes=3,
    ),
    "qwen3_vl": Family(
        language="model.language_model",
        frozen=("model.visual",),
        joined=_QWEN_JOINED,
        texts=("qwen3_vl_text",),
        axes=3,
    ),
    "internvl": Family(language="model.language_model", frozen=_LLAVA_FROZEN, texts=("qwen2", "qwen3", "llama")),
    "paligemma": Family(
        language="model.language_model",
        frozen=_LLAVA_FROZEN,
        both_ways="image and question",
        answer_type=1,
    ),
    "gemma3": Family(language="model.language_model", frozen=_LLAVA_FROZEN, both_ways="the tokens of an image"),
}


def family_of(config: Any) -> Family:
    """The family of a model.

    Raises:
        UserError: it is not among those that can be tuned.
    """
    if config.model_type not in FAMILIES:
        raise UserError(f"models of type '{config.model_type}' cannot be tuned; {known_names('', FAMILIES)}")
    return FAMILIES[config.model_type]


def unpackable(config: Any) -> str:
    """Why the pairs of an image cannot share one image prefix, in a sentence; empty where they can.

    Args:
        config: of a model of a family that can be tuned, its attention chosen.
    """
    family, text = family_of(config), config.get_text_config()
    name = f"{config.model_type} with {text.model_type}"
    if family.both_ways:
        return f"{config.model_type} cannot be packed: {family.both_ways} look ahead as well as back"
    if why := unbranchable(config):
        return f"{name} cannot be packed: {why}"
    if slides(config):
        return f"{name} cannot be packed: it looks back through a sliding window"
    if text.model_type not in family.texts:
        return f"{name} is not packed: nobody has tested that it can be"
    return ""
