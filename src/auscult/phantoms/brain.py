"""Drawing of an axial brain MR at the level of the lateral ventricles. The patient's right is on the image's left."""

import numpy as np

from auscult.phantoms.canvas import Canvas, Floats, Region, edge_alpha, within
from auscult.phantoms.chest import sign
from auscult.phantoms.scene import Scene, SceneFinding

T1 = {"air": 8.0, "scalp": 205.0, "skull": 24.0, "cortex": 96.0, "white": 122.0, "fluid": 34.0, "falx": 168.0}
T2 = {"air": 8.0, "scalp": 150.0, "skull": 20.0, "cortex": 118.0, "white": 88.0, "fluid": 232.0, "falx": 48.0}
ENHANCED, CORE, DARK, OEDEMA_T1, TUMOUR_T2, OEDEMA_T2 = 226.0, 58.0, 66.0, 100.0, 176.0, 132.0


def draw_brain(canvas: Canvas, scene: Scene, texture: Canvas) -> list[Region]:
    """Draws a scene; returns where each of its findings lies."""
    a = scene.anatomy
    grey = T2 if scene.view == "T2-weighted" else T1
    rx, ry = a["brain_a"], a["brain_b"]
    canvas.paint(canvas.ellipse(0, 0, rx + 14, ry + 14), grey["scalp"])
    canvas.paint(canvas.ellipse(0, 0, rx + 9, ry + 9), grey["skull"])
    brain = canvas.ellipse(0, 0, rx, ry)
    canvas.paint(brain, grey["fluid"])
    canvas.paint(canvas.ellipse(0, 0, rx - 2.5, ry - 2.5), grey["cortex"])
    canvas.paint(canvas.ellipse(0, 0, rx - 12, ry - 12, soft=5), grey["white"])
    canvas.image[brain.rows, brain.columns] += brain.alpha * texture.image[brain.rows, brain.columns]
    shift = sum(sign(f.side) * f.size for f in scene.findings if f.name == "midline shift")
    evans = next((f.size for f in scene.findings if f.name == "hydrocephalus"), a["evans"])
    falx = _falx(canvas, a, shift)
    canvas.paint(Region(brain.rows, brain.columns, falx), grey["falx"])
    ventricles = _ventricles(canvas, a, shift, evans)
    canvas.paint(ventricles, grey["fluid"])
    found = []
    for finding in scene.findings:
        if finding.name == "midline shift":
            found.append(Region(brain.rows, brain.columns, _band(canvas, a, shift) * brain.alpha))
        elif finding.name == "hydrocephalus":
            found.append(ventricles)
        else:
            found.append(_tumour(canvas, finding, scene.view, brain))
    return found


def _from_midline(canvas: Canvas, anatomy: dict[str, float], shift: float) -> Floats:
    """Distance in mm from the midline, which bows towards ``shift`` between its fixed ends; over the brain's window."""
    brain = canvas.ellipse(0, 0, anatomy["brain_a"], anatomy["brain_b"])
    x, y = canvas.axes(brain)
    return np.asarray(x - shift * np.clip(1 - (y / anatomy["brain_b"]) ** 2, 0, 1), dtype=np.float32)


def _falx(canvas: Canvas, anatomy: dict[str, float], shift: float) -> Floats:
    brain = canvas.ellipse(0, 0, anatomy["brain_a"], anatomy["brain_b"])
    distance = np.abs(_from_midline(canvas, anatomy, shift))
    return np.asarray(edge_alpha(1.3 - distance, 1, canvas.pixel) * brain.alpha, dtype=np.float32)


def _band(canvas: Canvas, anatomy: dict[str, float], shift: float) -> Floats:
    return (np.abs(_from_midline(canvas, anatomy, shift)) < 8).astype(np.float32)


def _ventricles(canvas: Canvas, anatomy: dict[str, float], shift: float, evans: float) -> Region:
    """Two ventricles whose outer span is ``evans`` of the brain's width."""
    brain = canvas.ellipse(0, 0, anatomy["brain_a"], anatomy["brain_b"])
    distance = np.abs(_from_midline(canvas, anatomy, shift))
    _, y = canvas.axes(brain)
    outer = evans * anatomy["brain_a"]
    half = (outer - 2) / 2
    high = 24 + 0.45 * outer
    inside = 1 - ((distance - (outer + 2) / 2) / half) ** 2 - ((y + 4) / high) ** 2
    return Region(brain.rows, brain.columns, edge_alpha(inside, half / 2, canvas.pixel))


def _tumour(canvas: Canvas, finding: SceneFinding, view: str, brain: Region) -> Region:
    assert finding.centre is not None
    r = finding.size / 2
    halo = within(canvas.ellipse(*finding.centre, r + 7, r + 7, soft=5), brain, canvas.size)
    disc = canvas.ellipse(*finding.centre, r, r, soft=1.5)
    if view == "T2-weighted":
        canvas.paint(halo, OEDEMA_T2, opacity=0.8)
        canvas.paint(disc, TUMOUR_T2)
        return disc
    canvas.paint(halo, OEDEMA_T1, opacity=0.7)
    canvas.paint(disc, DARK if finding.attribute == "non-enhancing" else ENHANCED)
    if finding.attribute == "ring-enhancing":
        core = r - max(4.5, 0.28 * r)
        if core > 0:  # a small one is all rim
            canvas.paint(canvas.ellipse(*finding.centre, core, core, soft=1.5), CORE)
    return disc
