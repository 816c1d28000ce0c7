"""The question without its image, with leave to abstain: right is to say that it cannot be answered."""

from auscult.probes import Probe
from auscult.probes._offer import unseen
from auscult.probes.wordings import version

PROBES = (
    Probe(
        name="no-image",
        version=version(),
        title="no image is shown",
        about="Right is to say that the question cannot be answered; its own image beside it shows over-abstention.",
        right="abstain",
        against="unchanged",
        conditions=frozenset({"with", "without"}),
        put=lambda subject: unseen(subject, (), "without"),
    ),
)
