"""Drawing of a frontal chest radiograph. Bright is dense; the patient's right is on the image's left."""

import numpy as np

from auscult.phantoms.canvas import Canvas, Floats, Region, edge_alpha, within
from auscult.phantoms.scene import Scene, SceneFinding

AIR, FREE_AIR, LUNG, TISSUE, ABDOMEN, FLUID, HEART = 10.0, 22.0, 66.0, 128.0, 160.0, 196.0, 205.0
"""Grey levels, 0 to 255. Free air (pneumothorax) is darker than lung and has no vessels."""


def sign(side: str) -> int:
    """The direction of a patient's side in the image: left is to the image's right."""
    return 1 if side == "left" else -1


def heart(anatomy: dict[str, float], ratio: float) -> tuple[float, float, float, float]:
    """Centre and half axes of the heart: ``ratio`` of the thorax's inner width is its width."""
    half = ratio * (anatomy["lung_x"] + anatomy["lung_a"])
    return 0.2 * half, anatomy["heart_y"], half, 0.74 * half


def diaphragm(anatomy: dict[str, float], u: float) -> float:
    """Height (y) of the diaphragm at ``u``: -1 medial edge of the lung, 1 lateral edge."""
    return anatomy["base_y"] - anatomy["dome"] * (1 - u * u)


def angle(anatomy: dict[str, float]) -> tuple[float, float]:
    """Where the lateral wall meets the diaphragm (costophrenic angle): ``u`` and y."""
    u = 0.8
    for _ in range(6):
        y = diaphragm(anatomy, u)
        u = max(0.0, 1 - ((y - anatomy["lung_y"]) / anatomy["lung_b"]) ** 2) ** 0.5
    return u, diaphragm(anatomy, u)


def draw_chest(canvas: Canvas, scene: Scene, texture: Canvas) -> list[Region]:
    """Draws a scene; returns where each of its findings lies. ``texture`` holds the vessels of the lungs."""
    a = scene.anatomy
    trunk = canvas.ellipse(0, 60, a["lung_x"] + a["lung_a"] + 26, 235)
    canvas.paint(trunk, TISSUE)
    lungs = {side: _lung(canvas, a, side) for side in ("left", "right")}
    for side, lung in lungs.items():
        canvas.paint(within(_below(canvas, a, side), trunk, canvas.size), ABDOMEN)
        canvas.paint(lung, LUNG)
        canvas.image[lung.rows, lung.columns] += lung.alpha * texture.image[lung.rows, lung.columns]
    found: dict[int, Region] = {}
    for n, finding in enumerate(scene.findings):
        if finding.name == "pneumothorax":
            found[n] = _pneumothorax(canvas, a, finding, lungs[finding.side])
    ratio = next((f.size for f in scene.findings if f.name == "cardiomegaly"), a["heart_ratio"])
    _bones(canvas, a, scene.view)
    silhouette = canvas.ellipse(*heart(a, ratio))
    canvas.paint(canvas.ellipse(0, -60, 27, 150), HEART - 25)
    canvas.paint(silhouette, HEART)
    for n, finding in enumerate(scene.findings):
        if finding.name == "cardiomegaly":
            found[n] = silhouette
        elif finding.name == "lung nodule":
            found[n] = _nodule(canvas, finding)
        elif finding.name == "consolidation":
            found[n] = _consolidation(canvas, finding, lungs[finding.side], texture)
        elif finding.name == "pleural effusion":
            found[n] = _effusion(canvas, a, finding, lungs[finding.side])
    return [found[n] for n in range(len(scene.findings))]


def _across(canvas: Canvas, anatomy: dict[str, float], side: str, region: Region) -> Floats:
    """``u`` of a window's columns: -1 at the medial, 1 at the lateral edge of the lung."""
    x, _ = canvas.axes(region)
    return (x * sign(side) - anatomy["lung_x"]) / np.float32(anatomy["lung_a"])


def _lung(canvas: Canvas, anatomy: dict[str, float], side: str) -> Region:
    outline = canvas.ellipse(sign(side) * anatomy["lung_x"], anatomy["lung_y"], anatomy["lung_a"], anatomy["lung_b"])
    u = _across(canvas, anatomy, side, outline)
    _, y = canvas.axes(outline)
    floor = anatomy["base_y"] - anatomy["dome"] * (1 - u * u)
    return Region(outline.rows, outline.columns, outline.alpha * edge_alpha(floor - y, 1, canvas.pixel))


def _below(canvas: Canvas, anatomy: dict[str, float], side: str) -> Region:
    inner, outer = sorted((0.0, sign(side) * (anatomy["lung_x"] + anatomy["lung_a"] + 4)))
    window = canvas.rectangle(inner, anatomy["base_y"] - anatomy["dome"] - 4, outer, canvas.field_mm / 2)
    u = _across(canvas, anatomy, side, window)
    _, y = canvas.axes(window)
    floor = anatomy["base_y"] - anatomy["dome"] * (1 - np.minimum(u * u, 1))
    return Region(window.rows, window.columns, edge_alpha(y - floor, 1, canvas.pixel))


