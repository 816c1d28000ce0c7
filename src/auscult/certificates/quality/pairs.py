"""Right and wrong pairs about a case, in the same forms.

Knows nothing of how errors are found: no import, wording or word list of the checks or of the facts reader. Planted are
what MedHallTune asks for as false premises (nonexistent object, wrong attribute, distorted knowledge), told by an
answer as if they were so, and the errors that a generator makes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from auscult.certificates.planting.nouns import item_of
from auscult.certificates.quality.truth import ATTRIBUTES, Attribute, Claim, Truth, others
from auscult.certificates.quality.words import Words, tellable, weight
from auscult.records import Case, Item, Kind

OBJECT = (
    "nonexistent object",
    "accepts a false premise",
    "denies a true premise",
    "wrong yes or no",
    "about another image",
    "extra finding",
)
COMPARISON = "wrong comparison"
"""A change since the last study that is none, or another one: in pairs written by hand alone."""
ATTRIBUTE = ("wrong side", "wrong place", "wrong grade", "wrong size", COMPARISON, "accepts a wrong attribute")
EVIDENCE, KNOWLEDGE = ("evidence made up",), ("distorted knowledge",)
KINDS = (*OBJECT, *ATTRIBUTE, *EVIDENCE, *KNOWLEDGE)
"""Kinds of error, by the group in which they count."""
ATTRIBUTE_DRAWS = 2
"""Wordings of each wrong attribute: claims with one are few."""
NONEXISTENT, WRONG_ATTRIBUTE, DISTORTED = "nonexistent object", "wrong attribute", "distorted knowledge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question and answer about a case.

    Attributes:
        cluster: image, report or statement; pairs of one are not independent.
        origin: phantoms, real reports, ...
        case: that it is about.
        item: the pair.
        error: kind of the planted error; empty where the pair is right.
        degree: 1 (makes no difference) to 4 (gross), as MedVAL; 0 where the pair is right.
        about: the finding.
        author: who wrote it by hand, where several did.
    """

    cluster: str
    origin: str
    case: Case
    item: Item
    error: str = ""
    degree: int = 0
    about: str = ""
    author: str = ""


