"""Tables of models whose stages are wrong for known items: what tests of the figures are held against."""

import numpy as np
from numpy.typing import NDArray

from auscult.diagnosis.table import ArmTable, Diagnosed

Mask = NDArray[np.bool_]
ARMS = ("baseline", "self_vr", "self_vr_kr", "replace_vr", "replace_kr", "gold_vr_own_kr", "replace_vr_kr")


def wrong_stages(n: int = 400, seed: int = 0) -> tuple[Mask, Mask, Mask]:
    """Items whose eyes, knowledge and reasoning are wrong: .3, .15 and .05 of them, independently."""
    rng = np.random.default_rng(seed)
    return rng.random(n) < 0.3, rng.random(n) < 0.15, rng.random(n) < 0.05


def right_in(arm: str, eyes: Mask, knowledge: Mask, reasoning: Mask) -> Mask:
    """Items that a model which follows every stage answers rightly in an arm."""
    seen = eyes & (arm not in ("replace_vr", "gold_vr_own_kr", "replace_vr_kr"))
    known = knowledge & (arm not in ("replace_kr", "replace_vr_kr"))
    return ~(seen | known | reasoning)


def table(eyes: Mask, knowledge: Mask, reasoning: Mask, arms: tuple[str, ...] = ARMS) -> Diagnosed:
    """Its arms, two items an image, with the verdicts of a judge that does not err."""
    verdicts = {
        "baseline": {"visual_recognition": eyes, "knowledge_recall": knowledge, "reasoning": reasoning},
        "replace_vr": {"knowledge_recall": knowledge},
        "replace_vr_kr": {"reasoning": reasoning},
    }
    made = {
        arm: ArmTable.of(
            right_in(arm, eyes, knowledge, reasoning),
            wrong={stage: wrong.astype(np.float64) for stage, wrong in verdicts.get(arm, {}).items()},
        )
        for arm in arms
    }
    return Diagnosed.of(made, np.arange(len(eyes)) // 2)
