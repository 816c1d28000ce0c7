"""A square grey image in millimetres, and soft-edged shapes on it; x to the right, y down. Knows no anatomy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Region:
    """Where a shape lies: a window of the image, and how much of each of its pixels is inside (0 to 1)."""

    rows: slice
    columns: slice
    alpha: Floats

    def mask(self, size: int) -> Bools:
        """Pixels of which more than half are inside, shape (size, size)."""
        inside = np.zeros((size, size), dtype=np.bool_)
        inside[self.rows, self.columns] = self.alpha > 0.5
        return inside


class Canvas:
    """An image of ``size`` pixels a side over a field of ``field_mm``, the origin in its middle.

    Args:
        size: pixels a side.
        field_mm: millimetres a side.
        grey: of the empty image, 0 to 255.
    """

    def __init__(self, size: int, field_mm: float, grey: float) -> None:
        self.size, self.field_mm = size, field_mm
        self.pixel = field_mm / size
        axis = ((np.arange(size, dtype=np.float32) + 0.5) * self.pixel - field_mm / 2).astype(np.float32)
        self._axis = axis
        self.image = np.full((size, size), grey, dtype=np.float32)

    def axes(self, region: Region) -> tuple[Floats, Floats]:
        """Coordinates of a region's window in mm: x with shape (1, columns), y with shape (rows, 1)."""
        return self._axis[None, region.columns], self._axis[region.rows, None]

    def window(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """Rows and columns that hold the given rectangle, one pixel more on each side."""

        def pixels(low: float, high: float) -> slice:
            first = int((low + self.field_mm / 2) / self.pixel) - 1
            last = int((high + self.field_mm / 2) / self.pixel) + 2
            return slice(max(first, 0), max(min(last, self.size), 0))

        return pixels(top, bottom), pixels(left, right)

    def rectangle(self, left: float, top: float, right: float, bottom: float) -> Region:
        """The whole window around a rectangle, alpha 1."""
        rows, columns = self.window(left, top, right, bottom)
        shape = len(self._axis[rows]), len(self._axis[columns])
        return Region(rows, columns, np.ones(shape, dtype=np.float32))

    def ellipse(self, x: float, y: float, a: float, b: float, soft: float = 0.0) -> Region:
        """An upright ellipse with half axes ``a`` (x) and ``b`` (y); its edge is ``soft`` mm wide, at least a pixel."""
        edge = max(soft, self.pixel)
        rows, columns = self.window(x - a - edge, y - b - edge, x + a + edge, y + b + edge)
        across = ((self._axis[None, columns] - x) / a) ** 2
        down = ((self._axis[rows, None] - y) / b) ** 2
        return Region(rows, columns, edge_alpha(1 - (across + down), min(a, b) / 2, edge))

    def paint(self, region: Region, grey: float, opacity: float = 1.0) -> None:
        """Lays a grey level over the image where the region is."""
        under = self.image[region.rows, region.columns]
        under += region.alpha * ((grey - under) * opacity)

    def add(self, region: Region, grey: float) -> None:
        """Makes the image brighter (or, negative, darker) where the region is."""
        self.image[region.rows, region.columns] += region.alpha * grey


def edge_alpha(inside: NDArray[np.floating], scale: float, edge: float) -> Floats:
    """0 outside, 1 inside, and a ramp ``edge`` mm wide between.

    Args:
        inside: positive inside, negative outside.
        scale: millimetres that one unit of ``inside`` is worth at the edge.
        edge: width of the ramp in mm.
    """
    alpha = inside * np.float32(scale / edge) + np.float32(0.5)
    return np.asarray(np.clip(alpha, 0, 1, out=alpha), dtype=np.float32)


def within(region: Region, other: Region, size: int) -> Region:
    """The part of ``region`` that lies in ``other`` too."""
    whole = np.zeros((size, size), dtype=np.float32)
    whole[other.rows, other.columns] = other.alpha
    return Region(region.rows, region.columns, region.alpha * whole[region.rows, region.columns])
