"""Which part a case belongs to: by patient, then by image, so that neither is ever in two parts.

A group (patient, lesion, or the image where none is known) is placed by a hash of its name: its part depends on nothing
but name, seed and shares, so that a set that grows keeps its parts. The price: the shares hold on average, not exactly.
Groups that share an image's pixels are placed together, by the smallest of their hashes.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from auscult.errors import UserError
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


class Splitter:
    """Collects the groups and images of all cases (32 bytes a case in memory), then says the part of each.

    Args:
        plan: how to split.
    """

    def __init__(self, plan: SplitPlan) -> None:
        self._plan = plan
        self._groups, self._published = array("Q"), array("B")
        self._shared_case, self._shared_pixels = array("q"), array("Q")
        self._components: Any = None

    def add(self, case: Case, published: str) -> None:
        """Adds the next case, in order, with the part that its data set puts it into, or an empty one."""
        for image in case.images:
            self._shared_case.append(len(self._groups))
            self._shared_pixels.append(rank(f"pixels {image.pixels or image.sha256}"))
        self._groups.append(rank(case.group))
        self._published.append(PARTS.index(published) + 1 if published and self._plan.published else NO_PART)

    def parts(self) -> tuple["array[int]", int]:
        """The part of every case (1 + index in ``PARTS``), and how many groups are bound to another by shared pixels.

        Raises:
            SplitLeak: a published split puts one patient or image into two parts.
        """
        groups = np.frombuffer(self._groups, dtype=np.uint64)
        names, group_of = np.unique(groups, return_inverse=True)
        component, count = self._joined(group_of, len(names))
        chosen = np.zeros(count, dtype=np.uint8)
        of_case = component[group_of]
        published = np.frombuffer(self._published, dtype=np.uint8)
        for index in np.flatnonzero(published):
            at = of_case[index]
            if chosen[at] not in (NO_PART, published[index]):
                other = np.flatnonzero((of_case == at) & (published == chosen[at]))[0]
                raise SplitLeak(int(other), int(index))
            chosen[at] = published[index]
        # names are sorted: the first group of a component is the one with the smallest hash.
        firsts = np.unique(component, return_index=True)[1]
        for at in np.flatnonzero(chosen == NO_PART):
            part = _place(int(names[firsts[at]]), self._plan.seed, self._plan.shares)
            chosen[at] = PARTS.index(part) + 1
        sizes = np.bincount(component, minlength=count)
        return array("B", chosen[of_case].tobytes()), int(sizes[sizes > 1].sum())

    def _joined(self, group_of: Any, groups: int) -> tuple[Any, int]:
        pixels, pixel_of = np.unique(np.frombuffer(self._shared_pixels, dtype=np.uint64), return_inverse=True)
        cases = np.frombuffer(self._shared_case, dtype=np.int64)
        size = groups + len(pixels)
        ones = np.ones(len(cases), dtype=np.uint8)
        graph = coo_matrix((ones, (group_of[cases], groups + pixel_of)), shape=(size, size))
        _, labels = connected_components(graph, directed=False)
        unique, component = np.unique(labels[:groups], return_inverse=True)
        return component, len(unique)


class SplitLeak(Exception):
    """A published split puts two cases that share a patient or pixels into different parts; holds their numbers."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"cases {one} and {other}")
        self.one, self.other = one, other
