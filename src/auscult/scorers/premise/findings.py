"""Premises about a finding: the facts of an answer, what they leave out put back, against premise and truth."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from auscult import facts as clinical
from auscult.facts.phrasebook import phrasebook
from auscult.records import Fact, Item
from auscult.scorers.premise import ellipsis
from auscult.scorers.premise.evidence import Evidence
from auscult.scorers.premise.sentences import Sentence, passage_of, without_lead

ACQUISITION = frozenset({"modality", "view"})
_FIELDS = ("side", "place", "attributes", "size_mm", "comparison")
_EMPTY: dict[str, Any] = {"side": "", "place": "", "attributes": (), "size_mm": None, "comparison": ""}
_SUBJECT = re.compile(r"^((?:the|this|his|her) [\w -]+?) (?:is|are|was|lies|measures|has|does|appears)(?:n't)?\b")
_STATES = re.compile(r"\b(?:no|none|nothing|absent|neither|seen|visible|present|found|detected|identified|there)\b")


@dataclass(frozen=True, slots=True)
class Claim:
    """A premise and the truth as facts.

    Attributes:
        premise: what the question takes for granted.
        truth: what is so.
        same: qualifiers in which the two do not differ: an answer may leave them out.
        granted: qualifiers that an answer about the premised thing takes over: all of a presupposition's.
        subject: what the question says something of ("the heart"), or empty.
        question: of the item; it tells which organ a bare "mass" lies in.
        modal: whether a possibility is asked, which a hedge then answers.
    """

    premise: tuple[Fact, ...]
    truth: tuple[Fact, ...]
    same: frozenset[str]
    granted: frozenset[str]
    subject: str
    question: str
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
    def names(self) -> list[str]:
        """What a pronoun may stand for, likeliest first."""
        own = f"the {self.name}"
        return [self.subject, own] if self.subject and self.subject != own else [own]


@lru_cache(maxsize=4096)
def _claim(question: str, premise: str, truth: str, presupposed: bool, false: bool) -> Claim | None:
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
    modal = _possibility(f"{question} {premise}")
    granted = frozenset(_FIELDS) if presupposed else same
    return Claim(said, true, same, granted, subject[1] if subject else "", question, modal)


@lru_cache(maxsize=4096)
def _possibility(text: str) -> bool:
    return any("maybe" in k for _, _, k in phrasebook("stances").find(passage_of(text).tokens.norms))


def asks_possibility(item: Item) -> bool:
    """Whether a possibility is asked, which a hedge then answers."""
    return _possibility(f"{item.question} {item.premise}")


def claim(item: Item) -> Claim | None:
    """The facts of a premise and its truth; None where they do not show how the two stand to each other."""
    presupposed, false = item.premise_form == "presupposition", item.kind == "hallucination"
    return _claim(item.question, item.premise, item.reference, presupposed, false)


def _filled_in(text: str, about: Claim) -> list[Fact]:
    """The facts of a sentence that leaves out what it speaks of, once the premised thing is put into it."""
    main = about.main
    told = [
        [f for f in _facts(t, about) if f.finding == main.finding]
        for t in ellipsis.filled_in(text, about.names, about.question)
    ]
    found = next((facts for facts in told if any(_says_more(f) or f.presence != "present" for f in facts)), [])
    if told and told[0] and len(about.names) > 1:
        found = told[0]  # a subject of its own: "the heart is enlarged"
    if not found and ellipsis.denies_verb(text, about.question):
        return [replace(main, presence="absent")]
    return [replace(f, presence="uncertain") for f in found] if ellipsis.doubtful(text) else found


def _says_more(fact: Fact) -> bool:
    return any(getattr(fact, f) != _EMPTY[f] for f in _FIELDS)


@lru_cache(maxsize=64)
def _told(text: str, question: str) -> tuple[Fact, ...]:
    return tuple(clinical.read_facts(text, question))


def _facts(text: str, about: Claim) -> list[Fact]:
    """The facts of a sentence that names what it speaks of, and the qualities that it denies of the premised thing."""
    main = about.main
    found = [_meant(f, main) for f in _told(text, about.question)]
    if any(f.finding == main.finding and f.presence == "absent" for f in found):
        return found
    denied = list(_qualities_denied(text, main))
    lacking = {a for f in denied for a in f.attributes}
    return [replace(f, attributes=tuple(a for a in f.attributes if a not in lacking)) for f in found] + denied


def _meant(fact: Fact, main: Fact) -> Fact:
    """A fact about "a cyst" or "the mass" is one about the renal cyst or tumour that the question spoke of."""
    if fact.finding == main.finding or main.finding in ACQUISITION:
        return fact
    general = clinical.is_a(main.finding, fact.finding) and fact.presence != "absent"
    return replace(fact, finding=main.finding) if general else fact


def _qualities_denied(text: str, main: Fact) -> Iterator[Fact]:
    """What a sentence denies of the premised thing without denying the thing: "it is not large"."""
    if not main.attributes:
        return
    for sentence in passage_of(text).statements(lambda _: False):
        for statement in sentence:
            for hit in statement.hits:
                shared = set(hit.roles.attributes) & set(main.attributes)
                if shared and statement.says(hit.start) == "absent":
                    yield replace(main, presence="absent", attributes=tuple(sorted(shared)), start=0, end=0)


def _taken_over(fact: Fact, main: Fact, fields: Iterable[str]) -> Fact:
    """A fact that takes over what it leaves out of ``fields``; a fact about another thing stays as it is."""
    if fact.finding != main.finding or fact.presence != "present":
        return fact
    return replace(fact, **{f: getattr(main, f) for f in fields if getattr(fact, f) == _EMPTY[f]})


def _conflicts(fact: Fact, main: Fact, name: str) -> bool:
    """Whether a fact says otherwise of a quality of the premised thing: the rest of the answer then lacks it."""
    value = getattr(fact, name)
    if fact.finding != main.finding or value == _EMPTY[name] or getattr(main, name) == _EMPTY[name]:
        return False
    if fact.presence == "uncertain":
        return True
    if fact.presence == "absent":
        return bool(set(value) <= set(main.attributes) if name == "attributes" else value == getattr(main, name))
    wanted = replace(main, **{n: _EMPTY[n] for n in _FIELDS if n != name})
    return clinical.entailment([fact], wanted, exhaustive=False) == "contradicted"


def _against(fact: Fact, main: Fact) -> bool:
    """Whether a fact says absent where the premise says present, or the reverse, whatever else the answer says."""
    if fact.presence in ("uncertain", main.presence):
        return False
    return clinical.entailment([fact], main, exhaustive=False) == "contradicted"


def _of_sentence(sentence: Sentence, about: Claim) -> tuple[list[Fact], bool]:
    """The facts of one sentence, and whether it states them: a bare "it is not" does not."""
    main = about.main
    text = ellipsis.spelled_out(sentence.text, about.name, main.side)
    if sentence.general or not text.strip(" .,"):
        return [], False

    def of_main(facts: Sequence[Fact]) -> bool:
        return any(f.finding == main.finding for f in facts)

    own, stated = _facts(text, about), True
    if not of_main(_told(text, about.question)):
        renamed = ellipsis.renamed(text, main.finding, about.name)
        own = _facts(renamed, about) if renamed != text else own
    if not of_main(own):
        nothing = not own and ellipsis.nothing_there(text, main.side)
        if presence := "absent" if nothing else ellipsis.bare(text):
            own, stated = [replace(main, presence=presence)], presence != "absent" or bool(_STATES.search(text))
        else:
            own = own or _filled_in(text, about)
            if not of_main(own) and ellipsis.spares(text, main.side, main.place):
                own = [*own, replace(main, presence="absent", attributes=())]
    if sentence.doubted:
        own = [replace(f, presence="uncertain") for f in own]
    if about.modal:
        own = [replace(f, presence="present") if f.presence == "uncertain" else f for f in own]
    return own, stated


def read(sentences: Sequence[Sentence], about: Claim) -> Evidence:
    """What the facts of an answer say of a premise."""
    main = about.main
    names = {f.finding for f in (*about.premise, *about.truth)}
    facts: list[Fact] = []
    shared: list[Fact] = []
    hedges = False
    for sentence in sentences:
        own, stated = _of_sentence(sentence, about)
        if any(f.finding in names for f in own):  # what is said last stands over an earlier doubt
            hedges = any(f.finding in names and f.presence == "uncertain" for f in own)
        facts += own
        shared += [_taken_over(f, main, about.same) for f in own] if stated else []
    if any(f.finding == main.finding and f.presence == main.presence for f in facts):
        facts = [f for f in facts if f.finding == main.finding or not clinical.is_a(main.finding, f.finding)]
    other = {name for name in _FIELDS for f in facts if _conflicts(f, main, name)}
    granted = [_taken_over(f, main, about.granted - other) for f in facts]
    outcomes = [clinical.entailment(granted, p, exhaustive=False) for p in about.premise]
    return Evidence(
        accepts=clinical.entailment(granted, main, exhaustive=False) == "entailed",
        denies="contradicted" in outcomes or any(_against(f, main) for f in granted),
        truth=all(clinical.entailment(shared, t, exhaustive=False) == "entailed" for t in about.news),
        hedges=hedges,
    )
