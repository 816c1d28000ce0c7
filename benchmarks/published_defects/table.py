"""A line of the table of published defects, the figures in it, and the table in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auscult.records import Estimate
from auscult.statistics import mean

SEED = 0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        system: whose scorer it is.
        defect: what it does.
        published: the number that it prints; None where it prints none.
        sound: the sound one, with its interval.
        how: what the sound one does instead.
    """

    system: str
    defect: str
    published: float | None
    sound: Estimate
    how: str


def rng(*name: str) -> np.random.Generator:
    """Random numbers of their own for everything that has a name."""
    return np.random.default_rng([SEED, *"|".join(name).encode()])


def estimate(values: Floats, groups: Sequence[str], name: str, instrument: str = "", top: float = 1.0) -> Estimate:
    """Mean by image, NaN missing; shown also where over 5 % are missing, its interval over all that they may be."""
    return mean(
        values,
        list(groups),
        name=name,
        missing=np.isnan(values),
        instrument=instrument,
        max_missing=1.0,
        bounds=(0.0 if top == 1.0 else 1.0, top),
    )


def table(found: Sequence[Row]) -> str:
    """The table in Markdown."""
    head = "| system | what its scorer does | it prints | sound (95 % interval) | difference | n | instead |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for row in found:
        sound = row.sound
        assert sound.value is not None
        interval = "" if sound.low is None else f" ({sound.low:.3f} to {sound.high:.3f})"
        missing = f"; {sound.missing} missing: {sound.worst:.3f} to {sound.best:.3f}" if sound.missing else ""
        printed = "nothing" if row.published is None else f"{row.published:.3f}"
        difference = "–" if row.published is None else f"{row.published - sound.value:+.3f}"
        cells = (row.system, row.defect, printed, f"{sound.value:.3f}{interval}{missing}", difference, sound.n, row.how)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)
