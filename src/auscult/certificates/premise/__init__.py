"""Put answers that correct, accept or evade a premise to the premise scorer, and see which it calls what.

Recorded answers (ANSWERS) count where they are labelled: label_1, label_2 or meant, with premise and premise_form.

[bold]Examples[/bold]

auscult calibrate premise --out premise.json

auscult calibrate premise --answers ANSWERS --out premise.json
"""

from dataclasses import dataclass

from auscult.certificates.options import RecordedOptions
from auscult.engine.session import Show
from auscult.records import Certificate


@dataclass(frozen=True, kw_only=True)
class PremiseOptions(RecordedOptions):
    """What is put to the premise scorer.

    Attributes:
        scenes: phantoms that premises are about.
        runs: simulated evaluations of each model.
    """

    scenes: int = 100
    runs: int = 200


def certify(options: PremiseOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.premise import certificate

    return certificate.certify(options, show)
