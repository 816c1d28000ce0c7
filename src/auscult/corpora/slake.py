"""SLAKE (Liu et al., ISBI 2021), its English questions on CT, MRI and radiographs.

Two layouts: the published folder (``train.json``, ``validate.json`` or ``validation.json``, ``test.json``, with
``imgs/`` or ``imgs.zip``), and ``qa_en.jsonl``, the questions alone, which become cases without images. Only English
questions (``q_lang`` en) are read. The published split is by image and stands. Questions without answer are left out.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted
from auscult.corpora._either_or import closed
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.records import Item
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
    find, left_out = None, Counter[str]()
    if not (path / "qa_en.jsonl").is_file():
        packed = [] if options.images else [path / "imgs.zip"]
        find = ImageStore([options.images or path / "imgs"], packed, options.follow_links).find
    return one_case_an_image(_asked(path, files, left_out), "slake", find, licence=LICENCE, left_out=left_out)


def _asked(path: Path, files: dict[Path, str], left_out: Counter[str]) -> Iterator[Asked]:
    english = False
    for file, part in files.items():
        for row in read_rows(file):
            if row.required("q_lang") != "en":
                left_out["not in English"] += 1
            elif "answer" in row.values and row.text("answer").casefold() in ("", *NOTHING):
                left_out["without an answer"] += 1
            else:
                english = True
                tags = {"modality": row.required("modality"), "anatomy": row.required("location")}
                name = row.required("img_name")
                yield Asked(item=_item(row, part or row.required("split")), where=row.where, images=[name], tags=tags)
    if not english:
        raise UserError(f"{path}: holds no English questions (q_lang en); nothing to read")


def _item(row: Row, part: str) -> Item:
    if part not in PARTS:
        raise UserError(f"{row.where}: split {part!r} is unknown; known: {', '.join(PARTS)}")
    item = drafted(
        source_id=f"{part}-{row.required('qid')}",
        question=row.required("question"),
        reference=row.required("answer"),
        answer_type="open",
        category=row.required("content_type").casefold(),
        split=PARTS[part],
        tags={name: row.required(name) for name in _TAGS},
    )
    return closed(item) if item.tags["answer_type"] == "CLOSED" else item
