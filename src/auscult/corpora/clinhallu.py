"""ClinHallu (arXiv 2606.14697): questions of four test sets with a gold trace each, as its program reads them.

``gold_cot.jsonl`` of one data set, or the folder with ``results/DATASET/gold/MODEL/gold_cot.jsonl`` of several:
question, answer, images (file names), question_type, gold_cot (the three stages), source_id or original_index, and
options and answer_letter where there are any. Its images come from the four sets; they are looked for where its
converters put them (``data/NAME/input/SPLIT/images``) and in ``images/`` beside the file, else cases have none.

A question is named after its data set and its own id: ``vqa-rad-test:12``. Where two rows of a data set carry one id
the later one holds, as in the published program; the earlier ones are counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted, polar
from auscult.corpora._choices import by_letter, letters, repeated
from auscult.corpora._image_store import ImageStore
from auscult.corpora._table_items import SPLITS
from auscult.errors import UserError
from auscult.facts.traces import published_trace
from auscult.records import STAGES, Item, Trace
from auscult.store.rows import SUFFIXES, Row, read_rows

ABOUT = "ClinHallu: gold_cot.jsonl, or the folder of results/DATASET/gold/MODEL/gold_cot.jsonl; images with --images"
SOURCE, GOLD = "clinhallu", "gold_cot"
REPLACED = "gold rows whose id a later row carries too: the later one holds, as in the published program"
UNTRACED = "questions whose gold trace lacks a stage or the answer, and is left out"
_TAGS = ("system", "organ", "keyword", "specialty", "body_system", "task")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image (or list of images) with its questions.

    Raises:
        UserError: no such file; a broken row; an image that is missing or broken.
    """
    files = gold_files(path)
    folders = [options.images] if options.images else [folder for file in files for folder in _image_folders(file)]
    store = ImageStore(list(dict.fromkeys(folders)), links=options.follow_links)
    last: dict[str, str] = {}
    for file in files:
        last.update((name_of(row, dataset_of(file, row)), row.where) for row in read_rows(file))
    counts = Counter[str]()
    find = store.find if store or options.images else None
    rows = _asked(files, last, counts)
    for bundle in one_case_an_image(rows, SOURCE, find, licence=options.licence, left_out=counts):
        untraced = (UNTRACED for item in bundle.items if item.trace == Trace())
        yield replace(bundle, noted=(*bundle.noted, *untraced))


def gold_files(path: Path) -> list[Path]:
    """The files of gold traces.

    Raises:
        UserError: there is none.
    """
    if path.is_file():
        return [path]
    found = sorted(path.rglob(f"{GOLD}.jsonl")) or sorted(p for p in path.glob("*") if p.suffix in SUFFIXES)
    found = [file for file in found if GOLD in next(iter(read_rows(file))).values]
    if not found:
        raise UserError(f"{path}: holds no {GOLD}.jsonl; name such a file, or the folder that its import wrote")
    return found


def dataset_of(file: Path, row: Row) -> str:
    """The key of the data set that a row of ClinHallu's files is of (``vqa-rad-test``); empty where nothing tells it.

    The folders tell it (``results/KEY/gold/MODEL/``, ``results/KEY/eval/MODEL/``), else the row's own fields.
    """
    for kind in ("gold", "eval"):
        parts = file.resolve().parts[:-1]
        if kind in parts[1:] and len(parts) - 1 - parts.index(kind) in (1, 2):
            return parts[parts.index(kind) - 1]
    source, split = row.text("source"), row.text("split")
    return f"{source}-{split}" if source and split else ""


def name_of(row: Row, dataset: str) -> str:
    """What names a question, after its data set where that is known: ``source_id``, else ``original_index``.

    Raises:
        UserError: the row has neither.
    """
    own = row.text("source_id") or row.text("original_index")
    if not own:
        raise UserError(f"{row.where}: neither source_id nor original_index; a row needs one of them")
    return f"{dataset}:{own}" if dataset else own


def _asked(files: list[Path], last: dict[str, str], counts: Counter[str]) -> Iterator[Asked]:
    """The rows that hold, and counts of what is not taken."""
    for file in files:
        for row in read_rows(file):
            dataset = dataset_of(file, row)
            name = name_of(row, dataset)
            if last[name] != row.where:
                counts[REPLACED] += 1
                continue
            item = _item(row, name)
            images = row.values.get("images") or []
            if not isinstance(images, list) or not all(isinstance(image, str) and image for image in images):
                raise UserError(f"{row.where}: images is no list of file names; mend the row")
            yield Asked(
                item=item,
                where=row.where,
                images=images,
                key=f"{dataset}:{','.join(images) or name}" if dataset else "",
                tags={"dataset": dataset} | {tag: row.text(tag) for tag in ("modality", "organ")},
                group=f"{dataset}:{row.text('video_id')}" if row.text("video_id") else "",
                group_kind="study" if row.text("video_id") else "image",
                split=SPLITS.get(row.text("split"), ""),
            )


def _item(row: Row, name: str) -> Item:
    answer = row.truth("answer")
    item = drafted(
        source_id=name,
        question=row.required("question"),
        reference=answer,
        answer_type="open",
        category=row.text("question_type"),
        split=SPLITS.get(row.text("split"), ""),
        tags={tag: row.text(tag) for tag in _TAGS if row.text(tag)},
        trace=_trace(row.values.get(GOLD)),
    )
    given = row.values.get("options")
    if not given:
        return polar(item)
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise UserError(f"{row.where}: options is no list of texts; mend the row")
    options, right = by_letter(row, letters(given), row.text("answer_letter") or answer[:1])
    tags = item.tags | repeated(options)
    return replace(item, answer_type="choice", options=options, reference=right, tags=tags)


def _trace(cot: Any) -> Trace:
    """A stored gold trace; empty where a stage or the answer lacks."""
    parts = cot if isinstance(cot, Mapping) else {}
    stages = {stage: _text(parts.get(stage), "text") for stage in STAGES}
    trace = Trace(**stages, answer=_text(parts.get("reasoning"), "answer"))
    if not all((*stages.values(), trace.answer)):
        read = published_trace(_text(parts, "raw"))
        return Trace() if read.invalid else read.trace
    return trace


def _text(part: Any, name: str) -> str:
    said = part.get(name) if isinstance(part, Mapping) else None
    return said.strip() if isinstance(said, str) else ""


def _image_folders(file: Path) -> Iterator[Path]:
    """Where the images of a file may lie: beside it, and where ClinHallu's converters put them."""
    yield file.parent / "images"
    here = file.resolve()
    dataset = here.parts[here.parts.index("gold") - 1] if "gold" in here.parts[1:] else ""
    name, _, split = dataset.rpartition("-")
    for above in here.parents:
        if name and (folder := above / "data" / name / "input" / split / "images").is_dir():
            yield folder
