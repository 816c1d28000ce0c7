"""What all certificates have in common: parts are computed one by one, and a certificate says when and by what."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from auscult import __version__
from auscult.certificates.cells import Row
from auscult.certificates.recorded.grading import Found, both
from auscult.records import Certificate
from auscult.scorers import Scorer

Progress = Callable[[int, int], None]
Step = Callable[[], Iterable[Row]]


def computed(steps: Sequence[Step], progress: Progress | None) -> list[Row]:
    """The rows of all steps; ``progress`` is called with steps done and steps in all."""
    rows: list[Row] = []
    for number, step in enumerate(steps, 1):
        rows += step()
        if progress:
            progress(number, len(steps))
    return rows


def issued(
    instrument: str, subject: str, rows: Sequence[Row], passed: bool | None, summary: str, real: Found | None = None
) -> Certificate:
    """The certificate, of now; what answers of real models showed comes first, and decides with the rest."""
    if real:
        rows, passed, summary = [*real.rows, *rows], both(real.passed, passed), f"{real.summary} {summary}"
        subject = f"answers of real models; {subject}"
    return Certificate(
        instrument=instrument,
        subject=subject,
        passed=passed,
        figures=tuple(rows),
        summary=summary,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        package=__version__,
    )


def named(scorer: Scorer) -> str:
    """A scorer as an instrument."""
    return f"{scorer.name}@{scorer.version}, auscult {__version__}"
