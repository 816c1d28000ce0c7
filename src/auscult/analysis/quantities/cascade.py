"""The cascade on whole runs: a calibration from a run that a judge saw all of, and totals of a run that was routed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auscult.analysis.joined import UNUSABLE, Bools, Joined
from auscult.analysis.quantities import Quantity
from auscult.errors import UserError
from auscult.records import Condition, Score
from auscult.runs.judged import judgements
from auscult.runs.subjects import Selection
from auscult.scorers.judges import FACTS, Subject, cascade, support
from auscult.statistics.prediction_powered import Powered, powered_mean
from auscult.store.tables import read_rows


def calibrate_run(run: Path) -> cascade.Calibration:
    """Holds the fact checker against the one judge model that gave verdicts of support on a run.

    Raises:
        UserError: no such judge, or several, or the run was changed since.
    """
    wanted = [j for j in judgements(run) if j.instrument.name == support.NAME and j.instrument.judge != FACTS]
    if len(wanted) != 1:
        raise UserError(
            f"{run}: {len(wanted)} judge models gave verdicts of support; a calibration needs one: "
            "--judge MODEL --judge-protocol support"
        )
    scores = {s.answer_id: s for s in read_rows(wanted[0].scores, Score)}
    subjects: list[Subject] = []
    for group in Selection(run=run, conditions=tuple(wanted[0].instrument.conditions), answer_types=()).groups():
        subjects += [s for s in group.subjects if s.answer.id in scores]
    clusters = [s.case.group or s.case.id for s in subjects]
    kinds = {s.case.group_kind for s in subjects}
    unit = kinds.pop() if len(kinds) == 1 else "group"
    return cascade.calibrate(subjects, [scores[s.answer.id] for s in subjects], clusters, unit=unit)


@dataclass(frozen=True, kw_only=True)
class Routed(Quantity):
    """A value of which the judge saw a part: its total is design-weighted, the routing error in its interval."""

    def total(self, run: Joined, items: Bools, condition: Condition = "with", max_missing: float = 0.05) -> Powered:
        """The total on those of ``items`` that were asked, each sample an answer of its own."""
        column = run.columns[self.scorer, condition]
        asked = (column.status > 0) & items[:, None]
        verdicts = cascade.verdicts_in(
            {name: column.value(name)[asked] for name in column.values},
            column.missing[asked],
            column.status[asked] == UNUSABLE,
            self.value.name,
        )
        clusters = np.broadcast_to(run.cluster[:, None], asked.shape)[asked]
        return powered_mean(
            verdicts,
            clusters,
            name=self.value.name,
            instrument=self.scorer,
            unit=run.unit,
            max_missing=max_missing,
        )
