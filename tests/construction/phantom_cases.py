"""Cases of phantom scenes, without drawing them, and the truth of a claim read from the scene by code of its own."""

from collections.abc import Iterator

from auscult.corpora import Bundle
from auscult.corpora._bundles import seal
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import Scene, Split
from auscult.phantoms.texts import facts_of, labels, modality_name
from auscult.records import Case, Item


def scenes(n: int, first: int = 0, split: Split = "test") -> list[Scene]:
    return [draw_scene(seed, split) for seed in range(first, first + n)]


def bundle(scene: Scene, *items: Item) -> Bundle:
    case = Case(
        id="",
        source="phantoms",
        source_key=scene.key,
        facts=facts_of(scene),
        findings=labels(scene),
        tags={"modality": modality_name(scene)},
        group=scene.key,
        exhaustive=True,
    )
    return seal(case, items)


def bundles(found: list[Scene]) -> Iterator[Bundle]:
    return (bundle(scene) for scene in found)


REGIONS = {"chest radiograph": "chest", "brain MR": "brain", "abdominal CT": "abdomen"}
MODALITIES = {"chest radiograph": "X-ray", "brain MR": "MRI", "abdominal CT": "CT"}


def holds(scene: Scene, statement: str, finding: str, value: str, other: str) -> bool:
    """Whether a claim is true of a scene."""
    if statement == "modality":
        return MODALITIES[scene.modality] == value
    if statement == "region":
        return REGIONS[scene.modality] == value
    if statement == "view":
        return value in scene.view.replace(" with contrast", ", with contrast").split(", ")
    found = [f for f in scene.findings if f.name == finding]
    if statement == "presence":
        return bool(found)
    if statement == "relation":
        (one,), (two,) = found, [f for f in scene.findings if f.name == other]
        return (one.side == two.side) == (value == "on the same side as")
    return any(
        {"side": f.side, "place": f.place, "grade": f.grade, "attribute": f.attribute}[statement] == value
        for f in found
    )
