"""Is it so? What question, premise and answer claim, held against what is known of the image by ``auscult.facts``.

Nobody has to have said that a claim is wrong: an answer may only state what the annotation states, and a premise counts
as false only where the annotation denies it or says otherwise. Silence is not absence. More than the annotation says of
a finding that it names, and a denial of what it leaves open, are doubts: they may be so. What no reader of findings
reads (a rare disease, a cause) passes, and is left to models and people; so does a case of which nothing is known.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import (
    alternatives,
    asked,
    claimed,
    denied,
    denies_all,
    either,
    lead,
    names_image_in_passing,
    of_change,
    of_findings,
    of_outcome,
    polar,
    stated,
)
from auscult.construction.checks._ground import Ground, Truth, ground_of
from auscult.construction.checks._stance import ACCEPTS, EVADES, alike, denied_premise, refuses, taken
from auscult.construction.checks._wording import (
    MEANING,
    asks_presence,
    content,
    covered,
    general,
    here,
    put_right,
    rule,
)
from auscult.construction.checks.details import gives_another, gives_otherwise
from auscult.construction.claims import DISTORTED, WRONG_ATTRIBUTE
from auscult.construction.wordings import PREMISE_FORMS
from auscult.facts import entailment
from auscult.facts.lexicon import ACQUISITION, SWEEPING
from auscult.records import Case, Fact, Item

CONTRADICTS = "the answer contradicts what is known of the image"
UNMENTIONED = "the answer states what the annotation does not mention"
UNEXCLUDED = "the annotation does not exclude what is taken to be absent"
NOT_FALSE, NOT_TRUE = "a premise that is taken to be false is true", "a premise that is taken to be true is false"
UNSTATED = "the annotation does not state what the question takes for granted"
MORE = "of a finding that the annotation names it says what the annotation leaves open"
LEFT_OPEN = "the annotation neither states nor excludes what is denied, or taken to be possible"
MAY_EVADE = "it cannot be told whether the answer says that the premise is false"
OTHER = "it denies of a finding that is there what no reader reads"
PUT_RIGHT = "it puts a false premise right in words that the reader takes for something that is not so"
_RIGHT = re.compile(r"^\W*right\s*[,.:;]\s+", re.IGNORECASE)
"""An answer that agrees: no side."""


@dataclass(kw_only=True, eq=False)
class Facts(Check):
    """Refuses what the annotation speaks against, and what it does not bear out."""

    name: ClassVar[str] = "facts"
    version: ClassVar[str] = "9"
    doubts: ClassVar[frozenset[str]] = frozenset({MORE, LEFT_OPEN, MAY_EVADE, OTHER, PUT_RIGHT})
    _last: list[tuple[Case, Ground]] = field(default_factory=list, repr=False)

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.category == DISTORTED:
            return ""
        ground = self._ground(case)
        faults = [fault for fault in _faults(item, ground) if fault]
        if _borne_out(item, ground):  # it says how it knows: "Is there any infection? No consolidation is seen."
            faults = [f.replace(UNEXCLUDED, LEFT_OPEN) for f in faults]
        return next((f for f in faults if f.partition(": ")[0] not in self.doubts), faults[0] if faults else "")

    def _ground(self, case: Case) -> Ground:
        """What is known of a case; it is asked for its items in turn."""
        if not self._last or self._last[0][0] is not case:
            self._last[:] = [(case, ground_of(case))]
        return self._last[0][1]


def _borne_out(item: Item, ground: Ground) -> bool:
    """Whether an answer states something of the image, and all that it states is so."""
    claims = _testable(_said(item, ground), ground)
    return bool(claims) and all(ground.truth(c) == "true" for c in claims)


def _faults(item: Item, ground: Ground) -> Iterator[str]:
    """Everything that speaks against an item, and what leaves it open."""
    truth = ground.truth
    if item.premise_form in PREMISE_FORMS:
        yield from (_premise(item, ground, truth), _taken(item), _answer(item, ground, truth))
    elif item.answer_type == "yes_no":
        yield _closed(item.question, item.reference, ground, truth)
    elif item.answer_type == "open":
        yield from _open(item, ground, truth)


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
        attribute = item.kind == "hallucination" and item.category == WRONG_ATTRIBUTE
        if attribute and found == "true" and gives_otherwise(ground.annotation, text):
            continue  # the reader of findings knows no part of the spine, no depth, no width
        if item.kind == "hallucination" and found != "false":
            # "The fracture is acute": of which only the fracture is read
            unread = item.category == WRONG_ATTRIBUTE and content(text) - covered(text, True)
            true = OTHER if unread else NOT_FALSE
            return f"{true if found == 'true' else _open_as(UNEXCLUDED, claims, ground)}: {_names(claims)}"
        if item.kind == "non-hallucination" and found != "true":
            return f"{NOT_TRUE if found == 'false' else _open_as(UNSTATED, claims, ground)}: {_names(claims)}"
    return ""


def _open_as(reason: str, claims: Sequence[Fact], ground: Ground) -> str:
    """What is wrong with claims that cannot be told: nothing speaks of them, or something does, and it is a doubt."""
    left = [c for c in claims if ground.truth(c) == "unknown"]
    if any(c.presence == "present" and not ground.names(c.finding) and c.finding not in SWEEPING for c in left):
        return reason
    if any(c.presence == "absent" and ground.perhaps(c) for c in left):
        return UNEXCLUDED
    return MORE if any(c.presence == "present" for c in left) else LEFT_OPEN


def _premised(premise: str) -> tuple[Fact, ...]:
    return alternatives(premise) if either(premise) else stated(premise)


def _taken(item: Item) -> str:
    """Whether the answer takes a false premise for false and a true one for true."""
    wrong = taken(item)
    if wrong in (ACCEPTS, EVADES) and put_right(item, item.reference) != item.reference:
        return ""  # one of its sentences does nothing but deny it
    if wrong in (ACCEPTS, EVADES) and item.category == WRONG_ATTRIBUTE and gives_another(item.reference, item.premise):
        return ""  # it gives the side, course or grade that the premise excludes
    claims = [*stated(item.premise), *asked(item.question)] if wrong in (EVADES, ACCEPTS) else []
    if wrong == EVADES and not claims and denied(item.reference):
        return ""  # of what no reader knows, any denial counts
    same = content(item.reference) & content(item.premise)
    if wrong == EVADES and (denies_all(item.reference) or (same and denied(item.reference))):
        return ""
    if wrong == EVADES and same and item.category == WRONG_ATTRIBUTE:
        wrong = MAY_EVADE
    if wrong in (ACCEPTS, EVADES) and refuses(item):
        wrong = MAY_EVADE
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
    claims = _testable(_said(item, ground), ground)
    wrong = [c for c in claims if truth(c) == "false"]
    left = [c for c in claims if truth(c) == "unknown"]
    if wrong:
        about = denied_premise(item, truth)
        beside = [c for c in wrong if not any(alike(c.finding, name) for name in about)]
        return f"{CONTRADICTS if beside or not about else PUT_RIGHT}: {_names((beside or wrong)[:1])}"
    if item.category == MEANING:
        left = [c for c in left if ground.stands(c.finding)]
    bare = [c for c in left if _open_as(UNMENTIONED, [c], ground) == UNMENTIONED]
    told = (bare or left)[:1]
    return f"{_open_as(UNMENTIONED, told, ground)}: {_names(told)}" if told else ""


def _said(item: Item, ground: Ground) -> list[Fact]:
    """What an answer states of the image; statements of medicine at large are not about it."""
    answer = _RIGHT.sub("", item.reference) if polar(item.question) else item.reference
    answer = put_right(item, answer)
    if item.category != MEANING:
        return of_findings(stated(answer, item.question), item.question)
    told = [claim for sentence in here(item, answer, ground.words) for claim in stated(sentence, item.question)]
    return of_findings(told, item.question)


def _closed(question: str, reference: str, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether yes or no is right of what is asked."""
    claims = _testable(asked(question), ground)
    if reference == "no" and names_image_in_passing(question):
        claims = [c for c in claims if c.finding not in ACQUISITION]
    found = _worst([truth(c) for c in claims], question)
    if found is None:
        return ""
    if reference == "yes":
        wrong = CONTRADICTS if found == "false" else _open_as(UNMENTIONED, claims, ground)
        return "" if found == "true" else f"{wrong}: {_names(claims)}"
    wrong = CONTRADICTS if found == "true" else _open_as(UNEXCLUDED, claims, ground)
    if found == "true" and not asks_presence(question):
        wrong = OTHER
    elif wrong == MORE and asks_presence(question) and all(map(ground.simply, claims)):
        wrong = UNEXCLUDED
    return "" if found == "false" else f"{wrong}: {_names(claims)}"


