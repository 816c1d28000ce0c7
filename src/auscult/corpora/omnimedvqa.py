"""OmniMedVQA (Hu et al., CVPR 2024, arXiv 2402.09181): choices on images of 73 data sets.

The published folder: ``QA_information/Open-access/*.json`` and ``QA_information/Restricted-access/*.json``, lists of
dataset, question_id, question_type, question, gt_answer, image_path, option_A to option_D, modality_type; image paths
(``Images/...``) start at the folder. Images of restricted sets do not come with it: their questions are left out and
counted where the image is not there. No split is published.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_text, repeated
from auscult.errors import UserError
from auscult.items.images import inside
from auscult.records import Item
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
    folder, left_out = options.images or path, Counter[str]()
    find = partial(inside, folder, links=options.follow_links)
    asked = _asked(files, find, left_out)
    return one_case_an_image(asked, SOURCE, find, licence=options.licence, left_out=left_out)


def _asked(files: list[Path], find: Callable[[str, str], Path], left_out: Counter[str]) -> Iterator[Asked]:
    for file in files:
        for row in read_rows(file):
            name = row.required("image_path")
            if file.parent.name == _PARTS[1] and not find(name, row.where).is_file():
                left_out[_WITHHELD] += 1
            else:
                # One published row says modality instead.
                modality = row.text("modality_type") or row.text("modality")
                tags = {"modality": modality, "dataset": row.text("dataset")}
                yield Asked(item=_item(row), where=row.where, images=[name], tags=tags)


def _item(row: Row) -> Item:
    given = {letter: row.text(f"option_{letter}") for letter in "ABCD"}
    options, answer = by_text(row, given, row.required("gt_answer"))
    return drafted(
        source_id=row.required("question_id"),
        question=row.required("question"),
        reference=answer,
        answer_type="choice",
        options=options,
        category=row.text("question_type").casefold(),
        tags=repeated(options),
    )
