"""Drawing of an axial abdominal CT at the level of liver and kidneys. The patient's right is on the image's left."""

import numpy as np

from auscult.phantoms.canvas import Canvas, Floats, Region, edge_alpha, within
from auscult.phantoms.scene import Scene, SceneFinding

AIR, FAT, MUSCLE, FLUID, BONE = 6.0, 62.0, 122.0, 96.0, 240.0
PLAIN = {"liver": 142.0, "spleen": 134.0, "kidney": 126.0, "aorta": 118.0, "lesion": 108.0}
CONTRAST = {"liver": 168.0, "spleen": 176.0, "kidney": 208.0, "aorta": 226.0, "lesion": 112.0}
LOBES = {"right lobe": (-60.0, -8.0, 50.0, 58.0), "left lobe": (2.0, -44.0, 52.0, 29.0)}
"""Centre and half axes of the two lobes of the liver, in mm, before the body's own shift."""
KIDNEYS = {"right": (-58.0, 42.0), "left": (58.0, 38.0)}
KIDNEY_A, KIDNEY_B = 23.0, 29.0


def draw_abdomen(canvas: Canvas, scene: Scene, texture: Canvas) -> list[Region]:
    """Draws a scene; returns where each of its findings lies."""
    a = scene.anatomy
    grey = CONTRAST if scene.view == "with contrast" else PLAIN
    wide, high = a["cavity_a"], a["cavity_b"]
    canvas.paint(canvas.ellipse(0, 0, wide + 14 + a["fat"], high + 12 + a["fat"]), FAT)
    canvas.paint(canvas.ellipse(0, 0, wide + 12, high + 11), MUSCLE)
    cavity = canvas.ellipse(0, 0, wide, high)
    canvas.paint(cavity, FAT)
    depth = next((f.size for f in scene.findings if f.name == "ascites"), 0.0)
    inner = canvas.ellipse(0, 0, wide - depth, high)
    fluid = Region(cavity.rows, cavity.columns, cavity.alpha.copy())
    fluid.alpha[:] *= 1 - _whole(canvas, inner)[cavity.rows, cavity.columns]
    if depth:
        canvas.paint(fluid, FLUID)
    _spine(canvas)
    for x, top, ra, rb in LOBES.values():
        canvas.paint(within(canvas.ellipse(x, top, ra, rb), inner, canvas.size), grey["liver"])
    canvas.paint(within(canvas.ellipse(84, -2, 22, 36), inner, canvas.size), grey["spleen"])
    stomach = within(canvas.ellipse(72, -50, 26, 18), inner, canvas.size)
    canvas.paint(stomach, 112)
    _, down = canvas.axes(stomach)
    canvas.paint(Region(stomach.rows, stomach.columns, stomach.alpha * (down < -54)), AIR)
    canvas.paint(canvas.ellipse(9, 30, 10.5, 10.5), grey["aorta"])
    for x, middle in KIDNEYS.values():
        canvas.paint(canvas.ellipse(x, middle, KIDNEY_A, KIDNEY_B), grey["kidney"])
        canvas.paint(canvas.ellipse(x * 0.84, middle, 7, 9), FAT, opacity=0.7)
    canvas.image[cavity.rows, cavity.columns] += cavity.alpha * texture.image[cavity.rows, cavity.columns]
    return [fluid if f.name == "ascites" else _round(canvas, f, grey["lesion"]) for f in scene.findings]


def _whole(canvas: Canvas, region: Region) -> Floats:
    whole = np.zeros_like(canvas.image)
    whole[region.rows, region.columns] = region.alpha
    return whole


def _spine(canvas: Canvas) -> None:
    canvas.paint(canvas.ellipse(0, 60, 21, 17), BONE - 20)
    canvas.paint(canvas.ellipse(0, 60, 17, 13), 176)
    canvas.paint(canvas.ellipse(0, 84, 15, 11), BONE)
    canvas.paint(canvas.ellipse(0, 84, 8, 6), FLUID)


def _round(canvas: Canvas, finding: SceneFinding, lesion: float) -> Region:
    """A cyst of the kidney (water, thin wall) or a lesion of the liver (darker than the liver)."""
    assert finding.centre is not None
    r = finding.size / 2
    disc = canvas.ellipse(*finding.centre, r, r, soft=1.5)
    canvas.paint(disc, FLUID if finding.name == "renal cyst" else lesion)
    if finding.name == "renal cyst":
        x, y = canvas.axes(disc)
        out = np.sqrt((x - finding.centre[0]) ** 2 + (y - finding.centre[1]) ** 2)
        wall = edge_alpha(1.2 - np.abs(out - r), 1, canvas.pixel)
        canvas.paint(Region(disc.rows, disc.columns, wall), 150, opacity=0.6)
    return disc
