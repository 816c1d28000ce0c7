"""What the certificates of an audit's readers say: of a reader as a whole, and of each thing that it is to see."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from auscult.analysis.certified import all_certificates, certified
from auscult.drawing.figured import Tried
from auscult.records import Certificate

PART, APART = "pixel reader", "another hand and scenes kept apart"
"""The rows of ``auscult calibrate draw`` that tell how well drawings are read."""
LEAST_LOW = 0.9
"""What the lower limit of each share of a reader must reach, on paintings kept apart."""


def tried(folder: Path, readers: Mapping[str, str]) -> dict[str, Tried]:
    """Reader → what its certificate vouches for, in the version that read; those without a certificate are left out.

    Args:
        folder: of the audit.
        readers: reader → version.
    """
    versions = {f"{name}@{version}": name for name, version in readers.items()}
    found = {}
    for certificate in reversed(all_certificates(folder)):  # the user's own last, so that it counts
        if (name := versions.get(certified(certificate))) is not None:
            found[name] = Tried(
                whole=bool(certificate.passed),
                passes=tuple(_named(certificate, True)),
                fails=tuple(_named(certificate, False)),
            )
    return found


def _named(certificate: Certificate, met: bool) -> Iterator[str]:
    """Things whose every share reaches ``LEAST_LOW``, or of which one does not; untried ones are neither."""
    rows = [r for r in certificate.figures if r.get("part") == PART and r.get("degree") == APART]
    for what in dict.fromkeys(str(r["what"]) for r in rows):
        own = [r for r in rows if r["what"] == what]
        if any(r.get("value") is None or r.get("low") is None for r in own):
            continue
        if all(r["low"] >= LEAST_LOW for r in own) == met:
            yield what
