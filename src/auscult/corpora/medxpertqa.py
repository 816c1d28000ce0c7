"""MedXpertQA-MM (Zuo et al., ICML 2025, arXiv 2501.18362): expert questions on one or several images.

The published folder: ``MM/dev.jsonl`` and ``MM/test.jsonl`` (id, question, options by letter, label, images,
medical_task, body_system, question_type) with ``images/`` or ``images.zip``. The published question ends in its choices
("Answer Choices: (A) ..."), and its prompt states them again; here the options stand once, in ``options``, so that they
can be shuffled. A tail that is not exactly the options stays, with the tag ``choices_in_question``.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal
from auscult.corpora._choices import IN_QUESTION, by_letter, repeated, same
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._image_store import ImageStore
from auscult.corpora._source_ids import SourceIds
from auscult.errors import UserError
from auscult.items.images import read_image
from auscult.records import Case, Item
from auscult.store.rows import Row, read_rows

ABOUT = "MedXpertQA-MM: MM/dev.jsonl, MM/test.jsonl + images/ or images.zip"
SOURCE, LICENCE = "medxpertqa-mm", "MIT"
PARTS = {"dev": "validation", "test": "test"}
_TAIL = re.compile(r"\s*Answer Choices:\s*(\(A\)\s.*)$", re.S)
_TAGS = ("medical_task", "body_system", "question_type")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a list of images, with all its questions.

    Raises:
        UserError: another layout; a broken row; an image that is missing or broken.
    """
    files = {part: path / "MM" / f"{part}.jsonl" for part in PARTS}
    files = {part: file for part, file in files.items() if file.is_file()}
    if not files:
        raise UserError(f"{path}: holds neither MM/dev.jsonl nor MM/test.jsonl; name the folder of MedXpertQA")
    store = ImageStore([options.images or path / "images"], [] if options.images else [path / "images.zip"])
    grouped, ids = GroupedRows(), SourceIds()
    for part, file in files.items():
        for row in read_rows(file):
            plain = _plain(row, part)
            ids.check(plain["id"], row.where, plain["images"], plain["question"], plain["options"], plain["answer"])
            grouped.add(",".join(plain["images"]), plain)
    for rows in grouped:
        names, where = rows[0]["images"], rows[0]["where"]
        payloads = [store.find(name, where) for name in names]
        shown = tuple(read_image(p, name, where) for p, name in zip(payloads, names, strict=True))
        case = Case(id=DRAFT, source=SOURCE, source_key=",".join(names), images=shown, licence=LICENCE)
        yield seal(case, [_item(row) for row in rows], payloads)


def _plain(row: Row, part: str) -> dict[str, Any]:
    given, names = row.values.get("options"), row.values.get("images")
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise UserError(f"{row.where}: options is no object of letters and texts; mend the row")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise UserError(f"{row.where}: images is no list of file names; MedXpertQA-MM has one or more a question")
    choices, answer = by_letter(row, dict(sorted(given.items())), row.required("label"))
    question, left = without_choices(row.required("question"), choices)
    tags = {name: row.text(name) for name in _TAGS if row.text(name)} | ({IN_QUESTION: "yes"} if left else {})
    return {
        "images": names,
        "id": row.required("id"),
        "question": question,
        "options": choices,
        "answer": answer,
        "tags": tags | repeated(choices),
        "split": PARTS[part],
        "where": row.where,
    }


def without_choices(question: str, options: tuple[str, ...]) -> tuple[str, bool]:
    """The question without the choices at its end, and whether choices are still in it.

    They are taken off only where they are exactly the options.
    """
    tail = _TAIL.search(question)
    if tail is None:
        return question, False
    listed = " ".join(f"({letter}) {text}" for letter, text in zip("ABCDEFGHIJ", options, strict=False))
    return (question[: tail.start()].rstrip(), False) if same(tail[1], listed) else (question, True)


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=DRAFT,
        case_id=DRAFT,
        source_id=row["id"],
        question=row["question"],
        reference=row["answer"],
        answer_type="choice",
        options=tuple(row["options"]),
        category=row["tags"].get("medical_task", "").casefold(),
        split=row["split"],
        tags=row["tags"],
    )
