"""The audit of drawings, put to the test: simulated audits, painters whose faults are known, and the pixel reader."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from auscult.certificates.cells import Row
from auscult.certificates.draw import DrawOptions
from auscult.certificates.draw.coverage import cells
from auscult.certificates.draw.painters import GRID, audited, eyes, paintings
from auscult.certificates.trial import Trial, Verdict
from auscult.drawing.readers.pixels import VERSION
from auscult.drawing.vouching import APART, LEAST_LOW, PART
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.records import Certificate
from auscult.statistics import holm
from auscult.version import __version__

SAME = "the hand it learnt from, other scenes"


def certify(options: DrawOptions, show: Show = progress) -> Certificate:
    """Paints, reads, simulates.

    Returns:
        Passed where no cell of simulated audits covers significantly less than 94.5 % (one-sided, Holm over cells),
        no more of the painters' rates lie outside their interval than chance allows, and every share of the pixel
        reader on paintings kept apart has a lower limit of at least 90 %.
    """
    jobs = list(enumerate(cells(options.audits)))
    steps: list[Callable[[], list[Row]]] = [
        lambda: list(eyes(paintings(options.paintings, options.seed, apart=True), APART)),
        lambda: list(eyes(paintings(options.paintings, options.seed, apart=False), SAME)),
        *(partial(_audited, name, options) for name in GRID),
        *(partial(_simulated, job, [options.seed, n]) for n, job in jobs),
    ]
    trial = Trial(
        instrument=f"pixels@{VERSION}, rates of drawings, auscult {__version__}",
        subject="phantoms of painters with known faults, and simulated audits",
        steps=steps,
        conclude=conclusion,
    )
    return trial.certificate(show)


def _audited(name: str, options: DrawOptions) -> list[Row]:
    return list(audited(name, options.draws, options.seed))


def _simulated(job: Callable[[np.random.Generator], Row], seed: Sequence[int]) -> list[Row]:
    return [job(np.random.default_rng(seed))]


def conclusion(rows: Sequence[Row]) -> Verdict:
    """Whether the audit holds what it claims, and the headline."""
    simulated = [r for r in rows if r["part"] == "simulated audits"]
    painted = [r for r in rows if r["part"] == "painters"]
    apart = [r for r in rows if r["part"] == PART and r["degree"] == APART and r["value"] is not None]
    adjusted = holm([r["p_too_low"] for r in simulated])
    short = sum(p < 0.05 for p in adjusted)
    least = min(r["coverage"] for r in simulated)
    outside = sum(not r["held"] for r in painted)
    allowed = most_outside(len(painted))
    low = min((r["low"] for r in apart), default=0.0)
    worst = min(apart, key=lambda r: r["value"], default=None)
    said = f"{worst['what']}, {worst['measure']} {worst['value']:.1%}" if worst else "not enough paintings"
    return short == 0 and outside <= allowed and low >= LEAST_LOW, (
        f"Of {len(simulated)} cells of simulated audits {short} cover significantly less than 94.5 % (the least covers "
        f"{least:.1%}); of {len(painted)} rates of painters {len(painted) - outside} lie in their interval; on "
        f"paintings kept apart the pixel reader is weakest in {said}."
    )


def most_outside(rates: int) -> int:
    """How many of so many 95 % intervals may miss the truth before that is no chance (one in a hundred)."""
    from scipy import stats

    return int(stats.binom.ppf(0.99, rates, 0.05))
