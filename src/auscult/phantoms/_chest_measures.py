"""Measures of a frontal chest radiograph phantom, from its pixels: fluid, air, nodules, consolidation, heart, view.

Assumed of the imaging: a field of 400 mm, the spine in its middle; clavicles, shoulder blades (anteroposterior) and
the organs near the places and levels below.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from auscult.phantoms._profiles import Film, Floats, Measured, components, crossing

FIELD_MM = 400.0
FREE_AIR, LUNG, TISSUE, ABDOMEN, MEDIASTINUM, FLUID, HEART = 22.0, 66.0, 128.0, 160.0, 180.0, 196.0, 205.0
BLADE, CLAVICLE = 62.0, 34.0
"""What a shoulder blade and a clavicle add to what lies behind them."""
CARDIOMEGALY_LIMIT, SHORTEST_EFFUSION, SMALLEST_RIM, SMALLEST_AIR = 0.52, 18.0, 9.0, 100.0
NODULE_EDGE, LARGEST_NODULE, SMALLEST_NODULE, SHORTEST_CONSOLIDATION = 118.0, 35.0, 8.0, 36.0
APEX_X, WIDEST_Y = 76.0, 8.0
"""Distance of the apices from the midline, and the height at which the lungs are widest."""
RIM_MM = 2.5
"""What the bright line of the pleura takes from the rim of air."""
ANGLE_MM = 4.3
"""What is too narrow to be seen of the fluid in the angle between wall and diaphragm."""
SIDES = ((-1, "right"), (1, "left"))


@dataclass(frozen=True)
class _Thorax:
    """The lungs' outline, the same on both sides, and the heart.

    Attributes:
        half_width: of the thorax's inside, where it is widest.
        top: height of the apices.
        wall: distance of the wall from the midline, for each row.
        diaphragm: its height, for each column.
        heart: centre and half axes.
    """

    half_width: float
    top: float
    wall: Floats
    diaphragm: Floats
    heart: tuple[float, float, float, float]


def measure_chest(image: np.ndarray) -> tuple[str, tuple[Measured, ...]]:
    """View and findings of a chest radiograph phantom."""
    film = Film(image, FIELD_MM, 2.2)
    film.grey *= MEDIASTINUM / np.median(film.grey[(np.abs(film.x) < 12) & (film.y > -150) & (film.y < -60)])
    film.grey -= CLAVICLE * _clavicles(film)
    anteroposterior = _has_blades(film)
    thorax = _thorax(film)
    found = []
    fluid = {side: _effusion(film, thorax, direction) for direction, side in SIDES}
    for direction, side in SIDES:
        if fluid[side] > SHORTEST_EFFUSION:
            found.append(Measured("pleural effusion", side=side, size=fluid[side]))
        rim = _pneumothorax(film, thorax, direction)
        if rim > SMALLEST_RIM:
            found.append(Measured("pneumothorax", side=side, size=rim))
        found += _opacities(film, thorax, direction, side, anteroposterior)
    ratio = thorax.heart[2] / thorax.half_width
    if ratio > CARDIOMEGALY_LIMIT:
        found.append(Measured("cardiomegaly", size=ratio))
    return ("anteroposterior" if anteroposterior else "posteroanterior"), tuple(found)


def _clavicles(film: Film) -> Floats:
    off = np.abs(film.y + 118 + np.abs(film.x) * 0.2) / 6
    inside = (np.abs(film.x) > 28) & (np.abs(film.x) < 120)
    clavicles: Floats = np.clip(1.4 - off, 0, 1) * inside
    return clavicles


def _blades(film: Film) -> Floats:
    off = np.abs(np.abs(film.x) - 106 + (film.y + 90) * 0.14) / 8
    blades: Floats = np.clip(1.6 - off, 0, 1) * np.clip(np.minimum(film.y + 100, 20 - film.y) / 8, 0, 1)
    return blades


def _has_blades(film: Film) -> bool:
    """Whether a band stands out where a shoulder blade lies over a lung, over most of its length."""
    y = np.arange(-85.0, 10.0, 3.0)
    line = 106 - (y + 90) * 0.14
    stand_out = []
    for direction, _ in SIDES:
        beside = np.minimum(film.at(direction * (line - 20), y), film.at(direction * (line + 20), y))
        stand_out.append(float(np.quantile(film.at(direction * line, y) - beside, 0.2)))
    return max(stand_out) > 0.4 * BLADE


def _thorax(film: Film) -> _Thorax:
    half_width = _half_width(film)
    down = np.arange(-160.0, -80.0, 0.5)
    tops = []
    for direction, _ in SIDES:
        profile = film.at(np.array([[direction * x for x in (68.0, 72.0, 76.0, 80.0)]]), down[:, None]).mean(axis=1)
        tops.append(crossing(profile, down, (LUNG + TISSUE) / 2, int(profile[:80].argmax())) or -135.0)
    top = min(tops)
    # Above its widest part the lung narrows as an oval around its own axis.
    across = np.sqrt(np.clip(1 - ((film.axis - WIDEST_Y) / (WIDEST_Y - top)) ** 2, 0, 1))
    wall = APEX_X + (half_width - APEX_X) * across
    return _Thorax(half_width, top, wall, _diaphragm(film, half_width), _heart(film, half_width))


def _half_width(film: Film) -> float:
    """Half of the inner width of the thorax, at the height where the lungs are widest."""
    heights = np.arange(-40.0, 60.1, 4.0)
    return float(np.quantile([max(_wall(film, y, direction) for direction, _ in SIDES) for y in heights], 0.6))


def _wall(film: Film, y: float, direction: int) -> float:
    """Distance from the midline at which the wall of the thorax ends, inwards from the skin; 0 if it does not."""
    distance = np.arange(60.0, 190.0, 0.5)[::-1]
    profile = film.at(direction * distance, np.full_like(distance, y))
    skin = int((profile > TISSUE * 0.7).argmax())
    within_wall = skin + 20  # 10 mm in
    levels = (LUNG + TISSUE) / 2, (FLUID + TISSUE) / 2
    return max(crossing(profile, distance, level, within_wall) or 0.0 for level in levels)


def _diaphragm(film: Film, half_width: float) -> Floats:
    """Height at which the abdomen ends, upwards, for each column; what lies on one side's diaphragm hides that side."""
    up = np.arange(30.0, 150.0, 0.5)[::-1]
    columns = np.abs(film.axis)
    heights = []
    for direction, _ in SIDES:
        profiles = film.at(direction * columns[None, :], up[:, None])
        left = (profiles < (LUNG + ABDOMEN) / 2) | (profiles > (ABDOMEN + FLUID) / 2)
        heights.append(np.where(left.any(axis=0), up[left.argmax(axis=0)], 30.0))
    seen = np.maximum(*heights)
    clear = (columns > 0.35 * half_width) & (columns < 0.93 * half_width) & (seen < 125)
    curve = np.polynomial.Polynomial.fit(columns[clear], seen[clear], 2)
    fitted: Floats = np.asarray(curve(columns))
    dome = fitted[columns < half_width].min()
    # Towards the midline the heart hides where the lung ends.
    return np.where(columns < 0.55 * half_width, dome, fitted)


