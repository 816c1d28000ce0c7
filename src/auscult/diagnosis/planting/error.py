"""A stage with one error, and what follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from auscult.records import Item, rank

Stage = Literal["visual_recognition", "knowledge_recall"]
"""The stages that can be given; the reasoning is always the model's own."""
Degree = Literal["slight", "gross"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A gold stage with one error.

    Attributes:
        stage: which.
        text: of the stage, with the error.
        entails: the answer that follows for whoever believes it, in the form of the item's reference; it is wrong.
        kind: what is wrong: ``side``, ``size``, ``invented``, ``sign of another finding``, ...
        degree: ``slight``: one property of something that is there (side, place, a size by less than half), or a
            criterion set elsewhere; ``gross``: something invented or left out, a size by half or more, another kind of
            image, something taken for another.
        wrong: the words that were put in; empty where something was left out.
    """

    stage: Stage
    text: str
    entails: str
    kind: str
    degree: Degree
    wrong: str = ""


def chosen(item: Item, options: Iterable[Planted]) -> Planted | None:
    """One of the errors that an item allows, drawn by its id: first the degree, so that both occur alike."""
    found = list(options)
    if not found:
        return None
    degrees = sorted({p.degree for p in found})
    degree = degrees[rank(item.id, "degree") % len(degrees)]
    return min((p for p in found if p.degree == degree), key=lambda p: rank(item.id, p.kind, p.text))
