"""Measures of an axial abdominal CT phantom, from its pixels: ascites, cysts of the kidneys, lesions of the liver.

Assumed of the imaging: a field of 400 mm, the body in its middle, an oval that lies; subcutaneous fat all around, and
organs near the places and levels below.
"""

import numpy as np
from scipy import ndimage

from auscult.phantoms._profiles import Bools, Film, Measured, components, crossing

FIELD_MM = 400.0
FAT, FLUID, MUSCLE, WALL = 62.0, 96.0, 122.0, 128.0
LESION = {"with contrast": 112.0, "without contrast": 108.0}
LIVER = {"with contrast": 168.0, "without contrast": 142.0}
KIDNEY = {"with contrast": 208.0, "without contrast": 126.0}
ASCITES_LIMIT, SMALLEST_CYST, SMALLEST_LESION, LARGEST_LESION = 6.0, 10.0, 9.0, 50.0
WALL_MM = 1.25
"""What the thin wall of a cyst adds on each side."""
KIDNEYS_X, KIDNEYS_Y = (52.0, 82.0), (14.0, 66.0)
"""Where cysts have their centre: distance from the midline, and height; the fat of the sinus is nearer to it."""
LOBES_X = -30.0
"""The right lobe of the liver lies to the image's left of it."""


def measure_abdomen(image: np.ndarray) -> tuple[str, tuple[Measured, ...]]:
    """View and findings of an abdominal CT phantom."""
    film, sharp = Film(image, FIELD_MM, 2.0), Film(image, FIELD_MM, 1.2)
    scale = FAT / _fat(Film(image, FIELD_MM, 0.0))
    film.grey *= scale
    sharp.grey *= scale
    aorta = film.grey[(film.x - 9) ** 2 + (film.y - 30) ** 2 < 36].mean()
    view = "with contrast" if aorta > 165 else "without contrast"
    found = []
    depth = _ascites(film)
    if depth > ASCITES_LIMIT:
        found.append(Measured("ascites", size=depth))
    cysts, where = _cysts(film, sharp)
    found += cysts
    found += _lesions(film, sharp, view, where)
    return view, tuple(found)


def _fat(film: Film) -> float:
    """The level of subcutaneous fat: a few millimetres under the skin of the flanks, where it is thickest."""
    depth = ndimage.distance_transform_edt(film.grey > FAT / 2) * film.pixel
    return float(np.median(film.grey[(depth > 4.0) & (depth < 6.5) & (np.abs(film.y) < 40)]))


def _ascites(film: Film) -> float:
    """Depth of fluid between the flank's muscle and what lies inside; the mean of both flanks."""
    rows = np.abs(film.axis) < 8
    depths = []
    for direction in (-1, 1):
        distance = np.arange(60.0, 185.0, 0.5)[::-1]
        profile = np.mean([film.at(direction * distance, np.full_like(distance, y)) for y in film.axis[rows]], axis=0)
        inward = distance[0] - distance
        muscle = int((profile > (FAT + MUSCLE) / 2).argmax())
        muscle += int(profile[muscle : muscle + 24].argmax())
        outer = crossing(profile, inward, (MUSCLE + FLUID) / 2, muscle)
        below = crossing(profile, inward, (FLUID + FAT) / 2, muscle) or np.inf
        if outer is None:
            continue
        start = int(np.searchsorted(inward, outer + 2))
        above = crossing(profile, inward, (FLUID + MUSCLE) / 2, start) or np.inf
        depths.append(min(below, above) - outer)
    return float(np.mean(depths)) if depths else 0.0


def _sinus(film: Film) -> Bools:
    """The fat of the renal sinus, which can be as dark as a cyst."""
    inside: Bools = ((np.abs(film.x) - 49) / 9) ** 2 + ((film.y - 40) / 13) ** 2 < 1
    return inside


def _cysts(film: Film, sharp: Film) -> tuple[list[Measured], Bools]:
    """Fluid with its centre in a kidney, and where it lies; the renal sinus is nearer to the midline."""
    found, where = [], np.zeros_like(film.grey, dtype=np.bool_)
    for direction, side in ((-1, "right"), (1, "left")):
        across = film.x * direction
        kidney = (across > 30) & (across < 106) & (film.y > -8) & (film.y < 84)
        fluid = kidney & (np.abs(film.grey - FLUID) < 9)
        part = _in_kidney(film, fluid, direction)
        if part is None:
            part = _in_kidney(film, fluid & ~_sinus(film), direction)
        if part is not None:
            x, y, size = sharp.round(part, (FLUID + FAT) / 2, (FLUID + WALL) / 2)
            size += 2 * WALL_MM
            if size > SMALLEST_CYST:
                found.append(Measured("renal cyst", side=side, size=size))
                where |= (film.x - x) ** 2 + (film.y - y) ** 2 < (size / 2 + 5) ** 2
    return found, where


def _in_kidney(film: Film, fluid: Bools, direction: int) -> Bools | None:
    """The part of a mask with the largest disc in it whose centre lies where cysts have theirs."""
    best: tuple[float, Bools | None] = (0.0, None)
    for part in components(ndimage.binary_opening(fluid, film.disc(3))):
        depth = ndimage.distance_transform_edt(part)
        x, y = film.centre(depth >= 0.92 * depth.max())
        inside = KIDNEYS_X[0] < x * direction < KIDNEYS_X[1] and KIDNEYS_Y[0] < y < KIDNEYS_Y[1]
        if inside and depth.max() > best[0]:
            best = float(depth.max()), part
    return best[1]


def _lesions(film: Film, sharp: Film, view: str, cysts: Bools) -> list[Measured]:
    """Round areas of the liver that are darker than it."""
    level = LESION[view]
    low, high = (FLUID + level) / 2, (level + min(LIVER[view], KIDNEY[view])) / 2
    liver = (((film.x + 60) / 52) ** 2 + ((film.y + 8) / 60) ** 2 < 1) | (
        ((film.x - 2) / 54) ** 2 + ((film.y + 44) / 31) ** 2 < 1
    )
    stomach = ((film.x - 72) / 29) ** 2 + ((film.y + 50) / 21) ** 2 < 1
    dark = liver & ~stomach & ~_sinus(film) & ~cysts & (film.grey > low) & (film.grey < high)
    found: dict[str, Measured] = {}
    for part in components(ndimage.binary_opening(dark, film.disc(3))):
        x, _, size = sharp.round(part, (FAT + level) / 2, (level + LIVER[view]) / 2)
        place = "right lobe" if x < LOBES_X else "left lobe"
        if SMALLEST_LESION < size < LARGEST_LESION and (place not in found or found[place].size < size):
            found[place] = Measured("liver lesion", place=place, size=size)
    return list(found.values())
