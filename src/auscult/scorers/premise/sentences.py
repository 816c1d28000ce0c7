"""An answer as sentences: what each says of the question (``lexicons/stances.toml``), and what is left for its content.

A verdict is a clause that says right or wrong and nothing of its own, or says it of the question: "that is right", "the
idea of an effusion is mistaken". Every word for wrong and every negation turns it round once: "I cannot disagree".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from auscult.facts.phrasebook import Found, phrasebook
from auscult.facts.reply import advises, declined
from auscult.facts.statements import Passage
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.premise.evidence import premise_words

Stance = Literal["agree", "disagree", ""]

_QUOTED = re.compile(r'"[^"\n]{3,200}"')
_ENDS = frozenset(",;:.!-()")
_JOINTS = premise_words("joint")
_VERDICTS = frozenset({"right", "wrong", "wrong_itself"})
_APOLOGY = re.compile(r"^(?:i'm|i am) (?:very |so )?(?:afraid|sorry)(?: to say| that| but)? ")
_BEFORE_NOUN = frozenset({"the", "a", "left", "right", "my", "me"})
_SPEAKERS = premise_words("speaker")
_NONE = frozenset({"no", "not", "without", "never"})
_EXISTING = premise_words("existing")
_PROVIDED = re.compile(r"\bthe images? (?:\w+ ){0,3}?(?:provided|given|attached|shared|uploaded)\b")
_IS = frozenset({"is", "are", "was", "were", "be"})
_IS_NOT = re.compile(r"(?<!it )(?<!that )\b(is|are|was|were)(?: not|n't)(?=\W*$)")
_TOLD = frozenset(":;")
_TURNS = frozenset({"wrong", "wrong_itself", "negates"})
_BEFORE_RIGHT = premise_words("before_right")
_CONTRAST = frozenset({"but", "although", "though", "however"})
_SUBJECTS = premise_words("subject")
_OF_THIS_IMAGE = premise_words("at_hand")
_HERE = frozenset({"here", "this", "mm", "cm"})
LONGEST_SENTENCE = 1_500
"""Tokens of a sentence: a model that never ends one is caught in something, and reading it takes their square."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer.

    Attributes:
        text: what it says of its own, in lower case: without a leading yes or no, and without verdicts.
        lead: the yes or no that it opens with.
        stance: whether it calls the question right or wrong.
        rejects: whether it says what the question takes for granted and does not grant it.
        doubts: whether it says nothing but doubt.
        doubted: whether it doubts what it says.
        declines: whether it declines to answer.
        general: whether it tells what is so in general.
    """

    text: str = ""
    lead: Literal["yes", "no", ""] = ""
    stance: Stance = ""
    rejects: bool = False
    doubts: bool = False
    doubted: bool = False
    declines: bool = False
    general: bool = False


def endless(passage: Passage) -> bool:
    """Whether a stretch has a sentence that is longer than anything that is read as one."""
    return any(end - first > LONGEST_SENTENCE for first, end in passage.spans)


@lru_cache(maxsize=64)
def passage_of(text: str) -> Passage:
    """A stretch of an answer cut into tokens; several readers look at the same one."""
    return Passage(text)


def adverb(word: str) -> bool:
    """Whether a word says no more than how: "clearly", but not "cardiomegaly"."""
    return word.endswith("ly") and not word.endswith("aly")


def unquoted(text: str) -> str:
    """The text with what it only quotes blanked: every character stays at its place."""
    return _QUOTED.sub(lambda m: "this".ljust(len(m[0])), text) if '"' in text else text


def take_apart(passage: Passage) -> list[Sentence]:
    """The sentences of a plain text that assert, decline or judge; questions are left out."""
    norms = passage.tokens.norms
    found: list[Sentence] = []
    for first, end in passage.spans:
        if norms[end - 1] == "?" and not _lead(norms, first, end)[0]:
            continue
        parts = [_sentence(passage, low, high) for low, high in _cut(norms, first, end)]
        found += [replace(part, general=part.general or parts[0].general) for part in parts]
    return found


def _cut(norms: list[str], first: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, cut at contrasts that have a subject of their own."""
    low, auxiliary = first, vocabulary().auxiliary
    verb = first if norms[first] in auxiliary else -1
    for n in range(first + 1, end - 1):
        if norms[n] == ":" and verb >= low:
            yield low, n
            low = n + 1
        verb = n if norms[n] in auxiliary else verb
        doubted = norms[n] == "but" and any("doubts" in k for _, _, k in phrasebook("stances").find(norms, low, n))
        joins = norms[n] in _CONTRAST or (norms[n] == "and" and norms[n - 1] == ",")
        if doubted or joins and norms[n + 1] in _SUBJECTS and norms[n - 1] not in ("nothing", "anything", "help"):
            yield low, n
            low = n + 1
    yield low, end


