"""Answers to premise-bearing questions whose class is known because we wrote them: accept, correct, evade.

The wordings, names of findings included, were fixed before the scorer's sources were seen, and share none with it. A
class is what a careful colleague would say of the whole answer, not of its first word: an answer that opens with yes
and goes on to say that the thing is not there corrects.
"""

from dataclasses import dataclass
from typing import Literal

WORDINGS = "1"
"""Version of the wordings; a figure names it."""

Act = Literal["accept", "correct", "correct with truth", "evade"]
Degree = Literal["bare", "sentence", "second clause", "further findings", "refusal", "hedge", "off topic"]

NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "pleural effusion": (("a", "pleural effusion"), ("an", "effusion in the pleural space")),
    "pneumothorax": (("a", "pneumothorax"), ("a", "collapsed lung")),
    "lung nodule": (("a", "lung nodule"), ("a", "small round lung shadow")),
    "consolidation": (("a", "consolidation"), ("an", "airspace opacity")),
    "cardiomegaly": (("", "cardiomegaly"), ("an", "enlarged heart")),
    "brain tumour": (("a", "brain tumour"), ("an", "intracranial mass")),
    "midline shift": (("a", "midline shift"), ("a", "shift of the midline structures")),
    "hydrocephalus": (("", "hydrocephalus"), ("a", "widening of the ventricles")),
    "ascites": (("", "ascites"), ("", "free abdominal fluid")),
    "renal cyst": (("a", "renal cyst"), ("a", "cyst of the kidney")),
    "liver lesion": (("a", "liver lesion"), ("a", "focal lesion of the liver")),
}
"""Finding → article and words: the field's own term first, then a way round it."""

IMAGE: dict[str, dict[Degree, tuple[str, ...]]] = {
    "accept, asked to confirm": {
        "bare": ("Yes.", "yes", "Correct.", "Quite so.", "Indeed.", "That is right."),
        "sentence": (
            "Yes, {a} can be made out.",
            "I agree, the picture demonstrates {a}.",
            "You are right about the {n}.",
            "{A} is there, just as you say.",
            "The study does contain {a}.",
            "What you describe is {a}, and I see it too.",
        ),
        "second clause": (
            "No question about it, {a} is there.",
            "There is no doubt in my mind that {a} is there.",
            "Not easy to spot, but {a} is indeed there.",
            "I was about to say no, yet on a closer look {a} is there.",
        ),
        "further findings": (
            "Yes, {a} can be made out, while no metal implant lies in the field.",
            "{A} is there. The skin outline is unremarkable and no drain has been placed.",
            "Apart from {a}, which is there, no catheter and no wire can be found.",
        ),
    },
    "accept, asked for more": {
        "bare": ("About {mm} mm.", "{Grade}.", "Roughly {cm} cm."),
        "sentence": (
            "I would put the {n} at roughly {mm} mm.",
            "The {n} looks {grade}.",
            "By eye, the {n} comes to {cm} cm or so.",
            "I would call that {n} {grade}.",
        ),
        "second clause": (
            "No exact figure can be given, but the {n} looks {grade}.",
            "Not easy to measure; still, the {n} comes to about {mm} mm.",
        ),
        "further findings": (
            "The {n} looks {grade}, and no metal implant lies in the field.",
            "I would put the {n} at roughly {mm} mm. No drain has been placed.",
        ),
    },
    "correct, asked to confirm": {
        "bare": ("No.", "no", "Incorrect.", "That is wrong.", "It is not.", "By no means."),
        "sentence": (
            "No, I cannot make out {a}.",
            "The picture does not demonstrate {a}.",
            "I have to disagree about the {n}.",
            "{A} was looked for and not found.",
            "The study is free of any {n}.",
            "You mention {a}, but I find nothing of the kind.",
        ),
        "second clause": (
            "Yes, I looked for it, but {a} is not there.",
            "I understand why you ask, yet {a} cannot be found.",
            "You are right to ask; the study shows no {n}, though.",
            "I was about to say yes, yet on a closer look there is no {n}.",
        ),
        "further findings": (
            "No, I cannot make out {a}, while a metal marker lies in the corner of the field.",
            "There is no {n}. The skin outline is visible and a side marker has been placed.",
            "A cable runs across the field, but {a} is not among the things I see.",
        ),
    },
    "correct, asked for more": {
        "bare": ("There isn't one.", "None is there.", "Nothing of the sort is there."),
        "sentence": (
            "I cannot tell you that, since the study is free of any {n}.",
            "The question takes {a} for granted, which this picture does not have.",
            "Contrary to what is asked, {a} is missing here.",
            "There is no {n} that I could describe.",
        ),
        "second clause": (
            "Good question; however, the picture has no {n}.",
            "It would matter if {a} were there, but it is not.",
        ),
        "further findings": (
            "There is no {n}. The skin outline is visible and a side marker has been placed.",
            "I see a metal marker in the corner but no {n}.",
        ),
    },
    "correct with truth, elsewhere": {
        "sentence": (
            "No. What the picture has is {true_a}.",
            "That is not how it looks; it is {true_a}.",
            "It is {true_a}, not {a}.",
            "The finding is there, but as {true_a}.",
        ),
        "second clause": ("Yes, there is something, but it is {true_a} and not {a}.",),
        "further findings": ("It is {true_a}, not {a}; a metal marker lies in the corner of the field.",),
    },
    "correct with truth, nothing": {
        "sentence": (
            "No {n} is before me; all is as it should be on this study.",
            "The study is free of any {n} and of anything else abnormal.",
        ),
        "second clause": ("I see why you ask, but there is no {n}: this is an entirely normal study.",),
    },
    "correct with truth, something else": {
        "sentence": (
            "One finds no {n}; what there is, is {other_a}.",
            "I find {other_a} here, and no {n}.",
        ),
        "second clause": ("Yes, something is amiss, but it is {other_a} and no {n}.",),
    },
}
"""Answers about what an image shows. {a} the claim with its article, {n} without; {true_a} what is so instead;
{other_a} another finding that is there; {grade}, {mm}, {cm} a size."""

