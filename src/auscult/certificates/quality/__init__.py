"""Plant wrong pairs into clean sets, and see which the checks of a build refuse, and which right ones they keep.

Twelve kinds of error, from slight to gross, in sets made from phantoms and from real reports, at 7 % and at 20 %.
Beside them stand wrong and right pairs that were written by hand. Edited reports are never written anywhere. With
--checker a model, or several that vote, is asked about a sample of the pairs as a build asks it.

[bold]Data set[/bold], a folder of DATA: iu-reports

[bold]Examples[/bold]

auscult calibrate quality

auscult calibrate quality --data DATA --out quality.json

auscult calibrate quality --data DATA --checker openai:NAME@URL --pairs 200 --out checked.json
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from auscult.certificates.options import DataOptions
from auscult.construction.drafting import CheckerOptions
from auscult.engine.forecast import Forecast
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
        checker: a model that checks pairs too, KIND:NAME; may be given several times.
        pairs: of each part that are put to the checkers, half of them right; under 200 figures are insufficient.
        checking: how the checkers are opened and asked.
        work: folder where the same command goes on; OUT with .work where not given.
    """

    scenes: Annotated[int, Bounds(1)] = 600
    seed: int = 0
    half: Half = "held_out"
    checker: tuple[str, ...] = ()
    pairs: Annotated[int, Bounds(2)] = 204
    checking: CheckerOptions = field(default_factory=CheckerOptions)
    work: Path | None = None


def certify(options: QualityOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.quality import certificate

    return certificate.certify(options, show)


def forecast(options: QualityOptions) -> Forecast:
    """As ``certificate.forecast``."""
    from auscult.certificates.quality import certificate

    return certificate.forecast(options)
