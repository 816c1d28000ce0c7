"""Is an item an item: a question with an answer of its type, of a length that a question has, in fields that agree?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.construction.claims import DISTORTED, NONEXISTENT, WRONG_ATTRIBUTE
from auscult.construction.wordings import FORMS, PREMISE_FORMS
from auscult.records import Case, Item

HALLUCINATED = (NONEXISTENT, WRONG_ATTRIBUTE, DISTORTED)
QUESTION_WORDS, ANSWER_WORDS = (1, 80), (1, 300)
"""Fewest and most words. The questions of VQA-RAD have 3 to 22, those of SLAKE (English) 4 to 21.
Who reads reports asks in one: "Cardiomegaly?"."""
ASKS_NOTHING, NOT_ASKED = (
    "the question asks nothing in a form that is known",
    "a statement stands in place of the question",
)
_ASKS = re.compile(
    r"\?[\"')\]]*(?=\s|$)"
    r"|(?:^|[.!?,;:]\s+)(?:(?:please|kindly|now|then|and|so|just|next) )*(?:describe|explain|compare|list|name|identify"
    r"|state|summari[sz]e|give|write|tell|outline|discuss|report|specify|indicate|characteri[sz]e|comment on|point out"
    r"|interpret|choose|select|estimate|provide|classify|determine|locate|locali[sz]e|mention|assess|evaluate|sum up"
    r"|put|say|read|dictate|map|grade|rate|count|measure|show|define|draft|walk me|talk me|take me|run through"
    r"|go through|help me|let me know|check|look at|teach|answer|convince|guide|break down|share|offer|present)\b"
    r"|^(?:an? |the )?(?:short |brief |quick |plain |one-line )*(?:summary|report|description|impression|overview)\b"
    r"|\b(?:asks?|wonders?|wants to know|say|tell me|know) (?:what|whether|if|how|where|why|which)\b|\bplease[.!]?$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"<image>|\[(?:insert|your|image|finding|answer)\b|\{[a-z_]+\}|\b(?:lorem ipsum|todo|n/a|as an ai)\b|https?://",
    re.IGNORECASE,
)


@dataclass(kw_only=True, eq=False)
class Schema(Check):
    """Refuses what is no question with an answer of its type, and fields that do not go together."""

    name: ClassVar[str] = "schema"
    version: ClassVar[str] = "4"
    doubts: ClassVar[frozenset[str]] = frozenset({ASKS_NOTHING})

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        return _fields(item) or _texts(item.question, item.reference, item.answer_type == "open")


def _fields(item: Item) -> str:
    if item.answer_type == "yes_no" and item.reference not in ("yes", "no"):
        return f"the reference of a yes/no question is neither yes nor no: {item.reference[:80]}"
    if item.answer_type == "choice" and item.reference not in item.options:
        return "the reference is none of the options"
    if item.answer_type == "number" and not re.fullmatch(r"-?\d+(?:\.\d+)?", item.reference):
        return f"the reference of a number is none: {item.reference[:80]}"
    if item.premise_form not in ("", *FORMS):
        return f"the premise form is unknown: {item.premise_form}"
    if item.kind == "hallucination":
        if item.category not in HALLUCINATED:
            return f"a hallucination item has no category of hallucinations: {item.category or 'none'}"
        if item.premise_form not in PREMISE_FORMS:
            return "a hallucination item bears no premise"
    if item.premise_form in PREMISE_FORMS:
        if not item.premise:
            return "an item with a premise does not say which"
        if item.kind == "question":
            return "an item with a premise is neither hallucination nor non-hallucination"
    return ""


@lru_cache(maxsize=8_192)
def _texts(question: str, reference: str, open_: bool) -> str:
    asked, answered = question.strip(), reference.strip()
    if not asked or not answered:
        return "question or answer is empty"
    for what, text, (least, most) in (("question", asked, QUESTION_WORDS), ("answer", answered, ANSWER_WORDS)):
        if not least <= len(text.split()) <= most:
            return f"the {what} has fewer than {least} or more than {most} words: {len(text.split())}"
        if found := _PLACEHOLDER.search(text):
            return f"a placeholder stands in the {what}: {found[0]}"
    if open_ and answered.endswith("?"):
        return "the answer is a question"
    if open_ and asked.casefold().rstrip("?. ") == answered.casefold().rstrip("?. "):
        return "the answer is the question"
    if _ASKS.search(asked):
        return ""
    return f"{ASKS_NOTHING if open_ else NOT_ASKED}: {asked[-80:]}"


CHECK = Schema
