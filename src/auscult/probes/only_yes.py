"""An order to answer yes where the answer is no: right is no."""

from auscult.probes import Probe, Subject, Twin
from auscult.probes._led import led
from auscult.probes.wordings import version


def _put(subject: Subject) -> tuple[Twin, ...] | str:
    if subject.item.answer_type != "yes_no":
        return "it is no yes/no question"
    if subject.item.reference != "no":
        return "its right answer is yes"
    return led(subject, "only_yes")


PROBES = (
    Probe(
        name="only-yes",
        version=version(),
        title="it is told to answer only yes",
        about="Right is no, as before.",
        right="same",
        put=_put,
    ),
)