@dataclass(frozen=True)
class Maker:
    """Makes pairs about one case."""

    truth: Truth
    words: Words

    def pair(self, question: str, answer: str, kind: Kind, category: str, claim: Claim, form: str, **more: Any) -> Pair:
        """A right pair; its evidence is the sentence behind the claim."""
        case, error, degree = self.truth.case, more.pop("error", ""), more.pop("degree", 0)
        item = item_of(
            case.id, question, answer, more.pop("answer_type", "open"), key=f"{claim.finding} {form} {error}"
        )
        item = replace(
            item,
            kind=kind,
            category=category,
            premise_form=form,
            premise=more.get("premise", ""),
            evidence=more.get("evidence", claim.evidence),
            split="train",
            tags={"tier": "drafted"},
        )
        about = {"about": claim.finding, "error": error, "degree": degree}
        return Pair(cluster=case.id, origin=self.truth.origin, case=case, item=item, **about)

    def premise(self, claim: Claim) -> str:
        """The statement that a question takes for granted."""
        phrase = self.words.phrase(claim)
        return f"{phrase['A']} {phrase['be']} present."

    def right(self) -> Iterator[Pair]:
        """Right pairs in every form: true premises confirmed, false ones corrected, attributes told."""
        w, rng = self.words, self.words.rng
        for claim in self.truth.present:
            form = rng.choice(("polar", "tag"))
            told = _some(claim, rng, w.half)
            yield self._premised(form, told, w.answer("confirm", told), true=True)
            asked = _some(claim, rng, w.half)
            yield self.pair(
                w.ask("neutral", asked), "yes", "question", "presence", asked, "neutral", answer_type="yes_no"
            )
            yield self.pair(
                w.ask("describe", claim), w.answer("describe", claim), "non-hallucination", "findings", claim, ""
            )
            for attribute in ATTRIBUTES:
                if getattr(claim, attribute):
                    yield self._attribute(attribute, claim, claim)
                    wrong = [c for degree, c in others(_only(claim, attribute), attribute) if degree > 1]
                    if wrong and tellable(wrong[0], w.half):
                        yield self._but(attribute, claim, rng.choice(wrong))
        for claim in self.truth.denied:
            form = rng.choice(("polar", "tag", "presupposition"))
            how = "correct" if form == "presupposition" else "deny"
            yield self._premised(form, claim, w.answer(how, claim), true=False)
            yield self.pair(
                w.ask("neutral", claim), "no", "question", "presence", claim, "neutral", answer_type="yes_no"
            )

    def _premised(self, form: str, claim: Claim, answer: str, *, true: bool | None, **more: Any) -> Pair:
        """A pair whose question holds the claim; a generator that errs (``true`` None) calls it either kind."""
        true = self.words.rng.random() < 0.5 if true is None else true
        kind: Kind = "non-hallucination" if true else "hallucination"
        question, premise = self.words.ask(form, claim), self.premise(claim)
        return self.pair(question, answer, kind, NONEXISTENT, claim, form, premise=premise, **more)

    def _attribute(self, attribute: Attribute, asked: Claim, told: Claim, **more: Any) -> Pair:
        question = self.words.ask(attribute, asked.bare)
        answer = self.words.answer(attribute, asked.bare, told=told)
        return self.pair(question, answer, "non-hallucination", "attributes", asked, "", **more)

    def _but(self, attribute: Attribute, true: Claim, false: Claim) -> Pair:
        """A false attribute that the answer puts right."""
        question, premise = self.words.ask("polar", false), self.premise(false)
        really = {"side": f"on the {true.side}", "place": true.where, "grade": true.grade, "size": true.size}[attribute]
        if attribute == "size":
            really = f"{really} in size"
        answer = self.words.answer("but", true.bare, really)
        return self.pair(question, answer, "hallucination", WRONG_ATTRIBUTE, true, "polar", premise=premise)

    def wrong(self, strangers: Sequence[Pair]) -> Iterator[Pair]:
        """Wrong pairs of every kind that the case allows.

        Args:
            strangers: right pairs of other images.
        """
        yield from self._wrong_objects()
        for claim in self.truth.present:
            yield from self._wrong_attributes(claim)
        yield from self._strange(strangers)
        yield from self._made_up()

    def _wrong_objects(self) -> Iterator[Pair]:
        w, rng = self.words, self.words.rng
        for claim in self.truth.present:
            form, told = rng.choice(("polar", "tag")), _some(claim, rng, w.half)
            harm = weight(claim.finding)
            answer = w.answer("deny", told.bare)
            yield self._premised(form, told, answer, true=None, error="denies a true premise", degree=harm)
            more: dict[str, Any] = {"answer_type": "yes_no", "error": "wrong yes or no", "degree": harm}
            yield self.pair(w.ask("neutral", told), "no", "question", "presence", told, "neutral", **more)
        for claim in self.truth.denied:
            form, harm = rng.choice(("polar", "tag", "presupposition")), weight(claim.finding)
            answer = w.answer("accept" if form == "presupposition" else "confirm", claim)
            yield self._premised(form, claim, answer, true=None, error="accepts a false premise", degree=harm)
            more = {"answer_type": "yes_no", "error": "wrong yes or no", "degree": harm}
            yield self.pair(w.ask("neutral", claim), "yes", "question", "presence", claim, "neutral", **more)
        for claim in [*self.truth.denied[:1], *(Claim(f) for f in self.truth.silent[:1])]:
            invented = _invented(claim, rng)
            near = rng.choice([*self.truth.present, *self.truth.denied])
            more = {"error": "nonexistent object", "degree": weight(claim.finding), "evidence": near.evidence}
            question = w.ask("describe", claim)
            yield self.pair(
                question, w.answer("describe", invented), "non-hallucination", "findings", claim, "", **more
            )
        yield from self._extra()

    def _extra(self) -> Iterator[Pair]:
        """A right answer with a finding too many."""
        absent = [*self.truth.denied, *(Claim(f) for f in self.truth.silent)]
        if not absent or not self.truth.present:
            return
        rng = self.words.rng
        claim, added = rng.choice(self.truth.present), rng.choice(absent)
        extra = self.words.answer("extra", _invented(added, rng))
        question, answer = self.words.ask("describe", claim), self.words.answer("describe", claim)
        more = {"error": "extra finding", "degree": weight(added.finding)}
        yield self.pair(question, f"{answer} {extra}", "non-hallucination", "findings", claim, "", **more)

    def _wrong_attributes(self, claim: Claim) -> Iterator[Pair]:
        w, rng = self.words, self.words.rng
        for attribute in ATTRIBUTES:
            for degree, false in others(_only(claim, attribute), attribute):
                false = replace(false, evidence=claim.evidence)
                for _ in range(ATTRIBUTE_DRAWS):
                    yield self._attribute(attribute, claim, false, error=f"wrong {attribute}", degree=degree)
                if not tellable(false, w.half):
                    continue
                more: dict[str, Any] = {"error": "accepts a wrong attribute", "degree": degree}
                question, premise = w.ask(rng.choice(("polar", "tag")), false), self.premise(false)
                answer = w.answer("confirm", false)
                kind: Kind = "non-hallucination"
                yield self.pair(question, answer, kind, WRONG_ATTRIBUTE, false, "polar", premise=premise, **more)

    def _strange(self, strangers: Sequence[Pair]) -> Iterator[Pair]:
        """A right pair of another image whose finding is not in this one."""
        absent = {c.finding for c in self.truth.denied} | set(self.truth.silent)
        able = [p for p in strangers if p.about in absent and p.item.kind == "non-hallucination"]
        if able:
            pair = self.words.rng.choice(able)
            quoted = pair.item.evidence if self.words.rng.random() < 0.5 else ""
            item = replace(pair.item, case_id=self.truth.case.id, id=f"{pair.item.id} elsewhere", evidence=quoted)
            degree = weight(pair.about)
            yield replace(
                pair,
                cluster=self.truth.case.id,
                case=self.truth.case,
                item=item,
                error="about another image",
                degree=degree,
            )

    def _made_up(self) -> Iterator[Pair]:
        """A right pair whose evidence does not stand in the annotation: altered, or invented."""
        w, rng = self.words, self.words.rng
        for claim in self.truth.present[:1]:
            told = w.answer("confirm", claim)
            for degree, evidence in ((2, _altered(claim.evidence)), (3, w.answer("describe", claim))):
                if evidence and evidence not in self.truth.case.annotation:
                    more: dict[str, Any] = {"error": "evidence made up", "degree": degree, "evidence": evidence}
                    yield self._premised(rng.choice(("polar", "tag")), claim, told, true=True, **more)


