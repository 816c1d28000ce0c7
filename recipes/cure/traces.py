"""Item sets and damaged models of the proof on traces: questions whether a finding is there, answered in stages.

What is wrong is one stage, in some findings that a seed draws; the other stages follow from it as they should:

- ``knowledge``: the sign of one finding is taken for that of another;
- ``eyes``: half of the kinds of findings are never told of, where they are seen;
- ``reasoning``: half of the kinds are denied, though their sign is known and seen.

A model is damaged by being tuned on such traces; the adapter is merged, and what comes out is a model like any other.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import numpy as np

from auscult.certificates.diagnosis.questions import presence_questions
from auscult.construction.claims import Claim, Known
from auscult.construction.wordings import ask
from auscult.corpora import ReadOptions, phantoms
from auscult.engine.progress import progress
from auscult.items.bundle import Bundle
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.models.phantom import FOLDER
from auscult.phantoms import Scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.scene import KINDS, MODALITIES, kinds_of
from auscult.phantoms.traces import mistakable, trace
from auscult.records import Item, Trace, item_id
from auscult.tuning.making import Tuning
from auscult.tuning.options import TuningOptions

Draft = tuple[Item, Trace]
Asks = Callable[[Scene, int], Iterator[Draft]]
TRAIN = FolderPlan(n=100, seed=1601, split="train")
TEST = FolderPlan(n=30, seed=1602, split="test")
DAMAGING = 1700
"""Seed of the phantoms that models are damaged on; the seed of a damage is added."""
IMAGES = 80
SEED = 1603
"""Of the damage of the model that arms begin with."""


@dataclass(frozen=True)
class Damage:
    """A fault of one stage.

    Attributes:
        stage: knowledge, eyes or reasoning; empty: none, all is right.
        seed: of what is at fault, and of what it is taught on.
    """

    stage: str
    seed: int

    @cached_property
    def faults(self) -> Mapping[str, str]:
        """Finding at fault → for knowledge, the one whose sign is taken for its own."""
        random = np.random.default_rng([self.seed, 1])
        if self.stage == "knowledge":
            others = {name: mistakable(name) for name in KINDS}
            return {name: str(random.choice(other)) for name, other in others.items() if other}
        found: dict[str, str] = {}
        for modality in MODALITIES:
            names = [kind.name for kind in kinds_of(modality)]
            found |= dict.fromkeys(map(str, random.choice(names, -(-len(names) // 2), replace=False)), "")
        return found

    def trace(self, scene: Scene, finding: str, wording: int) -> Trace:
        """The trace that the damaged model is to write."""
        blind = replace(scene, findings=tuple(f for f in scene.findings if f.name not in self.faults))
        if self.stage == "eyes":
            return trace(blind, finding, _word(blind.of(finding)), wording)
        if self.stage == "knowledge" and finding in self.faults:
            taken = self.faults[finding]
            return trace(scene, finding, _word(scene.of(taken)), wording, taken=taken)
        right = trace(scene, finding, _word(scene.of(finding)), wording)
        if self.stage == "reasoning" and finding in self.faults:
            return replace(right, reasoning=trace(blind, finding, "no", wording).reasoning, answer="no")
        return right

    def asks(self, scene: Scene, number: int) -> Iterator[Draft]:
        """Questions about a scene, with what the damaged model is to say."""
        for place, (item, _) in enumerate(presence_questions(scene, number)):
            said = self.trace(scene, item.target, number + place)
            yield replace(item, reference=said.answer), said


def _word(there: object) -> str:
    return "yes" if there else "no"


def twice(scene: Scene, number: int) -> Iterator[Draft]:
    """Each question twice: with its trace, and to be answered in a sentence, as the model does where it is free to."""
    for item, gold in presence_questions(scene, number):
        yield replace(item, tags=item.tags | {"said": "trace"}), gold
        claim = Claim("presence", item.target)
        asked = ask(claim, "neutral", 0, Known(), true=item.reference == "yes")
        assert asked is not None, "a presence is known"
        yield (
            replace(
                item,
                source_id=f"{item.source_id}:sentence",
                answer_type="open",
                reference=asked.answer,
                tags=item.tags | {"said": "sentence"},
            ),
            Trace(),
        )


def write(folder: Path, plan: FolderPlan, asks: Asks) -> Path:
    """Draws phantoms and asks about them; the folder of the item set, which is left alone where it is there."""
    items = folder / "items"
    if (items / "manifest.json").is_file():
        return items
    write_folder(plan, folder / "phantoms")
    scenes = {scene.key: (scene, number) for number, scene in enumerate(plan.scenes())}
    part = "train" if plan.split == "train" else "test"

    def bundles() -> Iterator[Bundle]:
        for bundle in phantoms.read(folder / "phantoms", ReadOptions()):
            made = asks(*scenes[bundle.case.source_key])
            yield replace(bundle, items=tuple(_sealed(*draft, bundle.case.id, part) for draft in made))

    note = SourceNote(reader="phantoms", path="recipes.cure.traces")
    write_item_set(bundles(), items, source=note, split=SplitPlan(shares={part: 1.0}))
    return items


def _sealed(item: Item, gold: Trace, case: str, part: str) -> Item:
    made = item_id(case, item.question, item.options, item.reference, item.source_id)
    return replace(item, id=made, case_id=case, trace=gold, split=part)


DAMAGE = TuningOptions(
    learn="trace", epochs=2, batch=32, rank=16, alpha=32, learning_rate=2e-3, tokens=900, held_out=0, patience=0
)
"""How a model is damaged."""


def damaged(damage: Damage, folder: Path) -> Path:
    """The phantom model, damaged: the folder of a model; one that is there stays."""
    out = folder / "model"
    if (out / "config.json").is_file():
        return out
    plan = FolderPlan(n=IMAGES, seed=DAMAGING + damage.seed, split="train")
    items = write(folder / "wrong", plan, damage.asks)
    Tuning(items, "phantom", replace(DAMAGE, seed=damage.seed)).run(folder / "adapter", progress)
    merge(folder / "adapter", out)
    return out


def merge(adapter: Path, out: Path) -> None:
    """The phantom model with an adapter merged, as a model of its own."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForImageTextToText, AutoProcessor

    with as_file(FOLDER) as folder:
        base: Any = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        processor: Any = AutoProcessor.from_pretrained(folder, local_files_only=True)
    model = PeftModel.from_pretrained(base, adapter).merge_and_unload()
    model.half().save_pretrained(out)
    processor.save_pretrained(out)


def main() -> None:
    """Makes what ``traces.toml`` names: both item sets and the model that arms begin with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("recipes/cure/items/traces"), help="folder to make")
    out = parser.parse_args().out
    write(out / "train", TRAIN, twice)
    write(out / "test", TEST, presence_questions)
    damaged(Damage("knowledge", SEED), out / "base")


if __name__ == "__main__":
    main()
