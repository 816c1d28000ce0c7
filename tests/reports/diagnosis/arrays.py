"""Diagnoses of made models in arrays: stages that are wrong by chance, answers that follow from them."""

from collections.abc import Sequence

import numpy as np

from auscult.diagnosis.diagnosis import Diagnosis
from auscult.diagnosis.figures import Evidence, diagnose
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.records import STAGES

GOLD = {
    "baseline": (),
    "self_vr": (),
    "self_vr_kr": (),
    "replace_vr": STAGES[:1],
    "replace_kr": STAGES[1:2],
    "gold_vr_own_kr": STAGES[:1],
    "replace_vr_kr": STAGES[:2],
}
"""Arm → stages that are right in it."""
WRITTEN = {"baseline": STAGES, "replace_vr": STAGES[1:], "replace_vr_kr": STAGES[2:]}
OWN = {"self_vr", "self_vr_kr", "replace_kr", "gold_vr_own_kr"}
"""Arms that need a stage of the model's own."""
ALL, PUBLISHED = tuple(GOLD), ("baseline", "replace_vr", "replace_kr", "replace_vr_kr")


def table(
    eyes: float = 0.4,
    knowledge: float = 0.1,
    reasoning: float = 0.04,
    *,
    items: int = 240,
    per_image: int = 2,
    arms: Sequence[str] = ALL,
    lost: int = 0,
    broken: int = 0,
    skipped: float = 0.0,
    seed: int = 1,
) -> Diagnosed:
    """Answers are right where no stage is wrong; the first ``lost`` never came, the last ``broken`` are no trace.

    Of traces that go on from one given stage the share ``skipped`` is none.
    """
    chance = np.random.default_rng(seed)
    wrong = {s: chance.random(items) < p for s, p in zip(STAGES, (eyes, knowledge, reasoning), strict=True)}
    status = np.where(np.arange(items) < lost, 3, 1)
    made = {}
    for arm in arms:
        left = [wrong[s] for s in STAGES if s not in GOLD[arm]]
        verdicts = {s: wrong[s].astype(float) for s in WRITTEN.get(arm, ())}
        no_trace = np.arange(items) >= items - broken
        codes = np.where(no_trace, 0 if arm in OWN else 2, status)
        for values in verdicts.values():
            values[no_trace] = np.nan
        skips = (np.arange(items) >= (1 - skipped) * items) & (arm in ("self_vr", "replace_vr"))
        codes = np.where(skips, 2, codes)
        right = ~np.logical_or.reduce(left) & ~no_trace & ~skips
        made[arm] = ArmTable.of(right, status=codes, wrong=verdicts)
    tags = {"modality": tuple(("CT", "X-ray")[n % 2] for n in range(items))}
    return Diagnosed.of(made, np.arange(items) // per_image, tags=tags)


def diagnosis(*errors: float, **how: object) -> Diagnosis:
    """The figures of such a model."""
    return diagnose(table(*errors, **how), Evidence())  # type: ignore[arg-type]
