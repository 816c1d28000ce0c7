"""PubMedVision (Chen et al. 2024, arXiv 2406.19280): figures of PubMed Central, rewritten captions and conversations.

As FreedomIntelligence published it: JSON lists of id, image (paths, one or more), modality, body_part and either
``conversations`` (``PubMedVision_Alignment_VQA.json``, ``PubMedVision_InstructionTuning_VQA.json``) or
``Original_Caption`` (``PubMedVision_Original_Caption.json``), images in ``images/`` or ``images_*.zip``; or the same
fields in Parquet, with the images inside or by name. Original captions become annotations, also of the conversations
beside them; the answers of the conversations were written by a model that saw image and caption. Panels of one figure
stay together.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import DRAFT, settled
from auscult.corpora._conversations import by_model, image_names, questions
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._hf_tables import Told, images_inside, read_tables, shards_of, table_rows
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.records import Case, Item
from auscult.store.faults import Faults
from auscult.store.rows import NOTHING, Row, read_rows

ABOUT = "PubMedVision: its JSON files (or one), or Parquet; images/ or images_*.zip beside them"
SOURCE = "pubmedvision"
LICENCE = "Apache-2.0 (texts); figures as their articles in PubMed Central"
CAPTION, CAPTIONS = "Original_Caption", "*Original_Caption*.json"
TALKS = "PubMedVision_*VQA*.json"
_HELD = "images held"
_TEXTS = ("id", "conversations", "modality", "body_part", CAPTION, _HELD)
_FIGURE = re.compile(r"(pmc_\d+)_\d+")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image (or list of images), with its original caption where a file has it, and its questions.

    Args:
        path: a JSON or Parquet file, or the folder of them.
        options: folder of the images, where they do not lie beside the files; licence.

    Raises:
        UserError: no such file; a broken record; an image that is missing or broken.
    """
    licence = options.licence or LICENCE
    root = path if path.is_dir() else path.parent
    tables, captions, talks = _files(path)
    faults = Faults(skip=options.skip_bad)
    if tables and images_inside(tables[0]):
        told = Told(case=lambda rows, key: _case(rows, key, licence), columns=_TEXTS)
        inner = ReadOptions(images=options.images, skip_bad=options.skip_bad, follow_links=options.follow_links)
        for bundle in read_tables(root, tables, inner, SOURCE, _drafted, _counted, told):
            yield by_model(bundle, "PubMedVision")
        return
    folders = [options.images] if options.images else [root, root.parent]
    find = ImageStore(folders, sorted(root.glob("images*.zip")), options.follow_links).find
    rows = (row for row, _ in table_rows(root, tables)) if tables else _records(talks or captions, faults)
    asked = _asked(rows, captions if talks or tables else [], faults)
    made = one_case_an_image(asked, SOURCE, find, licence=licence, own_ids=False, faults=faults)
    yield from settled((by_model(bundle, "PubMedVision") for bundle in made), faults)


def _files(path: Path) -> tuple[list[Path], list[Path], list[Path]]:
    """Parquet tables, files of captions, and files of conversations."""
    if path.suffix == ".parquet":
        return [path], [], []
    if not path.is_dir():
        beside = sorted(path.parent.glob(CAPTIONS))
        return ([], [path], []) if path in beside else ([], beside, [path])
    captions = sorted(path.glob(CAPTIONS))
    talks = sorted(p for p in path.glob(TALKS) if p not in captions)
    tables = [] if talks or captions else shards_of(path)
    if not (tables or captions or talks):
        raise UserError(f"{path}: holds no PubMedVision_*.json and no Parquet; name the file")
    return tables, captions, talks


def _records(files: list[Path], faults: Faults) -> Iterator[Row]:
    return (row for file in files for row in read_rows(file, faults=faults))


def _asked(rows: Iterator[Row], captions: list[Path], faults: Faults) -> Iterator[Asked]:
    kept = GroupedRows()
    for row in _records(captions, faults):
        with faults.row():
            kept.add(",".join(image_names(row, "image")), _caption(row))
    for row in rows:
        with faults.row():
            yield from list(_of_row(row, kept))


def _of_row(row: Row, captions: GroupedRows) -> Iterator[Asked]:
    """The questions of a record, or where it has none its caption alone."""
    images = image_names(row, "image")
    if not images:
        raise UserError(f"{row.where}: no image; PubMedVision has one or more a record")
    known = captions.take(",".join(images))
    group, kind = _figure(images[0])
    asked: list[Item | None] = [*_items(row, len(images))]
    for item in asked or [None]:
        yield Asked(
            item=item,
            where=row.where,
            images=images,
            annotation=_caption(row) or (known[0] if known else ""),
            tags=_tags(row),
            group=group,
            group_kind=kind,
        )


def _items(row: Row, images: int) -> list[Item]:
    if row.values.get("conversations") is None:
        return []
    return list(questions(row, "conversations", row.text("id") or f"row {row.number}", images))


def _drafted(row: Row, shard: str) -> list[Item]:
    return _items(row, row.values[_HELD])


def _counted(row: Row) -> Row:
    """The row with the number of its images, which are not kept with its texts."""
    value = row.values.get("image")
    return Row(row.number, row.where, {**row.values, _HELD: len(value) if isinstance(value, list) else 1})


def _caption(row: Row) -> str:
    text = row.text(CAPTION)
    return "" if text.casefold() in NOTHING else text


def _case(rows: list[Row], key: str, licence: str) -> Case:
    """The case of rows whose images lie in their table."""
    captions = [text for row in rows if (text := _caption(row))]
    annotation = captions[0] if captions else ""
    return Case(id=DRAFT, source=SOURCE, source_key=key, annotation=annotation, tags=_tags(rows[0]), licence=licence)


def _tags(row: Row) -> dict[str, str]:
    found = {"modality": row.text("modality"), "anatomy": row.text("body_part")}
    return {tag: text for tag, text in found.items() if text and text.casefold() not in NOTHING}


def _figure(image: str) -> tuple[str, str]:
    """The figure whose panel an image is: ``images/pmc_7_1.jpg`` is the second of ``pmc_7``."""
    found = _FIGURE.match(image.rsplit("/", 1)[-1])
    return (found[1], "study") if found else ("", "image")
