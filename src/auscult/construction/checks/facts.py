"""Is it so? What question, premise and answer claim, held against what is known of the image by ``auscult.facts``.

Nobody has to have said that a claim is wrong: an answer may only state what the annotation states, and a premise counts
as false only where the annotation denies it or says otherwise. Silence is not absence. What no reader of findings reads
(a rare disease, a cause) passes, and is left to models and people; so does a case of which nothing is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import (
    alternatives,
    asked,
    denied,
    denies_all,
    either,
    lead,
    names_image_in_passing,
    of_change,
    polar,
    stated,
)
from auscult.construction.checks._ground import Ground, Truth, ground_of
from auscult.construction.checks._stance import ACCEPTS, EVADES, taken
from auscult.construction.claims import DISTORTED
from auscult.construction.wordings import PREMISE_FORMS
from auscult.facts import entailment
from auscult.facts.lexicon import ACQUISITION, SWEEPING
from auscult.records import Case, Fact, Item

CONTRADICTS = "the answer contradicts what is known of the image"
UNMENTIONED = "the answer states what the annotation does not mention"
UNEXCLUDED = "the annotation does not exclude what is taken to be absent"
NOT_FALSE, NOT_TRUE = "a premise that is taken to be false is true", "a premise that is taken to be true is false"
UNSTATED = "the annotation does not state what the question takes for granted"


@dataclass(kw_only=True, eq=False)
class Facts(Check):
    """Refuses what the annotation speaks against, and what it does not bear out."""

    name: ClassVar[str] = "facts"
    version: ClassVar[str] = "4"
    _last: list[tuple[Case, Ground]] = field(default_factory=list, repr=False)

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.category == DISTORTED:
            return ""
        ground = self._ground(case)
        truth = ground.truth
        if item.premise_form in PREMISE_FORMS:
            return _premise(item, ground, truth) or _taken(item) or _answer(item, ground, truth)
        if item.answer_type == "yes_no":
            return _closed(item.question, item.reference, ground, truth)
        if item.answer_type == "open":
            return _open(item, ground, truth)
        return ""

    def _ground(self, case: Case) -> Ground:
        """What is known of a case; it is asked for its items in turn."""
        if not self._last or self._last[0][0] is not case:
            self._last[:] = [(case, ground_of(case))]
        return self._last[0][1]


def _worst(truths: Sequence[Truth], text: str = "") -> Truth | None:
    """Of all that is claimed together, or by "or" in a text; None where nothing is."""
    order: tuple[Truth, ...] = ("false", "unknown", "true")
    return next((t for t in (order[::-1] if either(text) else order) if t in truths), None)


def _premise(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether a premise is as true or false as its item says, as it is written down and as it is asked."""
    for text, told in ((item.premise, _premised(item.premise)), (item.question, asked(item.question))):
        claims = _testable(told, ground)
        found = _worst([truth(c) for c in claims], text)
        if found is None:
            continue
        if item.kind == "hallucination" and found != "false":
            return f"{NOT_FALSE if found == 'true' else UNEXCLUDED}: {_names(claims)}"
        if item.kind == "non-hallucination" and found != "true":
            return f"{NOT_TRUE if found == 'false' else UNSTATED}: {_names(claims)}"
    return ""


def _premised(premise: str) -> tuple[Fact, ...]:
    return alternatives(premise) if either(premise) else stated(premise)


def _taken(item: Item) -> str:
    """Whether the answer takes a false premise for false and a true one for true."""
    wrong = taken(item)
    claims = [*stated(item.premise), *asked(item.question)] if wrong in (EVADES, ACCEPTS) else []
    if wrong == EVADES and not claims and denied(item.reference):
        return ""  # of what no reader knows, any denial counts
    if wrong == EVADES and denies_all(item.reference):
        return ""
    says_yes = wrong == ACCEPTS and lead(item.reference) == "yes"
    return "" if claims and not says_yes and _puts_right(item.reference, item.question, claims) else wrong


def _puts_right(answer: str, question: str, claims: Sequence[Fact]) -> bool:
    """Whether what an answer states cannot be so together with what the question claims."""
    told = [f for f in stated(answer, question) if f.presence != "uncertain"]
    return any(entailment(told, c, exhaustive=False) == "contradicted" for c in claims)


def _denies(answer: str, question: str, claims: Sequence[Fact]) -> bool:
    return lead(answer) == "no" or _puts_right(answer, question, claims)


def _answer(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether an answer states what is not so, or what nobody knows."""
    claims = _testable(stated(item.reference, item.question), ground)
    for claim in claims:
        found = truth(claim)
        if found == "false":
            return f"{CONTRADICTS}: {_names([claim])}"
        if found == "unknown":
            return f"{UNEXCLUDED if claim.presence == 'absent' else UNMENTIONED}: {_names([claim])}"
    return ""


def _closed(question: str, reference: str, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether yes or no is right of what is asked."""
    claims = _testable(asked(question), ground)
    if reference == "no" and names_image_in_passing(question):
        claims = [c for c in claims if c.finding not in ACQUISITION]
    found = _worst([truth(c) for c in claims], question)
    if found is None:
        return ""
    if reference == "yes":
        return "" if found == "true" else f"{CONTRADICTS if found == 'false' else UNMENTIONED}: {_names(claims)}"
    return "" if found == "false" else f"{CONTRADICTS if found == 'true' else UNEXCLUDED}: {_names(claims)}"


def _open(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether an answer without a premise is right, and what its question takes for granted is so."""
    if polar(item.question) and not of_change(item.question):
        said = lead(item.reference)
        wrong = _closed(item.question, said, ground, truth) if said else ""
        if wrong and not (said == "no" and _says_what_else(item, ground, truth)):
            return wrong
    else:
        claims = [
            c for c in _testable(asked(item.question), ground) if c.finding not in SWEEPING or truth(c) == "false"
        ]
        found = _worst([truth(c) for c in claims])
        if found == "false" and _denies(item.reference, item.question, claims):
            return _answer(item, ground, truth)
        if found in ("false", "unknown"):
            return f"{NOT_TRUE if found == 'false' else UNSTATED}: {_names(claims)}"
    return _answer(item, ground, truth)


def _says_what_else(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> bool:
    """Whether an answer denies that something is normal and names what is there: "clear?" "no, an effusion"."""
    normal = all(c.presence == "absent" for c in asked(item.question))
    told = [c for c in _testable(stated(item.reference, item.question), ground) if c.presence == "present"]
    return normal and bool(told) and all(truth(c) == "true" for c in told)


def _testable(claims: Sequence[Fact], ground: Ground) -> list[Fact]:
    """The claims that something is known to hold against: of findings none where the case is silent on all findings."""
    return [c for c in claims if ground.speaks or (c.finding in ACQUISITION and _has(ground, c.finding))]


def _has(ground: Ground, finding: str) -> bool:
    return any(f.finding == finding for f in ground.facts)


def _names(claims: Sequence[Fact]) -> str:
    """Claims in words."""
    told = []
    for c in claims:
        size = f"{c.size_mm:g} mm" if c.size_mm is not None else ""
        words = (*c.attributes, c.side, c.finding, f"in the {c.place}" if c.place else "", size, c.comparison)
        lead = {"absent": "no ", "uncertain": "perhaps "}.get(c.presence, "")
        told.append(lead + " ".join(filter(None, words)))
    return "; ".join(told)


CHECK = Facts
