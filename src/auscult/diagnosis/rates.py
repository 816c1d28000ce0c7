"""How often each stage is false: as the judge said, freed of the judge's error, and as people found it to be.

A stage that the model did not write has no verdict and is no false one; it is counted apart, as ``absent``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from auscult.diagnosis.diagnosis import What
from auscult.diagnosis.effects import Outcome, share
from auscult.diagnosis.table import Diagnosed
from auscult.records import AT_MOST, Estimate
from auscult.statistics.clusters import Mask
from auscult.statistics.interval import Floats
from auscult.statistics.judged_rate import Known, corrected_rate
from auscult.statistics.prediction_powered import Verdicts, powered_mean

UNAIDED: Final[Mapping[What, tuple[str, str]]] = {
    "eyes": ("baseline", "visual_recognition"),
    "knowledge": ("baseline", "knowledge_recall"),
    "reasoning": ("replace_vr_kr", "reasoning"),
}
"""Stage as people call it → the arm and the stage that show its error unaided: p, q and r."""
LEAST_LABELS: Final = 100
"""Human verdicts on a run's own stages from which a rate is made with them."""


@dataclass(frozen=True, eq=False)
class Heard:
    """Verdicts on one stage in one arm, of the items whose stage the model wrote.

    Attributes:
        rows: mask of these, shape (items,).
        outcome: hallucinated, arrays of shape (rows,).
        absent: items that the arm was put for and whose stage the model did not write.
        illegible: the judge could read nothing, shape (rows,); these are among those without a verdict.
    """

    rows: Mask
    outcome: Outcome
    absent: int
    illegible: Mask

    @property
    def said(self) -> Floats:
        """1 where the judge calls the stage hallucinated: not what it leaves open, nor what it cannot read."""
        return np.where(self.outcome.least == 1, 1.0, 0.0)

    @property
    def failed(self) -> Mask:
        """No verdict, and not because the judge could read nothing, shape (rows,)."""
        return np.asarray(self.outcome.lost & ~self.illegible)


def heard(table: Diagnosed, arm: str, stage: str, rows: Mask | None = None) -> Heard | None:
    """The verdicts on a stage; None where it was not judged in that arm."""
    if not table.judged(arm, stage):
        return None
    of = table.arms[arm]
    every = of.put if rows is None else of.put & rows
    unheard = of.unheard(stage)
    written = every & (unheard | ~np.isnan(of.wrong[stage]))
    lost = unheard[written]
    found = Outcome(
        least=np.where(lost, 0.0, of.wrong[stage][written]),
        most=np.where(lost, 1.0, of.wrong_most[stage][written]),
        lost=lost,
        silent=np.zeros_like(lost),
    )
    illegible = of.illegible[stage][written] if stage in of.illegible else np.zeros_like(lost)
    return Heard(written, found, int((every & of.absent[stage]).sum()), illegible)


def rate(table: Diagnosed, arm: str, stage: str, rows: Mask | None = None) -> Estimate | None:
    """Share of the written stages that are hallucinated, as the judge said; None where it was not judged."""
    found = heard(table, arm, stage, rows)
    if found is None:
        return None
    made = share(table, found.outcome, found.rows, f"hallucinated: {stage} of {arm}")
    unread = int(found.illegible.sum())
    return replace(made, unread=unread, unjudged=made.missing - unread, coverage=None, usable_value=None)


def corrected(table: Diagnosed, arm: str, stage: str, known: Known) -> Estimate | None:
    """The same, freed of the judge's error; what it leaves open or cannot read it does not call hallucinated."""
    found = heard(table, arm, stage)
    if found is None:
        return None
    return corrected_rate(
        found.said,
        table.clusters[found.rows],
        known,
        name=f"hallucinated, corrected: {stage} of {arm}",
        missing=found.failed,
        unit=table.unit,
        max_missing=table.max_missing,
    )


def with_people(table: Diagnosed, arm: str, stage: str, said: Floats) -> Estimate | None:
    """The same from the judge's verdicts and people's on a random part of them (prediction-powered).

    Args:
        table: of the diagnosis.
        arm: whose stages were rated.
        stage: which.
        said: 1 where people call the stage hallucinated, 0 where not, NaN where nobody was asked, shape (items,).

    Returns:
        None where the stage was not judged, or under ``LEAST_LABELS`` were rated.
    """
    found = heard(table, arm, stage)
    if found is None:
        return None
    people = said[found.rows]
    rated = ~np.isnan(people)
    if int(rated.sum()) < LEAST_LABELS:
        return None
    certain = ~found.failed
    verdicts = Verdicts(
        cheap=found.said,
        judged=np.where(rated, people, 0.0),
        certain=certain,
        audited=certain & rated,
        missing=~certain & ~rated,
    )
    name = f"hallucinated, with human verdicts: {stage} of {arm}"
    return powered_mean(verdicts, table.clusters[found.rows], name=name, unit=table.unit).estimate


def quality(table: Diagnosed, arm: str, stage: str) -> dict[str, Estimate]:
    """Means of the other values that a judge gives of a stage, over the stages that have them, by name."""
    values = table.arms[arm].quality.get(stage, {}) if arm in table.arms else {}
    made = {}
    for name in values:
        if name.endswith(AT_MOST):
            continue
        rows = ~np.isnan(values[name])
        none = np.zeros(int(rows.sum()), bool)
        most = values.get(f"{name}{AT_MOST}", values[name])
        found = Outcome(values[name][rows], most[rows], none, none)
        made[name] = replace(share(table, found, rows, f"{name}: {stage} of {arm}"), coverage=None, usable_value=None)
    return made


def unaided(table: Diagnosed) -> dict[What, Estimate]:
    """Error rates p, q and r as the judge said: eyes, knowledge, reasoning, those that were judged."""
    found = {what: rate(table, *where) for what, where in UNAIDED.items()}
    return {what: estimate for what, estimate in found.items() if estimate is not None}
