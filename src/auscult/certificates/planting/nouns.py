"""Cases and items of what is planted."""

from collections.abc import Mapping, Sequence
from typing import Any

from auscult.phantoms.scene import Scene
from auscult.phantoms.texts import facts_of
from auscult.records import AnswerType, Case, Item, item_id


def case_of(scene: Scene, number: str, **more: Any) -> Case:
    """A phantom's scene as a case of that id; ``more`` are fields that its certificate needs."""
    return Case(
        id=number,
        source="phantoms",
        source_key=scene.key,
        facts=facts_of(scene),
        tags={"modality": scene.modality},
        group=scene.key,
        group_kind="study",
        exhaustive=True,
        **more,
    )


def item_of(
    case: str,
    question: str,
    reference: str,
    answer_type: AnswerType = "open",
    options: Sequence[str] = (),
    key: str = "planted",
    tags: Mapping[str, str] | None = None,
) -> Item:
    """A question about a case, by its id; ``key`` is its own id where it comes from."""
    return Item(
        id=item_id(case, question, options, reference, key),
        case_id=case,
        source_id=key,
        question=question,
        reference=reference,
        answer_type=answer_type,
        options=tuple(options),
        tags=dict(tags or {}),
    )
