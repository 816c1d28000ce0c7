"""What an item set is written from: a case with its items and the content of its images."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auscult.records import Case, Item


@dataclass(frozen=True)
class Bundle:
    """One case, its items, and the content of its images, in the order of ``case.images``.

    A payload is the path of a file or the bytes of one; ``case.images[i].path`` is only a file name until the item set
    is written. ``left_out`` counts rows that were passed over since the bundle before: reason → number; ``noted`` is
    what a user should know of a case and of its items, once for each. ``split`` is the part that the data set puts the
    case into, where it has no items that say it. ``identity`` is what the headers of the images say of the person: it
    is looked for and never stored. ``burned_in`` are the kinds of what may stand in their pixels. ``asks`` says of an
    item, by its id, what is noted as long as it stays in the set.
    """

    case: Case
    items: tuple[Item, ...]
    payloads: tuple[Path | bytes, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    noted: tuple[str, ...] = ()
    split: str = ""
    identity: tuple[str, ...] = ()
    burned_in: tuple[str, ...] = ()
    own: bool = False
    asks: dict[str, str] = field(default_factory=dict)

    def without(self, gone: Set[str], **changes: Any) -> "Bundle":
        """The case without some of its items, which those that stay name no more.

        Args:
            gone: ids of items.
            changes: other fields.
        """
        items = (
            replace(
                item,
                twin="" if item.twin in gone else item.twin,
                duplicate_of="" if item.duplicate_of in gone else item.duplicate_of,
            )
            for item in self.items
            if item.id not in gone
        )
        return replace(self, items=tuple(items), **changes)
