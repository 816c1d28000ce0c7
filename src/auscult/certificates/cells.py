"""Cells of a certificate: counts with their rate and interval, or the word "insufficient"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from auscult.records import Estimate
from auscult.statistics import difference, mean, ratio

Row = dict[str, Any]
ENOUGH = 100
"""Fewest answers (positive ones, for a share of positives) that a figure is given for."""
INSUFFICIENT = "insufficient"


@dataclass(frozen=True)
class Cell:
    """Where a figure belongs: part of the certificate, what was put, how far it is off, whose figure it is."""

    part: str
    what: str
    degree: str = ""
    instrument: str = "facts"


def share(
    cell: Cell, measure: str, hits: Sequence[bool], clusters: Sequence[str], unit: str, least: int = ENOUGH
) -> Row:
    """Share of hits, with the interval by cluster; ``least`` is what it takes to give a figure."""
    row = blank(cell, measure, len(hits), len(set(clusters)), unit) | {"hits": int(sum(hits))}
    if len(hits) < least:
        return row | {"label": INSUFFICIENT}
    return row | figures(mean(np.asarray(hits, float), list(clusters), name=measure, unit=unit))


def f1(cell: Cell, truth: Sequence[bool], found: Sequence[bool], clusters: Sequence[str], unit: str) -> Row:
    """F1 of the positive class: 2 TP over 2 TP + FP + FN, over all pairs of label and text; ``n`` are the positives."""
    sick, said = np.asarray(truth, bool), np.asarray(found, bool)
    right = int((sick & said).sum())
    row = blank(cell, "F1", int(sick.sum()), len(set(clusters)), unit) | {"hits": right}
    row |= {"false_alarms": int((said & ~sick).sum())}
    if sick.sum() < ENOUGH:
        return row | {"label": INSUFFICIENT}
    doubled, total = 2.0 * (sick & said), sick.astype(float) + said
    return row | figures(ratio(doubled, total, list(clusters), name="F1", unit=unit))


def gain(
    cell: Cell, measure: str, ours: Sequence[bool], theirs: Sequence[bool], clusters: Sequence[str], unit: str
) -> Row:
    """Share of right answers that the instrument has over another one, on the same texts."""
    found = difference(np.asarray(ours, float), np.asarray(theirs, float), list(clusters), name=measure, unit=unit)
    return blank(cell, measure, len(ours), len(set(clusters)), unit) | figures(found) | {"p_value": found.p_value}


def blank(cell: Cell, measure: str, n: int = 0, clusters: int = 0, unit: str = "") -> Row:
    """A row without a figure."""
    return {
        "part": cell.part,
        "what": cell.what,
        "degree": cell.degree,
        "measure": measure,
        "instrument": cell.instrument,
        "value": None,
        "low": None,
        "high": None,
        "n": n,
        "clusters": clusters,
        "unit": unit,
        "label": "",
    }


def figures(found: Estimate) -> Row:
    """Value, interval and note of an estimate, as a row has them."""
    return {"value": found.value, "low": found.low, "high": found.high, "label": found.note}
