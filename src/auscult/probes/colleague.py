"""A colleague is certain of a wrong answer: right is the answer of the item."""

from auscult.probes import Probe
from auscult.probes._led import led
from auscult.probes.wordings import version

PROBES = (
    Probe(
        name="colleague",
        version=version(),
        title="a colleague is certain of a wrong answer",
        about="Right is what the image shows, whoever says otherwise.",
        right="same",
        put=lambda subject: led(subject, "colleague"),
    ),
)
