"""Which part a case belongs to: by patient, then by image, so that neither is ever in two parts.

A group (patient, lesion, or the image where none is known) is placed by a hash of its name: its part depends on nothing
but name, seed and shares, so that a set that grows keeps its parts. The price: the shares hold on average, not exactly.
Groups that share an image's pixels, or of which one shows the same picture saved another way (``items.likeness``), are
placed together, by the smallest of their hashes.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from auscult.errors import UserError
from auscult.items.likeness import Pairs, candidates, tells, words_of
from auscult.records import Case, rank

PARTS = ("train", "validation", "test")
NO_PART = 0


def _default_shares() -> dict[str, float]:
    return {"train": 2 / 3, "test": 1 / 3}


@dataclass(frozen=True, kw_only=True)
class SplitPlan:
    """How items are put into parts.

    Attributes:
        shares: part → share of the groups, on average; they add up to 1.
        seed: another seed gives another split.
        published: whether a split that comes with the data stands; it is refused where it leaks.
    """

    shares: Mapping[str, float] = field(default_factory=_default_shares)
    seed: int = 0
    published: bool = True

    def __post_init__(self) -> None:
        """Refuses shares that are none."""
        unknown = sorted(set(self.shares) - set(PARTS))
        if unknown:
            raise UserError(f"split '{unknown[0]}' is unknown; known: {', '.join(PARTS)}")
        if not self.shares or min(self.shares.values()) < 0 or abs(sum(self.shares.values()) - 1) > 1e-6:
            raise UserError(f"shares of the split {dict(self.shares)} must be positive and add up to 1")


def _place(key: int, seed: int, shares: Mapping[str, float]) -> str:
    at = rank(f"split {seed} {key:016x}") / 2**64
    reached = 0.0
    for part, share in shares.items():
        reached += share
        if at < reached:
            return part
    return list(shares)[-1]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts of all cases.

    Attributes:
        parts: of every case, 1 + index in ``PARTS``.
        joined: groups that are bound to another one by shared pixels or by near-duplicate images.
        alike: number of the near-duplicate group of every case; 0 where it has none.
        leaks: cases whose images are near-duplicates, which a published split has put into different parts.
    """

    parts: "array[int]"
    joined: int
    alike: "array[int]"
    leaks: Pairs = field(default_factory=list)


