"""What people said of the stages that the model of a diagnosis wrote: a table that a user gives."""

import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from auscult.diagnosis.rates import UNAIDED
from auscult.errors import UserError
from auscult.records import STAGES, Item
from auscult.statistics.interval import Floats
from auscult.store.rows import Row, read_rows
from auscult.store.tables import read_fields

LABELS: Final = "stage_labels.csv"
"""Its place in the folder of a diagnosis."""
COLUMNS: Final = ("item", "stage", "hallucinated")
SAID: Final = {"1": 1.0, "yes": 1.0, "true": 1.0, "0": 0.0, "no": 0.0, "false": 0.0}


def read_labels(path: Path) -> dict[tuple[str, str], float]:
    """(Item, stage) → share of the readers who call that stage hallucinated.

    Columns: ``item`` (its id, or its own id in its data set), ``stage`` (visual_recognition, knowledge_recall or
    reasoning) and ``hallucinated`` (1 or 0, yes or no); one row a reader. They speak of the stages that show each error
    unaided: V and K of the baseline, R of ``replace_vr_kr``.

    Raises:
        UserError: the file cannot be read, lacks a column, or a row is not as said; file, row and remedy in one line.
    """
    if path.suffix.lower() != ".csv":
        raise UserError(f"{path}: not a CSV file; save the labels as .csv")
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in read_rows(path):
        if lacking := [name for name in COLUMNS if name not in row.values]:
            raise UserError(f"{path}: no column '{lacking[0]}'; the header must name item, stage and hallucinated")
        item, stage, said = _label(row)
        found[item, stage].append(said)
    return {key: float(np.mean(said)) for key, said in found.items()}


def _label(row: Row) -> tuple[str, str, float]:
    item, stage, said = (row.required(name).strip() for name in COLUMNS)
    if stage not in STAGES:
        raise UserError(f"{row.where}: stage '{stage[:30]}' is none; write {', '.join(STAGES)}")
    if said.casefold() not in SAID:
        raise UserError(f"{row.where}: hallucinated '{said[:20]}' is neither 1 nor 0; write one of them")
    return item, stage, SAID[said.casefold()]


def keep_labels(folder: Path, file: Path) -> None:
    """Checks a table of labels and copies it into the folder of a diagnosis.

    Raises:
        UserError: it is no such table, or none of its items is in the diagnosis.
    """
    labels = read_labels(file)
    names = {name for both in _names(folder) for name in both}
    if not any(item in names for item, _ in labels):
        raise UserError(f"{file}: none of its items is in {folder}; its column item holds ids of items.parquet")
    if file.resolve() != (folder / LABELS).resolve():
        shutil.copyfile(file, folder / LABELS)


def people(folder: Path) -> dict[str, Floats]:
    """Stage → what people said of it: share who call it hallucinated, NaN where nobody said, shape (items,).

    Raises:
        UserError: the table is damaged.
    """
    if not (folder / LABELS).exists():
        return {}
    labels, names = read_labels(folder / LABELS), list(_names(folder))
    stages = [stage for _, stage in UNAIDED.values()]
    return {stage: found for stage in stages if not np.isnan(found := _of(labels, names, stage)).all()}


def _of(labels: dict[tuple[str, str], float], names: Iterable[tuple[str, str]], stage: str) -> Floats:
    return np.array([labels.get((own, stage), labels.get((source, stage), np.nan)) for own, source in names])


def _names(folder: Path) -> Iterable[tuple[str, str]]:
    return ((item, own) for item, own in read_fields(folder / "items.parquet", Item, ("id", "source_id")))
