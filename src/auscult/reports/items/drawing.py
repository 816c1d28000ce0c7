"""Which rows of a large table a page shows: drawn by chance, and spread over their kinds and images."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Generic, TypeVar

from auscult.records import rank

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
MOST_SORTS = 400
"""Sorts of rows that are told apart; further ones are one sort, so that memory holds so many rows at most."""

ROOM = 4
"""Rows of a sort that are held for each that is shown, so that there are images to choose from."""


@dataclass(frozen=True)
class Drawn(Generic[Row_co]):
    """The drawn rows, in the order of the table, and how many it holds."""

    rows: Sequence[Row_co]
    found: int


def draw(
    rows: Iterable[Row],
    n: int,
    seed: int,
    *,
    sort: Callable[[Row], tuple[str, ...]],
    image: Callable[[Row], str],
    name: Callable[[Row], str],
) -> Drawn[Row]:
    """Draws at most ``n`` rows: sorts take turns, and each gives a row of an image that was used least so far.

    It is no sample whose shares say something: a rare sort is shown as often as a frequent one.

    Args:
        rows: streamed once; at most ``ROOM * n`` of each sort are held.
        n: most rows.
        seed: another seed draws other rows.
        sort: kind, category, ... of a row.
        image: what it is about.
        name: what the draw depends on.
    """
    pools: defaultdict[tuple[str, ...], list[tuple[int, int, Row]]] = defaultdict(list)
    found = 0
    for number, row in enumerate(rows):
        found += 1
        key = sort(row)
        pool = pools[key if key in pools or len(pools) < MOST_SORTS else ()]
        entry = (-rank(seed, name(row)), number, row)
        if len(pool) < ROOM * n:
            heapq.heappush(pool, entry)
        else:
            heapq.heappushpop(pool, entry)
    left = [sorted(pools[key], key=lambda e: (-e[0], e[1])) for key in _in_turn(sorted(pools))]
    used: Counter[str] = Counter()
    chosen: list[tuple[int, Row]] = []
    while len(chosen) < n and (left := [pool for pool in left if pool]):
        for pool in left[: n - len(chosen)]:
            place = min(range(len(pool)), key=lambda k: (used[image(pool[k][2])], k))
            _, number, row = pool.pop(place)
            used[image(row)] += 1
            chosen.append((number, row))
    return Drawn([row for _, row in sorted(chosen, key=lambda c: c[0])], found)


def _in_turn(keys: Sequence[tuple[str, ...]], part: int = 0) -> list[tuple[str, ...]]:
    """Sorts in an order in which kinds take turns, in each of them categories, and so on: few rows show all kinds."""
    if len(keys) < 2 or not any(len(key) > part for key in keys):
        return list(keys)
    groups: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in keys:
        groups[key[part] if len(key) > part else ""].append(key)
    turns = zip_longest(*(_in_turn(group, part + 1) for group in groups.values()))
    return [key for turn in turns for key in turn if key is not None]
