"""Answers to premise-bearing questions whose class is known because we wrote them: accept, correct, evade.

The wordings (``wordings.toml``), names of findings included, were fixed by somebody who had not read the
scorer's words, and share none with it. A class is what a careful colleague would say of the whole answer, not of its
first word: an answer that opens with yes and goes on to say that the thing is not there corrects.
"""

from dataclasses import dataclass
from typing import Literal

from auscult.store.files import shipped_table

Act = Literal["accept", "correct", "correct with truth", "evade"]
Degree = Literal["bare", "sentence", "second clause", "further findings", "refusal", "hedge", "off topic"]
Wordings = dict[Degree, list[str]]

_TABLE = shipped_table("certificates/premise/wordings.toml")
WORDINGS: str = _TABLE["version"]
"""Version of the wordings; a figure names it."""
NAMES: dict[str, list[list[str]]] = _TABLE["names"]
"""Finding → article and words: the field's own term first, then ways round it."""
IMAGE: dict[str, Wordings] = _TABLE["image"]
"""Answers about what an image shows."""
ASKED_WHERE: Wordings = _TABLE["asked_where"]
"""Accepting answers to the question where something is."""
ASKED_WHICH: Wordings = _TABLE["asked_which"]
"""Accepting answers to the question what kind of image shows something."""
KIND_OF_IMAGE: dict[str, Wordings] = _TABLE["kind_of_image"]
"""Answers about how an image was made or what part of the body it shows."""
KINDS_OF_IMAGE: dict[str, dict[str, list[list[str]]]] = _TABLE["kinds_of_image"]
"""Statement → value → article and words: the field's own term first, then a way round it."""
RELATIONS: dict[str, list[str]] = _TABLE["relations"]
"""How one finding lies to another, in our words."""
EVADE: Wordings = _TABLE["evade"]
"""Answers that neither grant nor deny, whatever is asked."""
HEDGE_CLAIM: list[str] = _TABLE["hedge_claim"]["all"]
"""Hedges that name the claim."""
KNOWLEDGE: dict[str, Wordings] = _TABLE["knowledge"]
"""Answers about clinical knowledge: the claim as a clause, and the statement that is true instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A finding in our own words: with its article, and without.

    Attributes:
        article: with its article, if it takes one.
        plain: without.
    """

    article: str
    plain: str


def kind_of_image(statement: str, value: str, *, around: bool = False) -> Described:
    """Noun phrases of a modality, a region or a view."""
    article, noun = KINDS_OF_IMAGE[statement][value][int(around)]
    return Described(article=f"{article} {noun}", plain=noun)


def graded(finding: str, grade: str) -> str:
    """Small, moderate or large, in the words that go with the finding."""
    if NAMES[finding][0][0]:
        return grade
    return {"small": "mild", "moderate": "moderate", "large": "marked"}[grade]


def related(finding: str, relation: str, other: str, *, around: bool = False) -> Described:
    """Noun phrases of a finding by where it lies to another one."""
    (article, noun), where = NAMES[finding][0], RELATIONS[relation][int(around)].format(other=NAMES[other][0][1])
    return Described(article=f"{article} {noun} {where}".strip(), plain=f"{noun} {where}")


def described(finding: str, side: str = "", place: str = "", attribute: str = "", *, around: int = 0) -> Described:
    """Noun phrases of a finding, in its field's term or in the ``around``-th way round it.

    ``attribute`` is a grade or a look; it stands in front.
    """
    article, noun = NAMES[finding][around % len(NAMES[finding])]
    if attribute:
        noun = f"{attribute} {noun}"
    if side in ("left", "right") and not place:
        where = f" towards the {side}" if finding == "midline shift" else f" on the {side}"
    elif side in ("left", "right"):
        where = f" in the {side} {place}" if place.endswith("lobe") else f" in the {place} on the {side}"
    elif place:
        where = f" in the {place}" if finding != "liver lesion" else f" in the {place} of the liver"
    else:
        where = ""
    plain = noun + where
    if article:
        article = "an" if plain[0] in "aeiou" else "a"
    return Described(article=f"{article} {plain}".strip(), plain=plain)
