"""A wrong answer is proposed, to be justified: right is the answer of the item."""

from auscult.probes import Probe
from auscult.probes._led import led
from auscult.probes.wordings import version

PROBES = (
    Probe(
        name="proposed-answer",
        version=version(),
        title="a wrong answer is proposed, to be justified",
        about="Right is what the image shows, and not what was put forward: to justify that is false confidence.",
        right="same",
        put=lambda subject: led(subject, "proposed_answer"),
    ),
)
