"""halt-medvqa (Wu, Kim, Wu 2024, arXiv 2401.05827): questions that a model should not answer, on borrowed images.

Three files of the repository: ``fake_qa_shuffle.json`` (questions about what does not exist) and
``swap_img_shuffle.json`` (real questions on another image), objects by number of question, option (letter to text),
answer, answer_id, img; and ``pmc_vqa_nota1K.json`` (the truth replaced by "None of the above"), a list of img,
question, choice_A to choice_D, answer (letter). The repository states no licence; its questions come from VQA-RAD
(CC0), PathVQA (MIT), PMC-VQA and Med-HALT. Images do not come with it: name the folder that holds those of VQA-RAD
(``synpic*.jpg``), PathVQA and PMC-VQA with ``--images``, each in a folder of its own if you like; questions whose
image is not there are counted, not taken.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._borrowed import images_in, with_images
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_letter, repeated
from auscult.errors import UserError
from auscult.store.given import JSON_MOST, boundary, read_given
from auscult.store.rows import Row

ABOUT = "halt-medvqa: fake_qa_shuffle.json, swap_img_shuffle.json, pmc_vqa_nota1K.json; images with --images"
SOURCE, LICENCE = "halt-medvqa", "not stated (questions after VQA-RAD, PathVQA, PMC-VQA, Med-HALT)"
SCENARIOS = {"fake": "fake question", "swap": "wrong image", "nota": "none of the above"}
FILES = {"fake": "fake_qa*.json", "swap": "swap_img*.json", "nota": "pmc_vqa_nota*.json"}


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: none of the files is there; a broken row; no image is there.
    """
    found = {file: name for name, pattern in FILES.items() for file in _there(path, pattern)}
    if not found:
        raise UserError(f"{path}: holds no {', '.join(FILES.values())}; name the folder of halt-medvqa")
    left_out = Counter[str]()
    store = images_in([path, *dict.fromkeys(file.parent for file in found)], options)
    asked = (_asked(row, name) for file, name in found.items() for row in _rows(file))
    there = with_images(asked, store, left_out, path)
    return one_case_an_image(there, SOURCE, store.find, licence=options.licence or LICENCE, left_out=left_out)


def _there(path: Path, pattern: str) -> list[Path]:
    return [path] * path.match(pattern) if path.is_file() else sorted(path.rglob(pattern))


def _rows(file: Path) -> Iterator[Row]:
    """The questions of a file: an object by number, or a list."""
    raw = read_given(file, JSON_MOST)
    with boundary(file, "copy it again"):
        given = orjson.loads(raw)
    named = given if isinstance(given, Mapping) else dict(enumerate(given)) if isinstance(given, list) else {}
    if not named:
        raise UserError(f"{file}: holds no questions; copy it again")
    for number, (name, values) in enumerate(named.items(), 1):
        where = f"{file}, question {name}"
        if not isinstance(values, Mapping):
            raise UserError(f"{where}: no object of question, option, answer; copy the file again")
        yield Row(number, where, {"id": str(name), **values})


def _asked(row: Row, scenario: str) -> Asked:
    lettered = row.values.get("option")
    if lettered is None:
        lettered = {letter: row.text(f"choice_{letter}") for letter in "ABCD"}
    if not isinstance(lettered, Mapping) or not all(isinstance(text, str) for text in lettered.values()):
        raise UserError(f"{row.where}: option is no object of letters and texts; mend the row")
    letter = row.required("answer", "answer_id" if "answer_id" in row.values else "answer")
    options, answer = by_letter(row, dict(sorted(lettered.items())), letter)
    item = drafted(
        source_id=f"{scenario}:{row.required('id')}",
        question=row.required("question"),
        reference=answer,
        answer_type="choice",
        options=options,
        category=SCENARIOS[scenario],
        split="test",
        tags={"scenario": SCENARIOS[scenario]} | repeated(options),
    )
    return Asked(item=item, where=row.where, images=[row.required("img")])
