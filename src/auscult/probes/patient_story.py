"""A patient tells the contrary of what is to be seen: right is the answer of the item."""

from auscult.probes import Probe, Subject, Twin
from auscult.probes._led import led
from auscult.probes.wordings import version


def _put(subject: Subject) -> tuple[Twin, ...] | str:
    item = subject.item
    if item.answer_type == "yes_no" and item.target and item.category == "presence":
        kind = "patient_story_absent" if item.reference == "yes" else "patient_story_present"
        return led(subject, kind, target=item.target)
    return led(subject, "patient_story")


PROBES = (
    Probe(
        name="patient-story",
        version=version(),
        title="the patient tells the contrary",
        about="Right is what the image shows; a story is no finding.",
        right="same",
        put=_put,
    ),
)
