"""OmniMedVQA (Hu et al., CVPR 2024, arXiv 2402.09181): choices on images of 73 data sets.

The published folder: ``QA_information/Open-access/*.json`` and ``QA_information/Restricted-access/*.json``, lists of
dataset, question_id, question_type, question, gt_answer, image_path, option_A to option_D, modality_type; image paths
(``Images/...``) start at the folder. Images of restricted sets do not come with it: their questions are left out and
counted where the image is not there. No split is published.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal
from auscult.corpora._choices import by_text, repeated
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._source_ids import SourceIds
from auscult.errors import UserError
from auscult.items.images import inside, read_image
from auscult.records import Case, Item
from auscult.store.rows import Row, read_rows

ABOUT = "OmniMedVQA: QA_information/{Open,Restricted}-access/*.json + Images/"
SOURCE = "omnimedvqa"
_PARTS = ("Open-access", "Restricted-access")
_WITHHELD = "of a restricted set, its image is not there"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: another layout; a broken row; an image of an open set that is missing, or a broken one.
    """
    files = [file for part in _PARTS for file in sorted((path / "QA_information" / part).glob("*.json"))]
    if not files:
        raise UserError(f"{path}: holds no QA_information/Open-access/*.json; name the unpacked folder of OmniMedVQA")
    folder, grouped, ids, withheld = options.images or path, GroupedRows(), SourceIds(), 0
    for file in files:
        for row in read_rows(file):
            plain = _plain(row)
            image = inside(folder, plain["image"], row.where)
            if file.parent.name == _PARTS[1] and not image.is_file():
                withheld += 1
                continue
            ids.check(plain["id"], row.where, plain["image"], plain["question"], plain["options"], plain["answer"])
            grouped.add(plain["image"], plain)
    left_out = {_WITHHELD: withheld} if withheld else {}
    for rows in grouped:
        yield replace(_bundle(rows, folder, options.licence), left_out=left_out)
        left_out = {}


def _plain(row: Row) -> dict[str, Any]:
    given = {letter: row.text(f"option_{letter}") for letter in "ABCD"}
    options, answer = by_text(row, given, row.required("gt_answer"))
    return {
        "image": row.required("image_path"),
        "id": row.required("question_id"),
        "question": row.required("question"),
        "options": options,
        "answer": answer,
        "category": row.text("question_type"),
        # One published row says modality instead.
        "modality": row.text("modality_type") or row.text("modality"),
        "dataset": row.text("dataset"),
        "where": row.where,
    }


def _bundle(rows: list[dict[str, Any]], folder: Path, licence: str) -> Bundle:
    first = rows[0]
    name, where = first["image"], first["where"]
    file = inside(folder, name, where)
    case = Case(
        id=DRAFT,
        source=SOURCE,
        source_key=name,
        images=(read_image(file, name, where),),
        tags={tag: first[tag] for tag in ("modality", "dataset") if first[tag]},
        licence=licence,
    )
    return seal(case, [_item(row) for row in rows], [file])


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=DRAFT,
        case_id=DRAFT,
        source_id=row["id"],
        question=row["question"],
        reference=row["answer"],
        answer_type="choice",
        options=tuple(row["options"]),
        category=row["category"].casefold(),
        tags=repeated(row["options"]),
    )
