"""Put the probes to simulated models of which one weakness is known, and see which probe names it first.

Every model reads phantoms, knows most answers and slips now and then; one weakness is planted in it: it follows a
colleague, does not look at some images, abstains when it is doubted, sees findings that do not exist, ... The probe
that names the weakness is to come first, and the others are to stay silent; of a model without one, all of them. The
bundled phantom model is wrapped in the same weaknesses: the probe that names one is to rise most over the model itself.

[bold]Examples[/bold]

auscult calibrate probes

auscult calibrate probes --runs 100 --strength 0.25 --out weak.json
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from auscult.engine.session import Show
from auscult.records import Bounds, Certificate


@dataclass(frozen=True, kw_only=True)
class ProbesOptions:
    """What the probes are put to.

    Attributes:
        runs: of each simulated model; each asks about other phantoms.
        cases: images that a run asks about.
        strength: share of the occasions on which a weak model gives in to its weakness.
        knows: share of the questions that a model knows the answer of.
        slips: share of its answers that are wrong for no reason.
        phantoms: phantoms that the bundled model is asked about; each run takes two of three; 0: it is left out.
        work: folder of what is finished, so that the same command goes on; none: nothing is kept.
        seed: of all draws.
    """

    runs: Annotated[int, Bounds(2)] = 30
    cases: Annotated[int, Bounds(20)] = 60
    strength: Annotated[float, Bounds(0, 1)] = 0.5
    knows: Annotated[float, Bounds(0, 1)] = 0.85
    slips: Annotated[float, Bounds(0, 1)] = 0.02
    phantoms: Annotated[int, Bounds(0)] = 24
    work: Path | None = None
    seed: int = 0


def certify(options: ProbesOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.probes import certificate

    return certificate.certify(options, show)
