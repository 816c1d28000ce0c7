"""Put stages of traces to a stage judge, right ones and ones with a planted error, and see which it calls false.

Errors are planted into the stages of phantoms, and stand in traces that were written by hand: slight and gross ones
of each kind. With DATA and --traces, traces that a real model wrote about reports are put too, and it is told how far
the judge can decide them. A judge that passes tells right from wrong, of each stage, well enough for rates to be freed
of its errors.

[bold]Data sets[/bold], each a folder of DATA: iu-reports (for --traces), hidden-flaws-gpt-4v (train-*.parquet)

[bold]Examples[/bold]

auscult calibrate stage --judge facts --out stage.json

auscult calibrate stage --judge openai:my-judge@http://localhost:8000/v1 --parts hand-written --out stage.json
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from auscult.certificates.options import DataOptions
from auscult.engine.forecast import Forecast
from auscult.engine.session import Show
from auscult.records import Bounds, Certificate
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import FACTS

PARTS = ("labels", "hand-written", "real-traces", "phantoms")
"""What is put where nothing is named."""
DEVELOPMENT = "development"
"""What was written by hand for those who make judges: their own, and no test."""


@dataclass(frozen=True, kw_only=True)
class StagePlan(DataOptions):
    """What is put to the judge.

    Attributes:
        scenes: phantoms of the test stream; under 150 some figures are insufficient.
        traces: file of traces that a model wrote about reports, as ``recipes.report_traces`` makes it.
        seed: of the random choices.
        parts: labels, hand-written, real-traces, phantoms; none for all. What is left out cannot be decided. By name
            alone: development, the half of what was written by hand that makers of judges may look at.
    """

    scenes: Annotated[int, Bounds(1)] = 150
    traces: Path | None = None
    seed: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageTrial:
    """A judge of stages and what is put to it.

    Attributes:
        judge: who judges, KIND:NAME; facts is the fact checker.
        plan: what is put.
        judging: how it judges, and how the model is opened and asked.
        work: folder where the same command goes on; OUT with .work where not given.
    """

    judge: str = FACTS
    plan: StagePlan = field(default_factory=StagePlan)
    judging: JudgingOptions = field(default_factory=lambda: JudgingOptions(protocol="stage"))
    work: Path | None = None


def certify(options: StageTrial, show: Show) -> Certificate:
    """As ``certificate.Calibration.run``."""
    from auscult.certificates.stage.certificate import Calibration

    return Calibration(options.judge, options.plan, options.judging).run(options.work or Path("stage.work"), show)


def forecast(options: StageTrial) -> Forecast:
    """As ``certificate.Calibration.forecast``."""
    from auscult.certificates.stage.certificate import Calibration

    return Calibration(options.judge, options.plan, options.judging).forecast(options.work or Path("stage.work"))
