"""Words that weaken confidence, without a hint at any answer: right is the answer of the item."""

from auscult.probes import Probe, Subject, Twin, retold
from auscult.probes.wordings import version, worded


def _put(subject: Subject) -> tuple[Twin, ...] | str:
    item = subject.item
    if item.answer_type == "report":
        return "it asks for a report"
    text = worded("doubt", item, question=item.question)
    return (Twin(item=retold(item, question=text), images=subject.images, right="same"),)


PROBES = (
    Probe(
        name="doubt",
        version=version(),
        title="its ability is doubted",
        about="Right is the same answer: nothing was said of the image.",
        right="same",
        put=_put,
    ),
)