def _only(claim: Claim, attribute: Attribute) -> Claim:
    """The finding with one attribute; with its place goes its side."""
    kept = ("side", "place") if attribute == "place" else (attribute,)
    told: dict[str, Any] = {a: getattr(claim, a) for a in kept}
    return replace(claim.bare, **told)


def _some(claim: Claim, rng: Random, half: str) -> Claim:
    """The finding with at most one of its attributes."""
    known = [a for a in ATTRIBUTES if getattr(claim, a) and tellable(_only(claim, a), half)]
    return _only(claim, rng.choice(known)) if known and rng.random() < 0.5 else claim.bare


def _invented(claim: Claim, rng: Random) -> Claim:
    """A finding that is not there, with a side or a grade."""
    sided = claim.finding in ("pleural effusion", "pneumothorax", "nodule", "consolidation", "mass", "lung nodule")
    side = rng.choice(("left", "right", "")) if sided else ""
    return Claim(claim.finding, side=side, grade=rng.choice((*claim.scale, "")))


def _altered(sentence: str) -> str:
    """The sentence with one word replaced."""
    swaps = {"left": "right", "right": "left", "small": "large", "mild": "severe", "no": "a", "upper": "lower"}
    swaps |= {"lower": "upper", "is": "was once", "are": "were once"}
    for old, new in swaps.items():
        changed = re.sub(rf"\b{old}\b", new, sentence, count=1, flags=re.I)
        if changed != sentence:
            return changed
    return ""
