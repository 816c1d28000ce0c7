"""Scenes for tests: some from the distribution, some made by hand."""

from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import MODALITIES, Scene, SceneFinding


def some(n: int, split: str = "validation") -> list[Scene]:
    """Scenes of all modalities in turn."""
    return [draw_scene(i, split, MODALITIES[i % 3]) for i in range(n)]  # type: ignore[arg-type]


def chest(*findings: SceneFinding, view: str = "posteroanterior") -> Scene:
    """A chest radiograph with these findings."""
    body = draw_scene(3, "train", "chest radiograph")
    return Scene(
        seed=3,
        split="train",
        distribution=body.distribution,
        modality="chest radiograph",
        view=view,
        findings=findings,
        anatomy=body.anatomy,
        noise=5,
    )


EFFUSION = SceneFinding(name="pleural effusion", side="left", size=80.0)
NODULE = SceneFinding(name="lung nodule", side="right", place="upper zone", size=18.0, centre=(-80.0, -80.0))
CARDIOMEGALY = SceneFinding(name="cardiomegaly", size=0.62)
