"""What certificates share: steps with progress, the part on recorded answers, and the certificate that they make."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auscult.certificates.cells import Row
from auscult.certificates.recorded.grading import Found
from auscult.certificates.recorded.reading import Recorded, read_answers, sets_of
from auscult.records import Certificate
from auscult.scorers import Scorer
from auscult.version import __version__

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""
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

    def certificate(
        self, progress: Progress | None = None, data: Path | None = None, answers: Sequence[Path] = ()
    ) -> Certificate:
        """Takes the steps.

        Args:
            progress: as its type says.
            data: folder of data sets, among which may be sets of recorded answers.
            answers: folders of recorded answers.

        Raises:
            UserError: recorded answers cannot be read.
        """
        known = read_answers([*answers, *sets_of(data)]) if self.recorded else []
        rows: list[Row] = []
        for number, step in enumerate(self.steps, 1):
            rows += step()
            if progress:
                progress(number, len(self.steps))
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
