"""A data set format: a text file with ``image file | question | answer`` on each line."""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.errors import UserError
from auscult.items.images import take_image
from auscult.records import Case, Item, case_id, item_id

ABOUT = "a text file with IMAGE | QUESTION | ANSWER on each line"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """One case a line.

    Raises:
        UserError: a line has other parts, or its image is not there.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3:
            raise UserError(f"{path}: line {number}: not IMAGE | QUESTION | ANSWER")
        name, question, answer = parts
        file = (options.images or path.parent) / name
        image = take_image(file, name, f"{path}: line {number}")
        key = case_id([image.original], "question-lines", str(number))
        case = Case(
            id=key,
            source="question-lines",
            source_key=str(number),
            images=(image.file,),
            tags={"modality": "radiograph"},
            group=image.file.pixels,
            licence=options.licence,
        )
        kind = "yes_no" if answer in ("yes", "no") else "open"
        asked = item_id(key, question, (), answer, str(number))
        yield Bundle(
            case,
            (
                Item(
                    id=asked, case_id=key, source_id=str(number), question=question, reference=answer, answer_type=kind
                ),
            ),
            (image.payload,),
        )
