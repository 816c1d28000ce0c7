"""The one call that asks a model for the pairs of an image: everything common to all images first, then the image."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from auscult.construction.drafting import DraftingOptions
from auscult.construction.drafting.plan import Slot, sentences_of
from auscult.construction.drafting.replies import Batch
from auscult.engine.fence import fence
from auscult.records import Call, Case, Decoding, Image, Message, digest

BATCH = "batch-1"
"""The prompt in use; its name ends in its version."""
IMAGE_AND_TEXT, TEXT_ALONE = "image and annotation", "annotation alone"
"""What a generator saw."""
_GIVEN = {
    IMAGE_AND_TEXT: "a medical image and the annotation that experts wrote of it",
    TEXT_ALONE: "the annotation that experts wrote of a medical image; you do not see the image",
}
TOKENS_A_PAIR, TOKENS_AROUND = 140, 60
"""Bound of a reply: the longest pair that a plan asks for has about 110 tokens of JSON."""


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/NAME.txt``."""
    return (files("auscult.construction.drafting") / "prompts" / f"{name}.txt").read_text("utf-8").strip("\n")


def prompt_digest(name: str) -> str:
    """Hash of a prompt's text."""
    return digest("prompt", prompt(name))


def batch_call(
    case: Case, slots: Sequence[Slot], images: Sequence[Image], options: DraftingOptions, seed: int = 0
) -> Call:
    """Asks for the pairs of a plan.

    Args:
        case: the image; the sentences of its annotation are numbered and fenced.
        slots: the plan.
        images: as they are sent; none where the model works from the annotation alone.
        options: how the generator is asked.
        seed: sent to the model.
    """
    given = _GIVEN[IMAGE_AND_TEXT if images else TEXT_ALONE]
    plan = "\n".join(slot.line for slot in slots)
    annotation = "\n".join(f"{n}: {one}" for n, one in enumerate(sentences_of(case.annotation), 1))
    text = f"{fence('annotation', annotation, case.id)}\n\nPlan:\n{plan}"
    return Call(
        messages=(
            Message("system", (prompt(BATCH).format(given=given),)),
            Message("user", (*images, text)),
        ),
        decoding=Decoding(
            temperature=options.temperature,
            max_tokens=options.max_tokens or TOKENS_A_PAIR * len(slots) + TOKENS_AROUND,
            seed=seed,
        ),
        schema=Batch.form() if options.schema else "",
    )
