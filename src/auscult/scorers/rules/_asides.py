"""What an answer says beside its answer: what others claim, what was thought at first, history, and general caution.

A claim of somebody else is no statement of the answer; what the answer says to it ("I disagree", "but I would not")
is. All texts are in small letters. The patterns are data (``replies/asides.toml``).
"""

import re
from functools import lru_cache
from typing import Literal

from auscult.facts.reply.phrases import patterns

Reaction = Literal["agree", "disagree", ""]


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    return patterns("asides", name)


def background(sentence: str) -> bool:
    """Whether a sentence tells what was known or asked before anybody looked: "History: pneumonia"."""
    return _pattern("background").match(sentence) is not None


def claimed(clause: str) -> bool:
    """Whether a clause tells what somebody else says, or what the answer took for so at first."""
    return _pattern("claimed").search(clause) is not None


def caution(clause: str) -> bool:
    """Whether a clause warns of what an examination can miss in general: "a normal film does not exclude ..."."""
    return _pattern("caution").search(clause) is not None


def escapes(clause: str) -> bool:
    """Whether a clause says that something can escape an examination: "hairline fractures can be missed"."""
    return _pattern("escapes").search(clause) is not None


def general(clause: str) -> bool:
    """Whether a clause tells what is so of any image: "the oesophagus is located behind the trachea"."""
    return _pattern("general").search(clause) is not None


def reaction(sentence: str) -> Reaction:
    """Whether a sentence takes a stand on somebody's claim."""
    if _pattern("disagrees").search(sentence):
        return "disagree"
    return "agree" if _pattern("agrees").search(sentence) else ""


def turn_of_speech(text: str) -> Literal["yes", "no", ""]:
    """What an answer says that is one turn of speech: "By no means.", "Far from it."."""
    bare = text.strip(" \n.!*\"'")
    return "no" if _pattern("no").fullmatch(bare) else "yes" if _pattern("yes").fullmatch(bare) else ""
