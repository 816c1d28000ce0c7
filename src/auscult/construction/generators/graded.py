"""Cases → drafts of a report with one error of a known risk, each beside the same draft without it (MedVAL's levels).

An error is a sentence that what is known of the image denies, in place of the one that holds; the level from 1 (nothing
that matters) to 4 (dangerous) follows from what it is about (``graded.toml``). In each part a sentence is as often the
error as it is the truth, so that the words of a draft say neither whether it is right nor how grave its error is.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import ClassVar, NamedTuple

from auscult.construction.claims import Claim, Known, stated
from auscult.construction.generators import Generator, Reject
from auscult.construction.known import known_of
from auscult.construction.lexicon import lexicon
from auscult.construction.reported import add_report
from auscult.construction.wordings import phrase
from auscult.errors import UserError
from auscult.facts import is_a, read_facts
from auscult.facts.lexicon import ACQUISITION, NORMAL_STUDY, SWEEPING
from auscult.items.split import PARTS
from auscult.records import Case, Item, rank
from auscult.store.files import shipped_table

UNGRADED, OTHER_LEVEL = "how grave such an error is is not known", "an error of a level that was not asked for"
ONE_WAY, ENOUGH = "never the other way round in this part", "not needed for the balance"
MOST = 3
"""Errors on one image, each with its draft without it."""
_CONTEXT = 45
"""Words of the annotation around the sentence that may be wrong."""
_LEFT_OUT = frozenset({*SWEEPING, NORMAL_STUDY, *ACQUISITION, "region"})
"""What is said of all findings at once (no acute disease), or of the image itself; it is left out around an error."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|\s+(?=\d+[.)]\s)")
_HEADING = re.compile(r"^(?:(?:Findings|Impression|Caption|Conclusion|Technique|In summary)[:,]|\d+[.)])\s*")
_LEAST = 2
"""Words of a sentence."""
_IMAGE = ("view", "modality")
_ABSENT = "absent"


class Swap(NamedTuple):
    """A sentence that holds on an image and one that does not, about one thing.

    Attributes:
        statement: presence, side, grade, place, attribute, view or modality.
        finding: what it is about; empty of the image itself.
        true: the value that holds; of presence ``absent`` or how the finding is spoken of.
        false: the value of the error.
    """

    statement: str
    finding: str
    true: str
    false: str

    @property
    def reverse(self) -> "Swap":
        """The error that this one's truth is, and the other way round."""
        return Swap(self.statement, self.finding, self.false, self.true)


