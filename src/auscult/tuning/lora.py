"""The adapter: where it is put into a model, and what it is saved as."""

import re
import warnings
from pathlib import Path
from typing import Any

from peft import LoraConfig, get_peft_model
from safetensors import SafetensorError
from torch import nn

from auscult.errors import UserError
from auscult.models.folders import Opened
from auscult.tuning.families import family_of, layers_seen
from auscult.tuning.options import LAYERS, TuningOptions


def with_lora(weights: Opened, options: TuningOptions) -> Any:
    """A fresh adapter on a model, which alone learns; the first weights follow the global seed of ``torch``.

    Raises:
        UserError: a part that is to be adapted has none of the layers for it.
    """
    linear = [name for name, module in weights.model.named_modules() if isinstance(module, nn.Linear)]
    patterns, wanted = [], set[str]()
    for part in options.adapted:
        patterns.append(layer_pattern(weights.model.config, part, options.targets))
        found = {name for name in linear if re.fullmatch(patterns[-1], name)}
        if not found:
            raise UserError(
                f"{weights.folder}: its {part} part has no linear layer called "
                f"{', '.join(LAYERS[part][options.targets])}; {_instead(part)}"
            )
        wanted |= found
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,
        lora_dropout=options.dropout,
        target_modules="|".join(patterns),
    )
    weights.model.name_or_path = str(weights.folder.resolve())  # peft notes it as the base, as it was given otherwise
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # peft asks transformers by an old name
        model = get_peft_model(weights.model, config)
    check_adapted(model, wanted)
    return model


def layer_pattern(config: Any, part: str, targets: str) -> str:
    """The names of the layers of a part of a model that are adapted, as a regular expression of all of a name."""
    family, layers = family_of(config), "|".join(map(re.escape, LAYERS[part][targets]))
    if part == "language":
        return rf"{re.escape(family.language)}\..*\.({layers})"
    if part == "connector":
        modules = "|".join(map(re.escape, family.connector))
        return rf"(?:{modules})\.(?:.*\.)?({layers})"
    seen = layers_seen(config)
    numbers = r"\d+" if seen is None else f"(?:{'|'.join(map(str, range(seen)))})"
    return rf"{re.escape(family.vision)}\.(?:.*\.)?(?:layers|layer|blocks)\.{numbers}\..*\.({layers})"


def _instead(part: str) -> str:
    return "this kind of text model cannot be tuned" if part == "language" else f"leave {part} out of --adapt"


def check_adapted(model: Any, wanted: set[str]) -> None:
    """Refuses a model in which other layers than these learn, or any weight that is no adapter's.

    Raises:
        UserError: which.
    """
    adapted = {
        name.removeprefix("base_model.model.") for name, module in model.named_modules() if hasattr(module, "lora_A")
    }
    if strange := sorted(adapted ^ wanted):
        raise UserError(f"adapted layers are not those that were to be ({strange[0]}); this version of peft is unknown")
    learns = (name for name, parameter in model.named_parameters() if parameter.requires_grad)
    if strange := sorted(name for name in learns if ".lora_" not in name):
        raise UserError(f"{strange[0]} would be tuned beside the adapter; this version of peft is unknown")


def in_training(model: Any, options: TuningOptions) -> Any:
    """The model as it learns: modules that see, and those that lead from there, are in evaluation mode if frozen."""
    family = family_of(model.config)
    model.train()
    for part, names in (("vision", (family.vision,)), ("connector", family.connector)):
        for name in names:
            model.get_base_model().get_submodule(name).train(part in options.adapted)
    return model


def save(model: Any, folder: Path) -> None:
    """Writes the adapter as ``peft`` reads it.

    Raises:
        UserError: the disk takes no more of it.
    """
    try:
        model.save_pretrained(str(folder), save_embedding_layers=False)
    except (SafetensorError, OSError) as error:
        said = " ".join(str(error).split())[:200]
        raise UserError(
            f"the adapter cannot be written ({said}); make room and run the same command again, what was learnt is kept"
        ) from None
