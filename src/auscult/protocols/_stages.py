"""What is put to a model that is to answer in stages: all of them, or those that are left where some are given.

The stages and their headers are ClinHallu's (arXiv 2606.14697); the words are our own, in ``prompts/staged.toml``.
"""

import re
from collections.abc import Mapping
from string import ascii_uppercase

from auscult.protocols.direct import prompts
from auscult.records import STAGES, Item

HEADERS: Mapping[str, str] = {stage: f"[{stage.replace('_', ' ').title()}]" for stage in STAGES}
"""Stage → its header."""


def stages_text(item: Item, given: Mapping[str, str] | None = None) -> str:
    """What is put for an item.

    Args:
        item: what is asked.
        given: stages that are finished: none, the first, or the first two.
    """
    given, texts = given or {}, prompts("staged")
    options = "\n".join(f"{letter}. {option}" for letter, option in zip(ascii_uppercase, item.options, strict=False))
    unit = f" ({item.unit})" if item.unit else ""
    slots = {
        "question": item.question + (f"\nOptions:\n{options}" if options else ""),
        "given": under_headers(given),
        "answer": texts.get(f"answer_{item.answer_type}", texts["answer_open"]).replace("{unit}", unit),
    }
    template = texts[f"after_{list(given)[-1]}" if given else "whole"].strip()
    return re.sub(r"\{(\w+)\}", lambda slot: slots[slot[1]], template)


def under_headers(stages: Mapping[str, str]) -> str:
    """Stages as blocks under their headers."""
    return "\n".join(f"{HEADERS[stage]}\n{text}" for stage, text in stages.items())