def _bones(canvas: Canvas, anatomy: dict[str, float], view: str) -> None:
    """Ribs, clavicles, spine; in an anteroposterior view the shoulder blades lie over the lungs."""
    wide = anatomy["lung_x"] + anatomy["lung_a"] + 6
    cage = canvas.rectangle(-wide, anatomy["lung_y"] - anatomy["lung_b"], wide, anatomy["base_y"])
    x, y = canvas.axes(cage)
    phase = (y + anatomy["rib_phase"] - np.float32(0.0026) * (np.abs(x) - 60) ** 2) / np.float32(anatomy["rib_gap"])
    phase -= np.floor(phase)
    ribs = np.maximum(0, np.float32(1) - np.abs(phase - np.float32(0.5)) * 7)
    ribs *= np.float32(22) * (np.abs(x) > 30)
    canvas.image[cage.rows, cage.columns] += ribs
    canvas.add(canvas.rectangle(-9, -170, 9, 170), 14)
    for side in (-1, 1):
        clavicle = canvas.rectangle(min(12 * side, 120 * side), -160, max(12 * side, 120 * side), -105)
        x, y = canvas.axes(clavicle)
        off = np.abs(y + 118 + np.abs(x) * np.float32(0.2)) / 6
        canvas.add(Region(clavicle.rows, clavicle.columns, np.clip(1.4 - off, 0, 1)), 34)
        if view == "anteroposterior":
            blade = canvas.rectangle(min(70 * side, 150 * side), -105, max(70 * side, 150 * side), 25)
            x, y = canvas.axes(blade)
            off = np.abs(np.abs(x) - 106 + (y + 90) * np.float32(0.14)) / 8
            ends = np.clip(np.minimum(y + 100, 20 - y) / 8, 0, 1)
            canvas.add(Region(blade.rows, blade.columns, np.clip(1.6 - off, 0, 1) * ends), 62)


def _pneumothorax(canvas: Canvas, anatomy: dict[str, float], finding: SceneFinding, lung: Region) -> Region:
    """Air between the wall and a lung that has come down from the apex by the size of the rim."""
    width = finding.size
    b = anatomy["lung_b"] - width / 2
    y = anatomy["lung_y"] + width / 2
    x = sign(finding.side) * (anatomy["lung_x"] - 0.12 * width)
    rest = canvas.ellipse(x, y, anatomy["lung_a"] - 0.3 * width, b)
    air = Region(lung.rows, lung.columns, lung.alpha.copy())
    covered = np.zeros_like(canvas.image)
    covered[rest.rows, rest.columns] = rest.alpha
    air.alpha[:] *= 1 - covered[lung.rows, lung.columns]
    _, down = canvas.axes(air)
    air.alpha[:] *= np.clip((40 - down) / 12, 0, 1)
    canvas.paint(air, FREE_AIR)
    line = np.float32(4) * rest.alpha * (1 - rest.alpha)
    _, down = canvas.axes(rest)
    line *= np.clip((20 - down) / 12, 0, 1)
    canvas.add(Region(rest.rows, rest.columns, line), 34)
    return air


def _nodule(canvas: Canvas, finding: SceneFinding) -> Region:
    assert finding.centre is not None
    disc = canvas.ellipse(*finding.centre, finding.size / 2, finding.size / 2, soft=2.5)
    canvas.paint(disc, 185, opacity=0.92)
    return disc


def _consolidation(canvas: Canvas, finding: SceneFinding, lung: Region, texture: Canvas) -> Region:
    assert finding.centre is not None
    cloud = canvas.ellipse(*finding.centre, 0.36 * finding.size, finding.size / 2, soft=7)
    cloud = within(cloud, lung, canvas.size)
    canvas.paint(cloud, 158, opacity=0.88)
    canvas.image[cloud.rows, cloud.columns] += cloud.alpha * texture.image[cloud.rows, cloud.columns]
    return cloud


def _effusion(canvas: Canvas, anatomy: dict[str, float], finding: SceneFinding, lung: Region) -> Region:
    """Fluid over the diaphragm, its upper border rising towards the wall (meniscus)."""
    _, lowest = angle(anatomy)
    u = _across(canvas, anatomy, finding.side, lung)
    _, y = canvas.axes(lung)
    top = lowest - finding.size * (0.5 + 0.5 * np.clip((u + 1) / (1 + angle(anatomy)[0]), 0, 1) ** 2)
    fluid = Region(lung.rows, lung.columns, lung.alpha * edge_alpha(y - top, 1, canvas.pixel))
    canvas.paint(fluid, FLUID)
    return fluid


def clear_of_heart(anatomy: dict[str, float], ratio: float, x: float, y: float, margin: float) -> bool:
    """Whether a point is at least ``margin`` mm (about) outside the heart and the mediastinum."""
    hx, hy, half, high = heart(anatomy, ratio)
    outside = ((x - hx) / (half + margin)) ** 2 + ((y - hy) / (high + margin)) ** 2 > 1
    return outside and abs(x) > 27 + margin


def in_lung(anatomy: dict[str, float], side: str, x: float, y: float, margin: float) -> bool:
    """Whether a point is at least ``margin`` mm (about) inside the lung."""
    u = (x * sign(side) - anatomy["lung_x"]) / anatomy["lung_a"]
    across = (x * sign(side) - anatomy["lung_x"]) / (anatomy["lung_a"] - margin)
    down = (y - anatomy["lung_y"]) / (anatomy["lung_b"] - margin)
    return across**2 + down**2 < 1 and y + margin < diaphragm(anatomy, u)


def zone_limits(anatomy: dict[str, float], place: str) -> tuple[float, float]:
    """Top and bottom (y) of a third of the lung."""
    top = anatomy["lung_y"] - anatomy["lung_b"]
    third = (anatomy["base_y"] - anatomy["dome"] - top) / 3
    n = ("upper zone", "middle zone", "lower zone").index(place)
    return top + n * third, top + (n + 1) * third
