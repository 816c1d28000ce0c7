"""A good generator and a kind checker, scripted, and a set that they make."""

import json
from pathlib import Path

from tests.construction.drafting.batch_server import Asked, batch

from auscult.api.building import build
from auscult.construction.drafting import DraftingOptions
from auscult.items.item_set import ItemSet

FINDINGS = ("effusion", "pneumothorax", "consolidation", "edema", "fracture")
"""What the captions deny, one an image."""


def drafted(slot: int, task: str, line: str, annotation: str) -> dict[str, object]:
    """A right pair for a slot of a plan, about a caption of ``captions``."""
    denied = annotation.rpartition("no ")[2].rstrip(".")
    false = task.startswith("false")
    about = denied if false else "enlarged heart"
    evidence = f"There is no {denied}" if false else "The heart is enlarged"
    question = f"How does the {about} look here"
    if "asks whether" in line:
        question = f"Would you say that there is an {about}"
    if "isn't it" in line:
        question = f"This image shows an {about}, right"
    answer = f"No, there is no {denied} in this image." if false else "Yes, the heart is enlarged in this image."
    if "neutral" in task:
        question, answer = f"Is there an {about}", "Yes"
    pair = {"slot": slot, "task": task, "evidence": evidence, "premise": f"There is an {about}."}
    return pair | {"question": f"{question} (line {slot})?", "answer": answer}


def right(asked: Asked) -> str:
    """What a good generator and a kind checker say."""
    annotation = asked.section("annotation")
    if asked.checks:
        return json.dumps(
            {"quote": annotation.split(".")[0], "stands": "supported", "reason": "It says so.", "verdict": "right"}
        )
    return batch(*(drafted(*slot, annotation) for slot in asked.plan if "neutral" not in slot[1]))


def make(url: str, captions: Path, out: Path, limit: int | None = None, **options: object) -> ItemSet:
    given = DraftingOptions(**{"pairs": 6, "text_only": True} | options)  # type: ignore[arg-type]
    return build("captions", captions, out, generator=f"openai:g@{url}", drafting=given, limit=limit)
