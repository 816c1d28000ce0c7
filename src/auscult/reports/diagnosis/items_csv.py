"""The items of a diagnosis as CSV: one row an item, with its cause and what came of it in every arm."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import numpy as np

from auscult.analysis.joined import STATUS
from auscult.diagnosis.arms import arm_of
from auscult.diagnosis.table import Diagnosed
from auscult.records import STAGES, Answer, Item
from auscult.reports.csv import Line, write_lines
from auscult.reports.diagnosis.cards import Probabilities
from auscult.reports.diagnosis.words import CAUSES
from auscult.store.tables import read_rows

STATUSES = {0: "not put", **{code: name for name, code in STATUS.items()}}
ITEM = ("item", "case", "question", "reference", "answer_type", "cluster", "cause")


def write_items_csv(folder: Path, table: Diagnosed, causes: Mapping[str, Probabilities], out: Path) -> Path:
    """Writes a row an item: what it is, its cause, what came of it in every arm, and what the judge said of each stage.

    ``ARM right`` is 1, 0, a number between them where draws differ, or empty where it is missing; ``ARM right_most``
    stands only where the reference leaves it open. ``wrong STAGE`` is the judge's verdict on the model's own stage.

    Args:
        folder: of the diagnosis.
        table: its arms in arrays.
        causes: item → cause → how probable it is.
        out: the file to write.

    Raises:
        UserError: a table of the folder is missing or not whole.
    """
    columns = [*ITEM, *table.tags, *(f"p {cause}" for cause in CAUSES), *(f"wrong {stage}" for stage in STAGES)]
    for arm in table.arms:
        columns += [f"{arm} right", f"{arm} right_most", f"{arm} status", f"{arm} answer"]
    write_lines(out, columns, _rows(folder, table, causes))
    return out


def _rows(folder: Path, table: Diagnosed, causes: Mapping[str, Probabilities]) -> Iterator[Line]:
    """One image's answers at a time: they stand together in their table."""
    places = {item: place for place, item in enumerate(table.items)}
    answers = groupby(read_rows(folder / "answers.parquet", Answer), key=lambda a: a.case_id)
    items = groupby(read_rows(folder / "items.parquet", Item), key=lambda i: i.case_id)
    for (_, of_case), (_, said) in zip(items, answers, strict=True):
        texts = {(a.item_id, arm_of(a)): a.text or a.detail for a in said if not a.repeat}
        for item in of_case:
            yield _row(item, table, places[item.id], causes.get(item.id, {}), texts)


def _row(item: Item, table: Diagnosed, place: int, found: Probabilities, texts: Mapping[tuple[str, str], str]) -> Line:
    line: Line = {name: getattr(item, name) for name in ("question", "reference", "answer_type")}
    line |= {"item": item.id, "case": item.case_id, "cluster": int(table.clusters[place])}
    line |= {name: values[place] for name, values in table.tags.items()}
    line |= {f"p {cause}": p for cause, p in found.items()}
    line["cause"] = max(found, key=lambda cause: found[cause]) if found else ""
    own = table.arms["baseline"].wrong
    line |= {f"wrong {stage}": _number(own[stage][place]) for stage in STAGES if stage in own}
    for name, arm in table.arms.items():
        least, most = _number(arm.right[place].mean()), _number(arm.right_most[place].mean())
        line[f"{name} right"] = least
        line[f"{name} right_most"] = most if most != least else None
        line[f"{name} status"] = STATUSES[int(arm.status[place, 0])]
        line[f"{name} answer"] = texts.get((item.id, name), "")
    return line


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
