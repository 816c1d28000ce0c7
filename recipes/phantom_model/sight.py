"""First half of the training: the vision tower learns what lies where, from the dense truth of each patch.

Every patch says which findings lie in it, with side, place, grade and look; the first token says the same of the whole
image, with the sizes, the modality and the view. The heads that read this off are thrown away afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from auscult.phantoms.images import draw_with_masks
from auscult.phantoms.scene import KINDS, MODALITIES, VIEWS, FindingKind, Scene, SceneFinding

POSITIVE_WEIGHT = 4.0
SMALL = {"lung nodule": 3.0}
"""Findings that fill few patches, and how much more what is said of them weighs."""
SIZES = (128, 128, 128, 128, 96, 160, 192, 256)
"""Pixels a side that an image is drawn at before it is resized to the model's square; most often none is needed."""

Sign = tuple[str, str, str, str]
"""What is said of a finding: name, side, place, and one of grade or look; an empty field says nothing."""


def signs_of(name: str, side: str, place: str, grade: str, look: str) -> set[Sign]:
    """Everything that is true of a finding with these features."""
    return {
        (name, s, p, d)
        for s, p, d in product({"", side}, {"", place}, {"", grade, look})
        if not (p and d and KINDS[name].sided)
    }


def _all_of(kind: FindingKind) -> set[Sign]:
    sides = ("left", "right") if kind.sided else ("",)
    parts = product(sides, kind.places or ("",), ("small", "moderate", "large"), kind.attributes or ("",))
    return {sign for side, place, grade, look in parts for sign in signs_of(kind.name, side, place, grade, look)}


SIGNS: tuple[Sign, ...] = tuple(sorted(sign for kind in KINDS.values() for sign in _all_of(kind)))
ACQUISITIONS: tuple[str, ...] = (*MODALITIES, *(f"{m}, {view}" for m in MODALITIES for view in VIEWS[m]))
SLOTS: tuple[tuple[str, str, str], ...] = tuple(
    sorted(
        (k.name, side, place)
        for k in KINDS.values()
        for side in (("left", "right") if k.sided else ("",))
        for place in (k.places if not k.sided and k.places else ("",))
    )
)
"""Where at most one finding of a name lies: its size can be told."""
_SIGN = {sign: i for i, sign in enumerate(SIGNS)}
_SLOT = {slot: i for i, slot in enumerate(SLOTS)}


def _signs(finding: SceneFinding) -> list[int]:
    said = signs_of(finding.name, finding.side, finding.place, finding.grade, finding.attribute)
    return [_SIGN[s] for s in said]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of an image.

    Attributes:
        patches: signs of each patch, ``(patches, signs)``.
        whole: signs and acquisition of the image.
        sizes: of each slot, from 0 (smallest) to 1 (largest); NaN where nothing lies there.
    """

    patches: NDArray[np.float32]
    whole: NDArray[np.float32]
    sizes: NDArray[np.float32]


def truth(scene: Scene, found: Sequence[NDArray[np.bool_]], grid: int) -> Truth:
    """What is true of a scene's image.

    Args:
        scene: what is shown.
        found: mask of each finding, of any one size that ``grid`` divides.
        grid: patches a side.
    """
    patches = np.zeros((grid * grid, len(SIGNS)), np.float32)
    whole = np.zeros(len(SIGNS) + len(ACQUISITIONS), np.float32)
    sizes = np.full(len(SLOTS), np.nan, np.float32)
    for finding, mask in zip(scene.findings, found, strict=True):
        said = _signs(finding)
        whole[said] = 1
        patch = len(mask) // grid
        area = mask.reshape(grid, patch, grid, patch).sum(axis=(1, 3)).ravel()
        inside = (area >= 0.1 * patch * patch) | (area >= 0.25 * max(1, area.sum()))
        patches[np.ix_(inside, said)] = 1
        kind = finding.kind
        slot = _SLOT[finding.name, finding.side, finding.place if not kind.sided else ""]
        sizes[slot] = (finding.size - kind.smallest) / (kind.largest - kind.smallest)
    for name in (scene.modality, f"{scene.modality}, {scene.view}"):
        whole[len(SIGNS) + ACQUISITIONS.index(name)] = 1
    return Truth(patches, whole, sizes)


def picture(scene: Scene) -> tuple[Image.Image, list[NDArray[np.bool_]]]:
    """A scene's image at a resolution that depends on the scene, and the masks of its findings."""
    grey, found = draw_with_masks(scene, SIZES[scene.noise % len(SIZES)])
    return Image.fromarray(grey).convert("RGB"), found


