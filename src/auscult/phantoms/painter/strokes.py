"""Soft shapes laid over a grey image, in shares of its side; the image is float32 of shape (n, n), 0 to 255."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Floats = NDArray[np.float32]
Point = tuple[float, float]
Sketch = Callable[[ImageDraw.ImageDraw, float], None]
"""Draws on a mask; what it is given is the mask's pixels a side."""
_FINER = 2


def lay(image: Floats, grey: float, sketch: Sketch, *, opacity: float = 1.0, soft: float = 0.002) -> None:
    """Paints a grey level where a sketch is; the edge is ``soft`` of the side wide."""
    n = len(image)
    mask = Image.new("L", (n * _FINER, n * _FINER))
    sketch(ImageDraw.Draw(mask), float(n * _FINER))
    if (found := mask.getbbox()) is None:
        return
    edge = 2 + round(3 * soft * n)
    left, top = (max(0, low // _FINER - edge) for low in found[:2])
    right, bottom = (min(n, high // _FINER + 1 + edge) for high in found[2:])
    mask = mask.crop((left * _FINER, top * _FINER, right * _FINER, bottom * _FINER))
    mask = mask.filter(ImageFilter.GaussianBlur(soft * n * _FINER))
    mask = mask.resize((right - left, bottom - top), Image.Resampling.BOX)
    alpha = np.asarray(mask, dtype=np.float32) * np.float32(opacity / 255)
    under = image[top:bottom, left:right]
    under += alpha * (np.float32(grey) - under)


def disc(x: float, y: float, a: float, b: float | None = None) -> Sketch:
    """An upright ellipse."""
    high = a if b is None else b
    return lambda pen, n: pen.ellipse((n * (x - a), n * (y - high), n * (x + a), n * (y + high)), fill=255)


def line(points: Sequence[Point], width: float) -> Sketch:
    """A line with round ends."""

    def sketch(pen: ImageDraw.ImageDraw, n: float) -> None:
        at = [(n * x, n * y) for x, y in points]
        pen.line(at, fill=255, width=max(1, round(n * width)), joint="curve")
        for x, y in (at[0], at[-1]):
            r = n * width / 2
            pen.ellipse((x - r, y - r, x + r, y + r), fill=255)

    return sketch


def area(points: Iterable[Point]) -> Sketch:
    """A filled polygon."""
    corners = list(points)
    return lambda pen, n: pen.polygon([(n * x, n * y) for x, y in corners], fill=255)


def turned(points: Iterable[Point], centre: Point, size: float, angle: float) -> list[Point]:
    """Points around the origin, made ``size`` large, turned and put at ``centre``."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return [(centre[0] + size * (x * c - y * s), centre[1] + size * (x * s + y * c)) for x, y in points]


def round_points(a: float, b: float, wave: float = 0.0, waves: int = 0, turn: float = 0.0) -> list[Point]:
    """The outline of an ellipse around the origin, wavy where asked."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    reach = 1 + wave * np.sin(waves * angle + turn)
    return [(float(a * r * np.cos(t)), float(b * r * np.sin(t))) for t, r in zip(angle, reach, strict=True)]
