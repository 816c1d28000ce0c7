"""Rows that ask a question of images each → one case an image (or list of images), wherever its rows stand."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from auscult.corpora import Bundle
from auscult.corpora._bundles import DRAFT, seal
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._source_ids import SourceIds
from auscult.items.images import take_image
from auscult.records import Case, Item, Trace
from auscult.store.faults import Faults

Find = Callable[[str, str], Path | bytes]
"""Name of an image, file and row → its file, or its bytes."""
OTHER_ANNOTATION = "a caption that differs from the first one on its image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as its row gives it, or what a row says of images without asking anything.

    Attributes:
        item: not yet sealed; None where nothing is asked.
        where: file and row.
        images: names of its images.
        key: of its case; empty: the names of the images.
        annotation: what the row says of the images; of a case the first that says something.
        context: what the row says that is no evidence of what the images show, as ``Case.context``.
        tags: of the case; those of its first row.
        group: what the images have in common with those of other cases, as ``Case.group``.
        group_kind: what that is.
        split: the part of a case without questions.
    """

    item: Item | None
    where: str
    images: list[str] = field(default_factory=list)
    key: str = ""
    annotation: str = ""
    context: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    group: str = ""
    group_kind: str = "image"
    split: str = ""


def one_case_an_image(
    asked: Iterable[Asked],
    source: str,
    find: Find | None,
    *,
    licence: str = "",
    left_out: Mapping[str, int] | None = None,
    own_ids: bool = True,
    faults: Faults | None = None,
) -> Iterator[Bundle]:
    """Yields the cases in the order in which their first rows come; texts wait on the disk.

    Args:
        asked: all rows.
        source: name of the data set.
        find: where the images are; None: nowhere, and cases have none.
        licence: of the data set.
        left_out: rows that were passed over, counted while ``asked`` was read; noted with the first case.
        own_ids: whether the data set has an id for each question.
        faults: takes what is wrong with single images; without it the first one ends the reading.

    Raises:
        UserError: one id has two contents, or an image is missing or broken.
    """
    grouped, ids = GroupedRows(), SourceIds()
    for row in asked:
        if own_ids and row.item:
            ids.check(
                row.item.source_id, row.where, row.images, row.item.question, row.item.options, row.item.reference
            )
        grouped.add(row.key or ",".join(row.images), row)
    passed = dict(left_out or {})
    for stored in grouped:
        with faults.row(len(stored)) if faults else nullcontext():
            bundle = _bundle([Asked(**plain) for plain in stored], source, find, licence)
            yield replace(bundle, left_out={**passed, **bundle.left_out})
            passed = {}


def _bundle(rows: list[Asked], source: str, find: Find | None, licence: str) -> Bundle:
    first = rows[0]
    images = [take_image(find(name, first.where), name, first.where) for name in first.images] if find else []
    annotations = [row.annotation for row in rows if row.annotation]
    case = Case(
        id=DRAFT,
        source=source,
        source_key=first.key or ",".join(first.images),
        annotation=annotations[0] if annotations else "",
        context=next((row.context for row in rows if row.context), {}),
        group=first.group,
        group_kind=first.group_kind,
        tags={name: said for name, said in first.tags.items() if said},
        licence=licence,
    )
    others = sum(said != case.annotation for said in annotations)
    bundle = seal(case, [_item(row.item) for row in rows if row.item], images)
    return replace(bundle, left_out={OTHER_ANNOTATION: others} if others else {}, split=first.split)


def _item(plain: object) -> Item:
    """An item as it was before it waited on the disk."""
    assert isinstance(plain, dict)
    return Item(**{**plain, "options": tuple(plain["options"]), "trace": Trace(**plain["trace"])})
