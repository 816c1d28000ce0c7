"""Premises about how many there are: "There are three lung nodules"."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult import facts as clinical
from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import tokens
from auscult.scoring._premise_facts import Content
from auscult.scoring._premise_text import Said, without_lead

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: n for n, word in enumerate(_WORDS)} | {"single": 1, "solitary": 1, "pair": 2, "dozen": 12}
_COUNT = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_NUMBERS)})|(?P<digits>\d+))\b"
    r"(?!\.\d|\s*(?:mm|cm|ml|%|percent|millimet\w+|centimet\w+|years?|[/x×]))(?! (?:of the|side|third|half"
    r"|quarter)\b)"
)
_NOT = re.compile(r"\b(?:not|no|never|cannot|without|hardly|fewer than|less than|more than)\b[\w ]{0,20}$")
_PREMISE = re.compile(r"\bthere (?:are|is) (?:exactly |only )?(?P<number>\w+) (?P<noun>[\w -]+)")


@dataclass(frozen=True, slots=True)
class About:
    """A premise about a number, the true number where it is known, and the finding that is counted."""

    number: int
    truth: int | None
    finding: str


def _counts(text: str) -> list[tuple[int, bool]]:
    """Numbers of things that a clause names, each with whether it is denied."""
    return [
        (_NUMBERS[m["word"]] if m["word"] else int(m["digits"]), _NOT.search(text, 0, m.start()) is not None)
        for m in _COUNT.finditer(text)
    ]


@lru_cache(maxsize=4096)
def about(premise: str, truth: str) -> About | None:
    """What a premise says of a number; None where it says nothing of one."""
    m = _PREMISE.search(premise.lower())
    number = next((n for n, _ in _counts(m["number"])), None) if m else None
    if number is None:
        return None
    finding = next((f.finding for f in clinical.read_facts(premise)), "")
    true = next((n for n, denied in _counts(without_lead(truth).lower()) if not denied), None)
    return About(number, true, finding)


def read(said: Said, about_: About) -> Content:
    """What an answer says of a premise about a number."""
    accepts, denies, truth, hedges, foreign = False, False, False, False, False
    for assertion in said.assertions:
        counts = _counts(assertion.text)
        if counts and (assertion.hedged or not lx.HEDGE.isdisjoint(tokens(assertion.text))):
            hedges = True
            continue
        for number, denied in counts:
            turned = denied != assertion.denied
            accepts = accepts or (number == about_.number and not turned)
            denies = denies or (number == about_.number) == turned
            truth = truth or (number == about_.truth != about_.number and not turned)
        told = clinical.read_facts(assertion.text)
        gone = any(f.presence == "absent" and clinical.is_a(about_.finding, f.finding) for f in told)
        denies = denies or (gone and not counts and about_.number > 0)
        foreign = foreign or not (counts or gone)
    return Content(accepts=accepts, denies=denies, hedges=hedges, truth=truth and denies, foreign=foreign)
