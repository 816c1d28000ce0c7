"""SLAKE (Liu et al., ISBI 2021), its English questions on CT, MRI and radiographs.

Two layouts: the published folder (``train.json``, ``validate.json`` or ``validation.json``, ``test.json``, with
``imgs/`` or ``imgs.zip``), and ``qa_en.jsonl``, the questions alone, which become cases without images. Only English
questions (``q_lang`` en) are read. The published split is by image and stands. Questions without answer are left out.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal
from auscult.corpora._either_or import closed
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.items.images import read_image
from auscult.records import Case, Item
from auscult.store.rows import NOTHING, Row, read_rows

ABOUT = "SLAKE, English: train/validate/test.json + imgs/ or imgs.zip, or qa_en.jsonl (questions only)"
LICENCE = "CC BY 4.0"
PARTS = {"train": "train", "validate": "validation", "validation": "validation", "test": "test"}
_TAGS = ("answer_type", "content_type", "base_type")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image; closed questions as in ``_either_or.closed``.

    Raises:
        UserError: neither layout is there; a broken row; an image that is missing or broken.
    """
    if (path / "qa_en.jsonl").is_file():
        files = {path / "qa_en.jsonl": ""}
    else:
        files = {path / f"{part}.json": part for part in PARTS if (path / f"{part}.json").is_file()}
        if path / "validate.json" in files:  # one part under its two published names
            files.pop(path / "validation.json", None)
    if not files:
        raise UserError(f"{path}: holds neither qa_en.jsonl nor train/validate/test.json; name the folder of SLAKE")
    store = None
    if not (path / "qa_en.jsonl").is_file():
        store = ImageStore([options.images or path / "imgs"], [] if options.images else [path / "imgs.zip"])
    grouped, others, silent = GroupedRows(), 0, 0
    for file, part in files.items():
        for row in read_rows(file):
            if row.required("q_lang") != "en":
                others += 1
            elif "answer" in row.values and row.text("answer").casefold() in ("", *NOTHING):
                silent += 1
            else:
                grouped.add(row.required("img_name"), _plain(row, part))
    if not len(grouped):
        raise UserError(f"{path}: holds no English questions (q_lang en); nothing to read")
    left_out = {reason: n for reason, n in (("not in English", others), ("without an answer", silent)) if n}
    for rows in grouped:
        yield replace(_bundle(rows, store), left_out=left_out)
        left_out = {}


def _plain(row: Row, part: str) -> dict[str, Any]:
    part = part or row.required("split")
    if part not in PARTS:
        raise UserError(f"{row.where}: split {part!r} is unknown; known: {', '.join(PARTS)}")
    names = ("img_name", "qid", "question", "answer", "location", "modality", *_TAGS)
    return {name: row.required(name) for name in names} | {"part": part, "where": row.where}


def _bundle(rows: list[dict[str, Any]], store: ImageStore | None) -> Bundle:
    first = rows[0]
    name, where = first["img_name"], first["where"]
    payloads = [] if store is None else [store.find(name, where)]
    case = Case(
        id=DRAFT,
        source="slake",
        source_key=name,
        images=tuple(read_image(p, name, where) for p in payloads),
        tags={"modality": first["modality"], "anatomy": first["location"]},
        licence=LICENCE,
    )
    return seal(case, [_item(row) for row in rows], payloads)


def _item(row: dict[str, Any]) -> Item:
    item = Item(
        id=DRAFT,
        case_id=DRAFT,
        source_id=f"{row['part']}-{row['qid']}",
        question=row["question"],
        reference=row["answer"],
        answer_type="open",
        category=row["content_type"].casefold(),
        split=PARTS[row["part"]],
        tags={name: row[name] for name in _TAGS},
    )
    return closed(item) if row["answer_type"] == "CLOSED" else item
