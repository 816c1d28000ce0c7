"""Is it borne out by the annotation's own words? What a model drafted is held against them where no lexicon knows.

The fact checker knows findings; a model says more of an image than findings. What is asserted of the image (the
answer's sentences, and what is asked where the answer is yes) must stand in one sentence of the annotation: its words
without their endings, or words that mean the same, and with the same negation. A statement of medicine at large may
bring words of its own. What cannot be shown so may be true: it is a doubt, which refuses where a build is strict.
Beside that the answer must answer what was asked. Items that rules make carry their own truth and pass.

Words and patterns are in ``words.toml``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import asked, claimed, of_findings, polar, stated, without_short
from auscult.construction.checks._ground import Ground, ground_of
from auscult.construction.checks._stance import alike, denied_premise
from auscult.construction.checks._wording import (
    DRAFTED,
    MANY,
    MEANING,
    asks_presence,
    bound,
    content,
    covered,
    denied,
    general,
    here,
    led,
    names_finding,
    opposites,
    places,
    put_right,
    reserve,
    rule,
    said_in,
    sentences,
    whom,
    words_table,
)
from auscult.construction.claims import DISTORTED, WRONG_ATTRIBUTE
from auscult.facts.lexicon import SWEEPING
from auscult.records import Case, Fact, Item

UNANSWERED = "the question asks for more than the yes or no of its answer"
NO_PLACE = "the question asks where, and the answer names no place"
BESIDE = "the answer does not give what the question asks for"
NOTHING_NEW = "the answer says nothing that its question does not say"
NOTHING = "the question asks about nothing that it names"
NAMELESS = "the question does not say of which finding it speaks"
AGAINST_ITSELF = "the answer contradicts its own yes or no"
SOMETHING_ELSE = "the answer denies something else than was asked"
UNSAID = "the annotation does not say it"
SCATTERED = "no sentence of the annotation says it"
TURNED = "the annotation says the contrary"
RESERVED = "the annotation says it with reserve"
PUT_RIGHT = "it puts a false premise right in words that are not the annotation's"
MOST = 0.8
"""Share of the words of what is asserted that one sentence of the annotation must hold."""
FEWEST = 2
"""Words that a sentence of the annotation must share with what is denied: of one alone the lexicon tells more."""
_OR_NOT = re.compile(r"\bor (?:not|no)\b.*", re.IGNORECASE)
_NOTHING = re.compile(r"^\W*(?:none|neither|nowhere|nothing)\s*[,.;:]\s+", re.IGNORECASE)
_HEAD = re.compile(r"\b(?:findings|impression|conclusion|caption)\s*:", re.IGNORECASE)


@dataclass(kw_only=True, eq=False)
class Words(Check):
    """Refuses drafted pairs whose answer does not answer, or says of the image what the annotation does not say."""

    name: ClassVar[str] = "words"
    version: ClassVar[str] = "6"
    doubts: ClassVar[frozenset[str]] = frozenset({UNSAID, SCATTERED, NAMELESS, BESIDE, PUT_RIGHT})
    _last: list[tuple[Case, Ground]] = field(default_factory=list, repr=False)

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.tags.get("tier") != DRAFTED or item.answer_type not in ("open", "yes_no"):
            return ""
        if found := _unanswered(item) or _against_itself(item.question, item.reference):
            return found
        if not case.annotation.strip():
            return ""
        if found := _denied_of(case.annotation, item):
            return f"{TURNED}: {found}"
        ground = self._ground(case)
        about = denied_premise(item, ground.truth)
        said = (
            _of_premise(_unborne(case, ground, said), said, about)
            for said in _assertions(item, said_in(case.annotation))
        )
        faults = sorted(filter(None, said), key=lambda fault: fault.partition(": ")[0] in self.doubts)
        return faults[0] if faults else ""

    def _ground(self, case: Case) -> Ground:
        if not self._last or self._last[0][0] is not case:
            self._last[:] = [(case, ground_of(case))]
        return self._last[0][1]


@dataclass(frozen=True, slots=True)
class _Said:
    """Something that is said of the image.

    Attributes:
        text: the words.
        claims: what they claim, as far as it is about findings.
        turned: it is said not to be so.
        hedged: it is said, or asked for, as what may be so.
    """

    text: str
    claims: tuple[Fact, ...]
    turned: bool = False
    hedged: bool = False


def _of_premise(fault: str, said: _Said, about: frozenset[str]) -> str:
    """A fault as a doubt where a plain denial of a premise goes on about what it denies, or names no other finding."""
    beside = [c for c in said.claims if not any(alike(c.finding, name) for name in about)]
    return fault if not about or beside else fault.replace(TURNED, PUT_RIGHT)


def _unanswered(item: Item) -> str:
    """Whether the answer is one to such a question."""
    question, answer = item.question.casefold().strip(), item.reference
    if rule("asked", "nothing").search(question) or rule("asked", "listed").search(f"{question} {answer}".casefold()):
        return f"{NOTHING}: {item.question}"
    if rule("asked", "nameless").search(question) and not names_finding(question):
        return f"{NAMELESS}: {item.question}"
    if not rule("asked", "more").search(question):
        return ""
    said, _ = led(answer)
    is_false = item.kind == "hallucination"
    if item.answer_type == "yes_no" or said in ("yes", "both") or (said == "no" and not is_false):
        return f"{UNANSWERED}: {answer}"
    given = [
        re.search(kind["answer"], answer.casefold())
        for kind in words_table()["asked"]["kinds"].values()
        if re.search(kind["question"], question)
    ]
    new = content(answer) - content(question)
    if not new and not denied(answer) and not any(given):
        return f"{NOTHING_NEW}: {answer}"
    if is_false and (denied(answer) or item.category == WRONG_ATTRIBUTE):
        return ""  # who puts a premise right owes nothing beside that
    if rule("asked", "where").search(question) and not _placed(item.question, answer) & places():
        return f"{NO_PLACE}: {answer}"
    return "" if all(given) else f"{BESIDE}: {answer}"


def _placed(question: str, answer: str) -> frozenset[str]:
    """What an answer adds to its question, in its first sentence and in those that speak of the same."""
    about, (first, *more) = content(question), sentences(answer) or [answer]
    told = [first, *(s for s in more if content(s) & about or rule("asked", "goes_on").search(s.casefold()))]
    return frozenset().union(*map(content, told)) - about


def _against_itself(question: str, answer: str) -> str:
    """Whether what follows yes or no is the contrary of it."""
    said, rest = led(answer)
    body = next(iter(sentences(rest)), "")
    if said == "both" and polar(question):
        return f"{AGAINST_ITSELF}: {answer}"
    if not said or not body or not polar(question):
        return ""
    body_of = claimed(question)
    about, told = content(body_of), content(body)
    turned = bool(denied(body)) != bool(denied(_OR_NOT.sub("", body_of)))
    for one, other in opposites():
        if said == "no" and turned and {one, other} <= about ^ told and about & told:
            return f"{SOMETHING_ELSE}: {answer}"
    same = told and about and (told <= about or about <= told)
    return f"{AGAINST_ITSELF}: {answer}" if same and turned != (said == "no") else ""


def _denied_of(annotation: str, item: Item) -> str:
    """The sentence of the annotation that says what a pair denies, or what its premise says that is taken for false."""
    said, body = led(item.reference)
    false = item.kind == "hallucination" and said != "yes" and denied(body)
    denied_ = [item.premise] if false and not _sentence(annotation, body) else []
    if said == "no" and polar(item.question):
        denied_.append(_OR_NOT.sub("", claimed(item.question)))
    return next((found for text in denied_ if (found := _sentence(annotation, text))), "")


def _sentence(annotation: str, text: str) -> str:
    """The sentence of an annotation that has all words of a text, denies them as it does, and reserves nothing."""
    asserted = content(text) - whom()
    if len(asserted) < (FEWEST if asked(text) else 1) or rule("denial", "compares").search(text.casefold()):
        return ""
    other = {b for pair in opposites() for a, b in (pair, pair[::-1]) if a in asserted}
    for sentence in sentences(_HEAD.sub(". ", annotation)):
        known = said_in(sentence)
        low = sentence.casefold()
        held = asserted <= known and not known & (reserve() | other)
        if not held or rule("general", "hedged").search(low) or rule("denial", "gone").search(low):
            continue
        start = rule("denial", "before").search(low)
        if start and asserted & said_in(low[: start.start()]) and asserted & said_in(low[start.start() :]):
            continue  # it denies a part of it
        if _denies(sentence, asserted) == _denies(text, asserted):
            return sentence
    return ""


def _assertions(item: Item, known: frozenset[str]) -> Iterator[_Said]:
    """What a pair says of the image."""
    said, body = led(item.reference)
    at_large = item.category in (DISTORTED, MEANING)
    asks = said and polar(item.question) and not (at_large and general(claimed(item.question), known, item.question))
    pure = said == "yes" or asks_presence(item.question)
    body = without_short(_NOTHING.sub("", put_right(item, body)))
    if asks and pure and (said == "yes" or not content(body)):
        yield _Said(_OR_NOT.sub("", claimed(item.question)), asked(item.question), said == "no")
    if at_large and (there := _named(item.question)):
        yield there
    for sentence in filter(content, here(item, body, known)):
        claims = of_findings(stated(sentence, item.question), item.question)
        asked_of = item.question if not polar(item.question) else ""
        hedged = rule("general", "hedged").search(f"{sentence} {asked_of}".casefold())
        yield _Said(sentence, tuple(claims), hedged=bool(hedged))


def _named(question: str) -> _Said | None:
    """What a question about the meaning of a finding takes for granted: that the finding is there."""
    claims = tuple(c for c in asked(question) if c.presence == "present")
    names = " ".join(c.finding for c in claims)
    return _Said(names, claims) if claims and rule("general", "pointed").search(question.casefold()) else None


def _unborne(case: Case, ground: Ground, said: _Said) -> str:
    """Why something is not borne out by the annotation; empty where it is."""
    truths = [ground.truth(claim) for claim in said.claims]
    if said.turned:  # it is enough that one of what is denied together is not so
        proven, contrary = "false" in truths, bool(truths) and all(truth == "true" for truth in truths)
    else:
        proven, contrary = bool(truths) and all(truth == "true" for truth in truths), "false" in truths
    if contrary:
        return f"{TURNED}: {said.text}"
    if found := not said.turned and _not_normal(case.annotation, ground, said, proven):
        return f"{TURNED}: {found}"
    if found := _suspected(case.annotation, said):
        return f"{RESERVED}: {found}"
    known = said_in(case.annotation)
    if proven:
        denied = said.turned or all(claim.presence == "absent" for claim in said.claims)
        known = known | covered(said.text, denied)
    missing = sorted(content(said.text) - known)
    if missing:
        return f"{UNSAID}: {', '.join(missing)}"
    return _clause(case.annotation, said, proven)


def _not_normal(annotation: str, ground: Ground, said: _Said, proven: bool) -> str:
    """A finding that is called normal, or what the annotation finds in an organ that it does not call normal itself."""
    if denied(said.text) or not rule("normal", "called").search(said.text.casefold()):
        return ""
    of_findings = all(claim.presence == "present" and claim.finding not in SWEEPING for claim in said.claims)
    if said.claims and of_findings and rule("normal", "finding").search(said.text.casefold()):
        return said.claims[0].finding
    if (
        proven
        or not said.claims
        or any(claim.presence != "absent" for claim in said.claims)
        or _sentence(annotation, said.text)
    ):
        return ""
    return next((name for claim in said.claims for name in ground.found_beside(claim)), "")


def _suspected(annotation: str, said: _Said) -> str:
    """The sentence of the annotation that only suspects what is said for certain; empty where one is sure, or none."""
    low = said.text.casefold()
    if said.turned or said.hedged or denied(said.text) or rule("suspicion", "reserved").search(low):
        return ""
    for line in words_table()["suspicion"]["lines"]:
        named = [s for s in sentences(_HEAD.sub(". ", annotation)) if re.search(line, s.casefold())]
        if re.search(line, low) and named and all(rule("suspicion", "reserved").search(s.casefold()) for s in named):
            return named[0]
    return ""


def _clause(annotation: str, said: _Said, proven: bool) -> str:
    """Whether a sentence of the annotation has these words, and denies them as they are denied."""
    asserted = content(said.text)
    if not asserted:
        return ""
    denied = _denies(said.text, asserted) != said.turned
    tied = asserted & bound()
    held = [
        (len(asserted & known) / len(asserted), sentence)
        for sentence in sentences(_HEAD.sub(". ", annotation))
        if tied <= (known := said_in(sentence))
    ]
    most = max((share for share, _ in held), default=0.0)
    best = [sentence for share, sentence in held if share == most] if most >= MOST else []
    if not denied and not said.hedged and best and all((said_in(s) - asserted) & reserve() for s in best):
        return f"{RESERVED}: {best[0]}"
    if not best:
        return "" if proven else f"{SCATTERED}: {said.text}"
    certain = proven and (most < 1 or not any(claim.finding in SWEEPING for claim in said.claims))
    agree = certain or any(_denies(s, asserted) == denied for s in best)
    return "" if agree else f"{TURNED}: {said.text}"


@lru_cache(maxsize=MANY)
def _denies(sentence: str, about: frozenset[str]) -> bool:
    """Whether a sentence denies most of some words: those after "no", or all where it says "not"."""
    low = sentence.casefold()
    if whole := rule("denial", "whole").search(low):
        clause = low[low.rfind(",", 0, whole.start()) + 1 :].partition(",")[0]
        if 2 * len(about & said_in(clause)) >= len(about & said_in(low)):
            return True
    start = rule("denial", "before").search(low)
    if start is None:
        return False
    before, after = len(about & said_in(low[: start.start()])), len(about & said_in(low[start.start() :]))
    return after > before


CHECK = Words
