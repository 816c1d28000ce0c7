"""What certificates share: steps with progress, the part on recorded answers, and the certificate that they make."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from auscult.certificates.cells import Row
from auscult.certificates.options import RecordedOptions
from auscult.certificates.recorded.grading import Found
from auscult.certificates.recorded.reading import Recorded, read_answers, sets_of
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.records import Certificate
from auscult.scorers import Scorer
from auscult.version import __version__

Verdict = tuple[bool | None, str]
"""Whether an instrument passes, None where nothing is decided, and the headline in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An instrument and what is put to it.

    Attributes:
        instrument: name and version.
        subject: on what it is tested, in words.
        steps: each gives some rows of the certificate, the headline first.
        conclude: says from these rows whether the instrument passes.
        recorded: the part on recorded answers of real models, which stands before all others.
    """

    instrument: str
    subject: str
    steps: Sequence[Callable[[], Iterable[Row]]]
    conclude: Callable[[Sequence[Row]], Verdict]
    recorded: Callable[[Sequence[Recorded]], Found] | None = None

    def certificate(self, show: Show = progress, options: RecordedOptions | None = None) -> Certificate:
        """Takes the steps.

        Args:
            show: how progress is shown.
            options: where recorded answers are, also among the data sets.

        Raises:
            UserError: recorded answers cannot be read.
        """
        known = read_answers([*options.answers, *sets_of(options.data)]) if self.recorded and options else []
        rows: list[Row] = []
        with show(f"testing {self.instrument}, steps", len(self.steps)) as bar:
            for step in self.steps:
                rows += step()
                bar.advance()
        passed, summary = self.conclude(rows)
        subject = self.subject
        if self.recorded and known:
            real = self.recorded(known)
            rows, subject = [*real.rows, *rows], f"answers of real models; {subject}"
            passed, summary = both(real.passed, passed), f"{real.summary} {summary}"
        return certificate(self.instrument, subject, (passed, summary), rows)


def certificate(instrument: str, subject: str, verdict: Verdict, rows: Iterable[Row]) -> Certificate:
    """A certificate of now, made by this version of the package."""
    return Certificate(
        instrument=instrument,
        subject=subject,
        passed=verdict[0],
        figures=tuple(rows),
        summary=verdict[1],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        package=__version__,
    )


def both(first: bool | None, second: bool | None) -> bool | None:
    """Whether two tests are passed: a failed one decides, then one that decides nothing."""
    return False if False in (first, second) else None if None in (first, second) else True


def named(scorer: Scorer) -> str:
    """A scorer as an instrument, with the version of the package that it comes with."""
    return f"{scorer.instrument.id}, auscult {__version__}"
