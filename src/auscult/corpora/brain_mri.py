"""Contrast-enhanced brain MRI with one of three tumour types; the types exclude each other, no image is normal.

The labels are weak (the glioma part is known for wrong ones) and patients unknown: slices of one patient may be in the
set several times, so that it must not be split into parts. All its items are test items.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._labelled import asserted, bundles, choice, one_label, studies, tagged
from auscult.records import Case, Item
from auscult.store.rows import Row

ABOUT = "brain MRI: glioma, meningioma or pituitary tumour (items.jsonl + images/)"
LICENCE = "CC BY 4.0 (by origin)"
TYPES = {"glioma tumor": "glioma", "meningioma tumor": "meningioma", "pituitary tumor": "pituitary tumor"}


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with four items: each tumour type, and which one.

    Raises:
        UserError: see ``_labelled.studies``; not exactly one known label.
    """
    return bundles(studies(path, options, "brain-mri", LICENCE), _ask)


def _ask(row: Row, case: Case) -> tuple[Case, list[Item]]:
    found, key = TYPES[one_label(row, list(TYPES))], case.source_key
    case, items = asserted(case, {t: (t == found, f"Does this brain MRI show a {t}?") for t in TYPES.values()})
    items.append(choice(key, "tumor type", "Which type of tumor does this brain MRI show?", [*TYPES.values()], found))
    items = [replace(i, split="test") for i in items]
    return tagged(case, items, label_quality="weak", sequence=row.text("sequence"))
