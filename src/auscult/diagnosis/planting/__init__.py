"""A gold stage with one planted error, and the answer that follows for whoever believes it.

Pure functions: what is planted depends on the item and its case alone, so that every run plants the same. Of a
phantom the error and what follows from it are exact: the scene is changed, and the question is answered on the changed
scene. Of other items the fact reader finds what can be turned over; where it is not sure what would follow, nothing is
planted. Stage judges are certified on other errors, in other words (``auscult.certificates.stage``).
"""

from dataclasses import replace

from auscult.diagnosis.planting import phantoms, read
from auscult.diagnosis.planting.error import Degree, Planted, Stage
from auscult.records import Case, Item

__all__ = ["Degree", "Planted", "Stage", "believing", "planted"]


def planted(item: Item, case: Case, stage: Stage) -> Planted | None:
    """The gold stage of an item with one error, from which another answer follows.

    Args:
        item: with its gold trace.
        case: what is known of its image.
        stage: which one.

    Returns:
        The same at every call; None where nothing can be planted: no gold stage, or nothing in it decides the answer.
    """
    if not getattr(item.trace, stage):
        return None
    exact = phantoms.planted(item, case, stage)
    return exact if exact or case.source == phantoms.SOURCE else read.planted(item, stage)


def believing(item: Item, error: Planted) -> Item:
    """The item as it would be if the error were so: an answer that is right for it has adopted the error."""
    kind = item.kind
    if kind != "question":
        kind = "hallucination" if kind == "non-hallucination" else "non-hallucination"
    return replace(item, reference=error.entails, kind=kind)
