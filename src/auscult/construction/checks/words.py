"""Is it borne out by the annotation's own words? What a model drafted is held against them where no lexicon knows.

The fact checker knows findings; a model says more of an image than findings. What is asserted of the image (the
answer's sentences, and what is asked where the answer is yes) must stand in one sentence of the annotation: its words
without their endings, or words that mean the same, and with the same negation. A statement of medicine at large may
bring words of its own. What cannot be shown so may be true: it is a doubt, for checker models to settle; where there
are none it is refused, since nobody would find out that it is not true. Beside that the answer must answer what was
asked. Items that rules make carry their own truth and pass.

Words and patterns are in ``words.toml``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, ClassVar

from auscult.construction.checks import Check
from auscult.construction.checks._claims import asked, claimed, polar, stated
from auscult.construction.checks._ground import Ground, ground_of
from auscult.construction.checks.knowledge import told
from auscult.construction.claims import DISTORTED
from auscult.facts.lexicon import lexicon
from auscult.facts.reply import stem
from auscult.facts.reply import words as spoken
from auscult.facts.tokens import words as tokens
from auscult.records import Case, Fact, Item
from auscult.store.files import shipped_table

DRAFTED, MEANING = "drafted", "clinical meaning"
UNANSWERED = "the question asks for more than the yes or no of its answer"
NO_PLACE = "the question asks where, and the answer names no place"
BESIDE = "the answer does not give what the question asks for"
NOTHING_NEW = "the answer says nothing that its question does not say"
NAMELESS = "the question does not say of which finding it speaks"
AGAINST_ITSELF = "the answer contradicts its own yes or no"
SOMETHING_ELSE = "the answer denies something else than was asked"
UNSAID = "the annotation does not say it"
SCATTERED = "no sentence of the annotation says it"
TURNED = "the annotation says the contrary"
RESERVED = "the annotation says it with reserve"
MOST = 0.8
"""Share of the words of what is asserted that one sentence of the annotation must hold."""
_MANY = 131_072
_SENTENCE = re.compile(r"(?<=[a-z)])[.;!?]+(?:\s+|$)|\n+|;\s*|,? (?=but |however |although |though )", re.IGNORECASE)
_OR_NOT = re.compile(r"\bor (?:not|no)\b.*", re.IGNORECASE)
_HEAD = re.compile(r"\b(?:findings|impression|conclusion|caption)\s*:", re.IGNORECASE)


@dataclass(kw_only=True, eq=False)
class Words(Check):
    """Refuses drafted pairs whose answer does not answer, or says of the image what the annotation does not say."""

    name: ClassVar[str] = "words"
    version: ClassVar[str] = "2"
    doubts: ClassVar[frozenset[str]] = frozenset({UNSAID, SCATTERED})
    _last: list[tuple[Case, Ground]] = field(default_factory=list, repr=False)

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.tags.get("tier") != DRAFTED or item.answer_type not in ("open", "yes_no"):
            return ""
        if found := _unanswered(item) or _against_itself(item.question, item.reference):
            return found
        if not case.annotation.strip():
            return ""
        ground = self._ground(case)
        said = (_unborne(case, ground, said) for said in _assertions(item, _known(case.annotation)))
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
    """

    text: str
    claims: tuple[Fact, ...]
    turned: bool = False


def _unanswered(item: Item) -> str:
    """Whether the answer is one to such a question."""
    question, answer = item.question.casefold().strip(), item.reference
    if _rule("asked", "nameless").search(question) and not _names_finding(question):
        return f"{NAMELESS}: {item.question}"
    if not _rule("asked", "more").search(question):
        return ""
    said, _ = _led(answer)
    is_false = item.kind == "hallucination"
    if item.answer_type == "yes_no" or said in ("yes", "both") or (said == "no" and not is_false):
        return f"{UNANSWERED}: {answer}"
    new = content(answer) - content(question)
    if not new and not _denied(answer):
        return f"{NOTHING_NEW}: {answer}"
    if is_false and _denied(answer):
        return ""
    if _rule("asked", "where").search(question) and not new & _places():
        return f"{NO_PLACE}: {answer}"
    kinds = _table()["asked"]["kinds"].values()
    lacking = any(re.search(k["question"], question) and not re.search(k["answer"], answer.casefold()) for k in kinds)
    return f"{BESIDE}: {answer}" if lacking else ""


