"""Put planted errors, human labels, dressings and attacks to a judge, and see what its grades are worth.

Answers about phantoms hold none to three errors; the judge is to grade them in that order, to see each kind of error,
to tell harm from a slip, to repeat itself, to stay unmoved by length and claims, and not to obey an answer.

[bold]Data sets[/bold], each a folder of DATA: medec, radfact-entailment, medval-bench (test.csv), hidden-flaws-gpt-4v
(train-*.parquet), med-hallmark (Conventional..json, Counterfactual..json)

[bold]Examples[/bold]

auscult calibrate judge --judge openai:my-judge@http://localhost:8000/v1 --dry-run

auscult calibrate judge --judge openai:my-judge@http://localhost:8000/v1 --data DATA --out judge.json

auscult calibrate judge --judge openai:my-judge@http://localhost:8000/v1 --judge-protocol medihall --data DATA
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from auscult.certificates.options import DataOptions
from auscult.engine.forecast import Forecast
from auscult.engine.session import Show
from auscult.records import Bounds, Certificate
from auscult.runs.judging_options import JudgingOptions

PARTS = frozenset({"labels", "graded", "kinds", "harm", "repeats", "biases", "attacks", "pairs"})
"""What is put; answers that another part compares with come with it."""


@dataclass(frozen=True, kw_only=True)
class Plan(DataOptions):
    """What is put to the judge.

    Attributes:
        scenes: phantoms of the test stream; under 180 some figures are insufficient.
        repeats: times that graded answers are asked in all.
        seed: of the random choices.
        parts: of ``PARTS``; what is left out cannot be decided.
    """

    scenes: Annotated[int, Bounds(1)] = 180
    repeats: Annotated[int, Bounds(1, 100)] = 3
    seed: int = 0
    parts: frozenset[str] = PARTS


@dataclass(frozen=True, kw_only=True)
class JudgeTrial:
    """A judge and what is put to it.

    Attributes:
        judge: who judges, KIND:NAME.
        plan: what is put.
        judging: how it judges, and how the model is opened and asked.
        work: folder where the same command goes on; OUT with .work where not given.
    """

    judge: str = ""
    plan: Plan = field(default_factory=Plan)
    judging: JudgingOptions = field(default_factory=JudgingOptions)
    work: Path | None = None


def certify(options: JudgeTrial, show: Show) -> Certificate:
    """As ``certificate.Calibration.run``."""
    from auscult.certificates.judge.certificate import Calibration

    return Calibration(options.judge, options.plan, options.judging).run(options.work or Path("judge.work"), show)


def forecast(options: JudgeTrial) -> Forecast:
    """As ``certificate.Calibration.forecast``."""
    from auscult.certificates.judge.certificate import Calibration

    return Calibration(options.judge, options.plan, options.judging).forecast(options.work or Path("judge.work"))