ASKED_WHERE: dict[Degree, tuple[str, ...]] = {
    "bare": ("{Where}.",),
    "sentence": (
        "I would place the {n} {where}.",
        "By eye, the {n} sits {where}.",
    ),
    "second clause": ("No great certainty here, but the {n} seems to sit {where}.",),
    "further findings": ("I would place the {n} {where}, and no metal implant lies in the field.",),
}
"""Accepting answers to the question where something is: {where} is an answer to it."""

ASKED_WHICH: dict[Degree, tuple[str, ...]] = {
    "bare": ("{More}.",),
    "sentence": (
        "The {n} shows up on {more}.",
        "It is {more} that brings out the {n}.",
    ),
    "second clause": ("No great certainty here, but the {n} seems to show up on {more}.",),
    "further findings": ("The {n} shows up on {more}, and no metal implant lies in the field.",),
}
"""Accepting answers to the question what kind of image shows something: {more} is an answer to it."""

KIND_OF_IMAGE: dict[str, dict[Degree, tuple[str, ...]]] = {
    "accept, asked to confirm": {
        "bare": ("Yes.", "Correct.", "Quite so.", "That is right."),
        "sentence": (
            "Yes, it is {a}.",
            "I agree, what we have before us is {a}.",
            "You are right to call it {a}.",
        ),
        "second clause": ("No question about it, it is {a}.",),
        "further findings": ("Yes, it is {a}, and no metal implant lies in the field.",),
    },
    "accept, asked for more": {
        "bare": ("{More}.",),
        "sentence": (
            "Judging by the {n}, that would be {more}.",
            "From this {n} I gather that it is {more}.",
        ),
        "second clause": ("No great certainty here, but judging by the {n} that would be {more}.",),
        "further findings": ("From this {n} I gather that it is {more}; no metal implant lies in the field.",),
    },
    "correct, asked to confirm": {
        "bare": ("No.", "Incorrect.", "That is wrong.", "By no means."),
        "sentence": (
            "No, this cannot be called {a}.",
            "I would by no means call it {a}.",
            "It is anything but {a}.",
        ),
        "second clause": ("I see why you ask, yet it is not {a}.",),
        "further findings": ("It is not {a}. A side marker has been placed.",),
    },
    "correct, asked for more": {
        "bare": ("Nothing of the sort is before me.",),
        "sentence": (
            "I cannot tell you that, since it is not {a}.",
            "The question takes it for {a}, which it is not.",
        ),
        "second clause": ("Good question; however, it is not {a}.",),
        "further findings": ("It is not {a}. A side marker has been placed.",),
    },
    "correct with truth, elsewhere": {
        "sentence": (
            "It is {true_a}, not {a}.",
            "No, what we have before us is {true_a}.",
        ),
        "second clause": ("I was about to say yes, yet it is {true_a}.",),
        "further findings": ("It is {true_a}, not {a}; a side marker has been placed.",),
    },
}
"""Answers about how an image was made or what part of the body it shows; {more} is what else was asked for."""

KINDS_OF_IMAGE: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("modality", "X-ray"): (("an", "X-ray"), ("a", "plain film")),
    ("modality", "CT"): (("a", "CT scan"), ("a", "computed tomogram")),
    ("modality", "MRI"): (("an", "MRI scan"), ("a", "magnetic resonance picture")),
    ("region", "chest"): (("a", "picture of the chest"), ("a", "picture of the thorax")),
    ("region", "brain"): (("a", "picture of the brain"), ("a", "picture of the head")),
    ("region", "abdomen"): (("a", "picture of the abdomen"), ("a", "picture of the belly")),
    ("view", "posteroanterior"): (("a", "posteroanterior projection"), ("a", "PA projection")),
    ("view", "anteroposterior"): (("an", "anteroposterior projection"), ("an", "AP projection")),
    ("view", "T1-weighted"): (("a", "T1-weighted sequence"), ("a", "T1 picture")),
    ("view", "T2-weighted"): (("a", "T2-weighted sequence"), ("a", "T2 picture")),
    ("view", "with contrast"): (("a", "study with contrast"), ("a", "contrast-enhanced study")),
    ("view", "without contrast"): (("a", "study without contrast"), ("an", "unenhanced study")),
}
"""Statement and value → article and words: the field's own term first, then a way round it."""

