"""MedXpertQA-MM (Zuo et al., ICML 2025, arXiv 2501.18362): expert questions on one or several images.

The published folder: ``MM/dev.jsonl`` and ``MM/test.jsonl`` (id, question, options by letter, label, images,
medical_task, body_system, question_type) with ``images/`` or ``images.zip``. The published question ends in its choices
("Answer Choices: (A) ..."), and its prompt states them again; here the options stand once, in ``options``, so that they
can be shuffled. A tail that is not exactly the options stays, with the tag ``choices_in_question``.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import IN_QUESTION, Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_letter, repeated, same
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.store.rows import Row, read_rows

ABOUT = "MedXpertQA-MM: MM/dev.jsonl, MM/test.jsonl + images/ or images.zip"
SOURCE, LICENCE = "medxpertqa-mm", "MIT"
PARTS = {"dev": "validation", "test": "test"}
_TAIL = re.compile(r"Answer Choices:\s*(\(A\)\s.*)$", re.S)
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
    packed = [] if options.images else [path / "images.zip"]
    store = ImageStore([options.images or path / "images"], packed, options.follow_links)
    asked = (_asked(row, PARTS[part]) for part, file in files.items() for row in read_rows(file))
    return one_case_an_image(asked, SOURCE, store.find, licence=LICENCE)


def _asked(row: Row, split: str) -> Asked:
    given, names = row.values.get("options"), row.values.get("images")
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise UserError(f"{row.where}: options is no object of letters and texts; mend the row")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise UserError(f"{row.where}: images is no list of file names; MedXpertQA-MM has one or more a question")
    options, answer = by_letter(row, dict(sorted(given.items())), row.required("label"))
    question, left = without_choices(row.required("question"), options)
    tags = {name: row.text(name) for name in _TAGS if row.text(name)} | ({IN_QUESTION: "yes"} if left else {})
    item = drafted(
        source_id=row.required("id"),
        question=question,
        reference=answer,
        answer_type="choice",
        options=options,
        category=row.text("medical_task").casefold(),
        split=split,
        tags=tags | repeated(options),
    )
    return Asked(item=item, where=row.where, images=names)


def without_choices(question: str, options: tuple[str, ...]) -> tuple[str, bool]:
    """The question without the choices at its end, and whether choices are still in it.

    They are taken off only where they are exactly the options.
    """
    tail = _TAIL.search(question)
    if tail is None:
        return question, False
    listed = " ".join(f"({letter}) {text}" for letter, text in zip("ABCDEFGHIJ", options, strict=False))
    return (question[: tail.start()].rstrip(), False) if same(tail[1], listed) else (question, True)
