"""HAM10000 dermoscopy: one of seven diagnoses an image, and artefacts (ruler, bubbles, ink).

A lesion has one diagnosis, so the other six are asserted absent. The list of artefacts is a lower bound: an artefact
that is not listed may be there, and is never asked about. Images are grouped by lesion.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._labelled import asserted, bundles, choice, one_label, studies, tagged
from auscult.errors import UserError
from auscult.records import Case, Item
from auscult.store.rows import Row

ABOUT = "HAM10000 dermoscopy excerpt: seven diagnoses and artefacts (items.jsonl + images/)"
LICENCE = "CC BY-NC-SA 4.0"
DIAGNOSES = {
    "actinic keratosis / intraepithelial carcinoma": "an actinic keratosis or intraepithelial carcinoma",
    "basal cell carcinoma": "a basal cell carcinoma",
    "benign keratosis-like lesion": "a benign keratosis-like lesion",
    "dermatofibroma": "a dermatofibroma",
    "melanocytic nevus": "a melanocytic nevus",
    "melanoma": "a melanoma",
    "vascular lesion": "a vascular lesion",
}
ARTEFACTS = {"ruler": "Is a ruler visible", "bubble": "Are air bubbles visible", "marking": "Are ink markings visible"}


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image: seven yes/no items, a choice, and a yes question for each artefact that is listed.

    Raises:
        UserError: see ``_labelled.studies``; not exactly one known diagnosis; an unknown artefact.
    """
    return bundles(studies(path, options, "skin-dermoscopy", LICENCE), _ask)


def _ask(row: Row, case: Case) -> tuple[Case, list[Item]]:
    found, key = one_label(row, list(DIAGNOSES)), case.source_key
    artefacts = row.values.get("artefacts") or []
    unknown = [a for a in artefacts if a not in ARTEFACTS]
    if unknown:
        raise UserError(f"{row.where}: artefact {unknown[0]!r} is unknown; known: {', '.join(ARTEFACTS)}")
    lesion = row.text("lesion")
    case = replace(case, group=lesion, group_kind="lesion" if lesion else "image")
    case, items = asserted(
        case, {d: (d == found, f"Does this dermoscopic image show {words}?") for d, words in DIAGNOSES.items()}
    )
    case, seen = asserted(
        case, {a: (True, f"{ARTEFACTS[a]} in this dermoscopic image?") for a in artefacts}, category="artefact"
    )
    items.append(choice(key, "diagnosis", "What is the diagnosis of this skin lesion?", [*DIAGNOSES], found))
    items += seen
    tags = {"diagnosis_basis": row.text("dx_basis"), "site": row.text("site"), "sex": row.text("sex")}
    return tagged(case, items, **tags)