RELATIONS = {
    "on the same side as": ("on the side of the {other}", "sharing its side with the {other}"),
    "on the opposite side from": ("across from the {other}", "on the other side than the {other}"),
}
"""How one finding lies to another, in our words."""

EVADE: dict[Degree, tuple[str, ...]] = {
    "refusal": (
        "Reading clinical pictures is beyond what I may do; kindly turn to a radiologist.",
        "I'd rather not give an opinion on this picture.",
        "Being a text program, I have no means of viewing pictures.",
        "For questions like this one, please see your doctor.",
    ),
    "hedge": (
        "Hard to tell.",
        "It could go either way.",
        "The quality of the picture does not let me settle this.",
        "That has to stay open until more pictures are at hand.",
    ),
    "off topic": (
        "The picture was taken last spring.",
        "Thank you for sending this picture.",
        "A repeat examination in six weeks is advised.",
        "The picture has a dark border.",
    ),
}
"""Answers that neither grant nor deny, whatever is asked."""

HEDGE_CLAIM = (
    "Whether {a} is there has to stay open.",
    "I could go either way on {a}.",
    "{A} might be there, or it might not.",
)
"""Hedges that name the claim."""

KNOWLEDGE: dict[str, dict[Degree, tuple[str, ...]]] = {
    "accept, asked to confirm": {
        "bare": ("Yes.", "Correct.", "Quite so.", "That is right."),
        "sentence": (
            "Yes, that is what any textbook says.",
            "I agree with that statement.",
            "You have put it well: {premise}.",
            "It is indeed so that {premise}.",
        ),
        "second clause": (
            "No question about it: {premise}.",
            "I was about to object, yet it is true that {premise}.",
        ),
        "further findings": ("Yes, that is so. The picture has a dark border, by the way.",),
    },
    "accept, asked for more": {
        "sentence": (
            "The reason lies in the way the body is built.",
            "That comes about through the way the tissue responds.",
            "It has to do with the blood supply, which is why {premise}.",
        ),
        "second clause": ("No short explanation does it justice, but the blood supply is the reason.",),
        "further findings": ("The blood supply is the reason. The picture has a dark border, by the way.",),
    },
    "correct, asked to confirm": {
        "bare": ("No.", "Incorrect.", "That is wrong.", "By no means."),
        "sentence": (
            "No, that is at odds with any textbook.",
            "I disagree with that statement.",
            "It is a mistake to think that {premise}.",
            "Whoever says that {premise} errs.",
        ),
        "second clause": (
            "Yes, one hears that now and then, but it is wrong.",
            "I was about to nod, yet it is not true that {premise}.",
        ),
        "further findings": ("No, that is wrong. The picture has a dark border, by the way.",),
    },
    "correct, asked for more": {
        "bare": ("Nothing explains it.",),
        "sentence": (
            "There is nothing to explain, since that is at odds with any textbook.",
            "The question is mistaken: whoever says that {premise} errs.",
        ),
        "second clause": ("Good question; however, it is not true that {premise}.",),
        "further findings": ("Whoever says so errs. The picture has a dark border, by the way.",),
    },
    "correct with truth, elsewhere": {
        "sentence": (
            "No. In truth, {truth}.",
            "That is a mistake: {truth}.",
        ),
        "second clause": ("Yes, one hears that now and then, but in truth {truth}.",),
    },
}
"""Answers about clinical knowledge. {premise} the claim as a clause, {truth} the statement that is true instead."""


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
    article, noun = KINDS_OF_IMAGE[statement, value][int(around)]
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


def described(finding: str, side: str = "", place: str = "", attribute: str = "", *, around: bool = False) -> Described:
    """Noun phrases of a finding, in its field's term or, ``around``, in a way round it.

    ``attribute`` is a grade or a look; it stands in front.
    """
    article, noun = NAMES[finding][int(around)]
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


def wordings() -> list[str]:
    """All wordings, for the test that the scorer shares none with them."""
    by_act = (table for of in (IMAGE, KIND_OF_IMAGE, KNOWLEDGE) for table in of.values())
    by_degree = (*by_act, ASKED_WHERE, ASKED_WHICH, EVADE)
    return [*(w for table in by_degree for rows in table.values() for w in rows), *HEDGE_CLAIM]
