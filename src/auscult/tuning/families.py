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
        vision: module that sees.
        connector: modules that lead from there to the text model.
        joined: tensors of the image processor → the dimension along which those of several images are joined; what
            differs in another dimension is filled up with zeros, as the family's own processor does it.
        texts: text models whose pairs are tested to be packed exactly.
        both_ways: which tokens look ahead, where some do; such pairs cannot share a prefix.
        answer_type: what ``token_type_ids`` say of tokens to be learnt.
        axes: along which a token has a position.
    """

    language: str = "model.language_model"
    vision: str = "model.vision_tower"
    connector: tuple[str, ...] = ("model.multi_modal_projector",)
    joined: Mapping[str, int] = field(default_factory=lambda: {"pixel_values": 0})
    texts: tuple[str, ...] = ()
    both_ways: str = ""
    answer_type: int = 0
    axes: int = 1


_IDEFICS = Family(
    language="model.text_model",
    vision="model.vision_model",
    connector=("model.connector",),
    joined={"pixel_values": 1, "pixel_attention_mask": 1},
    texts=("llama",),
)
_QWEN_JOINED = {"pixel_values": 0, "image_grid_thw": 0}
FAMILIES: Mapping[str, Family] = {
    "llava": Family(texts=("llama", "mistral", "qwen2")),
    "llava_next": Family(
        joined={"pixel_values": 0, "image_sizes": 0},
        texts=("llama", "mistral", "qwen2"),
    ),
    "idefics3": _IDEFICS,
    "smolvlm": _IDEFICS,
    "qwen2_5_vl": Family(
        vision="model.visual",
        connector=("model.visual.merger",),
        joined=_QWEN_JOINED,
        texts=("qwen2_5_vl_text",),
        axes=3,
    ),
    "qwen3_vl": Family(
        vision="model.visual",
        connector=("model.visual.merger", "model.visual.deepstack_merger_list"),
        joined=_QWEN_JOINED,
        texts=("qwen3_vl_text",),
        axes=3,
    ),
    "internvl": Family(texts=("qwen2", "qwen3", "llama")),
    "paligemma": Family(
        both_ways="image and question",
        answer_type=1,
    ),
    "gemma3": Family(both_ways="the tokens of an image"),
}


def layers_seen(config: Any) -> int | None:
    """How many layers of what sees come before what is shown to the text model; None: all.

    Those behind it learn nothing: LLaVA shows what the last layer but one makes of an image.
    """
    shown = getattr(config, "vision_feature_layer", None)
    if shown is None:
        return None
    depth = config.vision_config.num_hidden_layers
    return max(n if n >= 0 else depth + 1 + n for n in ([shown] if isinstance(shown, int) else shown))


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