@dataclass(eq=False)
class Graded(Generator):
    """Makes pairs of a draft with an error of a risk level and the draft without it.

    Attributes:
        level: levels of the errors: ``3``, or ``1-4``.
    """

    version: ClassVar[str] = "1"
    level: str = "1-4"

    def __post_init__(self) -> None:
        self._levels = _levels(self.level)
        self._swaps: dict[Swap, int] = {}
        self._offered, self._ends, self._keys = array("I"), array("I"), array("Q")
        self._chosen: dict[int, list[int]] = {}
        self._there: set[tuple[int, int]] = set()
        self._counts = Counter[str]()

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: takes note of what can be turned round on the next case."""
        for swap in swaps(known_of(case, items)):
            if level_of(swap) in self._levels:
                self._offered.append(self._swaps.setdefault(swap, len(self._swaps)))
        self._ends.append(len(self._offered))
        self._keys.append(rank(self.seed, case.id))

    def choose(self, parts: Sequence[int]) -> None:
        """Between the passes: as many images of each swap as of its reverse, within each part, at most three an image.

        Raises:
            UserError: there is none.
        """
        where: dict[tuple[int, int], list[int]] = defaultdict(list)
        start = 0
        for case, (part, end) in enumerate(zip(parts, self._ends, strict=True)):
            for number in self._offered[start:end]:
                where[part, number].append(case)
            start = end
        self._there = set(where)
        names = list(self._swaps)
        pairs = [
            (part, number, other)
            for part, number in where
            if (other := self._swaps.get(names[number].reverse, -1)) > number and (part, other) in where
        ]
        taken, asked = Counter[int](), set[tuple[int, tuple[str, str]]]()
        for part, one, other in sorted(pairs, key=lambda p: (min(len(where[p[0], n]) for n in p[1:]), p)):
            sides = [self._shuffled(where[part, n], n) for n in (one, other)]
            about = names[one][:2]
            free = [[c for c in side if taken[c] < MOST and (c, about) not in asked] for side in sides]
            for pair in zip(*free, strict=False):
                for case, number in zip(pair, (one, other), strict=True):
                    self._chosen.setdefault(case, []).append(number)
                    taken[case] += 1
                    asked.add((case, about))
        if len(parts) and not self._chosen:
            raise UserError(
                f"graded:level={self.level}: no error can be made: each needs an image on which its sentence is true "
                "and one on which it is not (a finding that one report states and another denies); more reports, or "
                "more levels, would give some"
            )

    def _shuffled(self, cases: list[int], number: int) -> list[int]:
        return sorted(cases, key=lambda case: rank(self._keys[case], number))

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """Second pass: the pairs of a case, and what could not be turned round."""
        chosen = {n: None for n in self._chosen.get(number, ())}
        for swap in swaps(known_of(case, items)):
            at = self._swaps.get(swap, -1)
            if at in chosen:
                self._counts[f"level {level_of(swap)}"] += 1
                yield from _pair(case, swap, self.seed)
            else:
                yield self._left(case, split, swap)

    def finish(self, folder: Path) -> dict[str, dict[str, int]]:
        """What the manifest counts: pairs by level."""
        return {"graded": dict(sorted(self._counts.items()))}

    def _left(self, case: Case, split: str, swap: Swap) -> Reject:
        level, back = level_of(swap), self._swaps.get(swap.reverse, -1)
        reason = UNGRADED if not level else OTHER_LEVEL if level not in self._levels else ENOUGH
        if reason == ENOUGH and (PARTS.index(split) + 1, back) not in self._there:
            reason = ONE_WAY
        return Reject(
            case_id=case.id,
            split=split,
            reason=reason,
            category=_claim(swap, swap.false).category,
            statement=swap.statement,
            finding=swap.finding,
            value=swap.false,
            truth="false",
        )


def _levels(text: str) -> frozenset[int]:
    """The levels that an option names: ``3``, or ``1-4``."""
    first, dash, last = text.partition("-")
    if not (
        first.isdecimal() and (last.isdecimal() if dash else not last) and 1 <= int(first) <= int(last or first) <= 4
    ):
        raise UserError(f"graded:level={text}: levels are 1 to 4: level=3, or level=1-4")
    return frozenset(range(int(first), int(last or first) + 1))


@cache
def _gravity() -> dict[str, int]:
    table = shipped_table("construction/graded.toml")["gravity"]
    order = ("incidental", "minor", "serious", "critical")
    rows = ((n, table[name].replace("\n", ";").split(";")) for n, name in enumerate(order))
    return {finding.strip(): n for n, row in rows for finding in row if finding.strip()}


def level_of(swap: Swap) -> int:
    """Risk level of an error, 1 to 4; 0 where it is not known."""
    table = shipped_table("construction/graded.toml")
    if swap.statement in _IMAGE:
        return int(table["image"][swap.statement])
    gravity = _gravity().get(swap.finding, -1)
    return int(table["level"][swap.statement][gravity]) if gravity >= 0 and swap.statement in table["level"] else 0


def swaps(known: Known) -> Iterator[Swap]:
    """What can be turned round on an image, in fixed order: both what holds and what does not are known."""
    false: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in stated(known):
        claim = one.claim
        if one.truth is None or one.unfit or claim.other or claim.finding in known.conflicts:
            continue
        if claim.statement == "presence":
            there = claim.value or "a"
            yield Swap("presence", claim.finding, there if one.truth else _ABSENT, _ABSENT if one.truth else there)
        elif one.truth is False and known.true_value(claim):
            false[claim.statement, claim.finding].append(claim.value)
    for (statement, finding), values in false.items():
        for value in values:
            true = known.true_value(Claim(statement, finding, value))
            if statement in (*_IMAGE, "side", "grade", "place", "attribute") and true:
                yield Swap(statement, finding, true, value)


def _claim(swap: Swap, value: str) -> Claim:
    if swap.statement != "presence":
        return Claim(swap.statement, swap.finding, value)
    there = swap.true if swap.false == _ABSENT else swap.false
    return Claim("presence", swap.finding, "" if swap.finding in lexicon().findings else there)


def sentence(swap: Swap, value: str, phrasing: int) -> str:
    """One of the two sentences of a swap; its words depend on the value and never on its truth."""
    words = phrase(_claim(swap, value)).slots()
    kind = "image" if swap.statement in _IMAGE else "absent" if value == _ABSENT else "present"
    template = str(shipped_table("construction/graded.toml")["words"][kind][phrasing])
    plural = words["is"] == "are"
    template = (
        template.replace("There is", "There are").replace(" is identified", " are identified") if plural else template
    )
    return template.format(**words, A=words["a"][0].upper() + words["a"][1:])


def _error(swap: Swap) -> str:
    """MedVAL's class of the error."""
    grades = lexicon().values["grade"]
    kind = swap.statement
    if kind == "presence":
        kind = "missed" if swap.false == _ABSENT else "invented"
    elif kind == "grade":
        kind = "more" if grades.index(swap.false) > grades.index(swap.true) else "less"
    return str(shipped_table("construction/graded.toml")["error"][kind])


