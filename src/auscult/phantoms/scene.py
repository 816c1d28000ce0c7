"""What a phantom shows: a scene of findings, each with side, place and size in millimetres, drawn from a seed.

A scene says everything that there is to say of its image: what it does not hold is absent. Sides are the patient's;
images follow the radiological convention (the patient's right is on the left of the image).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from auscult.records import digest

Modality = Literal["chest radiograph", "brain MR", "abdominal CT"]
Split = Literal["train", "validation", "test", "unseen"]
Grade = Literal["small", "moderate", "large"]

MODALITIES: tuple[Modality, ...] = ("chest radiograph", "brain MR", "abdominal CT")
SPLITS: tuple[Split, ...] = ("train", "validation", "test", "unseen")
VIEWS: dict[Modality, tuple[str, str]] = {
    "chest radiograph": ("posteroanterior", "anteroposterior"),
    "brain MR": ("T1-weighted with contrast", "T2-weighted"),
    "abdominal CT": ("with contrast", "without contrast"),
}
"""How the image was acquired; visible in its pixels."""
FIELD_MM: dict[Modality, float] = {"chest radiograph": 400.0, "brain MR": 210.0, "abdominal CT": 400.0}
"""Width and height of the square field of view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingKind:
    """A finding that phantoms can show, and how it is described.

    Attributes:
        name: the field's term.
        modality: the images it occurs on.
        sided: whether it has a side.
        places: where it can lie; empty where the finding says it (an effusion is in the pleural space).
        measure: what ``size`` is.
        unit: mm, or empty for a ratio.
        smallest: least size that is drawn.
        largest: greatest size that is drawn.
        limits: sizes from which it is moderate, and large.
        attributes: what it can look like beyond size; empty where it has one look.
    """

    name: str
    modality: Modality
    sided: bool
    places: tuple[str, ...] = ()
    measure: str = "greatest diameter"
    unit: str = "mm"
    smallest: float
    largest: float
    limits: tuple[float, float]
    attributes: tuple[str, ...] = ()

    def grade(self, size: float) -> Grade:
        """Small, moderate or large."""
        return "small" if size < self.limits[0] else "moderate" if size < self.limits[1] else "large"


_ZONES = ("upper zone", "middle zone", "lower zone")
_LOBES = ("frontal lobe", "parietal lobe", "occipital lobe")

KINDS: dict[str, FindingKind] = {
    k.name: k
    for k in (
        FindingKind(
            name="pleural effusion",
            modality="chest radiograph",
            sided=True,
            measure="height above the costophrenic angle",
            smallest=30,
            largest=120,
            limits=(55, 90),
        ),
        FindingKind(
            name="pneumothorax",
            modality="chest radiograph",
            sided=True,
            measure="width of the apical rim",
            smallest=16,
            largest=50,
            limits=(26, 38),
        ),
        FindingKind(
            name="lung nodule",
            modality="chest radiograph",
            sided=True,
            places=_ZONES,
            smallest=12,
            largest=30,
            limits=(18, 24),
        ),
        FindingKind(
            name="consolidation",
            modality="chest radiograph",
            sided=True,
            places=_ZONES,
            measure="greatest extent",
            smallest=45,
            largest=75,
            limits=(55, 65),
        ),
        FindingKind(
            name="cardiomegaly",
            modality="chest radiograph",
            sided=False,
            measure="cardiothoracic ratio",
            unit="",
            smallest=0.56,
            largest=0.70,
            limits=(0.60, 0.65),
        ),
        FindingKind(
            name="brain tumour",
            modality="brain MR",
            sided=True,
            places=_LOBES,
            smallest=16,
            largest=46,
            limits=(26, 36),
            attributes=("ring-enhancing", "homogeneously enhancing", "non-enhancing"),
        ),
        FindingKind(
            name="midline shift",
            modality="brain MR",
            sided=True,
            measure="displacement of the midline",
            smallest=5,
            largest=16,
            limits=(8, 12),
        ),
        FindingKind(
            name="hydrocephalus",
            modality="brain MR",
            sided=False,
            measure="Evans index",
            unit="",
            smallest=0.36,
            largest=0.48,
            limits=(0.40, 0.44),
        ),
        FindingKind(
            name="ascites",
            modality="abdominal CT",
            sided=False,
            measure="greatest depth",
            smallest=12,
            largest=40,
            limits=(20, 30),
        ),
        FindingKind(
            name="renal cyst",
            modality="abdominal CT",
            sided=True,
            smallest=16,
            largest=50,
            limits=(26, 38),
        ),
        FindingKind(
            name="liver lesion",
            modality="abdominal CT",
            sided=False,
            places=("right lobe", "left lobe"),
            smallest=14,
            largest=45,
            limits=(24, 34),
        ),
    )
}
"""Every finding that phantoms show. The side of a midline shift is the side towards which the midline moved."""


def kinds_of(modality: Modality) -> tuple[FindingKind, ...]:
    """The findings that can occur on images of a modality."""
    return tuple(k for k in KINDS.values() if k.modality == modality)


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFinding:
    """One finding of a scene.

    Attributes:
        name: key of ``KINDS``.
        side: the patient's ``left`` or ``right``, or empty.
        place: one of the kind's places, or empty.
        size: in the kind's unit; whole millimetres, or a ratio to two decimals.
        attribute: one of the kind's attributes, or empty (it cannot be seen in this view).
        centre: in mm from the centre of the image, x to the image's right (patient's left), y down; of what has a
            centre of its own (nodule, consolidation, tumour, cyst, lesion).
    """

    name: str
    side: str = ""
    place: str = ""
    size: float
    attribute: str = ""
    centre: tuple[float, float] | None = None

    @property
    def kind(self) -> FindingKind:
        """What is true of all findings of this name."""
        return KINDS[self.name]

    @property
    def grade(self) -> Grade:
        """Small, moderate or large."""
        return self.kind.grade(self.size)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that an image shows.

    Attributes:
        seed: of this scene within its split.
        split: which stream of seeds it comes from; streams never share a scene.
        distribution: version of the distribution it was drawn from.
        modality: of the image.
        view: how it was acquired, one of ``VIEWS[modality]``.
        findings: all that there is; what is not here is absent.
        anatomy: the body's own measures (half widths of the chest, ...), in mm or as ratios.
        noise: seed of the image's noise.
    """

    seed: int
    split: Split
    distribution: str
    modality: Modality
    view: str
    findings: tuple[SceneFinding, ...]
    anatomy: dict[str, float]
    noise: int

    @cached_property
    def key(self) -> str:
        """Name of the scene: what it holds, not which seed drew it."""
        return digest(self.modality, self.view, [_plain(f) for f in self.findings], self.anatomy, self.noise)

    def of(self, name: str, side: str = "", place: str = "") -> tuple[SceneFinding, ...]:
        """The findings of that name; with ``side`` or ``place`` only those there."""
        return tuple(
            f
            for f in self.findings
            if f.name == name and (not side or f.side == side) and (not place or f.place == place)
        )


def _plain(finding: SceneFinding) -> list[object]:
    return [finding.name, finding.side, finding.place, finding.size, finding.attribute, finding.centre]
