"""A scene → its image, and where each finding lies in it. The same scene gives the same pixels."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from auscult.phantoms.abdomen import draw_abdomen
from auscult.phantoms.brain import draw_brain
from auscult.phantoms.canvas import Bools, Canvas, Region
from auscult.phantoms.chest import draw_chest
from auscult.phantoms.scene import FIELD_MM, Modality, Scene
from auscult.phantoms.subtle import CONTRAST, plain

Draw = Callable[[Canvas, Scene, Canvas], list[Region]]
_DRAW: dict[Modality, Draw] = {"chest radiograph": draw_chest, "brain MR": draw_brain, "abdominal CT": draw_abdomen}
_TEXTURE: dict[Modality, tuple[float, float]] = {
    "chest radiograph": (9.0, 4.0),
    "brain MR": (4.0, 4.0),
    "abdominal CT": (4.0, 4.0),
}
"""Standard deviations of what is coarse (vessels, uneven tissue) and, at 128 pixels a side, of a pixel's noise."""
_COARSE = 32


@cache
def _spread(size: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Linear interpolation from the coarse grid to ``size`` pixels: the lower neighbour, and the upper one's share."""
    at = np.linspace(0, _COARSE - 1, size)
    low = np.minimum(at.astype(np.intp), _COARSE - 2)
    return low, (at - low).astype(np.float32)


def _render(scene: Scene, size: int) -> tuple[Canvas, list[Region]]:
    if size < 16:
        raise ValueError(f"a phantom needs at least 16 pixels a side, not {size}")
    random = np.random.default_rng(scene.noise)
    coarse, fine = _TEXTURE[scene.modality]
    field = FIELD_MM[scene.modality]
    canvas, texture = Canvas(size, field, 8.0), Canvas(size, field, 0.0)
    grid = random.standard_normal((_COARSE, _COARSE), dtype=np.float32) * np.float32(coarse)
    low, upper = _spread(size)
    rows = grid[low] + upper[:, None] * (grid[low + 1] - grid[low])
    texture.image = rows[:, low] + upper * (rows[:, low + 1] - rows[:, low])
    drawer = _DRAW[scene.modality]
    regions = drawer(canvas, scene, texture)
    if (contrast := scene.anatomy.get(CONTRAST, 1.0)) < 1:
        without = Canvas(size, field, 8.0)
        drawer(without, plain(scene), texture)
        canvas.image = without.image + np.float32(contrast) * (canvas.image - without.image)
    canvas.image *= np.float32(scene.anatomy["gain"])
    # What a pixel averages over shrinks with its area: noise is the same for the eye at any resolution.
    canvas.image += random.standard_normal((size, size), dtype=np.float32) * np.float32(fine * size / 128)
    return canvas, regions


def draw(scene: Scene, size: int = 128) -> NDArray[np.uint8]:
    """The image of a scene, shape (size, size), grey levels 0 to 255.

    Args:
        scene: what it shows.
        size: pixels a side, at least 16.
    """
    return _grey(_render(scene, size)[0])


def draw_with_masks(scene: Scene, size: int = 128) -> tuple[NDArray[np.uint8], list[Bools]]:
    """Image (see ``draw``) and where each finding lies, in the order of ``scene.findings``; arrays (size, size)."""
    canvas, regions = _render(scene, size)
    return _grey(canvas), [region.mask(size) for region in regions]


def _grey(canvas: Canvas) -> NDArray[np.uint8]:
    return np.asarray(np.clip(canvas.image + np.float32(0.5), 0, 255), dtype=np.uint8)


def box(mask: Bools) -> tuple[int, int, int, int]:
    """The smallest box around a mask: x_min, y_min, x_max, y_max in pixels, the last two exclusive.

    Raises:
        ValueError: the mask is empty.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        raise ValueError("an empty mask has no box")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
