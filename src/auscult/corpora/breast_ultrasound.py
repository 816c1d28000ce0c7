"""BUSI breast ultrasound: each image is normal, benign or malignant, so absence is asserted as well as presence."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._labelled import bundles, choice, one_label, presence, studies
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
    lesion, malignant = label != "normal", label == "malignant"
    case = replace(
        case,
        findings={
            "lesion": "present" if lesion else "absent",
            "malignant lesion": "present" if malignant else "absent",
        },
    )
    return case, [
        presence(key, "lesion", "Is there a lesion in this breast ultrasound image?", lesion),
        presence(key, "malignant lesion", "Is there a malignant lesion in this breast ultrasound image?", malignant),
        choice(key, "diagnosis", "What does this breast ultrasound image show?", [*CLASSES.values()], CLASSES[label]),
    ]
