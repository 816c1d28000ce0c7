"""What came of the questions of probes, by item: tables of a run, read into arrays."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from auscult.analysis.keys import Codes
from auscult.probes.asking import Probed
from auscult.records import AT_MOST, Score, ScoreStatus
from auscult.scorers.judges.support import SUPPORTED
from auscult.statistics.clusters import Mask as Bools
from auscult.statistics.interval import Floats
from auscult.store.tables import read_batches, read_rows, values_of

TABLE, VERDICTS = "probes.parquet", "probe-verdicts.parquet"
"""What was asked and read, and what the judge of the run said of open answers."""
ROLES: Final = ("base", "unchanged", "changed")
_VALUES: Final = ("correct", "abstains", "follows", "sure")
_READ: Final = ("correct", "abstains", "follows", "chance", "margin")
_FIELDS = ("answer_id", "item_id", "cluster", "probe", "role", "answer_type", "status", "rule_tells", *_READ)
_ABOUT_RIGHT: Final = ("correct", "sure")
"""Values that are missing where nobody could tell whether an answer is right; what else it does may be known."""
Verdicts = Mapping[str, tuple[ScoreStatus, float | None]]
"""Answer → how a judge's reading of it ended, and whether it is right."""
SURE: Final = math.log(9)
"""Difference of log P(yes) and log P(no) from which an answer is sure: nine times as probable as the other."""


@dataclass(frozen=True, eq=False)
class Arms:
    """What came of one probe, items in the rows and roles in the columns.

    Attributes:
        clusters: of each item.
        values: ``correct``, ``abstains``, ``follows`` and ``chance``, each of shape (items, roles); NaN where an answer
            has no such value, is missing, or was not asked.
        lost: value → whether it is missing, shape (items, roles).
        unread: value → whether it is, as the answer could not be read.
        asked: whether it was asked.
        has: value → whether answers of this type have it, shape (items, roles).
    """

    clusters: list[str]
    values: dict[str, Floats]
    lost: dict[str, Bools]
    unread: dict[str, Bools]
    asked: Bools
    has: dict[str, Bools]


class Collected:
    """Rows of one probe as they stream by: sums over samples, in lists."""

    def __init__(self, verdicts: Verdicts | None = None) -> None:
        self.verdicts = verdicts or {}
        self.items = Codes()
        self.clusters: list[str] = []
        kinds = (f"{kind} {name}" for kind in ("lost", "unread", "has") for name in _VALUES)
        self.sums: dict[str, list[list[float]]] = {n: [] for n in (*_VALUES, "chance", "n", *kinds)}
        self.types: list[list[str]] = []
        self.have: dict[str, set[str]] = {name: set() for name in _VALUES}

    def add(self, row: Mapping[str, Any]) -> None:
        """One answer."""
        at, column = self.items.code(row["item_id"]) - 1, ROLES.index(row["role"])
        if at == len(self.clusters):
            self.clusters.append(row["cluster"])
            self.types.append([""] * len(ROLES))
            for rows in self.sums.values():
                rows.append([0.0] * len(ROLES))
        self.types[at][column] = row["answer_type"]
        self.sums["n"][at][column] += 1
        judged, correct = None, row["correct"]
        if not row["rule_tells"] and row["status"] != "unread":
            judged, correct = self.verdicts.get(row["answer_id"], (None, None))
        margin = row["margin"]
        sure = None if margin is None or correct is None else float(abs(margin) >= SURE and not correct)
        values = {"correct": correct, "abstains": row["abstains"], "follows": row["follows"], "sure": sure}
        self.sums["chance"][at][column] += row["chance"] or 0.0
        for name, value in values.items():
            status = judged or row["status"] if name in _ABOUT_RIGHT else row["status"]
            lost = status not in ("ok", "unusable")
            tells = name == "correct" and lost and (row["rule_tells"] or bool(self.verdicts))
            self.sums[f"lost {name}"][at][column] += lost
            self.sums[f"unread {name}"][at][column] += status == "unread"
            self.sums[f"has {name}"][at][column] += value is not None or tells
            if value is not None:
                self.sums[name][at][column] += value
                self.have[name].add(row["answer_type"])

    def arms(self) -> Arms:
        """Means over samples; an item is missing where any sample of it is.

        A missing answer has the values that answers of its type have, but for those that are read one by one.
        """
        arrays = {name: np.array(rows, float) for name, rows in self.sums.items()}
        n, types = arrays["n"], np.array(self.types)
        lost = {name: arrays[f"lost {name}"] > 0 for name in _VALUES}
        has = {name: arrays[f"has {name}"] > 0 for name in _VALUES}
        for name in set(_VALUES) - {"correct"}:
            has[name] |= lost[name] & np.isin(types, list(self.have[name]))
        values = {name: np.where(lost[name] | ~has[name], np.nan, arrays[name] / np.maximum(n, 1)) for name in _VALUES}
        unread = {name: arrays[f"unread {name}"] > 0 for name in _VALUES}
        values["chance"] = arrays["chance"] / np.maximum(n, 1)
        return Arms(self.clusters, values, lost, unread, n > 0, has)


def read_probes(path: Path) -> dict[str, Arms]:
    """Probe with its version → what came of it; several samples of an answer by their mean."""
    found: dict[str, Collected] = {}
    verdicts = read_verdicts(path.parent)
    for batch in read_batches(path, Probed, _FIELDS):
        columns = [values_of(batch.column(name)) for name in _FIELDS]
        for values in zip(*columns, strict=True):
            row = dict(zip(_FIELDS, values, strict=True))
            found.setdefault(row["probe"], Collected(verdicts)).add(row)
    return {probe: collected.arms() for probe, collected in found.items()}


def read_verdicts(folder: Path) -> Verdicts:
    """What the judge of a run said of open answers to probes; a verdict that leaves it open has not told."""
    path = folder / VERDICTS
    found: dict[str, tuple[ScoreStatus, float | None]] = {}
    for one in read_rows(path, Score) if path.exists() else ():
        right = one.values.get(SUPPORTED)
        told = right is not None and one.values.get(f"{SUPPORTED}{AT_MOST}", right) == right
        found[one.answer_id] = ("unread" if one.status == "ok" and not told else one.status, right if told else None)
    return found
