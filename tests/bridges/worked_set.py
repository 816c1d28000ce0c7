"""An item set of small pictures of four patients, with answers that are right, wrong, unusable or missing."""

import csv
from pathlib import Path

from PIL import Image
from tests.bridges.table_model import FAILS

from auscult.corpora import ReadOptions, image_folder
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.protocols.direct import question_text

YES_NO, CHOICE, OPEN = "yes_no", "choice", "open"
ROWS = [  # patient, type, question, options, right answer, what is said
    ("Ann", YES_NO, "Is there an effusion?", "", "yes", "Yes."),
    ("Ann", YES_NO, "Is there a fracture?", "", "no", "Yes, there is."),
    ("Ann", CHOICE, "Which organ is large?", "heart|liver|spleen", "heart", "B"),
    ("Bob", YES_NO, "Is there air under the diaphragm?", "", "no", "No."),
    ("Bob", YES_NO, "Is a mass seen?", "", "yes", "I'm sorry, I cannot help with that."),
    ("Bob", OPEN, "What is seen on the left?", "", "left pleural effusion", "A left pleural effusion."),
    ("Cal", YES_NO, "Is the heart large?", "", "yes", ""),
    ("Cal", CHOICE, "Which side is ill?", "left|right", "left", "left"),
    ("Dan", YES_NO, "Is there edema?", "", "no", FAILS),
    ("Dan", OPEN, "What is the main finding?", "", "pneumothorax", "Normal lungs."),
]
HELD_BACK = ("Eve", YES_NO, "Is this one for training?", "", "yes", "Yes.")


def write_items(folder: Path) -> Path:
    """Builds the set: one picture a patient, all for testing but Eve's."""
    fields = ("image", "patient", "id", "answer_type", "question", "options", "answer", "split")
    with open(folder / "table.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(fields)
        for n, (patient, kind, question, options, right, _) in enumerate([*ROWS, HELD_BACK]):
            Image.new("L", (9, 7), 40 * (ord(patient[0]) - 64)).save(folder / f"{patient}.png")
            split = "train" if patient == "Eve" else "test"
            table.writerow((f"{patient}.png", patient, f"q{n}", kind, question, options, right, split))
    note = SourceNote(reader="image-folder", path="table.csv")
    write_item_set(image_folder.read(folder / "table.csv", ReadOptions()), folder / "items", source=note)
    return folder / "items"


def table_of(items: Path) -> dict[str, str]:
    """Question as it is put → what is said."""
    said = {row[2]: row[5] for row in [*ROWS, HELD_BACK]}
    return {question_text(i): said[i.question] for _, group in ItemSet(items).groups() for i in group}


def write_answers(file: Path, *, blind: bool = False) -> Path:
    """The same answers as a recording; where there is none the request fails. ``blind``: without the image "No."."""
    with open(file, "w", newline="") as opened:
        table = csv.writer(opened)
        table.writerow(("id", "answer", "condition"))
        for n, row in enumerate(ROWS):
            if row[5] != FAILS:
                table.writerow((f"q{n}", row[5], "with"))
            if blind:
                table.writerow((f"q{n}", "No.", "without"))
                table.writerow((f"q{n}", "Yes.", "wrong"))
    return file


class Quiet:
    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def advance(self, *_: object) -> None:
        pass


def quiet(*_: object) -> Quiet:
    """Shows no progress."""
    return Quiet()
