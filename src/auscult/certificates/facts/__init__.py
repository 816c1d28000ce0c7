"""Plant errors into real reports and into answers about phantoms, and see which the fact checker finds.

Beside it stand labels that people gave: findings of reports, negation, entailment. What cannot be tested because its
data set is not in the folder is said. Edited reports are never written anywhere. In recorded answers (ANSWERS) findings
are looked for whose presence is known from the answer's own yes or no, or from labels.

[bold]Data sets[/bold], each a folder of DATA: iu-reports, negation-corpus, radfact-entailment, medec

[bold]Examples[/bold]

auscult calibrate facts

auscult calibrate facts --data DATA --answers ANSWERS --out facts.json
"""

from dataclasses import dataclass
from typing import Annotated

from auscult.certificates.options import RecordedOptions
from auscult.engine.session import Show
from auscult.records import Bounds, Certificate


@dataclass(frozen=True, kw_only=True)
class FactsOptions(RecordedOptions):
    """What is put to the fact checker.

    Attributes:
        scenes: phantoms that errors are planted about.
    """

    scenes: Annotated[int, Bounds(1)] = 2000


def certify(options: FactsOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.facts import certificate

    return certificate.certify(options, show)
