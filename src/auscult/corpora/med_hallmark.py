"""Med-HallMark (Chen et al. 2024, arXiv 2406.10185): answers of a medical VLM with the kind of their hallucination.

The lists of the repository: ``Conventional..json`` (VQA-RAD) and ``Counterfactual..json`` (SLAKE): one instruction
that holds a question, a model's answer and mostly the truth, image, classification_label (0 to 5);
``Confidence_weakening.json`` (VQA-RAD): a question behind words that weaken confidence, and the answer that is
expected. Licence: MIT by its file, CC BY 4.0 by its metadata; images are VQA-RAD's and SLAKE's: name their folder
with ``--images``.

Changes: of an instruction only the question and the truth are read; those without a truth are left out and counted. One
question stands there once for every answer that was labelled, and comes once here; ``labelled`` gives the answers with
their labels. ``Irg.json`` holds reports that need a credential, and is never read.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._borrowed import images_in, with_images
from auscult.corpora._bundles import drafted
from auscult.corpora._conversations import image_names, pairs
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.rows import Row, read_rows

ABOUT = "Med-HallMark: Conventional..json, Counterfactual..json, Confidence_weakening.json; images with --images"
SOURCE, LICENCE = "med-hallmark", "MIT / CC BY 4.0"
CLASSES = ("catastrophic", "critical", "attribute", "prompt-induced", "minor", "correct")
"""By label, from 0: the worst first."""
FILES = {
    "Conventional..json": "conventional",
    "Counterfactual..json": "counterfactual",
    "Confidence_weakening.json": "confidence weakening",
}
LABELLED = ("Conventional..json", "Counterfactual..json")
"""Those whose answers are labelled."""
NO_TRUTH = "labelled answers without the truth beside them"
AGAIN = "labelled answers to a question that is there"
_BEGINS = re.compile(r"(yes|no)(?:,\s|\.?$)", re.IGNORECASE)
_PARTS = re.compile(
    r"\nquestion:(?P<question>.*?)\nMed-VLM answer:(?P<answer>.*?)(?:\nground-truth:(?P<truth>.*?))?\n\nPlease judge ",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A model's answer with the kind of its hallucination.

    Attributes:
        where: file and row.
        image: name.
        question: as it was put.
        answer: the model's.
        truth: empty where the data do not say it.
        label: one of ``CLASSES``.
    """

    where: str
    image: str
    question: str
    answer: str
    truth: str
    label: str


def labelled(path: Path) -> Iterator[Labelled]:
    """Streams the labelled answers of one of the two files that have them.

    Raises:
        UserError: a broken row.
    """
    for row in read_rows(path):
        (told, _, _), *_ = pairs(row, "conversations", len(image_names(row, "image")))
        found, label = _PARTS.search(told), row.values.get("classification_label")
        if found is None or not isinstance(label, int) or not 0 <= label < len(CLASSES):
            raise UserError(f"{row.where}: no question, Med-VLM answer and label from 0 to 5; copy the file again")
        texts = {name: (text or "").strip() for name, text in found.groupdict().items()}
        yield Labelled(where=row.where, image=_image(row), label=CLASSES[label], **texts)


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: none of the files is there; a broken row; no image is there.
    """
    there = [path] if path.is_file() else [path / name for name in FILES]
    files = [file for file in there if file.is_file() and file.name in FILES]
    if not files:
        raise UserError(f"{path}: holds no {', '.join(FILES)}; name the folder of Med-HallMark")
    left_out = Counter[str]()
    store = images_in([path if path.is_dir() else path.parent], options)
    asked = (row for file in files for row in _asked(file, left_out))
    found = with_images(asked, store, left_out, path)
    return one_case_an_image(found, SOURCE, store.find, licence=options.licence or LICENCE, left_out=left_out)


def _asked(file: Path, left_out: Counter[str]) -> Iterator[Asked]:
    scenario = FILES[file.name]
    seen = set[tuple[str, str]]()
    for number, (where, image, question, truth) in enumerate(_questions(file), 1):
        if not truth:
            left_out[NO_TRUTH] += 1
        elif (image, question) in seen:
            left_out[AGAIN] += 1
        else:
            seen.add((image, question))
            item = drafted(
                source_id=f"{scenario}:{number}",
                question=question,
                reference=truth,
                answer_type="open",
                category=scenario,
                split="test",
                tags={"scenario": scenario},
            )
            yield Asked(item=_closed(item), where=where, images=[image])


def _closed(item: Item) -> Item:
    """A question as one for yes or no, where the answer is that, or begins with it and a comma."""
    word = _BEGINS.match(item.reference)
    return replace(item, answer_type="yes_no", reference=word[1].casefold()) if word else item


def _questions(file: Path) -> Iterator[tuple[str, str, str, str]]:
    """Where, image, question and truth of each row."""
    if FILES[file.name] != "confidence weakening":
        for answer in labelled(file):
            yield answer.where, answer.image, answer.question, answer.truth
        return
    for row in read_rows(file):
        (question, truth, _), *_ = pairs(row, "conversations", len(image_names(row, "image")))
        yield row.where, _image(row), question, truth


def _image(row: Row) -> str:
    """The name of the image: SLAKE's with its own folder (``xmlab1/source.jpg``), VQA-RAD's without one."""
    names = image_names(row, "image")
    if len(names) != 1:
        raise UserError(f"{row.where}: {len(names)} images where there is one; copy the file again")
    return names[0].removeprefix("rad/").removeprefix("slake/")
