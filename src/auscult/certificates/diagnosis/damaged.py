"""Whether the diagnosis of a phantom model that was damaged in one stage names that stage first."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

from auscult.certificates.cells import Row
from auscult.certificates.diagnosis.damage import BlurredEyes, Course, taught
from auscult.certificates.diagnosis.questions import phantom_items, presence_questions
from auscult.certificates.diagnosis.texts import silent
from auscult.diagnosis.effects import shapley
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.figures import first_named
from auscult.diagnosis.reading import read
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.items.item_set import ItemSet
from auscult.models import Model, ModelOptions, create
from auscult.phantoms import FolderPlan

ARMS = "default,gold_vr_own_kr"
SETS = 3
"""Sets of phantoms that each damaged model is diagnosed on."""
BLURS = (2.5, 3.0, 3.5, 4.0, 4.5)
"""Of images of 128 pixels a side: standard deviation of the blur in pixels. Of a milder one its eyes lose hardly more
than its reasoning does: at 2 pixels .09 of all answers beside .08, at 1.5 pixels .07 beside .08."""
LEAST = 0.9
"""Share of diagnoses that must name the damaged stage first."""


@dataclass(frozen=True)
class Damaged:
    """A model that was put through a course, and may be damaged.

    Attributes:
        name: in words.
        right: the course of right knowledge.
        course: of wrong knowledge, after that; None: none.
        stage: that was damaged: eyes or knowledge; empty where none was.
        blur: of its images, in pixels; 0: none.
    """

    name: str
    right: Course
    course: Course | None = None
    stage: str = ""
    blur: float = 0.0

    def opened(self, folder: Path) -> Model:
        """Opens it, and teaches it where that has not been done; ``folder`` keeps what it was taught."""
        place = taught(self.right, folder / f"right-{self.right.seed}")
        if self.course:
            place = taught(self.course, folder / f"wrong-{self.course.seed}", place)
        model = create(f"local:{place}", ModelOptions())
        return BlurredEyes(model, self.blur) if self.blur else model


def models(count: int, seed: int) -> Iterator[Damaged]:
    """Damaged models, eyes and knowledge in turn, each by another blur or another course."""
    right = Course(seed=seed, wrong=False)
    for number in range(count):
        blur = BLURS[number % len(BLURS)]
        yield Damaged(f"images blurred by {blur:g} pixels", right, stage="eyes", blur=blur)
        wrong = Course(seed=seed * 1000 + number, steps=2 * right.steps)
        yield Damaged(f"wrong knowledge, course {number}", right, wrong, "knowledge")


def rows(count: int, images: int, folder: Path, seed: int) -> Iterator[Row]:
    """Diagnoses damaged models, and the undamaged one for comparison.

    Args:
        count: how many diagnoses of damaged models.
        images: phantoms of each set.
        folder: where models, phantoms and diagnoses go; what is there is not made again.
        seed: of phantoms and courses.
    """
    sets = [_items(folder / f"set-{n}", images, seed + n) for n in range(SETS)]
    each = list(models(-(-count // (2 * SETS)), seed))
    undamaged = Damaged("undamaged", Course(seed=seed, wrong=False))
    asked = islice(product(each, enumerate(sets)), count)
    for damaged, (number, items) in [(undamaged, (0, sets[0])), *asked]:
        out = folder / "diagnoses" / f"{damaged.name} {number}".replace(" ", "-")
        Examination(items.folder, damaged.opened(folder), settings=DiagnosisSettings(arms=ARMS)).run(out, silent)
        yield _row(damaged, out)


def _items(folder: Path, images: int, seed: int) -> ItemSet:
    if (folder / "items" / "manifest.json").is_file():
        return ItemSet(folder / "items")
    shutil.rmtree(folder, ignore_errors=True)
    return phantom_items(folder, FolderPlan(n=images, seed=seed), presence_questions)


def _row(damaged: Damaged, out: Path) -> Row:
    table = read(out)
    shares, first = shapley(table), first_named(table)
    lost = {w: getattr(shares, w).value if shares else None for w in ("eyes", "knowledge", "reasoning")}
    return {
        "part": "damaged for real",
        "model": damaged.name,
        "stage": damaged.stage,
        "named_first": first,
        **{f"lost_{what}": value for what, value in lost.items()},
        "right": float((table.arms["self_vr_kr"].right == 1).mean()),
        "value": float(first == damaged.stage) if damaged.stage else None,
        "n": len(table),
        "label": "" if not damaged.stage else "named first" if first == damaged.stage else "another stage named first",
    }


def conclusion(found: Sequence[Row]) -> tuple[bool, str]:
    """Whether damaged stages are named first, and how often."""
    asked = [row for row in found if row["stage"]]
    named = sum(row["label"] == "named first" for row in asked)
    return named >= LEAST * len(asked), (
        f"Of {len(asked)} diagnoses of a phantom model that was damaged in one stage, {named} name that stage first."
    )