def _open(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> Iterator[str]:
    """Whether an answer without a premise is right, and what its question takes for granted is so."""
    if polar(item.question) and not of_change(item.question):
        said = lead(item.reference)
        wrong = _closed(item.question, said, ground, truth) if said else ""
        if wrong and not (said == "no" and _says_what_else(item, ground, truth)):
            yield wrong
        elif not said and (item.category == MEANING or either(item.question)):
            yield _granted(item, ground, truth)
    elif of_outcome(item.question):
        pass  # the answer says whether it is still there
    elif item.category != MEANING or not general(claimed(item.question), ground.words, item.question):
        claims = [
            c for c in _testable(asked(item.question), ground) if c.finding not in SWEEPING or truth(c) == "false"
        ]
        found = _worst([truth(c) for c in claims])
        if found == "unknown" or (found == "false" and not _denies(item.reference, item.question, claims)):
            yield f"{NOT_TRUE if found == 'false' else _open_as(UNSTATED, claims, ground)}: {_names(claims)}"
    elif rule("general", "granted").search(item.question.casefold()):
        yield _granted(item, ground, truth)
        if pointed := _unnamed(item, ground, truth):
            yield pointed
    yield _answer(item, ground, truth)


def _granted(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether a finding that a question speaks of as being there is denied, and its answer does not say so."""
    claims = [Fact(finding=c.finding, presence="present") for c in _testable(asked(item.question), ground)]
    denied_ = [c for c in claims if c.finding not in (*ACQUISITION, *SWEEPING) and truth(c) == "false"]
    if not denied_ or _denies(item.reference, item.question, denied_):
        return ""
    return f"{NOT_TRUE}: {_names(denied_)}"


def _unnamed(item: Item, ground: Ground, truth: Callable[[Fact], Truth]) -> str:
    """Whether a question speaks of "the" finding where the annotation names none, and its answer does not say so."""
    claims = [c for c in _testable(asked(item.question), ground) if c.finding not in (*ACQUISITION, *SWEEPING)]
    left = [c for c in claims if truth(c) == "unknown" and c.presence == "present" and not ground.names(c.finding)]
    said = item.question.casefold()
    named = [
        c for c in left if re.search(rf"\b(?:the|this|these|his|her) (?:[\w-]+ ){{0,4}}{c.finding.split()[-1]}", said)
    ]
    if not named or _denies(item.reference, item.question, named):
        return ""
    return f"{UNSTATED}: {_names(named)}"


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
