"""Which claims are asked of which images, so that the words of a question say nothing of its truth.

Two claims u and v stand on two images, one where u is true and v false, one where it is the other way round, and both
are asked of both: then each image holds as many true as false claims, and each wording is true as often as it is false.
What is left is taken claim by claim, one image where it is true with one where it is false, evening out the images.
Phrasings are drawn for the whole group, so that they know nothing of truth either. Each part of the split is balanced.

Keys are held, never rows: about a kilobyte a case.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from auscult.construction.claims import NONEXISTENT, WRONG_ATTRIBUTE, Claim
from auscult.construction.wordings import PHRASINGS
from auscult.records import rank

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
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self.claims: list[Claim] = []
        self._numbers: dict[Claim, int] = {}
        self._case, self._true, self._false = array("I"), array("I"), array("I")
        self._order = array("Q")
        self._single_case, self._single, self._single_truth = array("I"), array("I"), array("B")
        self._cases = 0
        self._chosen: dict[int, list[Chosen]] = {}
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
            self._case.append(case)
            self._true.append(self.number(fit[u][0]))
            self._false.append(self.number(fit[v][0]))
            self._order.append(order)
        for claim, truth in fit:
            self._single_case.append(case)
            self._single.append(self.number(claim))
            self._single_truth.append(truth)

    def choose(self, parts: Sequence[int]) -> None:
        """Chooses within each part.

        Args:
            parts: the part of every case.
        """
        of_case = np.frombuffer(array("B", parts), dtype=np.uint8)
        single_case = np.frombuffer(self._single_case, np.uint32)
        single, truth = np.frombuffer(self._single, np.uint32), np.frombuffer(self._single_truth, np.uint8)
        for part in np.unique(of_case):
            here = np.flatnonzero(of_case[single_case] == part)
            self.counts[int(part)] = Counter(zip(single[here].tolist(), map(bool, truth[here].tolist()), strict=True))
            taken = _Taken(self.claims, self._chosen, self._seed)
            edges = np.flatnonzero(of_case[np.frombuffer(self._case, np.uint32)] == part)
            self._choose_pairs(edges, taken)
            taken.paired = frozenset((case, category) for case, category in taken.used)
            self._choose_singles(single_case[here], single[here], truth[here], taken)

    def of(self, case: int) -> list[Chosen]:
        """What is asked of a case."""
        return self._chosen.get(case, [])

    def _choose_pairs(self, edges: Any, taken: "_Taken") -> None:
        case, u, v = (np.frombuffer(a, np.uint32)[edges] for a in (self._case, self._true, self._false))
        order = np.frombuffer(self._order, np.uint64)[edges]
        low, high = np.minimum(u, v), np.maximum(u, v)
        groups: dict[tuple[int, int], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for at in np.lexsort((order, u, high, low)).tolist():
            groups[int(low[at]), int(high[at])][int(u[at] != low[at])].append(int(case[at]))
        both = [(min(len(f), len(b)), key) for key, (f, b) in groups.items() if f and b]
        for _, (one, other) in sorted(both, key=lambda g: (g[0], self._names(*g[1]))):
            forward, back = groups[one, other]
            first = [c for c in forward if taken.free(c, one, other)]
            second = [c for c in back if taken.free(c, one, other)]
            for i, j in zip(first, second, strict=False):
                taken.take([(i, one, True), (i, other, False), (j, other, True), (j, one, False)])

    def _choose_singles(self, cases: Any, claims: Any, truths: Any, taken: "_Taken") -> None:
        groups: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for case, claim, truth in zip(cases.tolist(), claims.tolist(), truths.tolist(), strict=True):
            groups[claim][truth].append(case)
        both = [(min(len(f), len(t)), claim) for claim, (f, t) in groups.items() if f and t]
        for _, claim in sorted(both, key=lambda g: (g[0], self._names(g[1]))):
            false, true = (
                sorted((c for c in found if taken.free_single(c, claim)), key=lambda c: taken.lean(c, claim, truth))
                for truth, found in enumerate(groups[claim])
            )
            for i, j in zip(true, false, strict=False):
                taken.take([(i, claim, True), (j, claim, False)])

    def _names(self, *claims: int) -> tuple[str, ...]:
        return tuple(self.claims[c].name for c in claims)


class _Taken:
    """What has been chosen so far within one part."""

    def __init__(self, claims: Sequence[Claim], chosen: dict[int, list[Chosen]], seed: int) -> None:
        self._claims, self._chosen, self._seed = claims, chosen, seed
        self.used: Counter[tuple[int, str]] = Counter()
        self.paired: frozenset[tuple[int, str]] = frozenset()
        self._asked: set[tuple[int, int]] = set()
        self._surplus: Counter[tuple[int, str]] = Counter()
        self._groups = 0

    def free(self, case: int, *claims: int) -> bool:
        """Whether a case can still be asked these claims."""
        if any((case, c) in self._asked for c in claims):
            return False
        wanted = Counter(name for c in claims for name in (self._claims[c].category, self._claims[c].statement))
        return all(self.used[case, name] + n <= LIMITS.get(name, OF_ONE_STATEMENT) for name, n in wanted.items())

    def free_single(self, case: int, claim: int) -> bool:
        """Whether a claim can be asked by itself: only of cases without pairs of its category."""
        return (case, self._claims[claim].category) not in self.paired and self.free(case, claim)

    def lean(self, case: int, claim: int, truth: int) -> tuple[int, int]:
        """Cases first that this evens out; then by hash."""
        surplus = self._surplus[case, self._claims[claim].category]
        return surplus if truth else -surplus, rank(self._seed, case, self._claims[claim].name)

    def take(self, claims: Iterable[tuple[int, int, bool]]) -> None:
        """Chooses claims that balance each other; they share one phrasing."""
        claims = list(claims)
        phrasing = rank(self._seed, *(f"{case} {self._claims[c].name}" for case, c, _ in sorted(claims))) % PHRASINGS
        for case, claim, truth in claims:
            category = self._claims[claim].category
            self._asked.add((case, claim))
            self.used[case, category] += 1
            self.used[case, self._claims[claim].statement] += 1
            self._surplus[case, category] += 1 if truth else -1
            self._chosen.setdefault(case, []).append(Chosen(claim, truth, phrasing, self._groups))
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
