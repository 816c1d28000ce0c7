"""An abdominal ultrasound and a hand radiograph, drawn from a stream of chance: what scenes of phantoms do not hold."""

import numpy as np

from auscult.phantoms.painter.strokes import Floats, Point, area, disc, lay, line, turned


def draw_ultrasound(finding: str, random: np.random.Generator, n: int) -> Floats:
    """A sector with liver, gallbladder and kidney; a finding of the painter's vocabulary, or none."""
    grid = (np.arange(n, dtype=np.float32) + 0.5) / n
    x, y = grid[None, :] - 0.5, grid[:, None]
    radius = np.sqrt(x**2 + (y + 0.08) ** 2)
    half = float(random.uniform(0.6, 0.72))
    inside = (radius > 0.17) & (radius < float(random.uniform(0.98, 1.04))) & (np.abs(np.arctan2(x, y + 0.08)) < half)
    echo = np.full((n, n), float(random.uniform(78, 96)), dtype=np.float32)
    if finding == "thyroid nodule":
        _thyroid(echo, random)
    else:
        _upper_abdomen(echo, finding, random)
    grain = random.gamma(12.0, 1 / 12, (n // 2 + 1, n // 2 + 1)).astype(np.float32)
    speckle = np.kron(grain, np.ones((2, 2), dtype=np.float32))[:n, :n]
    return np.where(inside, echo * speckle, np.float32(4.0)).astype(np.float32)


def _upper_abdomen(echo: Floats, finding: str, random: np.random.Generator) -> None:
    """Gallbladder, kidney and diaphragm."""
    gall: Point = float(random.uniform(0.36, 0.44)), float(random.uniform(0.3, 0.38))
    kidney: Point = float(random.uniform(0.58, 0.66)), float(random.uniform(0.6, 0.68))
    lay(echo, 14, disc(*gall, 0.085, 0.06))
    lay(echo, 62, disc(*kidney, 0.15, 0.085))
    lay(echo, 150, disc(*kidney, 0.08, 0.03), soft=0.008)
    lay(echo, 190, line([(0.1, 0.9), (0.35, 0.86), (0.65, 0.87), (0.9, 0.92)], 0.012), soft=0.004)
    if finding == "gallstone":
        _stone(echo, (gall[0] + float(random.uniform(-0.03, 0.03)), gall[1] + 0.035))
    elif finding == "kidney stone":
        _stone(echo, (kidney[0] + float(random.uniform(-0.05, 0.05)), kidney[1]))
    elif finding == "renal cyst":
        lay(echo, 8, disc(kidney[0] + 0.1, kidney[1] - 0.03, float(random.uniform(0.045, 0.07))))
    elif finding == "ascites":
        lay(echo, 8, line([(0.2, 0.5), (0.4, 0.47), (0.7, 0.49)], float(random.uniform(0.05, 0.08))), soft=0.003)


def _stone(echo: Floats, at: Point) -> None:
    """A stone and the shadow behind it."""
    x, y = at
    lay(echo, 10, area([(x - 0.022, y), (x + 0.022, y), (x + 0.05, 0.95), (x - 0.05, 0.95)]), opacity=0.85, soft=0.004)
    lay(echo, 240, disc(x, y, 0.024, 0.014))


def _thyroid(echo: Floats, random: np.random.Generator) -> None:
    """Two lobes beside the windpipe, a nodule in one of them."""
    lay(echo, 12, disc(0.5, 0.5, 0.07, 0.06))
    for x in (0.34, 0.66):
        lay(echo, 135, disc(x, 0.44, 0.1, 0.13), soft=0.008)
    x = 0.34 if random.random() < 0.5 else 0.66
    lay(echo, 45, disc(x, 0.44 + float(random.uniform(-0.04, 0.04)), float(random.uniform(0.03, 0.05))), soft=0.004)


def draw_hand(finding: str, random: np.random.Generator, n: int) -> Floats:
    """The bones of a hand; broken where the finding is a fracture."""
    image = np.full((n, n), 12.0, dtype=np.float32)
    flesh, bone = float(random.uniform(56, 72)), float(random.uniform(190, 212))
    thumb = 1 if random.random() < 0.5 else -1
    at, size, angle = (0.5, 0.56), float(random.uniform(0.42, 0.47)), float(random.uniform(-0.08, 0.08))

    def put(points: list[Point]) -> list[Point]:
        return turned([(thumb * x, y) for x, y in points], at, size, angle)

    tips = ((-0.42, -0.72), (-0.2, -0.95), (0.03, -1.0), (0.25, -0.92))
    bases = ((-0.3, 0.28), (-0.14, 0.24), (0.02, 0.23), (0.17, 0.26))
    rays = [*zip(tips, bases, strict=True), ((0.78, -0.25), (0.28, 0.36))]
    lay(
        image,
        flesh,
        area(put([(-0.46, 0.55), (-0.42, -0.1), (0.36, -0.1), (0.5, 0.4), (0.28, 1.3), (-0.34, 1.3)])),
        soft=0.01,
    )
    for tip, base in rays:
        lay(image, flesh, line(put([tip, base]), 0.19 * size), soft=0.008)
    for x, y in ((-0.24, 0.4), (-0.08, 0.38), (0.08, 0.39), (0.2, 0.46), (-0.16, 0.52), (0.03, 0.54)):
        lay(image, bone - 12, disc(*put([(x, y)])[0], 0.075 * size), soft=0.003)
    for x in (-0.2, 0.1):
        lay(image, bone, line(put([(x, 0.68), (x - 0.02, 1.4)]), 0.15 * size))
    pieces = []
    for k, (tip, base) in enumerate(rays):
        for low, high in ((0.0, 0.2), (0.24, 0.46), (0.5, 0.98)) if k < 4 else ((0.04, 0.34), (0.4, 0.95)):
            ends = [(tip[0] + s * (base[0] - tip[0]), tip[1] + s * (base[1] - tip[1])) for s in (low, high)]
            pieces.append(put(ends))
            lay(image, bone, line(pieces[-1], (0.075 if high < 0.5 else 0.09) * size))
    if finding == "fracture":
        (ax, ay), (bx, by) = pieces[int(random.choice([2, 5, 8, 11]))]
        middle, along = ((ax + bx) / 2, (ay + by) / 2), np.arctan2(by - ay, bx - ax)
        gap = turned([(-0.09, -0.12), (0.09, 0.12)], middle, size, float(along))
        lay(image, flesh, line(gap, 0.03 * size), soft=0.001)
    if finding == "joint wear":
        lay(image, bone + 15, line(put([(0.24, 0.4), (0.34, 0.34)]), 0.1 * size), soft=0.002)
    image += random.standard_normal((n, n), dtype=np.float32) * np.float32(5)
    return image
