"""A prompt → the question in it, apart from what is said around it.

A question is put with options, instructions, a story or somebody's opinion before or behind it. Those say nothing of
what is asked. No medicine here, and no answer.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult.facts.tokens import folded, sentences, words
from auscult.facts.vocabulary import vocabulary

OPENS = re.compile(r"(?:is\s*/\s*are|are\s*/\s*is|is|are|was|were|does|do|did|doe|can|could|has|have)\b", re.IGNORECASE)
"""How a question begins that yes or no answers."""
INSTRUCTS = re.compile(
    r"(?:please\s+)?(?:(?:answer|reply|respond|choose|select|say|return|output|give|provide|use|write|begin|start)\b.*"
    r"|(?:answers?|options?|choices?)\s*:.*|yes\s*(?:/|or|,)\s*no\W*|(?:you are|as) an?\b.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A sentence that tells how to answer."""
_ASKS_FOR = re.compile(r"(?:what|which|how|where|who|whose|when|why)\b", re.IGNORECASE)
_TAIL = re.compile(
    r"(?<![\s(\[,:-])[\s(\[,:-]*\b(?:yes\s*(?:/|or)\s*no|y\s*/\s*n|true\s*(?:/|or)\s*false)\b[\s)\].?]*$", re.IGNORECASE
)
_LABEL = re.compile(r"^\s*(?:question|q)\s*\d*\s*[:.)]\s*", re.IGNORECASE)
_LEAD_IN = re.compile(rf"^.*[:\"\u201c]\s*(?={OPENS.pattern})", re.IGNORECASE | re.DOTALL)
_ENDS_ASKING = re.compile(r"\?[\s)\]\"'\u201d\u2019*_]*$")


@dataclass(frozen=True, slots=True)
class Parted:
    """A prompt, taken apart.

    Attributes:
        before: sentences before the question that tell something, and not how to answer.
        question: the sentence that asks, or from the first to the last of several; all of it where none is known by
            its mark or its opening.
        several: whether several sentences ask.
    """

    before: tuple[str, ...]
    question: str
    several: bool = False


@lru_cache(maxsize=16_384)
def parted(prompt: str) -> Parted:
    """The question in a prompt; of a yes/no question among others, that one.

    A question that names nothing of its own ("Is that correct?") is given with what stands before it.
    """
    parts = _sentences(prompt)
    if len(parts) == 1:
        return Parted((), _without_form(parts[0]))
    asking = [n for n, part in enumerate(parts) if _ENDS_ASKING.search(part) and _without_form(part)]
    if not asking:
        asking = [n for n, part in enumerate(parts) if not INSTRUCTS.fullmatch(part)] or [0]
    if len(asking) > 1 and len(closed := [n for n in asking if OPENS.match(_without_form(parts[n]))]) == 1:
        asking = closed
    first, last = asking[0], asking[-1]
    opening = _without_form(parts[first])
    if not (OPENS.match(opening) or _ASKS_FOR.match(opening)):  # "Is there a mass. In the left lung?"
        first = next((n for n in range(first) if OPENS.match(parts[n])), first)
    if first == last and not _names_something(opening):
        first = 0
    before = tuple(part for part in parts[:first] if not INSTRUCTS.fullmatch(part))
    return Parted(before, _without_form(" ".join(parts[first : last + 1])), several=len(asking) > 1)


def _sentences(prompt: str) -> list[str]:
    """Sentences as they stand; a semicolon ends none, and an instruction on a line of its own is one."""
    plain = folded(prompt)
    tokens = words(plain)
    starts = [tokens.starts[first] for first, _ in sentences(prompt, tokens)]
    starts = [s for s in starts if not plain[:s].rstrip().endswith(";") or OPENS.match(plain[s:])]
    pieces = [prompt[a:b] for a, b in zip([0, *starts[1:]], [*starts[1:], None], strict=True)] if starts else [prompt]
    found: list[str] = []
    for piece in pieces:
        line, *lines = piece.strip().split("\n")
        found.append(line)
        for line in lines:
            if INSTRUCTS.fullmatch(line.strip()):
                found.append(line.strip())
            else:
                found[-1] += "\n" + line
    return found


def _without_form(sentence: str) -> str:
    """A sentence without its label, what leads up to its question, and "yes or no?" behind it."""
    return _LEAD_IN.sub("", _TAIL.sub("", _LABEL.sub("", sentence))).strip()


def _names_something(question: str) -> bool:
    known = vocabulary()
    empty = known.empty | known.agree | known.pronoun | known.auxiliary
    return any(norm.isalnum() and norm not in empty for norm in words(folded(question)).norms)
