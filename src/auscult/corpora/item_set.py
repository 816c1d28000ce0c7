"""An item set, read again to build another one from it."""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import noted
from auscult.items.item_set import ItemSet
from auscult.records import Item

ABOUT = "an item set, the folder that auscult build writes"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields the cases of an item set again, with their ids and splits, to build another one from it.

    Raises:
        UserError: see ``ItemSet``.
    """
    opened = ItemSet(path)
    asked = opened.groups()
    pending = next(asked, None)
    for case in opened.cases():
        items: list[Item] = []
        if pending is not None and pending[0].id == case.id:
            items, pending = pending[1], next(asked, None)
        payloads = tuple(path / image.path for image in case.images)
        yield Bundle(case, tuple(items), payloads, noted=tuple(noted(case, items)))
