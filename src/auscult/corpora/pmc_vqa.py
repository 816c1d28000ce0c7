"""PMC-VQA (Zhang et al. 2023, arXiv 2305.10415): four-option questions on figures of PubMed Central.

Two versions are published as CSV files with images beside them. Version 1 (``train.csv``, ``test.csv`` and its checked
part ``test_clean.csv``, ``images.zip``): Figure_path, Question, Answer (text), Choice A to D, Answer_label (letter).
Version 2 (``train_2.csv``, ``test_2.csv``, ``images_2.zip``): index, Figure_path, Caption, Question, Choice A to D,
Answer (letter), split. Archives may stay packed.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_letter, repeated, same, unlabelled
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.records import Item
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
    packed = [] if options.images else [root / "images.zip", root / "images_2.zip"]
    store = ImageStore(places, packed, options.follow_links)
    left_out = Counter[str]()
    asked = _asked(tables, left_out)
    return one_case_an_image(asked, SOURCE, store.find, licence=options.licence, left_out=left_out)


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


def _asked(tables: list[Path], left_out: Counter[str]) -> Iterator[Asked]:
    for table in tables:
        for row in read_rows(table):
            if item := _item(row, table.stem):
                images = [row.required("Figure_path")]
                yield Asked(item=item, where=row.where, images=images, annotation=row.text("Caption"))
            else:
                left_out[_TORN] += 1


def _item(row: Row, table: str) -> Item | None:
    """The question of a row; None where its answer is torn."""
    given = {letter: row.text(f"Choice {letter}") for letter in "ABCD"}
    first = "Answer_label" in row.values
    letter = row.required("Answer_label" if first else "Answer")
    options, answer = by_letter(row, given, letter)
    said = (row.text("Answer") or row.text("Anwser")) if first else ""
    if said and not any(same(text, answer) for text in (said, unlabelled(letter, said))):
        return None
    return drafted(
        source_id=f"{table}:{row.text('index') or row.number}",
        question=row.required("Question"),
        reference=answer,
        answer_type="choice",
        options=options,
        split=next((part for part in ("train", "test") if table.startswith(part)), ""),
        tags=repeated(options),
    )
