"""A yes/no question taken apart, and what one clause says of what it asks.

The rule follows entailment. A clause that asserts at least what is asked says yes; a clause that denies at most what is
asked says no: "no pleural effusion" answers "Is there a left pleural effusion?", but a denial narrowed by side, size or
level ("no left effusion") does not answer "Is there an effusion?". What a clause denies or doubts is read by
``facts.statements``; nothing here knows medicine beyond a short list of words that exclude each other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.facts import is_a, read_facts
from auscult.facts.asking import parted
from auscult.facts.lexicon import Roles
from auscult.facts.statements import Passage, Statement
from auscult.facts.vocabulary import ABNORMAL, NORMAL, vocabulary
from auscult.records import Fact

Says = Literal["yes", "no", "hedge", "perhaps", "open", "weak", ""]

_NEGATED_START = re.compile(r"^((?:is|are|was|were|do|does|did|can|has|have) ?n't|(?:is|are|was|were) there not)\b")
_SLASHED_START = re.compile(r"^(\w+)/are\b")
_ON_IMAGE = re.compile(
    r"(?<=\w) (?:on|in|from|by) (?:(?:the|this|these|that|an?) )?(?:[a-z-]+ ){0,3}?"
    r"(?:x[- ]?rays?|ct|mri|mr|scans?|images?|radiographs?|films?|pictures?|ultrasound|stud(?:y|ies)|slides?|photos?)$"
)
_ASIDE = re.compile(r"\s\([^()]*\)")
_ASKING = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could) (?:there |you see |this image show |this )?"
)
_TRUE_THAT = re.compile(r"^is it (?:true|correct|accurate|right|fair|the case)(?: to say)? that ")
_OF_IMAGE = re.compile(
    r"^(\w+) (?:the|this|these) (?:[a-z-]+ )?(?:x[- ]?rays?|ct|mri|mr|ultrasound)"
    r"(?: (?:scans?|images?|films?|stud(?:y|ies)))? "
    r"(?=show|suggest|indicat|reveal|demonstrat|display|depict|contain|provid)"
)
_PREPOSITIONS = frozenset(
    ["in", "of", "on", "at", "within", "from", "to", "near", "under", "around", "behind", "inside", "into", "over"]
    + ["along", "adjacent", "beside", "after", "before", "during", "between", "through", "without"]
)
_TRANSITIVE = frozenset(
    ["show", "depict", "demonstrate", "reveal", "contain", "display", "exhibit", "suggest", "indicate", "provide"]
    + ["represent", "support", "confirm", "imply", "have", "has", "report", "mention", "include"]
)
_WHERE = _PREPOSITIONS - {"to", "without", "from"}
_ASKS_EXISTENCE = frozenset(["any", "notice", "evidence"])
_ENDING = frozenset([",", "and", "or", "because", "since", "as", "which", "due"])
_JOINTS = frozenset(["and", "but", "or", "so", "as", "the", "a", "an"])
_COMPARING = frozenset(["than", "compared"])
_OF = frozenset(
    ["evidence", "sign", "indication", "presence", "suggestion", "finding", "feature", "history", "mention"]
)
_RELATIVE = frozenset(["that", "which", "as", "one"])
_WRONG_TO_SAY = re.compile(
    r"\bwould be (?:\w+ly )?(?:wrong|incorrect|a mistake|an error|inaccurate|misleading|false)\b"
)
_SIGNS = frozenset("<>\u2264\u2265")


@dataclass(frozen=True, slots=True)
class Question:
    """A yes/no question, taken apart once.

    Attributes:
        content: stems that carry its content.
        around: those of them that only say where: what an image shows is shown there.
        key: the stem that an answer must speak of: what is said to exist, or the predicate.
        absent: stems that the question itself denies: "Is it absent?", "Is there no effusion?".
        modal: asks for a possibility ("Could this be ...?"): a hedge then answers it.
        quantity: quantity words, signs and numbers, which an answer must repeat.
        joined: asks of several things at once: "Are the liver and the spleen enlarged?".
        asked: stems of its content and those that its key excludes.
        claim: the one finding that it asks about, where the lexicon knows it.
        norms: its tokens.
        prompt: tokens of all that was put, to recognise an echo.
    """

    content: frozenset[str]
    around: frozenset[str]
    key: str
    absent: frozenset[str]
    modal: bool
    quantity: frozenset[str]
    joined: bool
    asked: frozenset[str]
    claim: Fact | None
    norms: tuple[str, ...]
    prompt: tuple[str, ...]

    def asks_for(self, word: str) -> bool:
        """Whether a word in normal form, or what it excludes or is excluded by, belongs to what is asked."""
        return concept(word) in self.asked


@lru_cache(maxsize=65536)
def concept(word: str) -> str:
    """The stem that stands for a word in normal form."""
    return vocabulary().concept(word)


@lru_cache(maxsize=65536)
def carries_content(word: str) -> bool:
    """Whether a word in normal form says something beyond grammar, presence and probability."""
    return (word[0].isalnum() or word in _SIGNS) and word not in vocabulary().empty


@lru_cache(maxsize=16384)
def analyse(question: str) -> Question:
    """Takes a question apart. Pure, and remembered: a data set asks few distinct questions."""
    text = _ASIDE.sub("", parted(question).question.lower()).strip(" .?\n")
    text = _OF_IMAGE.sub(r"\1 this image ", _ON_IMAGE.sub("", _TRUE_THAT.sub("", text)))
    text = _NEGATED_START.sub("is there", _SLASHED_START.sub(r"\1", text))
    passage = Passage(text)
    norms = passage.tokens.norms
    joined = "and" in norms
    places = [n for n, norm in enumerate(norms) if carries_content(norm) and not (joined and norm == "both")]
    content = frozenset(concept(norms[n]) for n in places)
    head = _head(norms, places) if places else []
    health = [n for n in places if concept(norms[n]) in (NORMAL, ABNORMAL)]
    key = concept(norms[(health or head)[-1]]) if head else ""
    absent, modal = dict[str, bool](), False
    for sentence in passage.statements(lambda word: concept(word) in content):
        for part in sentence:
            modal = modal or part.has("doubt_before", "doubt_after")
            for n in range(part.first, part.end):
                word = concept(norms[n])
                if word in content and (word not in absent or word == key):
                    absent[word] = part.says(n) == "absent"
    return Question(
        content=content,
        around=content - {concept(norms[n]) for n in head},
        key=key,
        asked=content | vocabulary().rivals.get(key, frozenset()),
        absent=frozenset(word for word, denied in absent.items() if denied),
        modal=modal,
        quantity=frozenset(c for c in content if c in vocabulary().quantity or c[0].isdigit() or c in _SIGNS),
        joined=joined,
        claim=_claim(text),
        norms=_spoken(norms),
        prompt=_spoken(Passage(question).tokens.norms),
    )


def _spoken(norms: Iterable[str]) -> tuple[str, ...]:
    """Tokens without punctuation."""
    return tuple(n for n in norms if n[0].isalnum())


def _claim(question: str) -> Fact | None:
    """What a question asks, as the one fact that its words state; None where they state several, none, or more."""
    text = _ASKING.sub("", question)
    found = read_facts(text)
    if len(found) != 1 or found[0].presence == "uncertain":
        return None
    passage = Passage(text)
    tokens, told = passage.tokens, set[int]()
    for part in next(passage.statements(lambda word: False), []):
        told |= {n for h in part.hits if _describes(h.roles) for n in range(h.start, h.end)}
    told |= {n for n, start in enumerate(tokens.starts) if found[0].start <= start < found[0].end}
    untold = [n for n, norm in enumerate(tokens.norms) if carries_content(norm) and n not in told]
    return None if untold else found[0]


def _describes(roles: Roles) -> bool:
    return bool(roles.side or roles.place or roles.attributes or roles.organ or roles.comparison or roles.acquisition)


def _head(norms: Sequence[str], places: Sequence[int]) -> Sequence[int]:
    """Tokens of what is said to be there, or of all that is said where nothing is; the last is its noun."""
    last = len(norms) - 1
    verbs = [
        n
        for n, norm in enumerate(norms)
        if norm in _TRANSITIVE and 0 < n < places[-1] and norms[n + 1] not in ("been", "had")
    ]
    if verbs:
        places = [n for n in places if n > verbs[-1]]
    elif not (
        norms[0] in _ASKS_EXISTENCE
        or norms[0] == "there"
        or norms[1:2] in (["there"], ["a"], ["an"], ["any"])
        or any(norm in vocabulary().presence and (n == last or norms[n + 1] in _WHERE) for n, norm in enumerate(norms))
    ):
        return places
    ends = [n for n, norm in enumerate(norms) if norm in _PREPOSITIONS and n > places[0] and norms[n - 1] not in _OF]
    return [n for n in places if n < (ends[0] if ends else last + 1)]


def clause_says(part: Statement, question: Question) -> tuple[Says, bool]:
    """What a clause says of the proposition that is asked.

    Returns:
        ``yes`` or ``no``; ``hedge``: it calls it possible; ``perhaps``: it doubts, and names nothing; ``open``: it
        speaks of what would be; ``weak``: it speaks of it without deciding it; empty: it speaks of something else. And
        whether it repeats all that is asked, so that it can stand against a leading yes or no.
    """
    lexis = vocabulary()
    norms = part.norms
    stems = {n: concept(norms[n]) for n in range(part.first, part.end) if carries_content(norms[n])}
    if not _COMPARING.isdisjoint(part.words):
        stems = {n: s for n, s in stems.items() if s != NORMAL or not _compared(norms, n)}
    said = frozenset(stems.values())
    if part.general or _hypothetical(
        part, max((n for n, s in stems.items() if s in question.content), default=part.end)
    ):
        if question.key in said and not question.absent and _sign_missing(part):
            return "no", False
        return "open" if question.key in said else "", False
    if not said or (said <= lexis.modifier and not said & question.content and not _rivals(said, question.key)):
        says = _elliptic(part, question)
        return says, says in ("yes", "no") and not vocabulary().presence.isdisjoint(part.words)
    key = question.key
    if key not in said:
        return _opposite(part, stems, question), False
    missing = question.content - said
    extra = said - question.content
    if _rivals(extra, *missing):
        degree = any(lexis.degrees.get(e, frozenset()) & missing for e in extra)
        return ("no" if degree and _present(part, stems, key) else "", False)
    if missing & question.quantity:
        return "weak", False
    if missing and extra - lexis.modifier and (missing - question.around or _elsewhere(part, question)):
        return _in_part(part, stems, question), False
    says = _polarity(part, stems, extra, question)
    if says == "yes" and question.joined and missing - question.around:
        return "weak", False  # the one is so, and nothing is said of the other
    return says, not missing


def _compared(norms: Sequence[str], n: int) -> bool:
    """Whether a word only names what something is compared with: "larger than normal"."""
    return norms[n - 1 : n] == ["than"] or norms[max(n - 2, 0) : n] in (["compared", "to"], ["compared", "with"])


def _in_part(part: Statement, stems: dict[int, str], question: Question) -> Says:
    """What a clause says that repeats the noun of what is asked, not all of it, and goes on about other things.

    Denied without being narrowed, it is denied altogether: no ulcer at all is no active ulcer either.
    """
    if _elsewhere(part, question) or question.key in question.absent:
        return ""
    at = next(n for n, s in stems.items() if s == question.key)
    says = part.says(at)
    if says == "uncertain":
        return "" if question.modal else "hedge"
    course = any(h.start < at <= h.end and h.roles.comparison for h in part.hits)  # "resolved effusion"
    narrowed = at - 1 in stems and stems[at - 1] not in question.content and not course
    return "no" if says == "absent" and not narrowed else ""


def _elsewhere(part: Statement, question: Question) -> bool:
    """Whether a clause names a place that is not asked about: "no lesion in the liver", asked of the spleen."""
    return any(
        (h.roles.organ not in ("", "study") or (h.roles.place and part.norms[h.start - 1] in _PREPOSITIONS | {"the"}))
        and not h.roles.speaks
        and question.content.isdisjoint(concept(w) for w in part.norms[h.start : h.end])
        for h in part.hits
    )


def _hypothetical(part: Statement, last: int) -> bool:
    """Whether what is asked, which ends at token ``last``, stands with a word of what would be or is in general."""
    words = vocabulary().hypothetical
    if "would" in part.words and _WRONG_TO_SAY.search(" ".join(part.words)):
        return False
    return not words.isdisjoint(part.words) and any(
        part.norms[n] in words and (n == part.first or part.norms[n - 1] not in ("no", "without"))
        for n in range(part.first, min(last + 2, part.end))
    )


def _sign_missing(part: Statement) -> bool:
    """Whether a clause denies what would be there: "no blunting, as one would expect with an effusion"."""
    norms = part.norms
    would = next((n for n in range(part.first, part.end) if norms[n] == "would"), -1)
    if would < 0 or _RELATIVE.isdisjoint(norms[max(would - 3, part.first) : would]):
        return False
    return any("deny_before" in h.roles.triggers and h.end <= would for h in part.hits)


def _rivals(words: Iterable[str], *others: str) -> bool:
    rivals = vocabulary().rivals
    return any(not rivals.get(w, frozenset()).isdisjoint(others) for w in words)


def _present(part: Statement, stems: dict[int, str], key: str) -> bool:
    return all(part.says(n) == "present" for n, s in stems.items() if s == key)


def _polarity(part: Statement, stems: dict[int, str], extra: frozenset[str], question: Question) -> Says:
    """What a clause says that repeats what is asked: no where it denies any of it that the question does not."""
    turned = doubted = False
    places = {s: n for n, s in reversed(stems.items())}
    places[question.key] = max(n for n, s in stems.items() if s == question.key)
    if part.bare and not question.absent:
        return "hedge" if _alternative(part, places[question.key], question) else "yes"
    for word, n in places.items():
        if word not in question.content or word in question.around:
            continue
        says = part.says(n, doubts=not question.modal)
        if word == question.key and says == "not_now":
            return "open"
        doubted = doubted or (word == question.key and says == "uncertain")
        denied = says == "absent" and not (word in question.absent and _denied_twice(part, n))
        turned = turned or (says != "uncertain" and denied != (word in question.absent))
    if doubted and ["not", "necessarily"] in [list(part.norms[h.start : h.end])[:2] for h in part.hits]:
        return "no"
    if doubted:
        return "hedge"
    if not (turned or _verb_denied(part, stems)):
        return "hedge" if _alternative(part, places[question.key], question) else "yes"
    restricting = extra & vocabulary().restricting
    narrowed = any(s in restricting and part.says(n) == "absent" for n, s in stems.items())
    return "weak" if narrowed and not question.absent else "no"


def _alternative(part: Statement, at: int, question: Question) -> bool:
    """Whether a finding is only one of two that it may be: "atelectasis or infiltrate at the base"."""
    if "or" not in part.words or "or" in question.norms or question.claim is None:
        return False
    joints = [n for n in range(part.first, part.end) if part.norms[n] == "or" and -4 <= n - at <= 2]
    own = question.claim.finding
    names = [h for h in part.hits if h.roles.finding and not h.start <= at < h.end]
    names = [h for h in names if not any(concept(w) in question.content for w in part.norms[h.start : h.end])]
    others = [h for h in names if not (is_a(h.roles.finding, own) or is_a(own, h.roles.finding))]
    return any(
        0 < h.start - n <= 2 < h.start - at + 2 or 0 <= n - h.end < 1 and 0 < at - n <= 2
        for n in joints
        for h in others
    )


def _denied_twice(part: Statement, n: int) -> bool:
    """Whether "not" stands before what denies a word: "this is not a scan without contrast"."""
    denials = [h for h in part.hits if h.end <= n and "deny_before" in h.roles.triggers]
    return any("not" in part.norms[h.start : h.end] for h in denials[:-1])


def _verb_denied(part: Statement, stems: dict[int, str]) -> bool:
    """Whether "not" stands where nothing of content follows: "the teeth are not well shown"."""
    norms = part.norms
    denials = [h for h in part.hits if "deny_before" in h.roles.triggers and norms[h.end - 1] in ("not", "cannot")]
    if part.bare or not denials or min(stems) > denials[-1].start:
        return False
    start = denials[-1].end
    if norms[start : start + 1] and norms[start] in _PREPOSITIONS and norms[start + 1 : start + 2] != ["be"]:
        return False  # "due to pneumonia, not to heart failure"
    end = next((n for n in range(start, part.end) if norms[n] in _PREPOSITIONS or norms[n] in _ENDING), part.end)
    return not any(start <= n < end for n in stems)


def _opposite(part: Statement, stems: dict[int, str], question: Question) -> Says:
    """What a clause says that names the opposite of what is asked: "the lungs are normal", asked "abnormal?"."""
    opposites = vocabulary().opposites.get(question.key, {})
    said = frozenset(stems.values())
    at = next((n for n, s in stems.items() if s in opposites), None)
    if at is None:
        if said <= question.content and not question.absent and _verb_denied(part, stems):
            return "no"  # "the spleen is not", asked whether it is enlarged
        return "weak" if said & question.content and said <= question.content else ""
    missing = question.content - said - {question.key}
    extra = said - question.content - {stems[at]}
    of_health = question.key in (NORMAL, ABNORMAL) and not said.isdisjoint(question.content)
    if _rivals(extra, *missing) or (missing and extra - vocabulary().modifier and not of_health):
        return ""
    if missing & question.quantity or (extra - vocabulary().modifier and not said & question.content):
        return "weak"
    says = part.says(at)
    if says == "not_now":
        return ""
    if says == "uncertain":
        return "" if question.modal else "hedge"
    if says == "absent" and not opposites[stems[at]]:
        return "weak"
    return "no" if (says == "present") == (question.key not in question.absent) else "yes"


def _elliptic(part: Statement, question: Question) -> Says:
    """A clause without content of its own: "it is", "none seen", "absent", "possibly"."""
    lexis = vocabulary()
    words = [w for w in part.words if w[0].isalnum() and w not in _JOINTS]
    if part.has("doubt_before", "doubt_after") and not question.modal:
        return "perhaps"
    denials = sum(not h.roles.triggers.isdisjoint(("deny_before", "deny_after")) for h in part.hits)
    spoken = set(words)
    bare = spoken <= lexis.pronoun | lexis.auxiliary | {"not", "indeed"}
    if bare:
        if spoken & lexis.pronoun and words[-1] not in lexis.pronoun and len(words) < 5:
            return "no" if denials % 2 else "yes"
        return ""
    if lexis.presence.isdisjoint(spoken) or words[-1] in lexis.pronoun:
        return ""
    return "no" if (denials % 2 == 1) != (question.key in question.absent) else "yes"