def _against_itself(question: str, answer: str) -> str:
    """Whether what follows yes or no is the contrary of it."""
    said, rest = _led(answer)
    body = next(iter(_sentences(rest)), "")
    if said == "both" and polar(question):
        return f"{AGAINST_ITSELF}: {answer}"
    if not said or not body or not polar(question):
        return ""
    body_of = claimed(question)
    about, told = content(body_of), content(body)
    turned = bool(_denied(body)) != bool(_denied(_OR_NOT.sub("", body_of)))
    for one, other in _opposites():
        if said == "no" and turned and {one, other} <= about ^ told and about & told:
            return f"{SOMETHING_ELSE}: {answer}"
    same = told and about and (told <= about or about <= told)
    return f"{AGAINST_ITSELF}: {answer}" if same and turned != (said == "no") else ""


def _assertions(item: Item, known: frozenset[str]) -> Iterator[_Said]:
    """What a pair says of the image."""
    said, body = _led(item.reference)
    at_large = item.category in (DISTORTED, MEANING)
    asks = said and polar(item.question) and not (at_large and _general(claimed(item.question), known, item.question))
    if asks and (said == "yes" or not content(body)):
        yield _Said(_OR_NOT.sub("", claimed(item.question)), asked(item.question), said == "no")
    if at_large and (there := _named(item.question)):
        yield there
    for sentence in _sentences(body):
        if content(sentence) and not (at_large and _general(sentence, known)):
            yield _Said(sentence, stated(sentence, item.question))


def _named(question: str) -> _Said | None:
    """What a question about the meaning of a finding takes for granted: that the finding is there."""
    claims = tuple(c for c in asked(question) if c.presence == "present")
    names = " ".join(c.finding for c in claims)
    return _Said(names, claims) if claims and _rule("general", "pointed").search(question.casefold()) else None


def _unborne(case: Case, ground: Ground, said: _Said) -> str:
    """Why something is not borne out by the annotation; empty where it is."""
    truths = [ground.truth(claim) for claim in said.claims]
    wanted = "false" if said.turned else "true"
    proven = bool(truths) and all(truth == wanted for truth in truths)
    if truths and not proven and ("true" if said.turned else "false") in truths:
        return f"{TURNED}: {said.text}"
    known = _known(case.annotation)
    if proven:
        denied = said.turned or all(claim.presence == "absent" for claim in said.claims)
        known = known | _covered(said.text, denied)
    missing = sorted(content(said.text) - known)
    if missing:
        return f"{UNSAID}: {', '.join(missing)}"
    return _clause(case.annotation, said, proven)


def _clause(annotation: str, said: _Said, proven: bool) -> str:
    """Whether a sentence of the annotation has these words, and denies them as they are denied."""
    asserted = content(said.text)
    if not asserted:
        return ""
    denied = _denies(said.text, asserted) != said.turned
    bound = asserted & _bound()
    held = [
        (len(asserted & known) / len(asserted), sentence)
        for sentence in _sentences(_HEAD.sub(". ", annotation))
        if bound <= (known := _known(sentence))
    ]
    most = max((share for share, _ in held), default=0.0)
    best = [sentence for share, sentence in held if share == most] if most >= MOST else []
    if not denied and best and all((_known(s) - asserted) & _reserve() for s in best):
        return f"{RESERVED}: {best[0]}"
    if not best:
        return "" if proven else f"{SCATTERED}: {said.text}"
    agree = any(_denies(s, asserted) == denied for s in best) or (proven and most < 1)
    return "" if agree else f"{TURNED}: {said.text}"


