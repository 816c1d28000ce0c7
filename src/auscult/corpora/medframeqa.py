"""MedFrameQA (Yu et al. 2025, arXiv 2505.16964): choices that need several frames of a teaching video.

The Parquet shards published on Hugging Face (``SuhaoYu1020/MedFrameQA``): question_id, system, organ, keyword,
modality, video_id, question, options (list), correct_answer (letter), image_1 to image_5. All is test. Frames of one
video are one unit in every interval.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_letter, letters, repeated
from auscult.corpora._hf_tables import read_tables, shards_of, split_name
from auscult.corpora._source_ids import SourceIds
from auscult.corpora._table_items import SPLITS
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.rows import Row

ABOUT = "MedFrameQA: data/*.parquet (several images a question)"
SOURCE, LICENCE = "medframeqa", "CC BY 4.0"
_TAGS = ("system", "organ", "keyword")
_COLUMNS = {"id": "question_id", "answer": "correct_answer", "patient": "video_id"} | {f"tag.{t}": t for t in _TAGS}
_FRAME = re.compile(r"image_(\d+)$")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a set of frames, with all its questions.

    Raises:
        UserError: another layout; a broken row; an image that is missing or broken.
    """
    shards = shards_of(path)
    if not shards:
        raise UserError(f"{path}: holds no data/*.parquet; name the folder of MedFrameQA")
    ids = SourceIds()

    def draft(row: Row, shard: str) -> list[Item]:
        item = _item(row, SPLITS.get(split_name(shard), ""))
        # Each row comes twice: to be checked, and to be kept.
        ids.check(item.source_id, row.where, item.question, item.options, item.reference)
        return [item]

    mapped = ReadOptions(columns=_COLUMNS, licence=LICENCE)
    for bundle in read_tables(path, shards, mapped, SOURCE, draft, _frames):
        kind = "study" if bundle.case.group_kind == "patient" else bundle.case.group_kind
        yield replace(bundle, case=replace(bundle.case, group_kind=kind))


def _frames(row: Row) -> Row:
    """The row with its frames in one list, in the order of their numbers."""
    found = sorted((int(m[1]), name) for name in row.values if (m := _FRAME.match(name)))
    if not found:
        return row
    frames = [row.values[name] for _, name in found if row.values[name] is not None]
    if not frames:
        raise UserError(f"{row.where}: no image; MedFrameQA has two to five a question")
    return Row(row.number, row.where, {**row.values, "image": frames})


def _item(row: Row, split: str) -> Item:
    given = row.values.get("options")
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise UserError(f"{row.where}: options is no list of texts; mend the row")
    options, answer = by_letter(row, letters(given), row.required("answer", "correct_answer"))
    return drafted(
        source_id=row.required("id", "question_id"),
        question=row.required("question"),
        reference=answer,
        answer_type="choice",
        options=options,
        category=row.text("system").casefold(),
        split=split,
        tags={name: row.text(name) for name in _TAGS if row.text(name)} | repeated(options),
    )
