"""Which claims are asked of which images, so that the words of a question say nothing of its truth.

Two claims u and v stand on two images, one where u is true and v false, one where it is the other way round, and both
are asked of both: then each image holds as many true as false claims, and each wording is true as often as it is false.
What is left is taken claim by claim, one image where it is true with one where it is false, evening out the images.
Phrasings are drawn for the whole group, so that they know nothing of truth either. Each part of the split is balanced.

What is known of all cases lies on disk, by claim; memory holds what is asked of each: about 200 bytes a case.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auscult.construction.claims import NONEXISTENT, WRONG_ATTRIBUTE, Claim
from auscult.construction.wordings import PHRASINGS
from auscult.records import rank
from auscult.store.spilled import Spilled

EDGES = 24
"""How many pairs of a true and a false claim of one case are considered, chosen by hash."""
LIMITS = {NONEXISTENT: 2, WRONG_ATTRIBUTE: 4}
"""How many claims of a category are asked of one case, as many true as false where they come in pairs."""
OF_ONE_STATEMENT = 2
"""How many of them are of one statement: side, grade, ..."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A claim that is asked of a case: its number, the phrasing, and what it is balanced with."""

    claim: int
    truth: bool
    phrasing: int
    group: int


class Balance:
    """Collects the claims of all cases, then chooses.

    Args:
        seed: another seed gives another choice.
        folder: where the claims of many cases are kept until they are chosen from; None: where the system keeps such
            files.
    """

    def __init__(self, seed: int = 0, folder: Path | None = None) -> None:
        self._seed = seed
        self.claims: list[Claim] = []
        self._numbers: dict[Claim, int] = {}
        self._pairs, self._singles = Spilled(folder), Spilled(folder)
        self._cases = 0
        self._asked = _Asked(0)
        self.counts: dict[int, Counter[tuple[int, bool]]] = {}

    def number(self, claim: Claim) -> int:
        """The number of a claim; equal claims have one."""
        found = self._numbers.setdefault(claim, len(self.claims))
        if found == len(self.claims):
            self.claims.append(claim)
        return found

    def add(self, name: str, fit: Sequence[tuple[Claim, bool]]) -> None:
        """Adds the next case, in order.

        Args:
            name: of the case.
            fit: the claims that can be asked of it, with their truth.
        """
        case = self._cases
        self._cases += 1
        names = [claim.name for claim, _ in fit]
        edges = sorted((rank(self._seed, name, names[u], names[v]), u, v) for u, v in _edges(fit))
        for order, u, v in edges[:EDGES]:
            self._pairs.add(_pair(self.number(fit[u][0]), self.number(fit[v][0])), case, order)
        for claim, truth in fit:
            self._singles.add(self.number(claim) * 2 + truth, case)

    def choose(self, parts: Sequence[int]) -> None:
        """Chooses within each part.

        Args:
            parts: the part of every case.
        """
        of_case = np.frombuffer(array("B", parts), dtype=np.uint8)
        self._asked = _Asked(self._cases)
        self._pairs.sealed()
        self._singles.sealed()
        for part in np.unique(of_case):
            here = of_case == part
            singles = self._singles.counts(here)
            self.counts[int(part)] = Counter({(key // 2, bool(key % 2)): n for key, n in singles.items()})
            taken = _Taken(self.claims, self._asked, self._seed, self._cases)
            self._choose_pairs(here, taken)
            taken.note_pairs()
            self._choose_singles(here, singles, taken)
        self._pairs, self._singles = Spilled(), Spilled()

    def of(self, case: int) -> list[Chosen]:
        """What is asked of a case."""
        return self._asked.of(case)

    def _choose_pairs(self, here: NDArray[np.bool_], taken: "_Taken") -> None:
        for one, other in self._scarcest_first(self._pairs.counts(here)):
            room = taken.room(one, other)
            first, second = (
                [c for c in self._pairs.of(key, here) if taken.free(c, room, one, other)]
                for key in (_pair(one, other), _pair(other, one))
            )
            for i, j in zip(first, second, strict=False):
                taken.take([(i, one, True), (i, other, False), (j, other, True), (j, one, False)])

    def _choose_singles(self, here: NDArray[np.bool_], counts: Counter[int], taken: "_Taken") -> None:
        for _, claim in self._scarcest_first(counts):
            room = taken.room(claim)
            false, true = (
                sorted(
                    (c for c in self._singles.of(claim * 2 + truth, here) if taken.free_single(c, room, claim)),
                    key=lambda c: taken.lean(c, claim, truth),  # noqa: B023 - sorted before the next one
                )
                for truth in (0, 1)
            )
            for i, j in zip(true, false, strict=False):
                taken.take([(i, claim, True), (j, claim, False)])

    def _scarcest_first(self, counts: Counter[int]) -> list[tuple[int, int]]:
        """The claims, or pairs of claims, that stand on images both ways, those first that do on the fewest."""
        both = [(min(n, counts[key ^ 1]), key >> 1) for key, n in counts.items() if not key & 1 and counts[key ^ 1]]
        named = ((n, divmod(claims, MOST_CLAIMS)) for n, claims in both)
        order = sorted((n, tuple(self.claims[c].name for c in claims), claims) for n, claims in named)
        return [claims for *_, claims in order]


MOST_CLAIMS = 2**28
"""Most different claims of all cases together."""


def _pair(true: int, false: int) -> int:
    """The key of two claims of which the first is true and the other false; its last bit says which is the greater."""
    return (min(true, false) * MOST_CLAIMS + max(true, false)) * 2 + (true > false)


class _Asked:
    """What is asked of each case, in the order in which it was chosen: 4 bytes a case and 14 a claim.

    Args:
        cases: how many there are.
    """

    def __init__(self, cases: int) -> None:
        self._last = array("I", bytes(4 * cases))
        self._before, self._claim, self._group = array("I"), array("I"), array("I")
        self._truth, self._phrasing = array("B"), array("B")

    def add(self, case: int, one: Chosen) -> None:
        """Asks one more claim of a case."""
        self._before.append(self._last[case])
        self._claim.append(one.claim)
        self._group.append(one.group)
        self._truth.append(one.truth)
        self._phrasing.append(one.phrasing)
        self._last[case] = len(self._claim)

    def _places(self, case: int) -> Iterator[int]:
        at = self._last[case] if case < len(self._last) else 0
        while at:
            yield at - 1
            at = self._before[at - 1]

    def holds(self, case: int, claims: Sequence[int]) -> bool:
        """Whether one of these is asked of a case."""
        return any(self._claim[at] in claims for at in self._places(case))

    def of(self, case: int) -> list[Chosen]:
        """What is asked of a case."""
        found = [
            Chosen(self._claim[at], bool(self._truth[at]), self._phrasing[at], self._group[at])
            for at in self._places(case)
        ]
        return found[::-1]


class _Taken:
    """What has been chosen so far within one part: a byte for each case and each category or statement."""

    def __init__(self, claims: Sequence[Claim], asked: _Asked, seed: int, cases: int) -> None:
        self._claims, self._asked, self._seed = claims, asked, seed
        names = dict.fromkeys((NONEXISTENT, WRONG_ATTRIBUTE, *(claim.statement for claim in claims)))
        self._place, self._width = {name: n for n, name in enumerate(names)}, len(names)
        self._used = self._paired = bytearray(cases * self._width)
        self._surplus = array("b", bytes(cases * self._width))
        self._groups = 0

    def room(self, *claims: int) -> list[tuple[int, int]]:
        """The categories and statements of claims that are asked together, and how much of each may be used before."""
        wanted = Counter(name for c in claims for name in (self._claims[c].category, self._claims[c].statement))
        return [(self._place[name], LIMITS.get(name, OF_ONE_STATEMENT) - n) for name, n in wanted.items()]

    def free(self, case: int, room: Sequence[tuple[int, int]], *claims: int) -> bool:
        """Whether a case can still be asked these claims."""
        at = case * self._width
        return all(self._used[at + place] <= most for place, most in room) and not self._asked.holds(case, claims)

    def note_pairs(self) -> None:
        """From here on claims are asked by themselves."""
        self._paired = bytearray(self._used)

    def free_single(self, case: int, room: Sequence[tuple[int, int]], claim: int) -> bool:
        """Whether a claim can be asked by itself: only of cases without pairs of its category."""
        at = case * self._width + self._place[self._claims[claim].category]
        return not self._paired[at] and self.free(case, room, claim)

    def lean(self, case: int, claim: int, truth: int) -> tuple[int, int]:
        """Cases first that this evens out; then by hash."""
        surplus = self._surplus[case * self._width + self._place[self._claims[claim].category]]
        return surplus if truth else -surplus, rank(self._seed, case, self._claims[claim].name)

    def take(self, claims: Iterable[tuple[int, int, bool]]) -> None:
        """Chooses claims that balance each other; they share one phrasing."""
        claims = list(claims)
        phrasing = rank(self._seed, *(f"{case} {self._claims[c].name}" for case, c, _ in sorted(claims))) % PHRASINGS
        for case, claim, truth in claims:
            category = case * self._width + self._place[self._claims[claim].category]
            self._used[category] += 1
            self._used[case * self._width + self._place[self._claims[claim].statement]] += 1
            self._surplus[category] += 1 if truth else -1
            self._asked.add(case, Chosen(claim, truth, phrasing, self._groups))
        self._groups += 1


def _edges(fit: Sequence[tuple[Claim, bool]]) -> Iterator[tuple[int, int]]:
    """The places of a true and a false claim of one case that may stand side by side.

    Two objects; two values of one property; or, where nothing is there, a view that is right with an object that is
    not there, so that normal images are asked about objects too (and the reverse on their counterparts).
    """
    rivals: dict[object, tuple[list[int], list[int]]] = {}
    for place, (claim, truth) in enumerate(fit):
        about = NONEXISTENT if claim.statement == "presence" else claim.about
        rivals.setdefault(about, ([], []))[truth].append(place)
    for false, true in rivals.values():
        yield from product(true, false)
    views: tuple[list[int], list[int]] = ([], [])
    for place, (claim, truth) in enumerate(fit):
        if claim.statement == "view":
            views[truth].append(place)
    absent, there = rivals.get(NONEXISTENT, ([], []))
    yield from product(there, views[False]) if there else product(views[True], absent)
