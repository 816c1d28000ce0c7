"""Runs written out: simulated models answer in texts, and what comes of them must be the array simulator's tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from auscult.certificates.cells import Row
from auscult.certificates.diagnosis.arrays import PARTNERS, Judge, draw, table
from auscult.certificates.diagnosis.hearing import SimulatedJudge
from auscult.certificates.diagnosis.speaking import SimulatedModel, Theatre, theatre
from auscult.certificates.diagnosis.structure import Faults, Floats
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.reading import read
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.engine.progress import Bar

IMAGES = 12
WRITTEN = "default,gold_vr_own_kr,planted"
"""Arms that are written out."""
MODELS = (
    (Faults(), Judge()),
    (Faults(followed=0.5, difficulty=0.3, rereads=True), Judge(0.8, 0.9)),
    (Faults(lucky=0.3, offsetting=0.5, astray=0.5, flips=0.1), Judge(0.7, 0.7)),
    (Faults(invalid=0.2, stated=0.3, confused=0.2, followed=0.8, leaning=0.5), Judge(0.9, 1.0)),
)
"""Taken in turn."""
_USUAL = vars(Faults())


def rows(runs: int, folder: Path, seed: int) -> Iterator[Row]:
    """How many runs come to the very tables of the array simulator.

    Args:
        runs: how many are written out.
        folder: where phantoms and diagnoses go.
        seed: of phantoms and runs.
    """
    questions = theatre(folder, IMAGES, seed)
    for number, (faults, judge) in enumerate(MODELS):
        taken = range(number, runs, len(MODELS))
        differ = [d for run in taken for d in written(questions, faults, judge, folder / f"run-{run}", seed + run)]
        yield {
            "part": "written out",
            "model": ", ".join(f"{name} {value}" for name, value in vars(faults).items() if value != _USUAL[name]),
            "runs": len(taken),
            "value": float(not differ),
            "label": "equal" if not differ else f"differ: {differ[0]}",
        }


def written(questions: Theatre, faults: Faults, judge: Judge, out: Path, seed: int) -> list[str]:
    """Diagnoses one simulated model by its texts; returns where its tables differ from those in arrays."""
    drawn = draw(faults, questions.clusters, np.random.default_rng([seed, 3]))
    model, listener = SimulatedModel(drawn, 0, questions), SimulatedJudge(drawn, 0, questions, judge)
    Examination(questions.items.folder, model, listener, DiagnosisSettings(arms=WRITTEN)).run(out, silent)
    return list(differences(read(out), table(drawn, 0, judge)))


@contextmanager
def silent(what: str, total: int | None) -> Iterator[Bar]:
    """Shows nothing: the certificate has a bar of its own."""
    yield Bar(what, total)


def differences(texts: Diagnosed, arrays: Diagnosed) -> Iterator[str]:
    """Arms, and what of them, in which two tables of the same items differ.

    In words an error can be planted for some items only: of arms with a planted one these are compared.
    """
    if not np.array_equal(texts.clusters, arrays.clusters):
        yield "clusters"
    for name, arm in texts.arms.items():
        put = arm.put if name in PARTNERS else np.ones(len(texts), bool)
        mine, theirs = (_plain(a.at(put)) for a in (arm, arrays.arms[name]))
        for what in sorted(mine.keys() | theirs.keys()):
            if what not in mine or what not in theirs or not np.array_equal(mine[what], theirs[what], equal_nan=True):
                yield f"{name}: {what}"


def _plain(arm: ArmTable) -> dict[str, Floats]:
    """What a table of an arm holds, by name."""
    found: dict[str, ArrayLike | None] = {
        "right": arm.right,
        "right at most": arm.right_most,
        "status": arm.status,
        "valid": arm.valid,
    }
    found |= {f"{stage} wrong": values for stage, values in arm.wrong.items()}
    found |= {f"{stage} absent": values for stage, values in arm.absent.items()}
    found |= {"adopts": arm.adopts, "adopts with its own": arm.adopts_own}
    return {name: np.asarray(values, float) for name, values in found.items() if values is not None}
