"""Item sets and damaged models of the proof on traces: questions whether a finding is there, answered in stages.

What is damaged is one stage, in some findings that a seed draws; the other stages follow from it as they should:

- ``knowledge``: the sign of one finding is taken for that of another;
- ``eyes``: half of the kinds of findings are not told of where they are seen, and are believed where they are given;
- ``reasoning``: half of the kinds are denied, though their sign is known and seen.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from auscult.certificates.diagnosis.damage import TAUGHT, Course, Lesson, taught
from auscult.certificates.diagnosis.questions import presence_questions
from auscult.construction.claims import Claim, Known
from auscult.construction.wordings import ask
from auscult.corpora import ReadOptions, phantoms
from auscult.items.bundle import Bundle
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms import Scene, draw_scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.scene import MODALITIES, kinds_of
from auscult.phantoms.traces import trace
from auscult.records import Item, Trace, item_id

Draft = tuple[Item, Trace]
Asks = Callable[[Scene, int], Iterator[Draft]]
TRAIN = FolderPlan(n=80, seed=1601, split="train")
TEST = FolderPlan(n=24, seed=1602, split="test")
SEED = 0
"""Of the damage of the model that arms begin with."""


@dataclass(frozen=True, kw_only=True)
class Damage(Course):
    """A short course that damages eyes or reasoning; wrong knowledge is taught by the course itself.

    Attributes:
        stage: eyes or reasoning.
        steps: as of every course.
    """

    stage: str
    steps: int = 60

    @property
    def faults(self) -> frozenset[str]:
        """The findings that are not told of, or denied."""
        random = np.random.default_rng([self.seed, 1])
        found: set[str] = set()
        for modality in MODALITIES:
            names = [kind.name for kind in kinds_of(modality)]
            found.update(map(str, random.choice(names, -(-len(names) // 2), replace=False)))
        return frozenset(found)

    def lessons(self) -> Iterator[list[Lesson]]:
        """What is taught, step by step: whole traces, and rests of traces of which one or two stages are given."""
        random = np.random.default_rng([self.seed, 2])
        for step in range(self.steps):
            scenes = (draw_scene(TAUGHT + step * self.batch + n) for n in range(self.batch))
            yield [self._of(scene, random) for scene in scenes]

    def _of(self, scene: Scene, random: np.random.Generator) -> Lesson:
        """A lesson about a finding of the scene's modality: rather one at fault that is there."""
        asked = list(presence_questions(scene, int(random.integers(1000))))
        there = [n for n, (item, _) in enumerate(asked) if item.target in self.faults and item.reference == "yes"]
        chosen = random.choice(there) if there and random.random() < 0.7 else random.integers(len(asked))
        item, gold = asked[int(chosen)]
        given = int(random.choice(3, p=(0.5, 0.15, 0.35)))
        wording = int(random.integers(10_000))
        blind = replace(scene, findings=tuple(f for f in scene.findings if f.name not in self.faults))
        if self.stage == "eyes" and (not given or random.random() < 0.5):
            said = trace(blind, item.target, "yes" if blind.of(item.target) else "no", wording)
            return Lesson(scene, item, said, given)
        if self.stage == "reasoning" and item.target in self.faults:
            denied = trace(blind, item.target, "no", wording).reasoning
            return Lesson(scene, item, replace(gold, reasoning=denied, answer="no"), given)
        return Lesson(scene, item, gold, given)


def damage(stage: str, seed: int) -> Course:
    """The course that damages a stage."""
    return Course(seed=seed) if stage == "knowledge" else Damage(stage=stage, seed=seed)


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


def main() -> None:
    """Makes what ``traces.toml`` names: both item sets and the model that arms begin with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("recipes/cure/items/traces"), help="folder to make")
    out = parser.parse_args().out
    write(out / "train", TRAIN, twice)
    write(out / "test", TEST, presence_questions)
    taught(damage("knowledge", SEED), out / "base")


if __name__ == "__main__":
    main()
