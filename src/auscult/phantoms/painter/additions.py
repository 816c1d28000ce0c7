"""What drawings show that nobody asked for, and parts of the body where they cannot be."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from auscult.phantoms.painter.strokes import Floats, Point, area, lay, line, round_points, turned

WORDS = ("R", "L", "PORTABLE", "AP ERECT", "SUPINE", "12:45", "ID 4471", "WARD 3", "SERIES 2")
WORDS_APART = ("ROOM 12", "L STANDING", "08:17", "NO CONTRAST", "SE 5 IM 44")
"""Letters of the paintings that are kept apart."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How a painting is carried out; paintings that instruments are tested on at the end have another hand.

    Attributes:
        apart: whether it is the hand of those.
        thick: of lines, in shares of the usual.
        metal: grey level of metal.
        bone: grey level of bones in the wrong place.
    """

    apart: bool = False
    thick: float = 1.0
    metal: float = 255.0
    bone: float = 222.0


USUAL, APART = Hand(), Hand(apart=True, thick=1.25, metal=248.0, bone=208.0)


def _spot(random: np.random.Generator, low: float = 0.32, high: float = 0.68) -> Point:
    return float(random.uniform(low, high)), float(random.uniform(low, high))


def clips(image: Floats, random: np.random.Generator, hand: Hand) -> None:
    """Three to seven short strokes of metal, close together."""
    x, y = _spot(random)
    for _ in range(int(random.integers(3, 8))):
        at = x + float(random.normal(0, 0.05)), y + float(random.normal(0, 0.05))
        half = float(random.uniform(0.012, 0.018))
        angle = float(random.uniform(0, np.pi))
        points = turned([(-1, 0), (1, 0)], at, half, angle)
        if hand.apart:  # bent
            points = turned([(-1, 0.5), (0, -0.5), (1, 0.5)], at, half, angle)
        lay(image, hand.metal, line(points, 0.012 * hand.thick), soft=0.001)


def tubes(image: Floats, random: np.random.Generator, hand: Hand) -> None:
    """A long bent line from near an edge inwards, with a denser tip."""
    start = float(random.uniform(0.3, 0.7)), float(random.uniform(0.04, 0.12))
    end = _spot(random, 0.38, 0.62)
    end = end[0], end[1] + 0.1
    bend = float(random.uniform(-0.16, 0.16)) * (1.4 if hand.apart else 1)
    t = np.linspace(0, 1, 24)
    x = start[0] + (end[0] - start[0]) * t + bend * np.sin(np.pi * t)
    y = start[1] + (end[1] - start[1]) * t
    points = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    lay(image, 235, line(points, 0.011 * hand.thick), opacity=0.85, soft=0.0015)
    lay(image, hand.metal, line(points[-3:], 0.013 * hand.thick), soft=0.001)


def text(image: Floats, random: np.random.Generator, hand: Hand) -> None:
    """A word or two, burned in near a corner."""
    words = WORDS_APART if hand.apart else WORDS
    word = words[int(random.integers(len(words)))]
    n = len(image)
    size = float(random.uniform(0.045, 0.065))
    font = ImageFont.load_default(max(9, round(n * size)))
    mask = Image.new("L", (n, n))
    pen = ImageDraw.Draw(mask)
    left, top, right, bottom = pen.textbbox((0, 0), word, font=font)
    width, height = right - left, bottom - top
    margin = n * float(random.uniform(0.02, 0.05))
    x = margin if random.random() < 0.5 else n - margin - width
    y = margin if random.random() < 0.6 else n - margin - height
    pen.text((x - left, y - top), word, font=font, fill=255)
    alpha = np.asarray(mask, dtype=np.float32) / 255
    image += alpha * (np.float32(hand.metal) - image)


def bones(image: Floats, at: Point, size: float, angle: float, hand: Hand) -> None:
    """Three or four rays of three bones each, as of a foot or a hand; two long ones beside them in the other hand."""
    rays = [(-0.5 + k * 0.33, 0.0) for k in range(4 if not hand.apart else 3)]
    for k, (x, _) in enumerate(rays):
        top = -0.9 + 0.12 * abs(k - 1)
        for upper, lower in ((top, top + 0.36), (top + 0.44, top + 0.84), (top + 0.92, 0.95)):
            points = turned([(x, upper), (x, lower)], at, size, angle)
            lay(image, 120, line(points, 0.2 * size * hand.thick), opacity=0.35, soft=0.006)
            lay(image, hand.bone, line(points, 0.11 * size * hand.thick), opacity=0.9)
            for end in points:
                lay(image, hand.bone, line([end, end], 0.15 * size * hand.thick), opacity=0.9)


def brain(image: Floats, at: Point, size: float, angle: float, hand: Hand) -> None:
    """Skull, wavy folds and two ventricles."""
    lay(image, 225, area(turned(round_points(0.8, 1.0), at, size, angle)), opacity=0.95)
    lay(image, 92, area(turned(round_points(0.68, 0.88), at, size, angle)), opacity=0.95)
    for reach in (0.55, 0.36) if not hand.apart else (0.48,):
        fold = turned(round_points(reach, 1.25 * reach, 0.1, 14, reach), at, size, angle)
        lay(image, 165, line([*fold, fold[0]], 0.09 * size * hand.thick), opacity=0.9)
    for x in (-0.12, 0.12):
        lay(image, 22, area(turned([(x + a, b - 0.05) for a, b in round_points(0.07, 0.26)], at, size, angle)))


def thorax(image: Floats, at: Point, size: float, angle: float, hand: Hand) -> None:
    """Two lungs with ribs, and a heart between them."""
    lay(image, 150, area(turned(round_points(1.0, 0.9), at, size, angle)), opacity=0.9)
    for x in (-0.48, 0.48):
        lay(image, 28, area(turned([(x + a, b) for a, b in round_points(0.36, 0.7)], at, size, angle)), opacity=0.95)
    for y in (-0.45, -0.15, 0.15, 0.45):
        for x in (-0.78, 0.22):
            rib = turned([(x, y), (x + 0.28, y - 0.07), (x + 0.56, y)], at, size, angle)
            lay(image, 165, line(rib, 0.05 * size * hand.thick), opacity=0.8)
    lay(image, 215, area(turned([(0.1 + a, 0.15 + b) for a, b in round_points(0.3, 0.36)], at, size, angle)))


def abdomen(image: Floats, at: Point, size: float, angle: float, hand: Hand) -> None:
    """Two kidneys with a dark middle, and loops of bowel."""
    for x in (-0.55, 0.55):
        lay(image, 214, area(turned([(x + a, b) for a, b in round_points(0.32, 0.55)], at, size, angle)), opacity=0.95)
        inner = [(0.82 * x + a, b) for a, b in round_points(0.13, 0.26)]
        lay(image, 60, area(turned(inner, at, size, angle)), opacity=0.9)
    loops = [(0.1 * np.sin(9 * t), 0.75 * t) for t in np.linspace(-1, 1, 30)]
    course = turned([(float(x), float(y)) for x, y in loops], at, size, angle)
    lay(image, 190, line(course, 0.17 * size), opacity=0.9)
    lay(image, 40, line(course, 0.09 * size * hand.thick), opacity=0.9)


def teeth(image: Floats, at: Point, size: float, angle: float, hand: Hand) -> None:
    """Two rows of teeth."""
    for y in (-0.3, 0.3):
        for k in range(6 if not hand.apart else 5):
            x = -0.85 + 0.34 * k
            crown = [
                (x - 0.12, y - 0.22),
                (x + 0.12, y - 0.22),
                (x + 0.13, y + 0.16),
                (x, y + 0.24),
                (x - 0.13, y + 0.16),
            ]
            lay(image, 236, area(turned(crown, at, size, angle)), opacity=0.95)


FOREIGN: dict[str, Callable[[Floats, Point, float, float, Hand], None]] = {
    "bones": bones,
    "brain": brain,
    "thorax": thorax,
    "abdomen": abdomen,
    "teeth": teeth,
}
"""Parts of the body by how they are drawn where they cannot be."""


def foreign(image: Floats, part: str, random: np.random.Generator, hand: Hand) -> None:
    """A part of the body over an image of another one."""
    size = float(random.uniform(0.17, 0.24))
    FOREIGN[part](image, _spot(random, 0.3, 0.7), size, float(random.uniform(-0.6, 0.6)), hand)