def context_of(case: Case, swap: Swap) -> tuple[list[str], int]:
    """Sentences of the annotation that say nothing of what a swap is about, and where the swapped sentence goes."""
    kept: list[str] = []
    place, words = -1, 0
    for text in (_HEADING.sub("", part.strip()) for part in _SENTENCE.split(case.annotation)):
        if any(finding in _LEFT_OUT or _one(finding, swap.finding) for finding in _spoken_of(text)):
            place = len(kept) if place < 0 else place
        elif _LEAST <= len(text.split()) <= _CONTEXT - words and "XXXX" not in text:
            kept.append(text)
            words += len(text.split())
    return kept, len(kept) if place < 0 else place


@lru_cache(maxsize=65_536)
def _spoken_of(text: str) -> frozenset[str]:
    """The findings that a sentence says something of, by name or by calling an organ normal."""
    alone = Known()
    add_report(alone, text)
    named = {f.finding for f in read_facts(text)}
    return frozenset({*alone.presence, *alone.uncertain, *alone.conflicts, *named, *map(lexicon().named, named)})


def _one(finding: str, other: str) -> bool:
    """Whether what is said of one finding may tell of the other."""
    return finding == other or is_a(finding, other) or is_a(other, finding)


def _pair(case: Case, swap: Swap, seed: int) -> Iterator[Item]:
    """The draft with the error and the draft without it: the same words but for one sentence."""
    table = shipped_table("construction/graded.toml")["words"]
    unordered = sorted((swap.true, swap.false))
    asked = rank(seed, case.id, swap.statement, swap.finding, "frame") % len(table["ask"])
    phrasing = rank(seed, swap.statement, swap.finding, *unordered, "phrasing") % len(table["present"])
    kept, place = context_of(case, swap)
    truth = sentence(swap, swap.true, phrasing)
    name, level = f"{swap.statement} {swap.finding} {' '.join(unordered)}", level_of(swap)
    for value, right in ((swap.false, False), (swap.true, True)):
        said = sentence(swap, value, phrasing)
        text = " ".join([*kept[:place], said, *kept[place:]])
        yield Item(
            id="",
            case_id=case.id,
            source_id=f"{case.source_key}:graded:{name}:{'right' if right else 'wrong'}",
            question=str(table["ask"][asked]).format(text=text),
            reference=f"{'Yes' if right else 'No'}: {truth[0].lower()}{truth[1:]}",
            answer_type="open",
            kind="non-hallucination" if right else "hallucination",
            category=_claim(swap, swap.false).category,
            premise=said,
            premise_form="polar",
            target=swap.finding,
            tags={
                "pair": name,
                "level": "none" if right else str(level),
                "pair_level": str(level),
                "error": "none" if right else _error(swap),
                "truth": truth,
                "statement": swap.statement,
                "phrasing": str(asked),
            },
        )


GENERATOR = Graded
