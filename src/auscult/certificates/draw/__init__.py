"""Put painters with known faults to an audit, and see whether it recovers them and its intervals hold them.

The pixel reader is put to paintings of a hand and of scenes that it never learnt from; simulated audits count how often
the intervals hold the truth, also where a dearer reader or a judge of known error stands behind a cheaper one.

[bold]Example[/bold]

auscult calibrate draw --out draw.json
"""

from dataclasses import dataclass
from typing import Annotated

from auscult.engine.session import Show
from auscult.records import Bounds, Certificate


@dataclass(frozen=True, kw_only=True)
class DrawOptions:
    """What is painted and simulated.

    Attributes:
        audits: simulated audits a cell.
        paintings: that the pixel reader is put to, of each hand.
        draws: of each prompt, by each painter.
        seed: of the simulation and of the painters.
    """

    audits: Annotated[int, Bounds(100)] = 1000
    paintings: Annotated[int, Bounds(20)] = 600
    draws: Annotated[int, Bounds(1, 20)] = 1
    seed: Annotated[int, Bounds(0)] = 0


def certify(options: DrawOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.draw import certificate

    return certificate.certify(options, show)
