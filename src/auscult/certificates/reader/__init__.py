"""Put the labelled answers that the rules leave unread to a second reader, and see how it reads them.

Answers to closed questions count where they are labelled (meant, label_1, label_2). What the rules read is not put: a
second reader is there for the rest, and its certificate speaks of nothing else.

[bold]Example[/bold]

auscult calibrate reader --reader openai:my-model@http://localhost:8000/v1 --answers ANSWERS
"""

from dataclasses import dataclass, field
from pathlib import Path

from auscult.certificates.options import DataOptions
from auscult.engine.forecast import Forecast
from auscult.engine.session import Show
from auscult.records import Certificate
from auscult.runs.reading_options import ReaderOptions


@dataclass(frozen=True, kw_only=True)
class ReaderTrial(DataOptions):
    """A second reader and what is put to it.

    Attributes:
        reader: who reads, KIND:NAME.
        reading: how it is asked.
        answers: folder of recorded answers of real models, of which the labelled ones count; may be given several
            times.
        work: folder where the same command goes on; OUT with .work where not given.
    """

    reader: str = ""
    reading: ReaderOptions = field(default_factory=ReaderOptions)
    answers: tuple[Path, ...] = ()
    work: Path | None = None


def certify(options: ReaderTrial, show: Show) -> Certificate:
    """As ``certificate.Calibration.run``."""
    from auscult.certificates.reader.certificate import Calibration

    return Calibration(options).run(options.work or Path("reader.work"), show)


def forecast(options: ReaderTrial) -> Forecast:
    """As ``certificate.Calibration.forecast``."""
    from auscult.certificates.reader.certificate import Calibration

    return Calibration(options).forecast(options.work or Path("reader.work"))
