"""PMC-VQA (Zhang et al. 2023, arXiv 2305.10415): four-option questions on figures of PubMed Central.

Two versions are published as CSV files with images beside them. Version 1 (``train.csv``, ``test.csv`` and its checked
part ``test_clean.csv``, ``images.zip``): Figure_path, Question, Answer (text), Choice A to D, Answer_label (letter).
Version 2 (``train_2.csv``, ``test_2.csv``, ``images_2.zip``): index, Figure_path, Caption, Question, Choice A to D,
Answer (letter), split. Archives may stay packed.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal
from auscult.corpora._choices import by_letter, repeated, same, unlabelled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._image_store import ImageStore
from auscult.corpora._source_ids import SourceIds
from auscult.errors import UserError
from auscult.items.images import read_image
from auscult.records import Case, Item
from auscult.store.rows import Row, read_rows

ABOUT = "PMC-VQA: train/test.csv or train_2/test_2.csv (or one of the files), with images/ or images.zip beside them"
SOURCE = "pmc-vqa"
VERSIONS = (("train.csv", "test.csv"), ("train_2.csv", "test_2.csv"))
_TORN = "the answer's text is not the option of its letter"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a figure. A row whose answer contradicts its letter is left out and counted.

    Raises:
        UserError: no table, or those of both versions; a broken row; a figure that is missing or broken.
    """
    tables = _tables(path)
    root = tables[0].parent
    places = [options.images] if options.images else [root / name for name in ("images", "figures", "images_2")]
    store = ImageStore(places, [] if options.images else [root / "images.zip", root / "images_2.zip"])
    grouped, ids, torn = GroupedRows(), SourceIds(), 0
    for table in tables:
        for row in read_rows(table):
            plain = _plain(row, table)
            if plain is None:
                torn += 1
                continue
            ids.check(plain["id"], row.where, plain["image"], plain["question"], plain["options"], plain["answer"])
            grouped.add(plain["image"], plain)
    left_out = {_TORN: torn} if torn else {}
    for rows in grouped:
        yield replace(_bundle(rows, store, options.licence), left_out=left_out)
        left_out = {}


def _tables(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = [[path / name for name in names if (path / name).is_file()] for names in VERSIONS]
    if all(found):
        raise UserError(f"{path}: holds both versions of PMC-VQA; name one file, for example {found[1][-1]}")
    tables = found[0] or found[1] or [p for p in [path / "test_clean.csv"] if p.is_file()]
    if not tables:
        raise UserError(
            f"{path}: holds none of train.csv, test.csv, train_2.csv, test_2.csv; name the folder or a file"
        )
    return tables


def _plain(row: Row, table: Path) -> dict[str, Any] | None:
    """What is needed of a row; None where its answer is torn."""
    stem = table.stem
    given = {letter: row.text(f"Choice {letter}") for letter in "ABCD"}
    first = "Answer_label" in row.values
    letter = row.required("Answer_label" if first else "Answer")
    options, answer = by_letter(row, given, letter)
    said = (row.text("Answer") or row.text("Anwser")) if first else ""
    if said and not any(same(text, answer) for text in (said, unlabelled(letter, said))):
        return None
    return {
        "image": row.required("Figure_path"),
        "question": row.required("Question"),
        "options": options,
        "answer": answer,
        "caption": row.text("Caption"),
        "id": f"{stem}:{row.text('index') or row.number}",
        "split": next((part for part in ("train", "test") if stem.startswith(part)), ""),
        "where": row.where,
    }


def _bundle(rows: list[dict[str, Any]], store: ImageStore, licence: str) -> Bundle:
    name, where = rows[0]["image"], rows[0]["where"]
    payload = store.find(name, where)
    case = Case(
        id=DRAFT,
        source=SOURCE,
        source_key=name,
        images=(read_image(payload, name, where),),
        annotation=next((r["caption"] for r in rows if r["caption"]), ""),
        licence=licence,
    )
    return seal(case, [_item(row) for row in rows], [payload])


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=DRAFT,
        case_id=DRAFT,
        source_id=row["id"],
        question=row["question"],
        reference=row["answer"],
        answer_type="choice",
        options=tuple(row["options"]),
        split=row["split"],
        tags=repeated(row["options"]),
    )
