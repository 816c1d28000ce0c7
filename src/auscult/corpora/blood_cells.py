"""BCCD blood smears with a box for every cell: presence and counts.

White cells and platelets are mostly all boxed: they are counted, with tolerance 0, and asked for where there is none.
Many red cells are not boxed: they are asked for only where there is one, and never counted. The tag ``label_quality``
says so.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import drafted
from auscult.corpora._labelled import asserted, bundles, studies, tagged
from auscult.errors import UserError
from auscult.records import Box, Case, Item
from auscult.store.rows import Row

ABOUT = "BCCD blood smears: cell counts and boxes (items.jsonl + images/)"
LICENCE = "MIT"
CELLS = ("red blood cell", "white blood cell", "platelet")
COUNTED = CELLS[1:]


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image: yes/no items for the three kinds of cell, and two counts.

    Raises:
        UserError: see ``_labelled.studies``; a box or a count that cannot be read, or that disagree.
    """
    return bundles(studies(path, options, "blood-cells", LICENCE), _ask)


def _ask(row: Row, case: Case) -> tuple[Case, list[Item]]:
    boxes = tuple(_box(row, box) for box in row.values.get("boxes") or [])
    counts = {cell: sum(b.label == cell for b in boxes) for cell in CELLS}
    stated = row.values.get("counts")
    if not isinstance(stated, dict) or any(stated.get(cell, 0) != n for cell, n in counts.items()):
        raise UserError(f"{row.where}: counts {stated} disagree with the boxes {counts}; one of them is wrong")
    asked = {cell: n > 0 for cell, n in counts.items() if n or cell in COUNTED}
    case, items = asserted(
        replace(case, boxes=boxes),
        {cell: (there, f"Is there a {cell} in this blood smear image?") for cell, there in asked.items()},
    )
    items += [_count(case.source_key, cell, counts[cell]) for cell in COUNTED]
    return tagged(case, items, label_quality="mostly complete")


def _count(key: str, cell: str, n: int) -> Item:
    return drafted(
        source_id=f"{key}:number of {cell}s",
        question=f"How many {cell}s are in this blood smear image?",
        reference=str(n),
        answer_type="number",
        category="count",
        target=cell,
    )


def _box(row: Row, box: Any) -> Box:
    try:
        x_min, y_min, x_max, y_max = (float(box[name]) for name in ("x_min", "y_min", "x_max", "y_max"))
        label = box["label"]
    except (KeyError, TypeError, ValueError):
        raise UserError(f"{row.where}: a box needs label, x_min, y_min, x_max and y_max; found {box}") from None
    if label not in CELLS:
        raise UserError(f"{row.where}: box label {label!r} is unknown; known: {', '.join(CELLS)}")
    return Box(label=label, x_min=x_min, y_min=y_min, x_max=x_max, y_max=y_max)
