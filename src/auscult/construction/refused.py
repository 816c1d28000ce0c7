"""What checks refused of what was made for a set, and why most of it; told at the end of a build."""

from collections import Counter
from collections.abc import Mapping

from auscult.construction import REJECTS
from auscult.construction.generators import Reject
from auscult.items.item_set import ITEMS, ItemSet
from auscult.records import Item
from auscult.store.tables import read_fields

MOST_NAMED = 3
"""Reasons that are named."""


def refused(items: ItemSet) -> Counter[str]:
    """How much checks, checker models and the reading of replies refused: reason → number.

    What a generator did not choose, for balance for example, was refused by none.
    """
    path = items.folder / REJECTS
    if not path.is_file():
        return Counter()
    return Counter(reason for check, reason in read_fields(path, Reject, ("check", "reason")) if check)


def reasons_of(counts: Mapping[str, int]) -> str:
    """The most frequent reasons with their numbers, and how many others there are."""
    found = Counter(counts).most_common()
    named = [f"{reason} {n:,}" for reason, n in found[:MOST_NAMED]]
    others = sum(n for _, n in found[MOST_NAMED:])
    return ", ".join([*named, *([f"other reasons {others:,}"] if others else [])])


def refusals_told(items: ItemSet) -> str:
    """How many pairs were drafted, how many of all that was made were refused and why, and where to look at them.

    Returns:
        A line; empty where no model drafted and nothing was refused.
    """
    said, counts = [], refused(items)
    if drafted := items.manifest.counts.get("drafted"):
        kept = sum(":drafted:" in name for (name,) in read_fields(items.folder / ITEMS, Item, ("source_id",)))
        said.append(f"drafted: {drafted.get('asked for', 0):,} asked for, {kept:,} in the set")
    if counts:
        look = f"rejects: {items.folder / REJECTS}; auscult review {items.folder} --rejects"
        said.append(f"refused: {counts.total():,} ({reasons_of(counts)}; {look})")
    return "; ".join(said)
