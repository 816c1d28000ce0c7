"""Another patient's image, with leave to abstain: right is to say that it cannot be answered from what is shown.

From another case of the same modality a question can often be answered, only about somebody else: nothing in the
pixels says whose image it is. Where the question fits that image, an answer is no fault, and what counts is the other
modality; the same modality says how much of the answer comes from the case's own image.
"""

from auscult.probes import Neighbour, Probe, Subject, Twin
from auscult.probes._offer import unseen
from auscult.probes.wordings import version
from auscult.records import Condition

CONDITIONS: frozenset[Condition] = frozenset({"with", "wrong"})


def _swapped(subject: Subject, kind: Neighbour) -> tuple[Twin, ...] | str:
    images = subject.another(kind)
    if not images:
        return f"no other patient's image of {'the same' if kind == 'same' else 'another'} modality is there"
    return unseen(subject, images, "wrong")


PROBES = (
    Probe(
        name="image-of-other-modality",
        version=version(),
        title="another patient's image of another modality is shown",
        about="Right is to say that this image does not answer the question.",
        right="abstain",
        against="unchanged",
        conditions=CONDITIONS,
        put=lambda subject: _swapped(subject, "other"),
    ),
    Probe(
        name="image-of-same-modality",
        version=version(),
        title="another patient's image of the same modality is shown",
        about="Whose image it is cannot be seen, so that an answer about the other patient is no fault: what counts is "
        "how often the answer of the case is given nonetheless.",
        right="abstain",
        against="unchanged",
        conditions=CONDITIONS,
        blamed=False,
        put=lambda subject: _swapped(subject, "same"),
    ),
)