def _clauses(norms: list[str], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches between punctuation and joints."""
    low = first
    for n in range(first, end):
        joint = norms[n] in _ENDS or norms[n] in _JOINTS
        if joint or (norms[n] == "so" and n + 1 < end and norms[n + 1] in _SUBJECTS):
            if low < n:
                yield low, n
            low = n + 1
    if low < end:
        yield low, end


def _lead(norms: list[str], first: int, end: int) -> tuple[str, int]:
    """The yes or no that a sentence opens with, and the token after it."""
    known = vocabulary()
    at = first
    while at < end and (norms[at] in _ENDS or norms[at][-2:] == "ly"):  # "Unfortunately, yes."
        at += 1
    if at == end or norms[at] not in known.yes | known.no or norms[at] == "not":
        return "", first
    lead = "yes" if norms[at] in known.yes else "no"
    after = norms[at + 1] if at + 1 < end else "."
    if lead == "no" and not (after in _ENDS or after in known.after_no or after in known.no):
        return "", first
    if norms[at] == "never" and after not in _ENDS:
        return "", first
    at += 1
    while at < end and (norms[at] in _ENDS or norms[at] == norms[at - 1]):
        at += 1
    return lead, at


def _sentence(passage: Passage, first: int, end: int) -> Sentence:
    norms = passage.tokens.norms
    hits = list(phrasebook("stances").find(norms, first, end))
    lead, at = ("", first) if any("doubts" in k and a <= first + 1 for a, _, k in hits) else _lead(norms, first, end)
    kept: list[str] = []
    found: set[str] = set()
    dropped = 0
    supposed = purpose = False
    ahead = hits[::-1]
    for low, high in _clauses(norms, at, end):
        unreal = "would" in norms[low:high] and (supposed or norms[low] not in _SPEAKERS)
        if norms[low] in ("if", "were", "had") or unreal:
            supposed = True
            dropped += 1
            exists = norms[low + 1 : low + 2] and norms[low + 1] in _EXISTING  # "small, if it is there"
            if (not unreal and exists) or any("maybe" in k for a, _, k in hits if a == low):
                found.add("doubts")
            continue
        opens = norms[low] == "to" and high < end and norms[low + 1] not in _BEFORE_NOUN
        purpose = opens or (purpose and norms[low - 1] != ",")
        if purpose:  # "to see whether there is one, we would need"
            dropped += 1
            continue
        clause = _APOLOGY.sub("", _text(passage, low, high))
        while ahead and ahead[-1][0] < low:
            ahead.pop()
        own = []
        while ahead and ahead[-1][1] <= high:
            own.append(ahead.pop())
        says, empty = _says(norms, low, high, own, clause)
        found |= says
        if "nothing" in says:
            kept.append("it is not")
        if clause == "no" and kept:  # "a nodule, no"
            kept[-1] = f"not {kept[-1]}"
            dropped += 1
        elif empty:
            dropped += 1
        else:
            kept.append(clause)
    text = ", ".join(kept) if dropped else _APOLOGY.sub("", _text(passage, at, end))
    return Sentence(
        text=_IS_NOT.sub(r"\1 not the case", text),
        lead=lead or ("no" if "no" in found else "yes" if "yes" in found else ""),  # type: ignore[arg-type]
        stance="disagree" if "disagree" in found else "agree" if "agree" in found else "",
        rejects="rejects" in found,
        doubts="doubts" in found,
        doubted="doubted" in found,
        declines="declines" in found,
        general="general" in found
        and _OF_THIS_IMAGE.isdisjoint(norms[at : at + 1])
        and _HERE.isdisjoint(norms[at:end]),
    )


def _text(passage: Passage, low: int, high: int) -> str:
    """What stands at some tokens, in lower case; where the layout was told in words, those words."""
    if low == high:
        return ""
    norms, starts, ends = passage.tokens
    if any(norms[n] in _TOLD and passage.text[starts[n] : ends[n]] != norms[n] for n in range(low, high)):
        return " ".join(norms[low:high])
    return passage.text[starts[low] : ends[high - 1]].lower()


def _says(norms: list[str], low: int, high: int, hits: list[Found], clause: str) -> tuple[set[str], bool]:
    """What a clause says of the question, and whether it says nothing else."""
    kinds = frozenset[str]().union(*(k for a, _, k in hits if "doubts" not in k or norms[a - 1] not in _NONE))
    negated = next((a for a, _, k in hits if "negates" in k), high)
    if any("certainty" in k and a > negated for a, _, k in hits):
        kinds |= {"doubts"}
    if "nothing_to" in kinds:
        return {"nothing"}, True
    if ("mentions" in kinds and (norms[low] == "you" or norms[low + 1 : low + 2] == ["question"])) or advises(clause):
        return set(), True
    if "declines" in kinds or declined(_PROVIDED.sub("", clause)) is not None:
        return {"doubts" if "doubts" in kinds else "declines"}, True
    said = {"general"} if "general" in kinds else set[str]()
    named = "matter" in kinds or norms[low] in ("you", "you're")
    if "presupposes" in kinds and (named or norms[low] in _SUBJECTS or "you" in norms[low:high]):
        return said | ({"agree"} if "rightly" in kinds else {"rejects"}), "rightly" not in kinds
    heads = [h for h in hits if h[2] & _VERDICTS and not _is_side(norms, h, high)]
    covered = {n for a, b, _ in hits for n in range(a, b)}
    empty = vocabulary().empty
    content = any(
        n not in covered and norms[n].isalnum() and norms[n] not in empty and not adverb(norms[n])
        for n in range(low, high)
    )
    if kinds & {"doubts", "maybe"} and not content:
        return said | {"doubts"}, True
    if "doubts" in kinds:
        said.add("doubted")
    for word in ("yes", "no"):
        if word in kinds and not content:
            return said | {word}, True
    predicate = heads and heads[-1][1] == high and "wrong" in heads[-1][2] and norms[heads[-1][0] - 1] in _IS
    named = named or bool(predicate)  # "left is wrong"
    itself = any("wrong_itself" in k for _, _, k in heads)
    if not heads and not content and "consents" in kinds:
        heads = hits
    if not heads or (content and not named and not itself):
        return said, False
    turns = sum(not k.isdisjoint(_TURNS) for _, _, k in hits)
    return said | {"disagree" if turns % 2 else "agree"}, True


def _is_side(norms: list[str], hit: Found, high: int) -> bool:
    """Whether this "right" is a side."""
    at, end, _ = hit
    if norms[at] != "right" or end != at + 1:
        return False
    if norms[end : end + 1] in (["sided"], ["side"], ["hand"]):
        return True
    before = norms[at - 1] if at else ","
    if end < high and norms[end] not in vocabulary().empty and norms[end] not in _ENDS | {"about", "here", "there"}:
        return True
    if before in _ENDS:
        return at > 1 and norms[at - 2] in vocabulary().no
    return before not in _BEFORE_RIGHT and not adverb(before)


@lru_cache(maxsize=4096)
def without_lead(text: str) -> str:
    """What a reference says without the yes, no or "that is not so" that it opens with, in lower case."""
    return ". ".join(s.text.rstrip(".") for s in take_apart(Passage(text)) if s.text)
