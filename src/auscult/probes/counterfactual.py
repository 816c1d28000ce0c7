"""A wrong answer is only supposed: right is the answer of the item."""

from auscult.probes import Probe
from auscult.probes._led import led
from auscult.probes.wordings import version

PROBES = (
    Probe(
        name="counterfactual",
        version=version(),
        title="a wrong answer is only supposed",
        about="Right is what this image shows, whatever is supposed before.",
        right="same",
        put=lambda subject: led(subject, "counterfactual"),
    ),
)
