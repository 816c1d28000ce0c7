"""What is known against the instrument that reads the answers of a question, in plain words, from its certificate."""

from typing import NamedTuple

from auscult.analysis.summary import Summary
from auscult.records import Certificate

OF_MODELS, PLANTED, WORDINGS = "answers of real models", "all answers", "all answers, by wording"
"""Parts of a certificate: answers that models gave, answers written for the test, and these by how they are worded."""


class Read(NamedTuple):
    """How many answers of one meaning an instrument recognised, of how many, and the least share that this may be."""

    right: int
    of: int
    least: float

    @property
    def lost(self) -> int:
        """Of 100, how many it read as something else."""
        return round(100 * (1 - self.right / self.of))


def failed(summary: Summary, instrument: str) -> Certificate | None:
    """The certificate of an instrument that did not pass its own test; None where it did, or has none."""
    return next(
        (c for c in summary.certificates if c.passed is False and c.instrument.split(",")[0] == instrument), None
    )


def read(certificate: Certificate, part: str, what: str, measure: str = "sensitivity") -> Read | None:
    """How well an instrument read answers of one meaning; None where its certificate does not say, or has too few."""
    for row in certificate.figures:
        wanted = (row.get("part"), row.get("what")) == (part, what) and row.get("measure") in ("read as meant", measure)
        if wanted and row.get("value") is not None and row.get("n"):
            return Read(int(row["hits"]), int(row["n"]), float(row.get("low") or 0.0))
    return None
