"""Judges of the stages of a trace, put to the test: planted errors, stages written by hand, a real model's traces.

Whether the certificate passes is decided on the held-out stages that were written by hand and on phantoms: of each
stage the lower limit of sensitivity + specificity - 1 must reach what it takes to free a rate of the judge's errors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from auscult import models
from auscult.certificates.asking import Asking
from auscult.certificates.cells import Row
from auscult.certificates.stage import DEVELOPMENT, PARTS, StagePlan, put
from auscult.certificates.stage.asking import Group, Judges
from auscult.certificates.stage.figures import YOUDEN, Judged, read_rows, real_rows, rows_of, verdicts
from auscult.certificates.stage.hand_written import by_hand
from auscult.certificates.stage.labels import labelled
from auscult.certificates.stage.phantoms import about_phantoms
from auscult.certificates.stage.reports import real_traces
from auscult.certificates.trial import certificate
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.models import Model
from auscult.models.scripted import CalibrationOptions
from auscult.phantoms.distribution import VERSION
from auscult.records import Certificate, digest
from auscult.runs.judging_options import JudgingOptions
from auscult.statistics.judged_rate import LEAST_YOUDEN

DECISIVE = (put.BY_HAND, put.PHANTOMS)
"""What decides: errors that the judge's makers have not seen."""
ORIGINS = (put.LABELLED, put.REAL, put.BY_HAND, put.PHANTOMS, put.REAL_PLANTED, put.BY_HAND_DEVELOPMENT)
"""What models wrote and somebody has labelled comes first."""


class Calibration:
    """Judges of stages and what is put to them; ``forecast`` it, or ``run`` it.

    Args:
        model: spec of the model that judges; ``scripted:SENS,SPEC`` may be opened here.
        plan: what is put.
        options: how it judges, and how the model is opened and asked.

    Raises:
        UserError: model, protocol or data are not there, or cannot be read.
    """

    def __init__(self, model: str, plan: StagePlan | None = None, options: JudgingOptions | None = None) -> None:
        self.plan, self.options = plan or StagePlan(), options or JudgingOptions(protocol="stage")
        known = (*PARTS, DEVELOPMENT)
        if unknown := [part for part in self.plan.parts if part not in known]:
            raise UserError(f"--parts: '{unknown[0]}' is unknown; known: {', '.join(known)}")
        self.options.check()
        self.model: Model = models.create(model, CalibrationOptions(**vars(self.options.model)))
        self.judges = Judges.create(self.model, self.options)
        groups = list(_groups(self.plan))
        if not groups:
            raise UserError("nothing is put to the judge; name a part that is there")
        self.puts = [one for group in groups for one in group]
        self.asking = Asking(self.model, self.judges, groups, self.options.asking, "stages of planted traces")

    @property
    def instrument(self) -> str:
        """``stage@version``: that of the three judges, whose names begin so."""
        first = next(iter(self.judges.of.values())).instrument
        return f"{first.name.rpartition('-')[0]}@{first.version}"

    def forecast(self, work: Path) -> Forecast:
        """Says what would be asked, without asking."""
        return self.asking.forecast(work, f"{len(self.puts):,} stages are put to the judge.")

    def run(self, work: Path, show: Show = progress) -> Certificate:
        """Asks the judge and says what it is worth; the same call goes on where an earlier one stopped.

        Raises:
            UserError: the work folder belongs to another judge, or the model does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
            FiguresWithheld: too many requests failed; the same call asks them again.
        """
        table = f"scores-{digest([one.id for one in self.puts])}"
        scores = self.asking.scores(work, {"judge": self.instrument}, table, "judged", show)
        names = {stage: judge.instrument.name for stage, judge in self.judges.of.items()}
        judged = Judged(self.puts, scores, names)
        there = [origin for origin in ORIGINS if any(one.origin == origin for one in self.puts)]
        figures = [*rows_of(judged, there), *real_rows(judged, put.REAL), *read_rows(judged)]
        criteria = [_criterion(row) for row in figures if row["part"] in DECISIVE and row["measure"] == YOUDEN]
        passed = _passed(criteria)
        subject = f"right and wrong stages of traces: written by hand, about phantoms {VERSION}, by a real model"
        made = certificate(
            self.instrument, subject, (passed, _summary(criteria, figures, passed, there)), [*criteria, *figures]
        )
        ids = {stage: judge.instrument.id for stage, judge in self.judges.of.items()}
        said = tuple(verdicts(judged, ids, there, lambda origin: origin not in (put.LABELLED, put.REAL)))
        return replace(made, verdicts=said)


def _groups(plan: StagePlan) -> Iterator[Group]:
    """Stages of one case each; their order is that of the sources."""
    parts = plan.parts or PARTS
    if "labels" in parts:
        yield from labelled(plan.data)
    if "hand-written" in parts:
        yield from by_hand("held out")
    if DEVELOPMENT in parts:
        yield from by_hand("development")
    if "real-traces" in parts:
        yield from real_traces(plan.traces, plan.data, plan.seed)
    if "phantoms" in parts:
        yield from about_phantoms(plan.scenes, plan.seed)


def _criterion(row: Row) -> Row:
    """A figure that was withheld, because verdicts could not be read, has missed its rule."""
    low, withheld = row["low"], str(row["label"]).startswith("withheld")
    verdict = "unknown" if low is None and not withheld else "met" if (low or -1.0) >= LEAST_YOUDEN else "not met"
    rule = f"lower limit at least {LEAST_YOUDEN:g}"
    return row | {"part": "criteria", "what": f"{row['part']}: {row['what']}", "rule": rule, "verdict": verdict}


def _passed(criteria: Sequence[Row]) -> bool | None:
    """Of each stage and both sources; what could not be decided decides nothing."""
    found = [row["verdict"] for row in criteria]
    return False if "not met" in found else True if len(found) == 3 * len(DECISIVE) and "unknown" not in found else None


def _summary(criteria: Sequence[Row], figures: Sequence[Row], passed: bool | None, there: Sequence[str]) -> str:
    verdict = {True: "Passed", False: "Did not pass", None: "Not decided"}[passed]
    met = sum(row["verdict"] == "met" for row in criteria)
    parts = [f"{verdict}: {met} of {3 * len(DECISIVE)} criteria are met."]
    parts += [f"{row['what']}: {_told(row)}." for row in criteria]
    parts += [
        f"Of {row['n']} {row['what']} stages of a real model {100 * row['value']:.0f} % are decided."
        for row in figures
        if row["part"] == put.REAL and row["measure"] == "decided" and row["value"] is not None
    ]
    if put.LABELLED not in there:
        parts.append("No stages that people have labelled are at hand.")
    return " ".join(parts)


def _told(row: Row) -> str:
    if row["low"] is None:
        return f"{row['measure']} {row['label']}"
    value = "withheld" if row["value"] is None else f"{row['value']:.2f}"
    return f"{row['measure']} {value} ({row['low']:.2f} to {row['high']:.2f})"
