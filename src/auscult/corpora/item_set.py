"""An item set, read again to build another one from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import noted
from auscult.items.item_set import ItemSet
from auscult.records import Item
from auscult.store.tables import read_fields

REJECTS = "rejects.parquet"
ABOUT = "an item set, the folder that auscult build writes"


@dataclass
class _Rejected:
    case_id: str
    split: str


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields the cases of an item set again, with their ids and splits, to build another one from it.

    Raises:
        UserError: see ``ItemSet``.
    """
    opened = ItemSet(path)
    rejects = path / REJECTS
    parts = dict(read_fields(rejects, _Rejected, ("case_id", "split"))) if rejects.is_file() else {}
    asked = opened.groups()
    pending = next(asked, None)
    for case in opened.cases():
        items: list[Item] = []
        if pending is not None and pending[0].id == case.id:
            items, pending = pending[1], next(asked, None)
        payloads = tuple(path / image.path for image in case.images)
        yield Bundle(case, tuple(items), payloads, noted=tuple(noted(case, items)), split=parts.get(case.id, ""))