def _effusion(film: Film, thorax: _Thorax, direction: int) -> float:
    """Height of the fluid along the wall, from the angle to its upper border; 0 without fluid."""
    y = np.arange(-60.0, 135.0, 0.5)
    tops, bottoms = [], []
    for inset in np.arange(6.0, 24.0, 1.5):
        profile = film.at(np.full_like(y, direction * (thorax.half_width - inset)), y)
        runs, count = ndimage.label(profile > (ABDOMEN + FLUID) / 2)
        for run in range(1, count + 1):
            inside = np.flatnonzero(runs == run)
            if len(inside) * 0.5 > SHORTEST_EFFUSION / 2 and y[inside[-1]] > 50:
                above = np.flatnonzero(profile[: inside[0]] < (LUNG + FLUID) / 2)
                tops.append(y[above[-1]] if len(above) else y[0])
                bottoms.append(y[inside[-1]])
    return float(np.max(bottoms) - np.min(tops)) + ANGLE_MM if len(tops) > 2 else 0.0


def _pneumothorax(film: Film, thorax: _Thorax, direction: int) -> float:
    """Width of the dark rim above the lung at the apex; 0 without one."""
    distance = film.x * direction
    field = (distance > 30) & (distance < thorax.wall[:, None] - 4) & (film.y > thorax.top) & (film.y < 0)
    air = field & (film.grey < (FREE_AIR + LUNG) / 2)
    largest = next(iter(components(air)), air)
    if largest.sum() * film.pixel**2 < SMALLEST_AIR:
        return 0.0
    down = np.arange(thorax.top - 12, 0.0, 0.5)
    profile = film.at(direction * np.arange(66.0, 79.0, 2.0)[None, :], down[:, None]).mean(axis=1)
    top = crossing(profile, down, (TISSUE + FREE_AIR) / 2, int(profile[:40].argmax()))
    if top is None:
        return 0.0
    lung = crossing(profile, down, (FREE_AIR + LUNG) / 2 + 4, int((top + 5 - down[0]) * 2))
    return lung - top + RIM_MM if lung is not None else 0.0