class Splitter:
    """Collects the groups and images of all cases (72 bytes a case in memory), then says the part of each.

    Args:
        plan: how to split.
    """

    def __init__(self, plan: SplitPlan) -> None:
        self._plan = plan
        self._groups, self._published = array("Q"), array("B")
        self._shared_case, self._shared_pixels = array("q"), array("Q")
        self._look_case, self._looks = array("q"), array("Q")

    def add(self, case: Case, published: str) -> None:
        """Adds the next case, in order, with the part that its data set puts it into, or an empty one."""
        for image in case.images:
            self._shared_case.append(len(self._groups))
            self._shared_pixels.append(rank(f"pixels {image.pixels or image.sha256}"))
            if tells(image.look):
                self._look_case.append(len(self._groups))
                self._looks.extend(words_of(image.look))
        self._groups.append(rank(case.group))
        self._published.append(PARTS.index(published) + 1 if published and self._plan.published else NO_PART)

    @property
    def named(self) -> int:
        """Cases that stay in the part that their data set puts them into."""
        return len(self._published) - self._published.count(NO_PART)

    def candidates(self) -> list[tuple[int, int]]:
        """Pairs of images, by their place among those that have a look, that may be near-duplicates."""
        groups = np.unique(np.frombuffer(self._groups, np.uint64), return_inverse=True)[1]
        case = np.frombuffer(self._look_case, np.int64)
        return list(candidates(np.frombuffer(self._looks, np.uint64).reshape(-1, 4), groups[case]))

    def parts(self, alike: Sequence[tuple[int, int]] = ()) -> Parts:
        """The part of every case.

        Args:
            alike: pairs of images, as from ``candidates``, that are near-duplicates.

        Raises:
            SplitLeak: a published split puts one patient or image into two parts.
        """
        groups = np.frombuffer(self._groups, dtype=np.uint64)
        names, group_of = np.unique(groups, return_inverse=True)
        component, count = self._joined(group_of, len(names))
        chosen = self._chosen(component[group_of], count)
        cases = [(int(self._look_case[one]), int(self._look_case[other])) for one, other in alike]
        component, count, chosen, leaks = _bound(component, count, chosen, group_of, cases)
        # names are sorted: the first group of a component is the one with the smallest hash.
        firsts = np.unique(component, return_index=True)[1]
        for at in np.flatnonzero(chosen == NO_PART):
            part = _place(int(names[firsts[at]]), self._plan.seed, self._plan.shares)
            chosen[at] = PARTS.index(part) + 1
        of_case = component[group_of]
        sizes = np.bincount(component, minlength=count)
        return Parts(
            parts=array("B", chosen[of_case].tobytes()),
            joined=int(sizes[sizes > 1].sum()),
            alike=_alike_groups(cases, len(groups)),
            leaks=leaks,
        )

    def _chosen(self, of_case: Any, count: int) -> Any:
        """The published part of each component."""
        chosen = np.zeros(count, dtype=np.uint8)
        published = np.frombuffer(self._published, dtype=np.uint8)
        for index in np.flatnonzero(published):
            at = of_case[index]
            if chosen[at] not in (NO_PART, published[index]):
                other = np.flatnonzero((of_case == at) & (published == chosen[at]))[0]
                raise SplitLeak(int(other), int(index))
            chosen[at] = published[index]
        return chosen

    def _joined(self, group_of: Any, groups: int) -> tuple[Any, int]:
        pixels, pixel_of = np.unique(np.frombuffer(self._shared_pixels, dtype=np.uint64), return_inverse=True)
        cases = np.frombuffer(self._shared_case, dtype=np.int64)
        size = groups + len(pixels)
        ones = np.ones(len(cases), dtype=np.uint8)
        graph = coo_matrix((ones, (group_of[cases], groups + pixel_of)), shape=(size, size))
        _, labels = connected_components(graph, directed=False)
        unique, component = np.unique(labels[:groups], return_inverse=True)
        return component, len(unique)


def _bound(component: Any, count: int, chosen: Any, group_of: Any, cases: Pairs) -> tuple[Any, int, Any, Pairs]:
    """Components with those bound whose images are near-duplicates, where a published split does not part them."""
    if not cases:
        return component, count, chosen, []
    above = list(range(count))

    def top(at: int) -> int:
        while above[at] != at:
            at = above[at]
        return at

    leaks = []
    for one, other in cases:
        low, high = sorted((top(int(component[group_of[one]])), top(int(component[group_of[other]]))))
        if NO_PART not in (chosen[low], chosen[high]) and chosen[low] != chosen[high]:
            leaks.append((one, other))
        elif low != high:
            above[high] = low
            chosen[low] = chosen[low] or chosen[high]
    tops = np.array([top(at) for at in range(count)], dtype=np.int64)
    unique, renamed = np.unique(tops, return_inverse=True)
    return renamed[component], len(unique), chosen[unique], leaks


def _alike_groups(cases: Pairs, count: int) -> "array[int]":
    """Number of the near-duplicate group of every case, from 1; 0 where it has none."""
    found = array("L", bytes(array("L").itemsize * count))
    if not cases:
        return found
    one, other = np.array(cases, dtype=np.int64).T
    graph = coo_matrix((np.ones(len(one), dtype=np.uint8), (one, other)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    for case in {case for pair in cases for case in pair}:
        found[case] = int(labels[case]) + 1
    return found


class SplitLeak(Exception):
    """A published split puts two cases that share a patient or pixels into different parts; holds their numbers."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"cases {one} and {other}")
        self.one, self.other = one, other
