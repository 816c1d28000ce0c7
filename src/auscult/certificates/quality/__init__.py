"""Plant wrong pairs into clean sets, and see which the checks of a build refuse, and which right ones they keep.

Twelve kinds of error, from slight to gross, in sets made from phantoms and from real reports, at 7 % and at 20 %.
Beside them stand wrong and right pairs that were written by hand. Edited reports are never written anywhere.

[bold]Data set[/bold], a folder of DATA: iu-reports

[bold]Examples[/bold]

auscult calibrate quality

auscult calibrate quality --data DATA --out quality.json
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from auscult.certificates.options import DataOptions
from auscult.engine.session import Show
from auscult.records import Bounds, Certificate

Half = Literal["development", "held_out"]


@dataclass(frozen=True, kw_only=True)
class QualityOptions(DataOptions):
    """What is put to the checks.

    Attributes:
        scenes: phantoms that pairs are made about.
        seed: of the random choices.
        half: of wordings, reports and hand-written pairs; those who make checks look at the development half alone.
    """

    scenes: Annotated[int, Bounds(1)] = 600
    seed: int = 0
    half: Half = "held_out"


def certify(options: QualityOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.quality import certificate

    return certificate.certify(options, show)
