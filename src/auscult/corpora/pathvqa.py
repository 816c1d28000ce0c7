"""PathVQA (He et al. 2020, arXiv 2003.10286): questions on pathology images of textbooks and a digital library.

Two layouts: the original folder (``qas/train/train_qa.pkl`` with ``images/train/``, likewise ``val`` and ``test``), and
the Parquet shards published on Hugging Face (``flaviagiammarino/path-vqa``: image, question, answer). An answer of yes
or no makes a closed question, everything else is open, as LLaVA-Med reports it. The published split stands.
"""

import io
import pickle
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted, polar
from auscult.corpora._hf_tables import read_tables, shards_of, split_name
from auscult.corpora._table_items import SPLITS
from auscult.errors import UserError
from auscult.items.images import inside
from auscult.records import Item
from auscult.store.given import boundary, read_given
from auscult.store.rows import Row

ABOUT = "PathVQA: qas/*/*_qa.pkl + images/ (original), or the Hugging Face Parquet"
MOST = 256 * 2**20
"""Bytes of a file of questions; the published ones have under 10 MB."""
SOURCE, LICENCE = "pathvqa", "MIT"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: neither layout is there; a broken row; an image that is missing or broken.
    """
    files = {part: path / "qas" / part / f"{part}_qa.pkl" for part in ("train", "val", "test")}
    files = {part: file for part, file in files.items() if file.is_file()}
    if files:
        find = partial(inside, options.images or path / "images", links=options.follow_links)
        return one_case_an_image(_original(files), SOURCE, find, licence=LICENCE)
    shards = shards_of(path)
    if shards:
        return read_tables(path, shards, ReadOptions(licence=LICENCE), source=SOURCE, draft=_published)
    raise UserError(f"{path}: holds neither qas/*/*_qa.pkl nor data/*.parquet; name the folder of PathVQA")


def _published(row: Row, shard: str) -> list[Item]:
    return [_item(row, f"{shard}:{row.number}", SPLITS.get(split_name(shard), ""))]


def _original(files: dict[str, Path]) -> Iterator[Asked]:
    for part, file in files.items():
        for number, values in enumerate(_unpickled(file), start=1):
            where = f"{file}, record {number}"
            if not isinstance(values, dict):
                raise UserError(f"{where}: not a dictionary of image, question and answer; copy the file again")
            row = Row(number, where, values)
            item = _item(row, f"{part}:{number}", SPLITS[part])
            yield Asked(item=item, where=where, images=[f"{part}/{row.required('image')}.jpg"])


def _item(row: Row, source_id: str, split: str) -> Item:
    return polar(
        drafted(
            source_id=source_id,
            question=row.required("question"),
            reference=row.truth("answer"),
            answer_type="open",
            split=split,
        )
    )


class _Plain(pickle.Unpickler):
    """Reads lists, dictionaries, texts and numbers; a pickle that would call anything is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, and would run code")


def _unpickled(file: Path) -> list[Any]:
    raw = read_given(file, MOST)
    with boundary(file, "copy the published file again", "not a plain list of questions"):
        found = _Plain(io.BytesIO(raw)).load()
    if not isinstance(found, list) or not found:
        raise UserError(f"{file}: not a list of questions; copy the published file again")
    return found
