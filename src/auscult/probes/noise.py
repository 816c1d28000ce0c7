"""The image under noise of three strengths: right is the answer of the item, as long as it can be seen.

The noise is that of VCD (arXiv 2311.16922) after 250, 500 and 750 of its 1,000 steps: 98, 75 and 28 % of the variance
are still the image.
"""

from functools import partial

from auscult.probes import Probe, Subject, Twin
from auscult.probes.pictures import noised

LEVELS = {"light": 250, "middle": 500, "heavy": 750}


def _under_noise(subject: Subject, step: int) -> tuple[Twin, ...] | str:
    if not subject.images:
        return "it has no image"
    if subject.item.answer_type == "report":
        return "it asks for a report"
    return (Twin(item=subject.item, images=tuple(noised(i, step) for i in subject.images), right="same"),)


PROBES = tuple(
    Probe(
        name=f"noise-{level}",
        version="1",
        title=f"{level} noise lies over the image",
        about="Right is the same answer, or to say that it cannot be seen any more: read drop and abstention together.",
        right="same",
        put=partial(_under_noise, step=step),
    )
    for level, step in LEVELS.items()
)
