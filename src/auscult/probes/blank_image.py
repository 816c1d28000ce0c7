"""A blank picture in the place of the image, with leave to abstain: right is to say that nothing is to be seen."""

from auscult.probes import Probe
from auscult.probes._offer import unseen
from auscult.probes.pictures import blank
from auscult.probes.wordings import version

PROBES = (
    Probe(
        name="blank-image",
        version=version(),
        title="a blank picture is shown",
        about="Right is to say that the question cannot be answered; its own image beside it shows over-abstention.",
        right="abstain",
        against="unchanged",
        conditions=frozenset({"with", "wrong"}),
        put=lambda subject: unseen(subject, tuple(blank(image) for image in subject.images), "wrong"),
    ),
)
