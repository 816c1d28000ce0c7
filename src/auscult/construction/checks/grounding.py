"""Does it rest on the annotation, and speak of the image? Evidence stands there word for word; nothing names the text.

The phrases are in ``grounding.toml``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import ClassVar

from auscult.construction.checks import Check
from auscult.facts.lexicon import with_sets
from auscult.records import Case, Item
from auscult.store.files import shipped_table

WHY = {
    "instruction": "it gives instructions",
    "source": "it speaks of the text that it was made from",
    "blank": "it has a blank in place of a word",
    "task": "it speaks of how it was made",
}


_PREMISE = re.compile(r"(?:\b(?:the|this|that|your)(?: false)?|^\W*false) premise\b", re.IGNORECASE)
"""Who puts a premise right may call it one: "The premise is off"."""


@dataclass(kw_only=True, eq=False)
class Grounding(Check):
    """Refuses evidence that is not in the annotation, blanks, and pairs about a text, the task, or to a checker."""

    name: ClassVar[str] = "grounding"
    version: ClassVar[str] = "4"

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.evidence and not _plain(item.evidence):
            return "the evidence holds no word"
        if item.evidence and f" {_plain(item.evidence)} " not in f" {_plain(case.annotation)} ":
            return f"the evidence does not stand in the annotation: {item.evidence}"
        reference = _PREMISE.sub("that", item.reference) if item.kind == "hallucination" else item.reference
        for text in (item.question, reference, item.premise, item.evidence):
            for kind, words in _speaks_of(text):
                if kind == "instruction" or text is not item.evidence:
                    return f"{WHY[kind]}: {words}"
        found = instruction_in(case.annotation)
        return f"its annotation gives instructions: {found}" if found else ""


@lru_cache(maxsize=131_072)
def _plain(text: str) -> str:
    """Words and numbers in small letters: punctuation and spaces are no evidence."""
    return " ".join(re.findall(r"\w+(?:[.,]\d+)*", text.casefold()))


def instruction_in(text: str) -> str:
    """The words of a text that tell whoever reads it what to do; empty where there are none."""
    return dict(_speaks_of(text)).get("instruction", "")


@lru_cache(maxsize=131_072)
def _speaks_of(text: str) -> tuple[tuple[str, str], ...]:
    """What a text speaks of that it may not, and in which words."""
    return tuple((kind, found[0]) for kind, rule in _rules().items() if (found := rule.search(text.casefold())))


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    table = shipped_table("construction/checks/grounding.toml")
    rules = {kind: "|".join(with_sets(p, table["sets"]) for p in table[kind]["phrases"]) for kind in WHY}
    return {kind: re.compile(rf"(?<!\w)(?:{phrases})(?!\w)") for kind, phrases in rules.items()}


CHECK = Grounding