def _opacities(film: Film, thorax: _Thorax, direction: int, side: str, blades: bool) -> list[Measured]:
    """Nodules (small, dense) and consolidations (large, hazy) of one lung."""
    distance = film.x * direction
    hx, hy, ha, hb = thorax.heart
    heart = ((film.x - hx) / (ha + 5)) ** 2 + ((film.y - hy) / (hb + 5)) ** 2 < 1
    wall = thorax.wall[:, None] - 7
    lung = (distance > np.maximum(31, 2 * APEX_X - wall)) & (distance < wall) & (film.y > thorax.top + 3)
    lung &= (film.y < thorax.diaphragm[None, :] - 8) & ~heart
    threshold = LUNG + 45 + (0.6 * BLADE * _blades(film) if blades else 0.0)
    opaque = ndimage.binary_opening(lung & (film.grey > threshold), film.disc(3))
    nodules, consolidations = [], []
    for part in components(opaque):
        hidden_by_fluid = (film.grey[part] > (MEDIASTINUM + FLUID) / 2).mean() > 0.3
        if film.diameter(part) < SMALLEST_NODULE or hidden_by_fluid:
            continue
        _, y, size = film.round(part, NODULE_EDGE, 300)
        height = np.ptp(film.axis[np.flatnonzero(part.any(axis=1))]) + film.pixel
        if height > SHORTEST_CONSOLIDATION or film.diameter(part) > LARGEST_NODULE:
            place = _zone(thorax, film.centre(part)[1])
            consolidations.append(Measured("consolidation", side, place, float(height)))
        elif film.grey[part].max() > 150 and size < LARGEST_NODULE:
            nodules.append(Measured("lung nodule", side, _zone(thorax, y), size))
    return nodules[:1] + consolidations[:1]


def _zone(thorax: _Thorax, y: float) -> str:
    """The third of the lung, from its top to the top of the diaphragm, in which a height lies."""
    third = (thorax.diaphragm.min() - thorax.top) / 3
    return ("upper zone", "middle zone", "lower zone")[int(np.clip((y - thorax.top) // third, 0, 2))]


def _heart(film: Film, half_width: float) -> tuple[float, float, float, float]:
    """Centre and half axes of the oval whose border stands out most from the lungs.

    Only the flanks and the upper border count: below lies the diaphragm. Fluid may hide a part; the rest decides.
    """
    widths, shapes = np.arange(0.36, 0.75, 0.03) * half_width, np.arange(0.68, 0.81, 0.04)
    best = _best_oval(film, (np.arange(4.0, 26.0, 4.0), np.arange(38.0, 60.0, 4.0), widths, shapes))
    for step in (2.0, 2.0, 1.0, 1.0, 0.5):
        steps = (step, step, step, 0.01 * step)
        best = _best_oval(film, tuple(b + s * np.arange(-1, 2) for b, s in zip(best, steps, strict=True)))
    x, y, a, shape = best
    return x, y, a, a * shape


def _best_oval(film: Film, ranges: tuple[Floats, ...]) -> tuple[float, float, float, float]:
    """Of all ovals (centre x and y, half width, shape) that with the greatest step of grey across its border."""
    angle = np.deg2rad(np.concatenate([np.arange(-25.0, 46.0, 5.0), np.arange(135.0, 206.0, 5.0)]))
    cosine, sine = np.cos(angle), -np.sin(angle)
    ovals = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 4)
    x, y, a, shape = (ovals[:, [k]] for k in range(4))
    inner = film.at(x + (a - 4) * cosine, y + (a * shape - 4) * sine)
    outer = film.at(x + (a + 4) * cosine, y + (a * shape + 4) * sine)
    best = ovals[int(np.clip(inner - outer, 0, 100).mean(axis=1).argmax())]
    return float(best[0]), float(best[1]), float(best[2]), float(best[3])
