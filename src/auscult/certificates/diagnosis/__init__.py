"""Diagnose simulated models whose stages err as they are told, and phantom models that were damaged for real.

Simulated models write traces, which go through protocol, parser, judge and tables; an array simulator comes to the same
tables and repeats them thousands of times. Shown are coverage of every interval, what figures miss where a model does
what cannot be told, the cause of single answers, and what the published figures make of the same runs. The bundled
phantom model is then damaged in one stage: its images are blurred, or it is taught wrong knowledge.

[bold]Examples[/bold]

auscult calibrate diagnosis --out diagnosis.json

auscult calibrate diagnosis --replicates 200 --damaged 0
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from auscult.engine.session import Show
from auscult.records import Bounds, Certificate


@dataclass(frozen=True, kw_only=True)
class DiagnosisOptions:
    """What is simulated.

    Attributes:
        replicates: simulated runs a model.
        texts: runs that are also written out as traces, and compared table by table.
        damaged: phantom models that are damaged, half of them in the eyes, half in the knowledge; 0: none.
        cases: phantoms that each damaged model is diagnosed on.
        work: folder of what is finished, model by model, so that the same command goes on; none: nothing is kept.
        seed: of the simulation.
    """

    replicates: Annotated[int, Bounds(100)] = 2000
    texts: Annotated[int, Bounds(0)] = 20
    damaged: Annotated[int, Bounds(0)] = 30
    cases: Annotated[int, Bounds(10)] = 60
    work: Path | None = None
    seed: Annotated[int, Bounds(0)] = 0


def certify(options: DiagnosisOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.diagnosis import certificate

    return certificate.certify(options, show)