class Eye(nn.Module):  # type: ignore[misc]
    """A vision tower with heads that read the truth off its tokens."""

    def __init__(self, tower: nn.Module, width: int) -> None:
        super().__init__()
        self.tower = tower
        self.patches = nn.Linear(width, len(SIGNS))
        self.whole = nn.Linear(width, len(SIGNS) + len(ACQUISITIONS))
        self.sizes = nn.Linear(width, len(SLOTS))
        for head in (self.patches, self.whole):
            nn.init.constant_(head.bias, -4.0)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Tokens of the last layer, ``(images, 1 + patches, width)``: what the language model will see."""
        tokens: torch.Tensor = self.tower(pixels, output_hidden_states=True).hidden_states[-1]
        return tokens

    def loss(self, pixels: torch.Tensor, truths: Sequence[Truth]) -> torch.Tensor:
        """How far the heads are from the truth."""
        tokens = self(pixels)
        weight, whole_weight = _positive_weights()
        patches = torch.from_numpy(np.stack([t.patches for t in truths]))
        whole = torch.from_numpy(np.stack([t.whole for t in truths]))
        sizes = torch.from_numpy(np.stack([t.sizes for t in truths]))
        known = ~sizes.isnan()
        error = (self.sizes(tokens[:, 0]) - sizes.nan_to_num()) * known
        return (
            20 * binary_cross_entropy_with_logits(self.patches(tokens[:, 1:]), patches, pos_weight=weight)
            + 10 * binary_cross_entropy_with_logits(self.whole(tokens[:, 0]), whole, pos_weight=whole_weight)
            + 2 * error.square().sum() / known.sum().clamp(min=1)
        )


@cache
def _positive_weights() -> tuple[torch.Tensor, torch.Tensor]:
    """Of each sign that is there, in a patch and in the whole image."""
    signs = [POSITIVE_WEIGHT * SMALL.get(sign[0], 1.0) for sign in SIGNS]
    return torch.tensor(signs), torch.tensor([*signs, *[POSITIVE_WEIGHT] * len(ACQUISITIONS)])


@torch.inference_mode()  # type: ignore[untyped-decorator]
def seen(eye: Eye, pixels: torch.Tensor, truths: Sequence[Truth]) -> dict[str, dict[str, float]]:
    """How well the heads read held-out images: for each finding recall and false alarms, by image and by patch.

    ``side`` is the balanced accuracy of all signs of a finding, over images of its modality; ``size`` the mean absolute
    error in the unit of the finding.
    """
    eye.eval()
    tokens = torch.cat([eye(part) for part in pixels.split(64)])
    whole = eye.whole(tokens[:, 0]).numpy() > 0
    patches = eye.patches(tokens[:, 1:]).numpy() > 0
    sizes = eye.sizes(tokens[:, 0]).numpy()
    true_whole = np.stack([t.whole for t in truths]) > 0
    true_patches = np.stack([t.patches for t in truths]) > 0
    true_sizes = np.stack([t.sizes for t in truths])
    report: dict[str, dict[str, float]] = {}
    for name, kind in KINDS.items():
        i = _SIGN[name, "", "", ""]
        on = true_whole[:, len(SIGNS) + ACQUISITIONS.index(kind.modality)]
        columns = [j for j, sign in enumerate(SIGNS) if sign[0] == name and sign != SIGNS[i]]
        slots = [j for j, slot in enumerate(SLOTS) if slot[0] == name]
        hit, true = whole[on][:, columns], true_whole[on][:, columns]
        report[name] = {
            "recall": _share(whole[on, i], true_whole[on, i]),
            "false": _share(whole[on, i], ~true_whole[on, i]),
            "signs_recall": _share(hit, true),
            "signs_false": _share(hit, ~true),
            "patch_recall": _share(patches[..., i], true_patches[..., i]),
            "patch_precision": _share(true_patches[..., i], patches[..., i]),
            "size_error": _mean(np.abs(sizes - true_sizes)[:, slots]) * (kind.largest - kind.smallest),
        }
    columns = list(range(len(SIGNS), len(SIGNS) + len(ACQUISITIONS)))
    report["acquisition"] = {"exact": float((whole == true_whole)[:, columns].all(axis=1).mean())}
    return report


def _mean(values: NDArray[np.float32]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(of[among].mean()) if among.any() else float("nan")
