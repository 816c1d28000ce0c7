"""Questions about phantoms with gold traces: item sets that simulated and damaged models are diagnosed on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from auscult import corpora
from auscult.construction.claims import Claim, Known
from auscult.construction.wordings import PHRASINGS, ask
from auscult.items.bundle import Bundle
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms import FolderPlan, Scene, write_folder
from auscult.phantoms.scene import kinds_of
from auscult.phantoms.traces import trace
from auscult.records import Item, Trace, item_id

Asks = Callable[[Scene, int], Iterable[tuple[Item, Trace]]]
"""A scene and its number → drafts of items, with their gold traces; ids are made here."""


def phantom_items(folder: Path, plan: FolderPlan, asks: Asks) -> ItemSet:
    """Draws phantoms and asks about them.

    Args:
        folder: where phantoms and items go.
        plan: of the phantoms.
        asks: makes the questions about one.
    """
    write_folder(plan, folder / "phantoms")
    scenes = {scene.key: (scene, number) for number, scene in enumerate(plan.scenes())}

    def bundles() -> Iterator[Bundle]:
        for bundle in corpora.read("phantoms", folder / "phantoms", corpora.ReadOptions()):
            made = asks(*scenes[bundle.case.source_key])
            yield replace(bundle, items=tuple(_sealed(item, gold, bundle.case.id) for item, gold in made))

    source = SourceNote(reader="phantoms", path=str(folder / "phantoms"))
    write_item_set(bundles(), folder / "items", source=source)
    return ItemSet(folder / "items")


def _sealed(item: Item, gold: Trace, case: str) -> Item:
    made = item_id(case, item.question, item.options, item.reference, item.source_id)
    return replace(item, id=made, case_id=case, trace=gold)


def presence_questions(scene: Scene, number: int) -> Iterator[tuple[Item, Trace]]:
    """Whether each finding is there that images of this modality can show: yes or no."""
    for place, kind in enumerate(kinds_of(scene.modality)):
        there = bool(scene.of(kind.name))
        asked = ask(Claim("presence", kind.name), "neutral", (number + place) % PHRASINGS, Known(), true=there)
        assert asked is not None
        answer = "yes" if there else "no"
        yield (
            Item(
                id="",
                case_id="",
                source_id=f"{scene.key}:{kind.name}",
                question=asked.text,
                reference=answer,
                answer_type="yes_no",
                premise_form="neutral",
                target=kind.name,
                split="test",
                tags={"statement": "presence", "fact": Claim("presence", kind.name).name},
            ),
            trace(scene, kind.name, answer, number + place),
        )
