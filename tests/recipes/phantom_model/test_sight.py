import numpy as np
import pytest
import torch
from recipes.phantom_model.muon import orthogonal
from recipes.phantom_model.sight import ACQUISITIONS, SIGNS, SLOTS, picture, signs_of, truth

from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.images import draw_with_masks


def test_patches_say_what_lies_in_them_and_nothing_else() -> None:
    for seed in range(60):
        scene = draw_scene(seed, "validation")
        _, found = draw_with_masks(scene, 128)
        said = truth(scene, found, 8).patches > 0
        for i, (name, *rest) in enumerate(SIGNS):
            if any(rest):
                continue
            here = np.zeros((8, 8), bool)
            for finding, mask in zip(scene.findings, found, strict=True):
                if finding.name == name:
                    here |= mask.reshape(8, 16, 8, 16).any(axis=(1, 3))
            assert not (said[:, i].reshape(8, 8) & ~here).any()
            assert said[:, i].any() == here.any()


def test_the_image_says_side_place_grade_size_and_acquisition() -> None:
    scene = next(s for s in map(draw_scene, range(1000)) if len(s.of("lung nodule")) == 1)
    nodule = scene.of("lung nodule")[0]
    _, found = draw_with_masks(scene, 64)
    made = truth(scene, found, 8)
    said = {sign for sign, on in zip(SIGNS, made.whole, strict=False) if on and sign[0] == "lung nodule"}
    assert said == signs_of("lung nodule", nodule.side, nodule.place, nodule.grade, "")
    assert ("lung nodule", nodule.side, nodule.place, "") in said
    size = made.sizes[SLOTS.index(("lung nodule", nodule.side, ""))]
    assert 12 + 18 * size == pytest.approx(nodule.size)
    on = [name for name, value in zip(ACQUISITIONS, made.whole[len(SIGNS) :], strict=True) if value]
    assert on == ["chest radiograph", f"chest radiograph, {scene.view}"]


def test_pictures_have_several_resolutions() -> None:
    assert {picture(draw_scene(seed))[0].size for seed in range(60)} >= {(96, 96), (128, 128), (256, 256)}


def test_updates_of_muon_have_singular_values_near_one() -> None:
    matrices = torch.randn(3, 16, 40, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonal(matrices))
    assert values.min() > 0.6
    assert values.max() < 1.3
