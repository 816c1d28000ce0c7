"""Premises about an image: the facts of an answer, its ellipses filled in, against the premise and the truth."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from auscult import facts as clinical
from auscult.records import Fact
from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import carries_content, rephrase, tokens
from auscult.scoring._premise_names import healthy, named
from auscult.scoring._premise_negation import of_spared
from auscult.scoring._premise_text import Assertion, Said, ellipsis, on_the_other_side, without_lead, without_subject
from auscult.scoring._text import stem

Presence = Literal["present", "absent", "uncertain"]
ACQUISITION = frozenset({"modality", "view"})
_FIELDS = ("side", "place", "attributes", "size_mm", "comparison")
_EMPTY: dict[str, Any] = {"side": "", "place": "", "attributes": (), "size_mm": None, "comparison": ""}
_OPPOSITE: dict[str, Presence] = {"present": "absent", "absent": "present", "uncertain": "uncertain"}
_EMPTY_SAYS: dict[str, Presence] = {"neg": "absent", "pos": "present", "hedge": "uncertain"}
_ZERO = re.compile(r"^\W*(?:(?:it|this|the size) (?:is|measures) )?(?:0|zero)(?:\s*(?:mm|cm|%))?\W*(?:$|[,;])")
_LINKS = lx.VERBS | {"lies", "measures", "occupies", "sits", "should"}
_CONTRAST = re.compile(
    r"(?:(?:,|,? (?:and|but)) not (?=(?:on|in|to|at|the|an?|left|right|of)\b)|,? (?:rather than|instead of) )[^,.;]*$"
)
_CONTRAST_WORD = re.compile(r"^\W*(?:(?:and|but) )?(?:not|rather than|instead of) ")
_NOT_THERE = re.compile(
    r"\b(is|are|was|were|lies|seen|located|situated)(?: not|n't) "
    r"(?=(?:(?:really|actually|truly|exactly|definitely|clearly|visibly|located|situated|seen|found|lying|the"
    r"|there) ){0,2}?(?:on|in|at(?! all)|to|within|left|right)\b)"
)
_DEFINITE = re.compile(r"\b(?:the|this|that|its)(?: \w+){0,2}\W*$")
_IS_NOT = re.compile(r"^(is|are|was|were|lies|looks|appears|seems)(?: not|n't) ")
_DOES_NOT = re.compile(
    r"^(?:it|this|that|they|these) (?:(?:does|do|did|has|have|is|are) not|(?:does|do|did|is|are)n't) (\w+)$"
)
_NAMES_NOTHING = re.compile(
    r"\b(?:no|none|nothing|absent|neither|seen|visible|present|found|detected|identified|there)\b"
)
_ANYTHING = frozenset({"abnormality", "normal study"})
_UMBRELLA = frozenset({"mass", "lesion", "opacity", "collection", "fluid", "abnormality", "tumour", "nodule"})
_SUBJECT = re.compile(
    r"^((?:the|this|that|his|her) [\w -]+?) (?:is|are|was|lies|measures|shows|has|does|appears)(?:n't)?\b"
)
_SIDED = re.compile(r"(?<=\bis )(left|right)[- ]sided(?=\W*(?:$|,|so\b|and\b|not\b))")
_ONE = re.compile(r"\b(left|right|second|larger|smaller|other|latter|former|small|large|tiny)(?:[- ]sided)? ones?\b")
_THEN_NOT = re.compile(r"(?:,| and| but) not (?:so )?[\w-]+$")
_HOLDER = re.compile(r"\b(left|right)$")
_ANAPHOR = re.compile(
    r"\b(the|this|that|such an?|any such|no such|an?) (?:such )?(?:finding|thing|abnormality|entity|change|feature"
    r"|pathology"
    r"|condition|disease|process)\b"
)


_NOT_SO = re.compile(
    r"\b(?:not|there is no|shows no|hardly|by no means|far from|anything but|never)\b "
    r"(?:(?:very|so|that|particularly|really|an?|all|at|as|too|being|actually|exactly|quite|any|in fact|truly) )*"
    r"(?P<word>(?:ring[- ]|homogeneously |non[- ])?[a-z]+(?:-[a-z]+)?)\b"
)
_NO = (
    r"\b(?:no|not|without|lacks?|lacking|never|hardly|absent) (?:(?:an?|any|the|show|have|sign|signs|of|see|its"
    r"|is) ){0,3}?"
)
_UNENHANCED = {
    "ring-enhancing": re.compile(rf"{_NO}(?:enhancing )?(?:ring|rim|peripheral|marginal|annular)\b"),
    "homogeneously enhancing": re.compile(
        rf"{_NO}(?:enhanc\w+ )?(?:homogeneous|uniform|even|diffuse"
        rf"|solid)(?:ly)?\b"
    ),
}
_UNRESOLVED = re.compile(
    r"\b(?:not|cannot|never|nothing|nobody|vain)\b(?! (?:enhanc\w+|only|just|merely|an? (?:small|large|big)|(?:very "
    r"|so |that |particularly )?"
    r"(?:large|small|big|severe|marked|wide|extensive|massive|moderate|mild)|on|in|at|to))"
)
_CLAUSE_END = re.compile(r"[,;:.]|\b(?:but|because|since|although|though|which|with|due to|and|as|while)\b")


@dataclass(frozen=True, slots=True)
class Known:
    """A premise and the truth as facts.

    Attributes:
        premise: what the question takes for granted.
        truth: what is so.
        missing: qualifiers that an answer may leave out because premise and truth do not differ in them.
        granted: qualifiers that an answer about the premised thing takes over: all of a presupposition's.
        subject: what the question says something of ("the heart"), or empty.
        words: stems of the question and the premise.
        modal: whether a possibility is asked, which a hedge then answers.
    """

    premise: tuple[Fact, ...]
    truth: tuple[Fact, ...]
    missing: frozenset[str]
    granted: frozenset[str]
    subject: str
    words: frozenset[str]
    modal: bool

    @property
    def main(self) -> Fact:
        """What the premise is about: a finding rather than the image that shows it."""
        return next((f for f in self.premise if f.finding not in ACQUISITION), self.premise[0])

    @property
    def news(self) -> tuple[Fact, ...]:
        """What the truth says beyond the premise: its findings where it has any, else what it denies."""
        new = tuple(t for t in self.truth if clinical.entailment(self.premise, t, exhaustive=False) != "entailed")
        return tuple(t for t in new if t.presence == "present") or new or self.truth

    @property
    def name(self) -> str:
        """How the premised thing is called where an answer leaves it out."""
        return "image" if self.main.finding in ACQUISITION else self.main.finding

    @property
    def where(self) -> frozenset[str]:
        """Words of the premised side and place."""
        return frozenset(tokens(f"{self.main.side} {self.main.place}")) - {"zone", "of", "the"}

    @property
    def names(self) -> tuple[str, ...]:
        """What a pronoun may stand for, likeliest first."""
        own = f"the {self.name}"
        return (self.subject, own) if self.subject and self.subject != own else (own,)


@dataclass(frozen=True, slots=True)
class Content:
    """What the content of an answer says of a premise, all read together.

    Attributes:
        accepts: it entails the premise.
        denies: it contradicts the premise.
        hedges: it speaks of the premised thing, and calls it possible.
        truth: it states the truth.
        foreign: it speaks of another thing.
    """

    accepts: bool = False
    denies: bool = False
    hedges: bool = False
    truth: bool = False
    foreign: bool = False


@lru_cache(maxsize=16384)
def known(question: str, premise: str, truth: str, *, presupposed: bool, false: bool) -> Known | None:
    """The facts of a premise and its truth; None where they do not show how the two stand to each other."""
    said, true = tuple(clinical.read_facts(premise)), tuple(clinical.read_facts(without_lead(truth)))
    if not said or not true:
        return None
    outcomes = [clinical.entailment(true, f, exhaustive=False) for f in said]
    if "contradicted" not in outcomes if false else set(outcomes) != {"entailed"}:
        return None
    main = next((f for f in said if f.finding not in ACQUISITION), said[0])
    differing = {
        field
        for t in true
        if t.finding == main.finding and t.presence == main.presence
        for field in _FIELDS
        if getattr(t, field) != getattr(main, field)
    }
    same = frozenset(_FIELDS) - differing
    subject = _SUBJECT.match(question.lower()) or _SUBJECT.match(premise.lower())
    granted = frozenset(_FIELDS) if presupposed else same
    asked = tokens(rephrase(f"{question} {premise}"))
    stems = frozenset(stem(w) for w in asked if carries_content(w))
    return Known(said, true, same, granted, subject[1] if subject else "", stems, not lx.HEDGE.isdisjoint(asked))


def _filled(fact: Fact, main: Fact, fields: Iterable[str]) -> Fact:
    """A fact that takes over what it leaves out of ``fields``; a fact about another thing stays as it is."""
    if fact.finding != main.finding or fact.presence != "present":
        return fact
    taken = {f: getattr(main, f) for f in fields if getattr(fact, f) == _EMPTY[f]}
    return replace(fact, **taken)


def _spoken(assertion: Assertion, about: Known) -> str:
    """The text of an assertion with "the other side" and "the left one" spelled out."""
    text = _SIDED.sub(r"on the \1", on_the_other_side(assertion.text, about.main.side))
    if "lateral" in about.main.attributes:
        text = text.replace("frontal", "posteroanterior")
    text = of_spared(_ANAPHOR.sub(rf"\1 {about.name}", text), about.name, about.where)
    return healthy(_ONE.sub(rf"\1 {about.name}", text), about.main.finding)


def _complete(text: str, about: Known) -> list[Fact]:
    """The facts of an elliptic clause once the premised thing is put into it."""
    rest = without_subject(text)
    if not rest or (rest == text and rest.split()[0] in lx.FORWARD | lx.BACKWARD):
        return []
    negated = _IS_NOT.match(rest)
    if negated:
        rest = f"{negated[1]} {rest[negated.end() :]}"
    rest = _THEN_NOT.sub("", rest)
    holder = _HOLDER.sub(r"\1 side", rest)
    tries = [f"{name} is {link}{holder}." for name in about.names for link in ("", "in the ")]
    tries.append(f"{holder} {about.main.finding}.")
    if rest.split()[0] in _LINKS:
        tries = [f"{name} {rest}." for name in about.names]
    read = [[f for f in clinical.read_facts(t) if f.finding == about.main.finding] for t in tries]
    found = next((facts for facts in read if any(map(_says_more, facts))), [])
    if not found and about.subject and rest.split()[0] in _LINKS:
        found = read[0]
    return [replace(f, presence=_OPPOSITE[f.presence]) for f in found] if negated else found


def _says_more(fact: Fact) -> bool:
    return any(getattr(fact, f) != _EMPTY[f] for f in _FIELDS)


@dataclass(frozen=True, slots=True)
class _Part:
    """The facts of one assertion; those that it states in words of its own; and whether it speaks of another thing."""

    facts: list[Fact]
    stated: list[Fact]
    foreign: bool = False


def _of_assertion(assertion: Assertion, about: Known) -> _Part:
    spoken = _spoken(assertion, about)
    text = _CONTRAST.sub(" ", spoken).strip()
    if not text:
        return _Part([], [])
    elsewhere = _NOT_THERE.search(text)
    if elsewhere:
        text = text[: elsewhere.start()] + elsewhere[1] + text[elsewhere.end() :]
    own = _own(text, about.main)
    lacking = _qualities_denied(spoken, about.main)
    only_quality = not own and assertion.elliptic and bool(lacking)
    flips = assertion.denied != bool(elsewhere)
    bare = False
    if not own and not only_quality:
        own, bare = _elliptic(assertion, text, about)
    own = [_guarded(f, text) for f in own] if not bare and not flips else own
    if not flips:
        denied = {a for f in lacking for a in f.attributes}
        own = [replace(f, attributes=tuple(a for a in f.attributes if a not in denied)) for f in own]
        own += lacking + _set_against(spoken, about.main)
    if assertion.hedged and not about.modal:
        own, bare = [replace(f, presence="uncertain") for f in own], False
    elif flips:
        own = [replace(f, presence=_OPPOSITE[f.presence]) for f in own]
    foreign = not own and not assertion.elliptic and about.words.isdisjoint(map(stem, tokens(text)))
    return _Part(own, [] if bare else own, foreign)


def _own(text: str, main: Fact) -> list[Fact]:
    """The facts that a clause states, and those of its roundabout names where it names nothing that is asked about."""
    own = clinical.read_facts(text)
    if not any(f.finding == main.finding for f in own) and (told := named(text, main.finding)) != text:
        text, own = told, clinical.read_facts(told) or own
    return [_meant(f, text, main) for f in own]


def _qualities_denied(text: str, main: Fact) -> list[Fact]:
    """What a clause denies of the premised thing without denying the thing: "it is not large", "no marked one"."""
    if not main.attributes:
        return []
    found = [
        replace(main, presence="absent", attributes=(name,))
        for name, pattern in _UNENHANCED.items()
        if name in main.attributes and pattern.search(text)
    ]
    for m in _NOT_SO.finditer(text):
        told = clinical.read_facts(f"There is {m['word']} {main.finding}.")
        shared = {a for f in told if f.finding == main.finding for a in f.attributes} & set(main.attributes)
        if shared:
            found.append(replace(main, presence="absent", attributes=tuple(sorted(shared))))
    return found


def _set_against(text: str, main: Fact) -> list[Fact]:
    """What "rather than a nodule" denies."""
    m = _CONTRAST.search(text)
    if m is None:
        return []
    told = clinical.read_facts(f"There is {_CONTRAST_WORD.sub('', m[0]).strip()}.")
    return [replace(f, presence="absent") for f in told if f.finding == main.finding and f.presence == "present"]


def _guarded(fact: Fact, text: str) -> Fact:
    """A fact called present in a clause with a denial that the reader did not resolve is uncertain, never accepted."""
    if fact.presence != "present" or not fact.end or _UNRESOLVED.search(text) is None:
        return fact
    cuts = [0, *(m.start() for m in _CLAUSE_END.finditer(text)), len(text)]
    low = max(c for c in cuts if c <= fact.start)
    high = min(c for c in cuts if c >= min(fact.end, len(text)))
    return replace(fact, presence="uncertain") if _UNRESOLVED.search(text, low, high) else fact


def _elliptic(assertion: Assertion, text: str, about: Known) -> tuple[list[Fact], bool]:
    """The facts of a clause that names no finding, and whether it is a bare "it is not", which states nothing."""
    empty = "neg" if _ZERO.match(text) else ellipsis(text)
    if empty:
        presence = _EMPTY_SAYS[empty]
        bare = presence == "absent" and _NAMES_NOTHING.search(text) is None
        return [replace(about.main, presence=presence)], bare
    found = _complete(text, about) if assertion.elliptic else []
    if found and not about.modal and not lx.HEDGE.isdisjoint(tokens(rephrase(text))):
        return [replace(f, presence="uncertain") for f in found], False
    if not found and (m := _DOES_NOT.match(text)) and stem(m[1]) in about.words:
        return [replace(about.main, presence="absent")], False
    return found, False


def _meant(fact: Fact, text: str, main: Fact) -> Fact:
    """A fact about "a cyst" or "the mass" is one about the renal cyst or tumour that the question spoke of."""
    if fact.finding == main.finding or main.finding in ACQUISITION:
        return fact
    general = clinical.is_a(main.finding, fact.finding) and fact.finding not in _ANYTHING
    definite = fact.finding in _UMBRELLA and _DEFINITE.search(text[: fact.start])
    return replace(fact, finding=main.finding) if general or definite else fact


def _speaks_against(fact: Fact, main: Fact) -> bool:
    """Whether a fact says absent where the premise says present, or the reverse, whatever else the answer says."""
    if fact.presence == "uncertain" or fact.presence == main.presence:
        return False
    return clinical.entailment([fact], main, exhaustive=False) == "contradicted"


def _conflicts(fact: Fact, main: Fact, name: str) -> bool:
    """Whether a fact says otherwise of a quality of the premised thing: the rest of the answer then lacks it."""
    value = getattr(fact, name)
    if fact.finding != main.finding or value == _EMPTY[name] or getattr(main, name) == _EMPTY[name]:
        return False
    if fact.presence == "uncertain":
        return True
    if fact.presence == "absent":
        return bool(name == "attributes" and set(value) <= set(main.attributes))
    claim = replace(main, **{n: _EMPTY[n] for n in _FIELDS if n != name})
    return fact.presence == "present" and clinical.entailment([fact], claim, exhaustive=False) == "contradicted"


def read(said: Said, about: Known) -> Content:
    """Reads all assertions of an answer against a premise and its truth."""
    parts = [_of_assertion(a, about) for a in said.assertions]
    facts, stated = [f for p in parts for f in p.facts], [f for p in parts for f in p.stated]
    other = {name for name in _FIELDS for f in facts if _conflicts(f, about.main, name)}
    granted = [_filled(f, about.main, about.granted - other) for f in facts]
    shared = [_filled(f, about.main, about.missing) for f in stated]
    outcomes = [clinical.entailment(granted, p, exhaustive=False) for p in about.premise]
    names = {f.finding for f in (*about.premise, *about.truth)}
    return Content(
        accepts=clinical.entailment(granted, about.main, exhaustive=False) == "entailed",
        denies="contradicted" in outcomes or any(_speaks_against(f, about.main) for f in granted),
        hedges=any(f.presence == "uncertain" and f.finding in names for f in facts),
        truth=all(clinical.entailment(shared, t, exhaustive=False) == "entailed" for t in about.news),
        foreign=any(p.foreign for p in parts) or any(f.finding not in names for f in facts),
    )
