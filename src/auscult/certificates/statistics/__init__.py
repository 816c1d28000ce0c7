"""Simulate studies whose truth is known, and see whether the intervals cover it as often as they claim.

[bold]Example[/bold]

auscult calibrate statistics --out statistics.json
"""

from dataclasses import dataclass
from typing import Annotated

from auscult.engine.session import Show
from auscult.records import Bounds, Certificate


@dataclass(frozen=True, kw_only=True)
class SimulationOptions:
    """What is simulated.

    Attributes:
        replicates: simulated studies a cell.
        seed: of the simulation.
    """

    replicates: Annotated[int, Bounds(100)] = 4000
    seed: Annotated[int, Bounds(0)] = 0


def certify(options: SimulationOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.statistics import certificate

    return certificate.certify(options, show)
