"""Cells of a certificate: counts with their rate and interval, or the word "insufficient"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import orjson

from auscult.records import Estimate
from auscult.statistics import difference, mean, ratio
from auscult.store.files import replace_file

Row = dict[str, Any]
ENOUGH = 100
"""Fewest answers (positive ones, for a share of positives) that a figure is given for."""
INSUFFICIENT = "insufficient"


class Clustered(Protocol):
    """Something that was put; what shares a cluster is not independent."""

    @property
    def cluster(self) -> str:
        """Scene, text, wording or image."""


One = TypeVar("One", bound=Clustered)


def clusters(of: Sequence[Clustered]) -> list[str]:
    """The cluster of each."""
    return [one.cluster for one in of]


@dataclass(frozen=True)
class Cell:
    """Where a figure belongs: part of the certificate, what was put, how far it is off, whose figure it is.

    ``unit`` is what a cluster is.
    """

    part: str
    what: str
    degree: str = ""
    instrument: str = "facts"
    unit: str = ""

    def row(self, measure: str, n: int = 0, clusters: int = 0, **more: object) -> Row:
        """A row of the certificate without a figure yet."""
        return {
            "part": self.part,
            "what": self.what,
            "degree": self.degree,
            "measure": measure,
            "instrument": self.instrument,
            "value": None,
            "low": None,
            "high": None,
            "n": n,
            "clusters": clusters,
            "unit": self.unit,
            "label": "",
        } | more

    def share_of(self, measure: str, of: Sequence[One], hit: Callable[[One], object]) -> Row:
        """Share of what was put that is a hit."""
        return self.share(measure, [bool(hit(one)) for one in of], clusters(of))

    def share(self, measure: str, hits: Sequence[bool], of: Sequence[str], least: int = ENOUGH) -> Row:
        """Share of hits, with the interval by cluster (``of``); ``least`` is what it takes to give a figure."""
        row = self.row(measure, len(hits), len(set(of)), hits=int(sum(hits)))
        if len(hits) < least:
            return row | {"label": INSUFFICIENT}
        return filled(row, mean(np.asarray(hits, float), list(of), name=measure, unit=self.unit))

    def f1(self, truth: Sequence[bool], found: Sequence[bool], of: Sequence[str]) -> Row:
        """F1 of the positive class: 2 TP over 2 TP + FP + FN, over pairs of label and text; ``n`` are the positives."""
        sick, said = np.asarray(truth, bool), np.asarray(found, bool)
        hits, alarms = int((sick & said).sum()), int((said & ~sick).sum())
        row = self.row("F1", int(sick.sum()), len(set(of)), hits=hits, false_alarms=alarms)
        if sick.sum() < ENOUGH:
            return row | {"label": INSUFFICIENT}
        return filled(row, ratio(2.0 * (sick & said), sick.astype(float) + said, list(of), name="F1", unit=self.unit))

    def gain(self, measure: str, ours: Sequence[bool], theirs: Sequence[bool], of: Sequence[str]) -> Row:
        """Share of right answers that the instrument has over another one, on the same texts."""
        arms = np.asarray(ours, float), np.asarray(theirs, float)
        found = difference(*arms, list(of), name=measure, unit=self.unit)
        return filled(self.row(measure, len(ours), len(set(of)), p_value=found.p_value), found)


def kept(file: Path, make: Callable[[], list[Row]]) -> list[Row]:
    """Rows that are in a file of the work folder from an earlier call, or that are made and put there."""
    if file.exists():
        return list(orjson.loads(file.read_bytes()))
    rows = make()
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY))
    return rows


def told(row: Row | None) -> str:
    """A figure with its interval, as a summary says it: ``0.912 (0.890-0.931, n 640)``."""
    if not row or row["value"] is None:
        return f"{INSUFFICIENT} (under {ENOUGH})"
    return f"{row['value']:.3f} ({row['low']:.3f}-{row['high']:.3f}, n {row['n']})"


def filled(row: Row, found: Estimate) -> Row:
    """The row with a figure, or with the reason why it is withheld."""
    label = f"withheld: {found.withheld}" if found.withheld else found.note
    return row | {"value": found.value, "low": found.low, "high": found.high, "label": label}
