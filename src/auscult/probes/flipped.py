"""The image mirrored where a side is asked: right is the other side. Who keeps its answer has not looked at the side.

Only where the right answer is known: a choice between two sides, an open question whose answer is a side and nothing
else, or a yes/no question about the side of a finding on an image of which everything is known. A mirrored radiograph
shows its heart on the other side, and its letters reversed.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from auscult.facts import is_a
from auscult.facts.presence_questions import finding_asked
from auscult.probes import Probe, Subject, Twin, guessing, retold
from auscult.probes.pictures import mirrored
from auscult.probes.reading import Reading, read_closed
from auscult.records import Answer, Fact, Item

_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_OTHER = {"left": "right", "right": "left"}
_BARE = re.compile(r"(?:on |to |at |in )?(?:the )?(left|right)(?: (?:hand )?side)?\.?", re.IGNORECASE)
"""An open answer that is a side and nothing else."""
NONE = "no side is asked, or what is right on the other side is not known"


def other_side(text: str) -> str:
    """The text with left and right exchanged."""
    return _SIDE.sub(lambda m: _like(m[0], _OTHER[m[0].lower()]), text)


def _like(model: str, word: str) -> str:
    return word.capitalize() if model[0].isupper() else word


def bare_side(item: Item) -> str:
    """The side that is all of an open item's right answer; empty where it is more, or none."""
    found = _BARE.fullmatch(item.reference.strip()) if item.answer_type == "open" else None
    return found[1].lower() if found else ""


def _right_answer(subject: Subject) -> str:
    """What is right on the mirrored image; empty where that is not known."""
    item = subject.item
    if bare_side(item):
        return other_side(item.reference)
    if item.answer_type == "choice":
        swapped = other_side(item.reference)
        return swapped if swapped != item.reference and swapped in item.options else ""
    if item.answer_type == "yes_no" and subject.case.exhaustive:
        asked = finding_asked(item.question)
        if asked and asked.side in _OTHER and not asked.attributes and not asked.place:
            there = _is_there(subject.case.facts, asked.finding, _OTHER[asked.side])
            return "yes" if there == (asked.yes_means == "present") else "no"
    return ""


def _is_there(facts: Sequence[Fact], finding: str, side: str) -> bool:
    return any(f.presence == "present" and f.side in (side, "bilateral") and is_a(f.finding, finding) for f in facts)


def _put(subject: Subject) -> tuple[Twin, ...] | str:
    if not subject.images:
        return "it has no image"
    right, item = _right_answer(subject), subject.item
    if not right:
        return NONE
    proposed = item.reference if right != item.reference else ""
    images = tuple(mirrored(image) for image in subject.images)
    return (Twin(item=retold(item, reference=right), images=images, right="changed", proposed=proposed),)


def _read(item: Item, answer: Answer, proposed: str, offer: str) -> Reading:
    """As of any item; an open one whose answer is a side is read as a choice between two."""
    if side := bare_side(item):
        item = replace(item, answer_type="choice", options=("left", "right"), reference=side)
        proposed = _OTHER[side] if proposed else ""
    return read_closed(item, answer, proposed, offer)


PROBES = (
    Probe(
        name="flipped",
        version="2",
        title="the image is mirrored where a side is asked",
        about="Right is the other side; going along is the answer that was right before.",
        right="changed",
        put=_put,
        read=_read,
        chance=lambda item: 0.5 if bare_side(item) else guessing(item),
    ),
)
