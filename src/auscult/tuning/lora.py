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
from auscult.tuning.families import family_of
from auscult.tuning.options import LAYERS, TuningOptions


def with_lora(weights: Opened, options: TuningOptions) -> Any:
    """A fresh adapter on a model, which alone learns; the first weights follow the global seed of ``torch``.

    Raises:
        UserError: the language model has none of the layers that are to be adapted.
    """
    family = family_of(weights.model.config)
    layers = "|".join(LAYERS[options.targets])
    pattern = rf"{re.escape(family.language)}\..*\.({layers})"
    wanted = {
        name
        for name, module in weights.model.named_modules()
        if isinstance(module, nn.Linear) and re.fullmatch(pattern, name)
    }
    if not wanted:
        raise UserError(
            f"{weights.folder}: {family.language} has no linear layer called {', '.join(LAYERS[options.targets])}; "
            "this kind of text model cannot be tuned"
        )
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,
        lora_dropout=options.dropout,
        target_modules=pattern,
        base_model_name_or_path=str(weights.folder.resolve()),
    )
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # peft asks transformers by an old name
        model = get_peft_model(weights.model, config)
    check_adapted(model, wanted)
    return model


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


def in_training(model: Any) -> Any:
    """The model as it learns: modules that see stay in evaluation mode, as they are frozen."""
    model.train()
    for name in family_of(model.config).frozen:
        model.get_base_model().get_submodule(name).eval()
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
