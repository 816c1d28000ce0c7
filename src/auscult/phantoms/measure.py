"""Measures a phantom from its pixels alone: what kind of image it is, and which findings it shows, where, how large.

This is the proof that the truth of a scene is in its pixels. It knows no scene and shares nothing with the drawing but
what every reader of such images knows: field of view, convention of sides, where organs lie, and about how bright they
are. numpy and scipy only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auscult.phantoms._abdomen_measures import measure_abdomen
from auscult.phantoms._brain_measures import measure_brain
from auscult.phantoms._chest_measures import measure_chest
from auscult.phantoms._profiles import Measured

BACKGROUND = 40
"""Grey level between air around the body and the body."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured in an image.

    Attributes:
        modality: chest radiograph, brain MR or abdominal CT.
        view: how it was acquired.
        findings: all that were seen.
    """

    modality: str
    view: str
    findings: tuple[Measured, ...]


def measure(image: NDArray[np.uint8]) -> Reading:
    """Measures an image.

    Args:
        image: grey levels, shape (n, n).
    """
    modality = _modality(image)
    view, findings = {
        "chest radiograph": measure_chest,
        "brain MR": measure_brain,
        "abdominal CT": measure_abdomen,
    }[modality](image)
    return Reading(modality, view, findings)


def _modality(image: NDArray[np.uint8]) -> str:
    """A chest reaches the lower edge of the image; a head is upright, an abdomen lies."""
    body = image > BACKGROUND
    if body[-1].mean() > 0.3:
        return "chest radiograph"
    rows, columns = np.flatnonzero(body.mean(axis=1) > 0.05), np.flatnonzero(body.mean(axis=0) > 0.05)
    return "brain MR" if rows[-1] - rows[0] > columns[-1] - columns[0] else "abdominal CT"
