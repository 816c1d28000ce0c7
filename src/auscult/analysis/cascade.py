"""The cascade on whole runs: a calibration from a run that a judge saw all of, and totals of a run that was routed."""

from pathlib import Path

import numpy as np

from auscult.analysis.outcomes import Bools, Outcomes
from auscult.errors import UserError
from auscult.records import Condition, Score
from auscult.runs.judged import judgements
from auscult.runs.subjects import Selection
from auscult.scorers.judges import Subject, cascade, support
from auscult.statistics.prediction_powered import Powered, powered_mean
from auscult.store.tables import read_rows


def calibrate_run(run: Path) -> cascade.Calibration:
    """Holds the fact checker against the one judge model that gave verdicts of support on a run.

    Raises:
        UserError: no such judge, or several, or the run was changed since.
    """
    wanted = [j for j in judgements(run) if j.instrument.name == support.NAME and j.instrument.judge != support.FACTS]
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


def routed(
    outcomes: Outcomes,
    scorer: str,
    value: str = "supported",
    *,
    items: Bools | None = None,
    condition: Condition = "with",
    level: float = 0.95,
    max_missing: float = 0.05,
) -> Powered:
    """The total of a routed run, design-weighted.

    Args:
        outcomes: of the run.
        scorer: ``support-cascade@VERSION``, as in its columns.
        value: ``supported`` or ``contradicted``.
        items: the part that is totalled; None: all.
        condition: image condition.
        level: confidence level.
        max_missing: share of missing items above which the value is withheld.

    Raises:
        UserError: the run has no such scores.
    """
    column = outcomes.columns.get((scorer, condition))
    if column is None or not scorer.startswith(f"{cascade.NAME}@"):
        raise UserError(f"{scorer}: not the scores of a cascade of this run")
    asked = column.status > 0
    if items is not None:
        asked = asked & items[:, None]
    verdicts = cascade.verdicts_in(
        {name: values[asked] for name, values in column.values.items()},
        column.status[asked] > 2,
        column.status[asked] == 2,
        value,
    )
    clusters = np.broadcast_to(outcomes.cluster[:, None], asked.shape)[asked]
    return powered_mean(
        verdicts, clusters, name=value, level=level, instrument=scorer, unit=outcomes.unit, max_missing=max_missing
    )
