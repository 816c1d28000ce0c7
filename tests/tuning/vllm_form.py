"""What vLLM asks of an adapter's folder, as its loader checks it (``vllm/lora``: peft_helper, lora_model, utils; 2026).

It refuses DoRA, biases and modules that are saved whole, and reads one scale for all layers. It knows a tensor by its
name: one that no layer of its own bears it refuses, or passes over in silence, and then answers as the base does.
"""

import json
import re
from pathlib import Path

from safetensors import safe_open

KNOWN = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
"""Layers of language models that vLLM has, alone or packed."""
PREFIXES = ("model.language_model.layers.", "model.text_model.layers.")
"""What it maps to its own language model, and what Idefics3 and SmolVLM are called there too."""


def vllm_refuses(folder: Path) -> list[str]:
    """Why vLLM would refuse an adapter, or pass some of it over; empty where it would not."""
    config = json.loads((folder / "adapter_config.json").read_text())
    wrong = [name for name in ("r", "lora_alpha", "target_modules") if not config.get(name)]
    wrong += [name for name in ("use_dora", "modules_to_save", "rank_pattern", "alpha_pattern") if config.get(name)]
    wrong += ["bias"] * (config["bias"] != "none") + ["rank"] * (config["r"] > 512)
    with safe_open(folder / "adapter_model.safetensors", "pt") as file:
        for name in sorted(file.keys()):
            found = re.fullmatch(r"base_model\.model\.(.+)\.([a-z_0-9]+)\.lora_(A|B)\.weight", name)
            shape = file.get_slice(name).get_shape()
            if not found or found[2] not in KNOWN or not found[1].startswith(PREFIXES):
                wrong.append(name)
            elif shape[0 if found[3] == "A" else 1] != config["r"]:
                wrong.append(f"{name} of rank {shape}")
    return wrong
