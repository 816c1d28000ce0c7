"""Measures of an axial brain MR phantom, from its pixels: tumours, midline shift, hydrocephalus, weighting.

Assumed of the imaging: a field of 210 mm, the head in its middle, an upright oval; scalp, fluid, white matter and
tumours near the grey levels below.
"""

import numpy as np
from scipy import ndimage

from auscult.phantoms._profiles import Bools, Film, Measured, components, crossing, side_of

FIELD_MM = 210.0
SCALP_T1, SCALP_T2 = 205.0, 150.0
FLUID_T1, DARK_TUMOUR, HALO_T1, WHITE_T1, BRIGHT_TUMOUR = 34.0, 66.0, 107.0, 122.0, 226.0
WHITE_T2, HALO_T2, TUMOUR_T2, FLUID_T2 = 88.0, 146.0, 176.0, 232.0
"""Halo is the oedema around a tumour; on T2 where it is brightest, over fluid."""
SCALP_AND_SKULL = 14.0
"""Thickness in mm from the skin to the brain."""
EVANS_LIMIT, SHIFT_LIMIT, SMALLEST = 0.325, 2.5, 11.0
_ROWS = np.arange(-30.0, 24.1, 1.5)
"""Heights at which there are ventricles."""


def measure_brain(image: np.ndarray) -> tuple[str, tuple[Measured, ...]]:
    """View and findings of a brain MR phantom."""
    film = Film(image, FIELD_MM, 1.2)
    half_width, half_height = _head(film)
    scalp = _scalp(Film(image, FIELD_MM, 0.0), half_width, half_height)
    t2 = scalp < (SCALP_T1 + SCALP_T2) / 2
    film.grey *= (SCALP_T2 if t2 else SCALP_T1) / scalp
    a, b = half_width - SCALP_AND_SKULL, half_height - SCALP_AND_SKULL
    shift = _shift(film, b, t2)
    found = _tumours(film, a, b, t2)
    if abs(shift) > SHIFT_LIMIT:
        found.append(Measured("midline shift", side=side_of(shift), size=abs(shift)))
    evans = _evans(film, a, b, shift, t2)
    if evans > EVANS_LIMIT:
        found.append(Measured("hydrocephalus", size=evans))
    return ("T2-weighted" if t2 else "T1-weighted with contrast"), tuple(found)


def _head(film: Film) -> tuple[float, float]:
    """Half axes of the head: half the distance between the outermost crossings of half the scalp's level."""
    axes = []
    for profile in (film.at(film.axis, np.zeros(1)), film.at(np.zeros(1), film.axis)):
        level = 0.5 * profile.max() if profile.max() < SCALP_T2 else 0.5 * SCALP_T2
        first = crossing(profile, film.axis, level)
        last = crossing(profile[::-1], film.axis[::-1], level)
        axes.append(((last or 0.0) - (first or 0.0)) / 2)
    return axes[0], axes[1]


def _scalp(film: Film, half_width: float, half_height: float) -> float:
    """The scalp's level: of all rings within it, that of the brightest."""
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)[None, :]
    depth = np.arange(1.0, 4.5, 0.25)[:, None]
    rings = film.at((half_width - depth) * np.cos(angle), (half_height - depth) * np.sin(angle))
    return float(rings.mean(axis=1).max())


def _shift(film: Film, b: float, t2: bool) -> float:
    """How far the falx bows from the straight line between its ends: the bow along which a line stands out most."""
    bows = np.arange(-22.0, 22.01, 0.25)[:, None]
    y = np.arange(-0.85 * b, 0.85 * b, 1.5)[None, :]
    x = bows * (1 - (y / b) ** 2)
    beside = np.maximum(film.at(x - 4.5, y), film.at(x + 4.5, y))
    beside_low = np.minimum(film.at(x - 4.5, y), film.at(x + 4.5, y))
    ridge = beside_low - film.at(x, y) if t2 else film.at(x, y) - beside
    # No single bright edge may decide, as that of a tumour.
    return float(bows[int(np.clip(ridge, -40, 40).mean(axis=1).argmax()), 0])


def _evans(film: Film, a: float, b: float, shift: float, t2: bool) -> float:
    """Outer width of both ventricles over the brain's width, where white matter borders on them and no tumour."""
    fluid, white = (FLUID_T2, WHITE_T2) if t2 else (FLUID_T1, WHITE_T1)
    distance = np.arange(5.0, 60.0, 0.5)
    edges = []
    for direction in (-1, 1):
        for y in _ROWS:
            x = shift * (1 - (y / b) ** 2) + direction * distance
            profile = film.at(x, np.full_like(x, y))
            edge = crossing(profile, distance, (fluid + white) / 2)
            starts_in_fluid = abs(profile[0] - fluid) < abs(profile[0] - white)
            if edge and starts_in_fluid:
                beyond = profile[(distance > edge + 3) & (distance < edge + 7)]
                if len(beyond) and abs(beyond.mean() - white) < 12:
                    edges.append(edge)
    return float(np.quantile(edges, 0.9)) / a if len(edges) > 3 else 0.0


def _tumours(film: Film, a: float, b: float, t2: bool) -> list[Measured]:
    inside = (film.x / (a - 4)) ** 2 + (film.y / (b - 4)) ** 2 < 1
    if t2:
        low, high = (HALO_T2 + TUMOUR_T2) / 2, (TUMOUR_T2 + FLUID_T2) / 2
        return [
            _tumour(film, p, b, "", low, high) for p in _solid(film, inside & (film.grey > low) & (film.grey < high))
        ]
    found, taken = [], np.zeros_like(inside)
    half = (HALO_T1 + BRIGHT_TUMOUR) / 2
    for part in components(inside & (film.grey > half)):
        filled = ndimage.binary_fill_holes(part)
        if film.diameter(filled) < SMALLEST:
            continue
        core = float(film.grey[filled & ~part].mean()) if (filled & ~part).sum() > 3 else BRIGHT_TUMOUR
        look = "ring-enhancing" if core < half else "homogeneously enhancing"
        found.append(_tumour(film, filled, b, look))
        taken |= ndimage.binary_dilation(filled, film.disc(3))
    low, high = (FLUID_T1 + DARK_TUMOUR) / 2, (DARK_TUMOUR + HALO_T1) / 2
    dark = inside & ~taken & (film.grey > low) & (film.grey < high)
    return found + [_tumour(film, part, b, "non-enhancing", low, high) for part in _solid(film, dark)]


def _solid(film: Film, mask: Bools) -> list[Bools]:
    """Parts of a mask that are more than an edge between two tissues."""
    opened = ndimage.binary_opening(mask, film.disc(4))
    return [part for part in components(opened) if film.diameter(part) >= SMALLEST]


def _tumour(film: Film, part: Bools, b: float, look: str, low: float = 0.0, high: float = 0.0) -> Measured:
    """Describes a tumour; its size from rays within the levels ``low`` to ``high``, or without levels from its area."""
    x, y = film.centre(part)
    size = film.diameter(part)
    if high:
        x, y, size = film.round(part, low, high)
    place = "frontal lobe" if y < -0.275 * b else "parietal lobe" if y < 0.325 * b else "occipital lobe"
    return Measured("brain tumour", side_of(x), place, size, look)