@lru_cache(maxsize=_MANY)
def _denies(sentence: str, about: frozenset[str]) -> bool:
    """Whether a sentence denies most of some words: those after "no", or all where it says "not"."""
    low = sentence.casefold()
    if _rule("denial", "whole").search(low):
        return True
    start = _rule("denial", "before").search(low)
    if start is None:
        return False
    before, after = len(about & _known(low[: start.start()])), len(about & _known(low[start.start() :]))
    return after > before


@lru_cache(maxsize=_MANY)
def _led(answer: str) -> tuple[str, str]:
    """Yes, no, both or none with which an answer begins, and the rest of it: "No effusion is seen" begins with none."""
    found = _rule("answer", "lead").match(answer.casefold())
    if not found:
        return "", answer
    said = "both" if found["both"] else "yes" if found["yes"] else "no"
    return said, _rule("answer", "affirms").sub("", answer[found.end() :].strip())


def _denied(text: str) -> re.Match[str] | None:
    low = _led(text)[1].casefold()
    return _rule("denial", "whole").search(low) or _rule("denial", "before").search(low)


def _general(sentence: str, known: frozenset[str], asking: str = "") -> bool:
    """Whether a sentence is one of medicine at large, and not about the image whose annotation has some words."""
    low = sentence.casefold()
    if _rule("general", "here").search(low):
        return False
    if _rule("general", "phrases").search(asking.casefold() or low) or told(sentence) is not None:
        return True
    foreign = content(sentence) - known
    return not _rule("general", "definite").search(low) and 2 * len(foreign) > len(content(sentence))


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


@lru_cache(maxsize=_MANY)
def content(text: str) -> frozenset[str]:
    """The words of a text that claim something, without their endings."""
    frame = _frame()
    found = {w for w in spoken(_rule("answer", "study").sub(" ", text.casefold())) if not {w, _short(w)} & frame}
    if _names_finding(" ".join(found)):
        found -= set(_table()["seen"])
    return frozenset(_short(w) for w in found)


@lru_cache(maxsize=_MANY)
def _known(text: str) -> frozenset[str]:
    """All words that a text says, also by words that mean the same."""
    said = {_short(w) for w in spoken(text)}
    for line in _lines("holds"):
        if line[0] in said:
            said.update(line[1:])
    for line in _lines("same"):
        if said & set(line):
            said.update(line)
    return frozenset(said)


@lru_cache(maxsize=_MANY)
def _covered(text: str, places: bool) -> frozenset[str]:
    """The words of a text that the lexicon of findings reads: names and what they are called; places too, if wanted."""
    norms, starts, ends = tokens(text)
    read = [
        text[starts[low] : ends[high - 1]]
        for low, high, roles in lexicon().trie.find(norms)
        if roles.speaks or (places if roles.side or roles.place else roles.organ or roles.attributes)
    ]
    return frozenset(_short(word) for part in read for word in spoken(part))


@lru_cache(maxsize=_MANY)
def _names_finding(text: str) -> bool:
    return any(roles.finding for _, _, roles in lexicon().trie.find(tokens(text).norms))


def _short(word: str) -> str:
    return stem(word) if len(word) > 4 else word if word.endswith("ss") else word.removesuffix("s")


@cache
def _table() -> dict[str, Any]:
    return shipped_table("construction/checks/words.toml")


@cache
def _frame() -> frozenset[str]:
    return frozenset(_table()["frame"].split())


@cache
def _places() -> frozenset[str]:
    return frozenset(_short(w) for w in _table()["places"].split())


@cache
def _lines(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_short(w) for w in line.split()) for line in _table()[name])


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in _lines("opposites"))


@cache
def _bound() -> frozenset[str]:
    """Words that belong to what they stand beside: a side of one finding is none of another."""
    return frozenset(word for pair in _opposites() for word in pair)


@cache
def _reserve() -> frozenset[str]:
    return frozenset(map(_short, _table()["reserve"]))


@cache
def _rule(table: str, name: str) -> re.Pattern[str]:
    return re.compile(_table()[table][name])


CHECK = Words
