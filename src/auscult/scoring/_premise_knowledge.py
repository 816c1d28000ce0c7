"""Premises about knowledge, which no image decides: what an answer says of the words that tell premise from truth."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import _negations, carries_content, rephrase, tokens
from auscult.scoring._premise_text import Said, without_lead
from auscult.scoring._text import stem, words

_SPELLING = ((re.compile(r"(?<=[a-z]{2})our\b"), "or"), (re.compile("aem"), "em"), (re.compile("oed"), "ed"))
_CLAUSE = re.compile(r"[,;:]|\b(?:but|because|since|although|while|whereas|and)\b")
_DEGREES = ("iest", "ier", "est", "er")


_SYNONYMS = {
    "abdominal": "abdomen", "thoracic": "chest", "thorax": "chest", "cerebral": "brain", "head": "brain",
    "belly": "abdomen", "cranial": "brain", "intracranial": "brain", "contralateral": "opposite", "other": "opposite",
    "ipsilateral": "same", "white": "bright", "black": "dark", "radiopaque": "bright", "radiolucent": "dark",
    "limited": "stopped", "confined": "stopped", "restricted": "stopped", "bounded": "stopped", "crosses": "spread",
    "cross": "spread", "crossing": "spread", "crossed": "spread",
}  # fmt: skip
_REGIONS = frozenset({"brain", "abdomen", "chest", "pelvis", "spine", "neck", "breast", "knee", "hip", "hand", "foot"})
_HOLDS = {
    "chest": "lung lungs heart rib ribs diaphragm trachea clavicle clavicles pulmonary cardiac mediastinum",
    "abdomen": "liver kidney kidneys spleen bowel stomach pancreas gallbladder hepatic renal",
    "brain": "ventricles cerebellum hemisphere hemispheres cortex skull cranium cerebrum",
}
_REGION_OF = {organ: region for region, organs in _HOLDS.items() for organ in organs.split()}
_HABITS = lx.listed("typically usually generally often commonly sometimes include includes definition condition when")


@dataclass(frozen=True, slots=True)
class Contrast:
    """The stems by which an answer holds with the premise or with the truth, each with whether it is negated there.

    ``truth`` is empty where the premise is true: ``premise`` then has all its stems, of which an answer repeats half.
    """

    premise: dict[str, bool]
    truth: dict[str, bool]
    whole: bool


def _stem(word: str) -> str:
    """A stem without degree or British spelling: "darker" and "dark", "tumour" and "tumor" are one."""
    word = _SYNONYMS.get(word, word)
    for pattern, plain in _SPELLING:
        word = pattern.sub(plain, word)
    for ending in _DEGREES:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return stem(word[: -len(ending)])
    return stem(word)


def _clauses(text: str) -> list[list[str]]:
    return [spoken for piece in _CLAUSE.split(rephrase(text)) if (spoken := tokens(piece))]


def _content(text: str) -> dict[str, bool]:
    """Stem → whether it stands negated, over all clauses; the last one counts."""
    return {
        _stem(word): _negations(clause, at) % 2 == 1
        for clause in _clauses(text)
        for at, word in enumerate(clause)
        if carries_content(word)
    }


@lru_cache(maxsize=4096)
def contrast(premise: str, truth: str) -> Contrast:
    """What tells the premise from the truth: other words, or the same words under a negation."""
    a, b = _content(premise), _content(without_lead(truth))
    if not b:
        return Contrast(a, {}, whole=True)
    differ = {s for s in a if s not in b or a[s] != b[s]}, {s for s in b if s not in a or a[s] != b[s]}
    return Contrast({s: a[s] for s in differ[0]}, {s: b[s] for s in differ[1]}, whole=False)


def _rivals(between: Contrast) -> frozenset[str]:
    """Stems that exclude one of the premise's; none where it names both, as in "brighter than the dark ..."."""
    own = {s for s, negated in between.premise.items() if not negated}
    found = {_stem(r) for s in own for r in lx.RIVALS.get(s, frozenset()) if not lx.RIVALS.get(s, frozenset()) & own}
    regions = _REGIONS if own & _REGIONS else frozenset[str]()
    return frozenset(found | regions) - set(between.premise) - set(between.truth)


def repeats(text: str, statement: str) -> bool:
    """Whether a text holds a statement word for word: for pairs that differ in the order of their words alone."""
    said, held = f" {' '.join(words(text))} ", f" {' '.join(words(without_lead(statement)))} "
    return held in said


def read(said: Said, between: Contrast) -> frozenset[str]:
    """What an answer says of a contrast: any of ``accepts``, ``denies``, ``truth``, ``hedges``."""
    found: set[str] = set()
    repeated: set[str] = set()
    rivals = _rivals(between)
    for assertion in said.assertions:
        for clause in _clauses(assertion.text):
            if any(w in lx.HYPOTHETICAL and w not in _HABITS for w in clause):
                continue
            own = _of_clause(clause, between, rivals, repeated, turned=assertion.denied)
            doubted = assertion.hedged or not lx.HEDGE.isdisjoint(clause)
            found |= {"hedges"} if doubted and own else own
    if "repeats" in found and (not between.whole or 2 * len(repeated) >= len(between.premise)):
        found.add("accepts")
    return frozenset(found - {"repeats"})


def _of_clause(
    clause: list[str], between: Contrast, rivals: frozenset[str], repeated: set[str], *, turned: bool
) -> set[str]:
    """What one clause says; ``repeated`` takes up the stems of the premise that it repeats."""
    found: set[str] = set()
    regional = not _REGIONS.isdisjoint(between.premise)
    for at, word in enumerate(clause):
        if not carries_content(word):
            continue
        one, negated = (
            _stem(_REGION_OF.get(word, word) if regional else word),
            (_negations(clause, at) % 2 == 1) != turned,
        )
        if one in between.truth and negated == between.truth[one]:
            found |= {"denies", "truth"}
        elif one in between.premise and negated != between.premise[one]:
            found.add("denies")
        elif one in between.premise:
            repeated.add(one)
            found.add("repeats")
        elif one in rivals and not negated:
            found.add("denies")
    return found
