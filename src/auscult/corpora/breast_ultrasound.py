"""BUSI breast ultrasound: each image is normal, benign or malignant, so absence is asserted as well as presence."""

from collections.abc import Iterator
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._labelled import asserted, bundles, choice, one_label, studies
from auscult.records import Case, Item
from auscult.store.rows import Row

ABOUT = "BUSI breast ultrasound: normal, benign or malignant (items.jsonl + images/)"
LICENCE = "CC BY 4.0 (as listed by MedMNIST)"
CLASSES = {"normal": "no lesion", "benign": "a benign lesion", "malignant": "a malignant lesion"}


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with three items: a lesion, a malignant lesion, and which class. No patient is known.

    Raises:
        UserError: see ``_labelled.studies``; not exactly one known label.
    """
    return bundles(studies(path, options, "breast-ultrasound", LICENCE), _ask)


def _ask(row: Row, case: Case) -> tuple[Case, list[Item]]:
    label, key = one_label(row, list(CLASSES)), case.source_key
    asked = {"lesion": label != "normal", "malignant lesion": label == "malignant"}
    case, items = asserted(
        case, {t: (there, f"Is there a {t} in this breast ultrasound image?") for t, there in asked.items()}
    )
    what = "What does this breast ultrasound image show?"
    return case, [*items, choice(key, "diagnosis", what, [*CLASSES.values()], CLASSES[label])]
