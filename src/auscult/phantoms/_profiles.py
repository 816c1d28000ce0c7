"""What the measuring routines share: grey levels by position in mm, and crossings of a level along a profile."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """A finding as it was measured; the fields are those of a scene's finding."""

    name: str
    side: str = ""
    place: str = ""
    size: float = 0.0
    attribute: str = ""


class Film:
    """An image in mm: the origin in its middle, x to the image's right, y down.

    Args:
        image: grey levels, shape (n, n).
        field_mm: width and height.
        blur_mm: standard deviation of the smoothing against noise; 0: none.
    """

    def __init__(self, image: NDArray[np.floating | np.integer], field_mm: float, blur_mm: float) -> None:
        self.n, self.field_mm = len(image), field_mm
        self.pixel = field_mm / self.n
        self.axis: Floats = (np.arange(self.n) + 0.5) * self.pixel - field_mm / 2
        raw = image.astype(np.float64)
        self.grey: Floats = ndimage.gaussian_filter(raw, blur_mm / self.pixel) if blur_mm else raw

    @property
    def x(self) -> Floats:
        """Columns in mm, shape (1, n)."""
        return self.axis[None, :]

    @property
    def y(self) -> Floats:
        """Rows in mm, shape (n, 1)."""
        return self.axis[:, None]

    def at(self, x: Floats, y: Floats) -> Floats:
        """Grey levels at positions in mm, linearly interpolated."""
        rows = (np.asarray(y) + self.field_mm / 2) / self.pixel - 0.5
        columns = (np.asarray(x) + self.field_mm / 2) / self.pixel - 0.5
        rows, columns = np.broadcast_arrays(rows, columns)
        found: Floats = ndimage.map_coordinates(self.grey, [rows, columns], order=1, mode="nearest")
        return found

    def disc(self, radius_mm: float) -> Bools:
        """A disc for morphology, at least 3 pixels wide."""
        r = max(1, round(radius_mm / self.pixel))
        grid = np.arange(-r, r + 1)
        inside: Bools = grid[:, None] ** 2 + grid[None, :] ** 2 <= r * r + 0.5
        return inside

    def round(self, mask: Bools, low: float, high: float) -> tuple[float, float, float]:
        """Centre and diameter in mm of a round thing of which ``mask`` holds the most.

        The centre is that of the largest disc in the mask. Rays from there end where the grey leaves ``low`` to
        ``high``; the median ray decides, so that what touches the thing on one side does not.
        """
        depth = ndimage.distance_transform_edt(ndimage.binary_fill_holes(mask))
        x, y = self.centre(depth >= 0.92 * depth.max())
        angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)[:, None]
        length = np.arange(0, 40.0, 0.25)[None, :]
        rays = self.at(x + length * np.cos(angle), y + length * np.sin(angle))
        ended = (rays < low) | (rays > high)
        ended[:, -1] = True
        return x, y, float(2 * np.median(length[0, ended.argmax(axis=1)]))

    def diameter(self, mask: Bools) -> float:
        """Diameter in mm of the disc with the mask's area."""
        return float(2 * np.sqrt(mask.sum() / np.pi) * self.pixel)

    def centre(self, mask: Bools) -> tuple[float, float]:
        """Centre of gravity in mm."""
        rows, columns = np.nonzero(mask)
        return float(self.axis[columns].mean()), float(self.axis[rows].mean())


def components(mask: Bools) -> list[Bools]:
    """The connected parts of a mask, the largest first."""
    numbers, count = ndimage.label(mask)
    parts = [numbers == k for k in range(1, count + 1)]
    return sorted(parts, key=lambda part: -int(part.sum()))


def crossing(profile: Floats, positions: Floats, level: float, start: int = 0) -> float | None:
    """The first position from ``start`` on where a profile crosses a level, interpolated; None if it never does."""
    above = profile > level
    changes = np.flatnonzero(above[start + 1 :] != above[start:-1]) + start
    if not len(changes):
        return None
    i = int(changes[0])
    share = (level - profile[i]) / (profile[i + 1] - profile[i])
    return float(positions[i] + share * (positions[i + 1] - positions[i]))


def side_of(x: float) -> str:
    """The patient's side of a position: the patient's right is on the image's left."""
    return "left" if x > 0 else "right"
