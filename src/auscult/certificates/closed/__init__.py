"""Put answers of known meaning to the scorers of closed questions, and see how they read them.

Recorded answers (ANSWERS) count where they are labelled (meant, label_1, label_2) or say themselves what they mean:
they begin with Yes or No and go on so, or end in an option. The certificate keeps counts, never texts.

[bold]Forms of ANSWERS[/bold], folders of .jsonl, .json, .csv, .tsv: LLaVA-Med, MedEvalKit, VLMEvalKit, lmms-eval,
MedHallTune; or rows with model, question, options, answer, answer_type, image and, where known, meant

[bold]Examples[/bold]

auscult calibrate closed --data DATA --out closed.json

auscult calibrate closed --answers ANSWERS --answers MORE --out closed.json
"""

from dataclasses import dataclass
from pathlib import Path

from auscult.certificates.options import RecordedOptions
from auscult.engine.session import Show
from auscult.records import Certificate


@dataclass(frozen=True, kw_only=True)
class ClosedOptions(RecordedOptions):
    """What is put to the scorers of closed questions.

    Attributes:
        sample: write 100 self-labelled answers of each class here, to check by hand; with 'meant' corrected, the file
            is one more --answers.
    """

    sample: Path | None = None


def certify(options: ClosedOptions, show: Show) -> Certificate:
    """As ``certificate.certify``."""
    from auscult.certificates.closed import certificate

    return certificate.certify(options, show)
