"""Says claims in the words of one half of ``wordings.toml``, which no other room has seen."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from auscult.certificates.quality.truth import Claim
from auscult.store.files import shipped_table


@cache
def table() -> dict[str, Any]:
    """The wordings."""
    return shipped_table("certificates/quality/wordings.toml")


def weight(finding: str) -> int:
    """The harm of inventing or missing a finding, 2 to 4."""
    return int(table()["finding"][finding]["weight"])


@dataclass(frozen=True)
class Words:
    """Says claims in the words of one half."""

    half: str
    rng: Random

    def phrase(self, claim: Claim, told: Claim | None = None) -> dict[str, str]:
        """The slots of a sentence that names a finding as ``claim`` and tells of it what ``told`` says."""
        article, _, words = self.rng.choice(_fitting(claim, self.half)).partition("|")
        slots = {"grade": claim.grade, "side": claim.side, "size": claim.size, "where": claim.where}
        words = re.sub(r"\[([^]]*)\]", lambda m: m[1] if slots[re.findall(r"{(\w+)}", m[1])[0]] else "", words)
        words = words.format(**slots)
        a = _article(words) if article in ("a", "an") else words
        told = told or claim
        made = {"a": a, "the": f"the {words}", "no": f"no {words}", "be": "is"}
        made |= {"grade": told.grade, "side": told.side, "size": told.size, "where": told.where}
        return made | {k.capitalize(): v[:1].upper() + v[1:] for k, v in made.items()}

    def ask(self, form: str, claim: Claim) -> str:
        """A question."""
        return self._said("ask", form, claim)

    def answer(self, form: str, claim: Claim, really: str = "", told: Claim | None = None) -> str:
        """An answer; ``really`` is what is so instead, ``told`` has the attribute that is asked for."""
        return self._said("answer", form, claim, really, told)

    def _said(self, words: str, form: str, claim: Claim, really: str = "", told: Claim | None = None) -> str:
        template = self.rng.choice(table()[self.half][words][form])
        said: str = template.format(**self.phrase(claim, told), really=really)
        return said[0].upper() + said[1:]

    def knowledge(self, form: str, s: str, t: str = "") -> str:
        """A question or answer about a statement of medicine."""
        said: str = self.rng.choice(table()["knowledge_words"][self.half][form]).format(s=s, t=t)
        return said


def _fitting(claim: Claim, half: str) -> list[str]:
    """The phrases that tell most of what the claim says, place before side."""
    phrases: list[str] = table()["finding"][claim.finding][half]
    told = [p for p in phrases if not (claim.place and "{side}" in p)] or phrases
    most = max(_tells(p, claim) for p in told)
    return [p for p in told if _tells(p, claim) == most]


def _tells(phrase: str, claim: Claim) -> int:
    """How much of side or place, grade and size a phrase tells."""
    where = "{where}" in phrase if claim.place else bool(claim.side) and ("{side}" in phrase or "{where}" in phrase)
    return sum((where, bool(claim.grade) and "{grade}" in phrase, bool(claim.size) and "{size}" in phrase))


def tellable(claim: Claim, half: str) -> bool:
    """Whether a phrase tells all that the claim says."""
    wanted = bool(claim.side or claim.place) + bool(claim.grade) + bool(claim.size)
    return _tells(_fitting(claim, half)[0], claim) == wanted


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
