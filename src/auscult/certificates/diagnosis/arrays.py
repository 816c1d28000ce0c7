"""Simulated models in arrays: many runs at once, without a word written or read.

Twenty runs of simulated models that write traces (``speaking``) come to the same tables; a test keeps it so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from auscult.analysis.joined import OK, UNUSABLE
from auscult.certificates.diagnosis.structure import (
    ARMS,
    OPPOSITE,
    RIGHT,
    Arm,
    Codes,
    Faults,
    Floats,
    Latents,
    Mask,
    Wrong,
    chances,
    wrong_in,
)
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.records import STAGES

NOT_PUT = 0
JUDGED = {
    "baseline": STAGES,
    "replace_vr": STAGES[1:],
    "self_vr": STAGES[1:],
    "replace_vr_kr": STAGES[2:],
    "self_vr_kr": STAGES[2:],
    "replace_kr": STAGES[2:],
    "gold_vr_own_kr": STAGES[2:],
}
"""Stages that the model writes, and that are judged, by arm."""
PARTNERS = {"planted_vr": "self_vr", "planted_kr": "gold_vr_own_kr"}
"""Arms with a planted error → the arm with the model's own stage in its place."""


@dataclass(frozen=True)
class Judge:
    """A judge of stages.

    Attributes:
        sensitivity: how often it finds an error.
        specificity: how often it finds none where there is none.
        on_planted: how often it finds an error that somebody planted, where these are easier to find.
    """

    sensitivity: float = 1.0
    specificity: float = 1.0
    on_planted: float | None = None

    @property
    def planted(self) -> float:
        """Sensitivity on planted errors."""
        return self.sensitivity if self.on_planted is None else self.on_planted


@dataclass(frozen=True, kw_only=True)
class Draws:
    """All random numbers of some runs of one simulated model.

    Attributes:
        faults: the model.
        clusters: image of each item, from 0.
        latents: what befalls each item, arrays of shape (runs, items).
        luck: arm → uniform numbers of shape (runs, items, draws): a wrong conclusion has luck.
        turn: arm → likewise: the answer turns.
        form: arm → likewise: the trace is not in the form.
        verdict: uniform numbers of shape (runs, items, stages, 2): a judge hears a stage's right, and its wrong, text.
    """

    faults: Faults
    clusters: Codes
    latents: Latents
    luck: dict[str, Floats]
    turn: dict[str, Floats]
    form: dict[str, Floats]
    verdict: Floats

    @property
    def runs(self) -> int:
        """Runs."""
        return len(self.latents.eyes)

    @cached_property
    def wrong(self) -> dict[str, Wrong]:
        """Arm → which stages of its trace are wrong."""
        return {name: wrong_in(self.latents, arm) for name, arm in ARMS.items() if name in self.luck}


def draw(
    faults: Faults,
    clusters: Codes,
    rng: np.random.Generator,
    *,
    runs: int = 1,
    arms: Sequence[str] = tuple(ARMS),
    draws: int = 1,
) -> Draws:
    """Draws runs of a simulated model.

    Args:
        faults: the model.
        clusters: image of each item, from 0.
        rng: where random numbers come from.
        runs: how many.
        arms: that are run.
        draws: answers an item and arm.
    """
    difficulty = rng.standard_normal((runs, int(clusters.max()) + 1))[:, clusters]
    shape = difficulty.shape
    latents = {name: rng.random(shape) < chance for name, chance in chances(faults, difficulty).items()}
    if not faults.rereads:
        latents["again"] = latents["eyes"]
    uniform = {
        kind: {arm: rng.random((*shape, draws)) for arm in arms} if needed else {arm: None for arm in arms}
        for kind, needed in (("luck", faults.lucky), ("turn", faults.flips), ("form", faults.invalid))
    }
    ones = np.broadcast_to(1.0, (*shape, draws))
    found = {kind: {arm: ones if u is None else u for arm, u in by_arm.items()} for kind, by_arm in uniform.items()}
    return Draws(
        faults=faults,
        clusters=clusters,
        latents=Latents(**latents),
        verdict=rng.random((*shape, len(STAGES), 2)),
        **found,
    )


def table(drawn: Draws, run: int, judge: Judge | None = None) -> Diagnosed:
    """The table of one run.

    Args:
        drawn: all runs.
        run: which.
        judge: of stages; None: they are not judged.
    """
    partner = drawn.form["baseline"][run][:, 0] >= drawn.faults.invalid
    return Diagnosed.of({name: _arm(drawn, run, ARMS[name], partner, judge) for name in drawn.luck}, drawn.clusters)


def _arm(drawn: Draws, run: int, arm: Arm, partner: Mask, judge: Judge | None) -> ArmTable:
    said, valid, own = _said(drawn, run, arm.name), _valid(drawn, run, arm.name), PARTNERS.get(arm.name, "")
    status = np.where(valid, OK, UNUSABLE)
    if "own" in (arm.visual, arm.knowledge):
        status = np.where(partner[:, None], status, NOT_PUT)
        valid = valid & partner[:, None]
    heard = JUDGED.get(arm.name, ()) if judge else ()
    verdicts = {stage: _verdict(drawn, run, arm, stage, judge) for stage in heard if judge}
    return ArmTable.of(
        valid & (said == RIGHT),
        status=status,
        valid=valid,
        wrong={stage: np.where(valid[:, 0], found, np.nan) for stage, found in verdicts.items()},
        absent={stage: ~valid[:, 0] & (status[:, 0] != NOT_PUT) for stage in verdicts},
        adopts=valid & (said == OPPOSITE) if own else None,
        adopts_own=(partner & _opposite(drawn, run, own)).astype(float) if own in drawn.luck else None,
    )


def _valid(drawn: Draws, run: int, arm: str) -> Mask:
    return np.asarray(drawn.form[arm][run] >= drawn.faults.invalid)


def _said(drawn: Draws, run: int, arm: str) -> Codes:
    """What the answers of an arm say, after luck and after flips, of shape (items, draws)."""
    faults, concluded = drawn.faults, drawn.wrong[arm].conclusion[run][:, None]
    said = np.where(drawn.luck[arm][run] < faults.lucky, RIGHT, concluded)
    return np.where(drawn.turn[arm][run] < faults.flips, np.where(said == RIGHT, OPPOSITE, RIGHT), said)


def _opposite(drawn: Draws, run: int, arm: str) -> Mask:
    """Whether the first answer of an arm is the opposite of the right one."""
    return np.asarray(_valid(drawn, run, arm)[:, 0] & (_said(drawn, run, arm)[:, 0] == OPPOSITE))


def _verdict(drawn: Draws, run: int, arm: Arm, stage: str, judge: Judge) -> Floats:
    """1 where the judge calls a stage wrong; the same text is judged alike in every arm."""
    truth = {"visual_recognition": "visual", "knowledge_recall": "knowledge"}.get(stage, stage)
    wrong: Mask = getattr(drawn.wrong[arm.name], truth)[run]
    heard = drawn.verdict[run, :, STAGES.index(stage)]
    return np.where(wrong, heard[:, 1] < judge.sensitivity, heard[:, 0] >= judge.specificity).astype(np.float64)
