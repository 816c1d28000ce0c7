from dataclasses import replace

import numpy as np
import pytest
from tests.phantoms.scenes import CARDIOMEGALY, EFFUSION, NODULE, chest, some

from auscult.phantoms.images import box, draw, draw_with_masks
from auscult.phantoms.scene import FIELD_MM


def test_a_scene_gives_the_same_pixels_again() -> None:
    for scene in some(6):
        assert np.array_equal(draw(scene), draw(scene))


def test_an_image_is_grey_square_and_of_any_size() -> None:
    for size in (64, 97, 128, 300):
        image = draw(chest(EFFUSION), size)
        assert image.shape == (size, size) and image.dtype == np.uint8


def test_another_noise_is_another_image() -> None:
    scene = chest(NODULE)
    assert not np.array_equal(draw(scene), draw(replace(scene, noise=scene.noise + 1)))


def test_a_larger_image_shows_the_same_thing() -> None:
    for scene in some(9):
        small, large = draw(scene, 64).astype(float), draw(scene, 256).astype(float)
        shrunk = large.reshape(64, 4, 64, 4).mean(axis=(1, 3))
        assert np.abs(shrunk - small).mean() < 8 and np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.97


def test_every_finding_changes_the_image_where_its_mask_is_and_hardly_elsewhere() -> None:
    for scene in some(45):
        whole = draw(scene).astype(float)
        for n, (finding, mask) in enumerate(zip(scene.findings, draw_with_masks(scene)[1], strict=True)):
            without = replace(scene, findings=scene.findings[:n] + scene.findings[n + 1 :])
            changed = np.abs(draw(without) - whole)
            if finding.name in ("midline shift", "cardiomegaly", "hydrocephalus"):
                assert changed[mask].max() > 25  # what is displaced or enlarged was there before, only smaller
            else:
                assert changed[mask].mean() > 12 and changed[mask].mean() > 5 * changed[~mask].mean(), finding


def test_masks_lie_on_the_side_that_the_finding_has() -> None:
    for scene in some(90):
        for finding, mask in zip(scene.findings, draw_with_masks(scene)[1], strict=True):
            centre = np.nonzero(mask)[1].mean()
            if finding.side and finding.name != "midline shift":
                assert (centre > 63.5) == (finding.side == "left"), (
                    finding
                )  # the patient's left is on the image's right


def test_round_findings_have_the_size_that_is_said() -> None:
    for scene in some(60):
        for finding, mask in zip(scene.findings, draw_with_masks(scene, 256)[1], strict=True):
            if finding.centre and finding.name != "consolidation":
                diameter = 2 * np.sqrt(mask.sum() / np.pi) * FIELD_MM[scene.modality] / 256
                assert diameter == pytest.approx(finding.size, rel=0.05)


def test_the_smallest_image_still_shows_every_finding() -> None:
    for scene in some(120) + some(60, "unseen"):
        assert all(mask.any() for mask in draw_with_masks(scene, 64)[1])


def test_masks_come_with_the_image_of_the_same_pass() -> None:
    scene = chest(EFFUSION, NODULE, CARDIOMEGALY)
    assert np.array_equal(draw_with_masks(scene, 96)[0], draw(scene, 96))


def test_a_box_is_the_smallest_around_a_mask() -> None:
    mask = np.zeros((8, 10), dtype=np.bool_)
    mask[2:5, 3] = mask[4, 6] = True
    assert box(mask) == (3, 2, 7, 5)
    with pytest.raises(ValueError, match="empty"):
        box(np.zeros((4, 4), dtype=np.bool_))


def test_an_image_too_small_to_show_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="16 pixels"):
        draw(chest(), 8)
