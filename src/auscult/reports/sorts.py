"""Which sort of error a wrong answer is, the most serious first, and which of many are shown as examples."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeVar

from auscult.records import Item

Shown = TypeVar("Shown")


class Sort(IntEnum):
    """A sort of error; the lower, the more serious."""

    INVENTED = 0
    MISSED = 1
    ALONG = 2
    FALSE_DETAIL = 3
    OTHER = 4
    QUIBBLE = 5
    TEXTBOOK = 6
    REPORT = 7


SERIOUS = (Sort.INVENTED, Sort.MISSED, Sort.ALONG)
LABELS = {
    Sort.INVENTED: "invented finding",
    Sort.MISSED: "missed finding",
    Sort.ALONG: "agreed to a false finding",
    Sort.FALSE_DETAIL: "agreed to something false",
    Sort.OTHER: "wrong",
    Sort.QUIBBLE: "wrong",
    Sort.TEXTBOOK: "wrong about textbook knowledge",
    Sort.REPORT: "wrong",
}
_QUIBBLES = {"grade", "size", "attribute", "view"}


class About(NamedTuple):
    """What tells the sort of an item's errors: fields of ``Item``."""

    answer_type: str
    kind: str
    category: str
    premise_form: str
    target: str
    reference: str
    tags: Mapping[str, str] | Sequence[tuple[str, str]]


def sort_of(item: Item | About) -> Sort:
    """The sort that a wrong answer to this question is."""
    if item.answer_type == "report":
        return Sort.REPORT
    if item.category == "distorted knowledge":
        return Sort.TEXTBOOK
    if dict(item.tags).get("statement", "") in _QUIBBLES or item.category in _QUIBBLES or item.answer_type == "number":
        return Sort.QUIBBLE
    if item.answer_type == "yes_no":
        detail = item.premise_form == "neutral" and item.category != "presence"
        if item.target and not detail:
            return Sort.INVENTED if item.reference == "no" else Sort.MISSED
    elif item.kind == "hallucination":
        return Sort.ALONG if item.category == "nonexistent object" else Sort.FALSE_DETAIL
    return Sort.OTHER


class Candidate(NamedTuple):
    """An answer that may be shown: its sort, the finding that it is about (or else a name of its own), its image."""

    sort: Sort
    finding: str
    image: str


def picked(found: Sequence[tuple[Candidate, Shown]], n: int) -> list[Shown]:
    """At most ``n``: an invented finding, a missed one, one gone along with, in turn; the others after these.

    No image is shown twice, and no finding as long as there are others.

    Args:
        found: in the order in which they are taken within a sort.
        n: most to show.
    """
    left: defaultdict[Sort, list[tuple[Candidate, Shown]]] = defaultdict(list)
    for candidate, one in found:
        left[candidate.sort].append((candidate, one))
    chosen: list[tuple[Candidate, Shown]] = []
    for other_finding in (True, False):
        for sorts in (SERIOUS, tuple(s for s in Sort if s not in SERIOUS)):
            while len(chosen) < n and (round_ := _round(left, sorts, chosen, n, other_finding=other_finding)):
                chosen += round_
    return [one for _, one in chosen]


def _round(
    left: dict[Sort, list[tuple[Candidate, Shown]]],
    sorts: Sequence[Sort],
    chosen: Sequence[tuple[Candidate, Shown]],
    n: int,
    *,
    other_finding: bool,
) -> list[tuple[Candidate, Shown]]:
    """The next of each sort that may be shown beside what was chosen."""
    taken: list[tuple[Candidate, Shown]] = []
    for sort in sorts:
        beside = [c for c, _ in (*chosen, *taken)]
        images, findings = {c.image for c in beside}, {c.finding for c in beside}
        fits = (
            pair
            for pair in left.get(sort, ())
            if pair[0].image not in images and not (other_finding and pair[0].finding in findings)
        )
        if len(beside) < n and (pair := next(fits, None)) is not None:
            taken.append(pair)
    return taken
