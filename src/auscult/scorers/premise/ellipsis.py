"""What an answer leaves out, put back: "it is", "none seen", "on the left", "about 3 cm" speak of what is asked."""

import re
from functools import lru_cache
from typing import Literal

from auscult.facts.phrasebook import Phrasebook, phrasebook
from auscult.facts.reply import stem, words
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.premise.evidence import premise_table, premise_words
from auscult.scorers.premise.sentences import adverb, passage_of

Presence = Literal["present", "absent", "uncertain"]
_NEGATES = frozenset({"not", "no", "isn't", "aren't", "cannot"})
_BE = r"is|are|was|were|has|have|does|do|did|should|can|could|may|might|would"
_VERB = re.compile(rf"^(?:{_BE}|lies|measures|looks|appears|seems|sits|occupies)\b")
_PRONOUN = re.compile(
    r"^(?:(?P<contracted>i(?: would|'d) (?:place|put|see|call|grade|rate) (?:it|this|that)(?: as)?"
    r"|(?:it|this|that|there)'s|they're)|it|this|that|they|these|those|there|which"
    r"|(?:its|the) (?:size|side|position|extent|width|depth|height|diameter)|the (?:answer|finding|lesion))\b"
)
_SAME_VERB = re.compile(r"^(?:it|this|that|they) (?:does not|do not|did not|doesn't|don't|didn't) (\w+)\W*$")
_OTHER_SIDE = re.compile(r"\b(?:the )?(?:other|opposite|contralateral|wrong) (?:side|hemisphere|lung|kidney|half)\b")
_SUCH = re.compile(r"\b(such an?|any such|no such|that) (?:finding|thing|abnormality|condition)\b")
_RATHER = re.compile(r"^rather ([^,.;]+?) than ")
_AT_SIDE = re.compile(r"\b(?:on|in|at) the (?:left|right)(?: side| lung| half)?\b")
_ZERO = re.compile(r"^\W*(?:(?:it|this|the size) (?:is|measures) )?(?:0|zero)(?:\s*(?:mm|cm|%))?\W*(?:$|[,;])")
_CLAUSE = re.compile(r"[,;:]|\bbecause\b|\bso\b")
_LONGEST = 14
"""Words of a sentence whose "it" is put in: in a longer one it may be anything."""


def bare(text: str) -> Presence | None:
    """What a sentence says that names nothing: "it is" is present, "none is seen" absent; None of any other."""
    said = [_bare(clause) for clause in _CLAUSE.split(text) if clause.strip(" .")]
    if not said or None in said:
        return None
    return "uncertain" if "uncertain" in said else "absent" if "absent" in said else "present"


def _bare(text: str) -> Presence | None:
    norms = passage_of(text).tokens.norms
    hits = [(a, b, k) for a, b, k in phrasebook("stances").find(norms) if k & {"negates", "doubts", "maybe"}]
    known = vocabulary()
    empty = known.empty | known.presence | premise_words("nobody")
    covered = {n for a, b, _ in hits for n in range(a, b)}
    spoken = [(n, w) for n, w in enumerate(norms) if w.isalnum() or "'" in w]
    if not spoken or any(n not in covered and w not in empty and not adverb(w) for n, w in spoken):
        return None
    if any(k & {"doubts", "maybe"} for _, _, k in hits):
        return "uncertain"
    if (sum("negates" in k for _, _, k in hits) + sum(w in ("absent", "negative", "unlikely") for w in norms)) % 2:
        return "absent"
    said = {w for _, w in spoken}
    if said & premise_words("carrier") or spoken[-1][1] in ("it", "that", "this"):
        return None
    holds = said & (known.auxiliary | known.presence | premise_words("perceive")) and said & (
        known.pronoun | known.presence
    )
    return "present" if holds else None


def nothing_there(text: str, side: str) -> bool:
    """Whether nothing is said to be there, or at the premised side: "neither", "0 mm", "on the left I find nothing"."""
    if _ZERO.match(text) or text.startswith(("neither", "none of")):
        return True
    elsewhere = _AT_SIDE.sub("", text)
    return elsewhere != text and side in text and bare(elsewhere) == "absent"


def spares(text: str, side: str, place: str) -> bool:
    """Whether a sentence calls the premised place free of anything: "the left lung is spared"."""
    said = set(words(text))
    where = set(words(f"{side} {place}")) - {"zone", "of", "the"}
    if said & _NEGATES or (where and not where & said):
        return False
    spared = said & (premise_words("spared") | premise_words("normal") if where else premise_words("spared"))
    return bool(spared) and bool(said & (vocabulary().auxiliary | {"appears", "looks"}))


def spelled_out(text: str, name: str, side: str) -> str:
    """A sentence with "the other side" and "such a finding" in full."""
    if other := {"left": "right", "right": "left"}.get(side):
        text = _OTHER_SIDE.sub(f"the {other} side", text)
    return _RATHER.sub(r"\1, not ", _SUCH.sub(rf"\1 {name}", text))


def renamed(text: str, finding: str, name: str) -> str:
    """A sentence with its own name given to what it describes: "water on the left" of an effusion."""
    tokens = passage_of(text).tokens
    for first, end, kinds in reversed(list(_names().find(tokens.norms))):
        if finding in kinds:
            text = f"{text[: tokens.starts[first]]}{name}{text[tokens.ends[end - 1] :]}"
    return text


@lru_cache(maxsize=1)
def _names() -> Phrasebook:
    """How else findings are called."""
    return Phrasebook(premise_table()["names"], {})


def doubtful(text: str) -> bool:
    """Whether a text has a word of doubt."""
    return any(k & {"doubts", "maybe"} for _, _, k in phrasebook("stances").find(passage_of(text).tokens.norms))


def filled_in(text: str, names: list[str], question: str) -> list[str]:
    """A sentence that leaves out what it speaks of, with each of some names put into it, likeliest first."""
    m = _PRONOUN.match(text)
    if m is None and not only_describes(text):
        return []
    rest = text[m.end() :].strip() if m else text.strip()
    if not rest or len(rest.split()) > _LONGEST:
        return []
    if _VERB.match(rest):
        return [f"{name} {rest}" for name in names]
    if m and not m["contracted"] and not _asked(rest.split()[0], question):
        return []  # "it shows ...", "this suggests ...": the image does
    tries = [f"{name} is {link}{rest}" for name in names for link in ("", "in the ")]
    last = names[-1].removeprefix("the ")
    return tries if _NEGATES.intersection(words(rest)) else [*tries, f"{rest.rstrip(' .')} {last}"]


def denies_verb(text: str, question: str) -> bool:
    """Whether a sentence denies what the question says of it: "it does not deviate" of "how far does it deviate"."""
    m = _SAME_VERB.match(text)
    return m is not None and _asked(m[1], question)


def _asked(word: str, question: str) -> bool:
    return stem(word) in map(stem, words(question))


def only_describes(text: str) -> bool:
    """Whether a text without a verb says where, how large or how something is, and no more."""
    known = vocabulary().empty | premise_words("measure")
    for sentence in passage_of(text).statements(lambda _: False):
        for statement in sentence:
            covered = {n for h in statement.hits for n in range(h.start, h.end)}
            other = (statement.norms[n] for n in range(statement.first, statement.end) if n not in covered)
            if statement.has("verb") or any(w.isalpha() and w not in known and not adverb(w) for w in other):
                return False
    return True
