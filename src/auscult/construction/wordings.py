"""How a claim is asked, in four forms of three phrasings, and how each question is truthfully answered.

``neutral`` takes nothing for granted. ``polar`` and ``tag`` ask to confirm the claim, a ``presupposition`` takes it for
granted and asks for something else. The same wordings stand on images where the claim is true and where it is false.
The words are in ``wordings.toml``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.construction.claims import Claim, Known, Stated, stated
from auscult.construction.lexicon import Entry, lexicon

Form = Literal["neutral", "polar", "tag", "presupposition"]
FORMS: tuple[Form, ...] = ("neutral", "polar", "tag", "presupposition")
PREMISE_FORMS: tuple[Form, ...] = FORMS[1:]
PHRASINGS = 3
_IMAGE = ("modality", "view", "region")


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a claim, with the truthful answer on an image.

    Attributes:
        text: the question.
        answer: a full sentence; it begins with Yes or No but for presuppositions, whose answer gives what is asked or
            begins with the correction.
        asks: what a presupposition asks for (grade, side, place, modality, region); empty for the other forms.
    """

    text: str
    answer: str
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of a claim: ``np`` without article, ``a`` with its article, ``noun`` of the finding alone."""

    np: str
    a: str
    noun: str
    plural: bool = False
    noun_plural: bool = False

    def slots(self) -> dict[str, str]:
        """What the slots of the templates stand for."""
        words = ("are", "those", "these") if self.plural else ("is", "that", "this")
        return {
            "np": self.np,
            "a": self.a,
            "the": f"the {self.np}",
            "The": f"The {self.np}",
            "noun": self.noun,
            "is": words[0],
            "Is": words[0].capitalize(),
            "that": words[1],
            "this": words[2],
            "is_noun": "are" if self.noun_plural else "is",
        }


def question_text(claim: Claim, form: Form, phrasing: int, *, measured: bool) -> str:
    """The question alone: it depends on the claim and never on its truth.

    Args:
        claim: what is claimed.
        form: how it is asked.
        phrasing: 0, 1 or 2.
        measured: whether size, side and place can be asked for; else presuppositions ask for the kind of image.
    """
    return _asked(claim, form, phrasing, measured)[0]


def ask(claim: Claim, form: Form, phrasing: int, known: Known, *, true: bool | None = None) -> Question | None:
    """The question with its truthful answer on an image.

    Args:
        claim: what is claimed.
        form: how it is asked.
        phrasing: 0, 1 or 2.
        known: of the image.
        true: whether the claim holds, where that is known from elsewhere (the anatomy excludes it).

    Returns:
        None where what is asked for is not known or not one thing, or where the truth of the claim is not known.
    """
    holds = known.truth(claim) if true is None else true
    if holds is None:
        return None
    text, asks = _asked(claim, form, phrasing, known.measured)
    if form == "presupposition" and holds:
        answer = _given(claim, asks, known)
        return Question(text, answer, asks) if answer else None
    true_value = "" if holds or claim.statement == "presence" else known.true_value(claim)
    return Question(text, _answer(claim, form, holds, true_value), asks)


def not_known(claim: Claim, known: Known) -> list[str]:
    """What a presupposition may ask for and an image on which the claim holds does not tell: ``modality``, ``side``."""
    return [asks for asks in _all_asked_for(claim, known.measured) if not _given(claim, asks, known)]


@lru_cache(maxsize=65_536)
def _all_asked_for(claim: Claim, measured: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_asked(claim, "presupposition", n, measured)[1] for n in range(PHRASINGS)))


def premise(claim: Claim) -> str:
    """The claim as a declarative sentence."""
    return _filled("premise", claim)


def truth_sentence(claim: Claim, known: Known, *, true: bool | None = None) -> str:
    """What is the case with what the claim is about, as a declarative sentence."""
    if known.truth(claim) if true is None else true:
        return premise(claim)
    value = "" if claim.statement == "presence" else known.true_value(claim)
    return _filled("fact" if value else "absent", claim, value)


@lru_cache(maxsize=65_536)
def _asked(claim: Claim, form: Form, phrasing: int, measured: bool) -> tuple[str, str]:
    kind = "image" if claim.statement in _IMAGE else "object"
    slots = phrase(claim).slots()
    if form != "presupposition":
        asked = lexicon().table["ask"][kind] | (lexicon().table["ask"]["count"] if claim.statement == "count" else {})
        return str(asked[form][phrasing]).format(**slots), ""
    entry = lexicon().findings.get(claim.finding)
    fitting = [row for row in lexicon().table["presupposition"][kind] if _can_ask(row["asks"], claim, entry, measured)]
    row = fitting[phrasing]
    slots |= {"part": "", "preposition": "To" if entry and entry.towards else "On"}
    slots |= {"how": "severe", "measure": "degree"} if entry and entry.severe else {"how": "large", "measure": "size"}
    if entry and entry.places:
        slots["part"] = entry.places[0].split()[-1]
    return str(row["question"]).format(**slots), row["asks"]


def _can_ask(asks: str, claim: Claim, entry: Entry | None, measured: bool) -> bool:
    if claim.statement in _IMAGE:
        return asks == ("modality" if claim.statement == "region" else "region")
    if asks == "modality":
        return True
    if not measured or entry is None or asks == claim.statement or (asks == "side" and claim.statement == "relation"):
        return False
    return {"grade": entry.graded, "side": entry.sided, "place": bool(entry.places)}[asks]


def _given(claim: Claim, asks: str, known: Known) -> str:
    """The answer to a presupposition that holds; empty where what it asks for is not known or not one thing."""
    if asks == "region":
        return _filled("region", claim, known.region)
    if asks == "modality":
        return _filled("modality", claim, article(lexicon().modalities[known.modality])) if known.modality else ""
    found = known.values.get((asks, claim.finding), ())
    if len(found) != 1 or known.number.get(claim.finding, 1) != 1:
        return ""
    return _told(claim, asks, found[0])


@lru_cache(maxsize=65_536)
def _told(claim: Claim, asks: str, value: str) -> str:
    words = phrase(claim)
    verb = "are" if words.plural else "is"
    return f"The {words.np} {verb} {said(asks, claim.finding, value)}."


def _answer(claim: Claim, form: Form, holds: bool, true_value: str) -> str:
    if holds:
        return _filled("yes", claim)
    start = "correct" if form == "presupposition" else "no"
    return _filled(f"{start}_but" if true_value else start, claim, true_value)


@lru_cache(maxsize=65_536)
def _filled(name: str, claim: Claim, value: str = "") -> str:
    kind = "image" if claim.statement in _IMAGE else "object"
    table = lexicon().table["answer"]
    template = table["count"].get(name) if claim.statement == "count" else None
    template = template or table[kind].get(name) or table["image"]["no"]
    slots = phrase(claim).slots() | {"value": value, "true": value, "is_true": "is" if value == "1" else "are"}
    if name in ("no_but", "correct_but", "fact"):
        slots["true"] = _true_words(claim, value)
    if name in ("region", "modality") and not value:
        return ""
    return str(template).format(**slots)


def _true_words(claim: Claim, value: str) -> str:
    if claim.statement in _IMAGE:
        return article(_image_noun(claim.statement, value))
    if claim.statement == "count":
        return _counted(claim.finding, value)
    return said(claim.statement, claim.finding, value, claim.other)


@lru_cache(maxsize=65_536)
def said(statement: str, finding: str, value: str, other: str = "") -> str:
    """What is said of a finding that has this value: ``on the left``, ``small``."""
    entry = lexicon().findings[finding]
    template = dict(entry.said).get(statement) or lexicon().table["property"][statement]["said"]
    word = _grade(entry, value) if statement == "grade" else value
    return str(template).format(value=word, other=lexicon().findings[other].noun if other else "")


def _grade(entry: Entry, value: str) -> str:
    return str(lexicon().table["severity"][value]) if entry.severe else value


@lru_cache(maxsize=65_536)
def phrase(claim: Claim) -> Phrase:
    """The words of a claim."""
    if claim.statement in _IMAGE:
        np = _image_noun(claim.statement, claim.value)
        return Phrase(np, article(np), np)
    entry = lexicon().findings.get(claim.finding)
    if claim.statement == "presence" and claim.value:
        plural = claim.value == "plural"
        return Phrase(claim.finding, _articled(claim.finding, claim.value), claim.finding, plural, plural)
    if entry is None:
        raise ValueError(f"finding {claim.finding!r} is not in wordings.toml")
    if claim.statement == "presence":
        np = entry.noun
    elif claim.statement == "count":
        np = _counted(claim.finding, claim.value)
        return Phrase(np, f"exactly {np}", f"{entry.noun}s", claim.value != "1", True)
    else:
        template = dict(entry.templates).get(claim.statement) or lexicon().table["property"][claim.statement]["phrase"]
        value = _grade(entry, claim.value) if claim.statement == "grade" else claim.value
        np = str(template).format(
            value=value, noun=entry.noun, other=lexicon().findings[claim.other].noun if claim.other else ""
        )
    return Phrase(np, _articled(np, "mass" if entry.mass else "a"), entry.noun)


def _counted(finding: str, value: str) -> str:
    table, noun = lexicon().table["property"]["count"], lexicon().findings[finding].noun
    words = dict(zip(table["values"], table["words"], strict=True))
    return f"one {noun}" if value == "1" else f"{words.get(value, value)} {noun}s"


def _image_noun(statement: str, value: str) -> str:
    if statement == "modality":
        return lexicon().modalities[value]
    if statement == "region":
        return str(lexicon().table["region"][value])
    return next(group[value] for group in lexicon().views if value in group)


def article(noun: str) -> str:
    """A noun with ``a`` or ``an``."""
    return _articled(noun, "a")


def _articled(noun: str, kind: str) -> str:
    if kind != "a":
        return noun
    return f"an {noun}" if noun[0].casefold() in "aeiou" or noun.startswith(("X-", "MRI")) else f"a {noun}"


def questions(known: Known) -> Iterator[tuple[Stated, Form, int, Question]]:
    """Every question that can be asked of an image and truthfully answered: claim, form, phrasing, question.

    Args:
        known: of the image, for example ``known_of_facts(facts)``.
    """
    for claim in stated(known):
        if claim.truth is None:
            continue
        for form in FORMS:
            for phrasing in range(PHRASINGS):
                question = ask(claim.claim, form, phrasing, known, true=claim.truth)
                if question:
                    yield claim, form, phrasing, question
