"""The gold trace of a question about a phantom: the stages follow from its scene, and its answer is the reference."""

from string import ascii_uppercase
from typing import Any

from auscult.phantoms.scene import KINDS, Scene
from auscult.phantoms.texts import HELD_OUT, Choices, sentence
from auscult.phantoms.traces import trace
from auscult.records import Item, Trace, rank
from auscult.store.files import shipped_table

_ACQUIRED = ("modality", "view")


def gold_trace(scene: Scene, item: Item) -> Trace:
    """How one gets from a scene to the reference of an item.

    All questions about one scene share the words of what is seen.

    Args:
        scene: what the image shows.
        item: of a finding, of modality or view, or of a statement of medicine, whose truth its tag ``truth`` holds.

    Returns:
        An empty one where a scene does not say what leads to the reference (a report, a finding that phantoms lack).
    """
    wording = rank(scene.key, "trace") % HELD_OUT
    answer = item.reference
    if item.answer_type == "choice" and answer in item.options:
        answer = f"{ascii_uppercase[item.options.index(answer)]}. {answer}"
    elif item.unit:
        answer = f"{answer} {item.unit}"
    about = item.target or item.category
    if item.tags.get("statement") == "knowledge" or about == "region":
        known, follows = _statement(item, wording) if about != "region" else _region(scene, wording)
        seen = trace(scene, "modality", answer, wording).visual_recognition
        return Trace(visual_recognition=seen, knowledge_recall=known, reasoning=follows, answer=answer)
    if about not in KINDS and about not in _ACQUIRED:
        return Trace()
    return trace(scene, about, answer, wording, other=item.tags.get("other", ""))


def _statement(item: Item, wording: int) -> tuple[str, str]:
    """What is known and what follows, of a question about medicine."""
    verdict = _words()["statement"]["false" if item.kind == "hallucination" else "true"]
    return item.tags["truth"], sentence(Choices(wording, "statement").pattern(verdict))


def _region(scene: Scene, wording: int) -> tuple[str, str]:
    """The same, of a question about the region of the body."""
    words, choose = _words()["region"], Choices(wording, "region")
    known = sentence(choose.pattern(words["knowledge"]))
    return known, sentence(choose.pattern(words["reasoning"]), region=words[scene.modality])


def _words() -> dict[str, Any]:
    return shipped_table("phantoms/traces.toml")
