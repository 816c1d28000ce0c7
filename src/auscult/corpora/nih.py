"""NIH ChestX-ray14 radiographs with text-mined labels.

A label asserts presence. Its absence asserts nothing (the labels were mined from reports), except where the source says
"No Finding": only those images are asked about findings that are not there, and the tag ``label_quality`` says
``text-mined``. Images are grouped by patient.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._labelled import asserted, bundles, labels, studies, tagged
from auscult.records import Case, Item
from auscult.store.rows import Row

ABOUT = "NIH ChestX-ray14 excerpt: chest radiographs with finding labels (items.jsonl + images/)"
LICENCE = "NIH Clinical Center: unrestricted use with citation"
FINDINGS = {
    "Atelectasis": "atelectasis",
    "Cardiomegaly": "cardiomegaly",
    "Consolidation": "consolidation",
    "Edema": "pulmonary edema",
    "Effusion": "pleural effusion",
    "Emphysema": "emphysema",
    "Fibrosis": "fibrosis",
    "Hernia": "a hernia",
    "Infiltration": "an infiltration",
    "Mass": "a mass",
    "Nodule": "a nodule",
    "Pleural_Thickening": "pleural thickening",
    "Pneumonia": "pneumonia",
    "Pneumothorax": "a pneumothorax",
}


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image; a yes question for each label, fourteen no questions where there is no finding.

    Raises:
        UserError: see ``_labelled.studies``; a label that the release does not have.
    """
    return bundles(studies(path, options, "nih-chestxray", LICENCE), _ask)


def _ask(row: Row, case: Case) -> tuple[Case, list[Item]]:
    found, clean = labels(row, list(FINDINGS)), row.values.get("no_finding") is True
    asked = found or [f for f in FINDINGS if clean]
    case, items = asserted(case, {f: (f in found, f"Does this chest radiograph show {FINDINGS[f]}?") for f in asked})
    case = replace(case, group=row.text("patient"), group_kind="patient" if row.text("patient") else "image")
    return tagged(case, items, label_quality="text-mined", view=row.text("view"), sex=row.text("sex"))
