"""What is measured of a cell on a set, as values and weights of its items; and of two arms, seed by seed.

Values are as in ``analysis.quantities.premise``: acceptance counts among items whose neutral twin was answered rightly,
of two arms among those known in both, since it can fall without a cure where less is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from auscult.ablation import stages
from auscult.ablation.outcomes import ACCEPTED, DENIED, LOST, NEITHER, Items, Outcomes
from auscult.analysis.joined import UNUSABLE, Bools, Floats

SHARES = ("knowing acceptance", "raw acceptance", "known and accepted", "over-denial", "evasion", "accuracy", "unread")
DETECTION = ("AUROC", "d'", "criterion")
PUBLISHED = {"H^V": "eyes", "H^K": "knowledge after right eyes", "H^R": "reasoning"}
"""ClinHallu's rates, under their names: of all traces, an absent stage and one without a verdict are hallucinated."""
WRONG = {"wrong eyes": "eyes", "wrong knowledge": "knowledge", "wrong reasoning": "reasoning"}
"""Ours: of the stages that were written; what the judge leaves open, or gives no verdict on, is missing."""
INVALID_TRACES = "invalid traces"
OF_TRACES = (INVALID_TRACES, *PUBLISHED, *WRONG)
MEASURES = (*SHARES, *OF_TRACES, *DETECTION)
BETTER_HIGHER = frozenset({"accuracy", "AUROC", "d'"})
FALSE, TRUE, UNMATCHED = 1, 2, 3


@dataclass(frozen=True)
class Taken:
    """A share on some items; arrays of shape (seeds, items).

    Attributes:
        value: 0 to 1; NaN where it is missing.
        weight: whether an item counts, 0 or 1; NaN where that is missing.
        cluster: code of each item's image or patient, shape (items,).
    """

    value: Floats
    weight: Floats
    cluster: np.ndarray

    @property
    def lost(self) -> Bools:
        """Items that count, or may, and whose value is missing; and those of which nobody knows whether they count."""
        return np.asarray((np.isnan(self.value) & (self.weight != 0)) | np.isnan(self.weight))


def taken(measure: str, items: Items, rows: Bools, cells: Sequence[Outcomes]) -> Taken:
    """A share on those of some items that it is about, in cells of one arm.

    Args:
        measure: one of ``SHARES`` or ``OF_TRACES``.
        items: of the grid.
        rows: mask of a set.
        cells: of the arm, by seed.
    """
    about = {
        **dict.fromkeys(OF_TRACES, _asked_in_stages(measure, items, cells)),
        "knowing acceptance": (items.premise == FALSE) & (items.twin >= 0),
        "known and accepted": (items.premise == FALSE) & (items.twin >= 0),
        "raw acceptance": items.premise == FALSE,
        "over-denial": items.premise == TRUE,
        "evasion": np.isin(items.premise, (FALSE, TRUE, UNMATCHED)),
        "accuracy": items.premise == 0,
        "unread": np.ones(len(items.id), bool),
    }[measure]
    at = np.flatnonzero(rows & about)
    if measure == "accuracy":
        at = at[cells[0].status[at] > 0]
    values, weights = [], []
    for cell in cells:
        value, weight = _of_cell(measure, items, at, cell)
        values.append(value)
        weights.append(weight)
    names = np.array(items.cluster, dtype=object)[at]
    codes = np.unique(names.astype(str), return_inverse=True)[1] if len(at) else np.zeros(0, np.int64)
    shape = (len(cells), len(at))
    return Taken(np.array(values, float).reshape(shape), np.array(weights, float).reshape(shape), codes)


def _of_cell(measure: str, items: Items, at: np.ndarray, cell: Outcomes) -> tuple[Floats, Floats]:
    ones = np.ones(len(at))
    if measure in OF_TRACES:
        return _of_traces(measure, cell.stages.get(_kept(measure), np.zeros(len(items.id), np.int8))[at])
    response = cell.response[at]
    if measure == "accuracy":
        return cell.right[at].astype(float), ones
    if measure == "unread":
        lost = np.where(response > 0, response == LOST, cell.status[at] > UNUSABLE)
        return lost.astype(float), ones
    code = {"over-denial": DENIED, "evasion": NEITHER}.get(measure, ACCEPTED)
    value = np.where(response == LOST, np.nan, response == code)
    if measure in ("raw acceptance", "over-denial", "evasion"):
        return value, ones
    known = _known(items, at, cell)
    if measure == "knowing acceptance":
        return value, known
    both = np.where((value == 0) | (known == 0), 0.0, value * known)
    return both, ones


def _kept(measure: str) -> str:
    """What is kept of traces for a measure of them."""
    return {**PUBLISHED, **WRONG}.get(measure, stages.TRACE)


def _asked_in_stages(measure: str, items: Items, cells: Sequence[Outcomes]) -> Bools:
    codes = cells[0].stages.get(_kept(measure))
    return np.zeros(len(items.id), bool) if codes is None else np.asarray(codes > 0)


def _of_traces(measure: str, codes: np.ndarray) -> tuple[Floats, Floats]:
    """Values and weights of a measure of traces, by what became of them."""
    if measure == INVALID_TRACES:
        return np.where(codes == stages.LOST, np.nan, codes == stages.INVALID), np.ones(len(codes))
    if measure in PUBLISHED:
        return (codes != stages.RIGHT).astype(float), np.ones(len(codes))
    known = np.isin(codes, (stages.RIGHT, stages.FALSE))
    return np.where(known, codes == stages.FALSE, np.nan), (codes != stages.ABSENT).astype(float)


def _known(items: Items, at: np.ndarray, cell: Outcomes) -> Floats:
    """Whether the neutral twin of an item was answered rightly; NaN where that answer is missing."""
    twins = items.twin[at]
    return np.where(cell.status[twins] > UNUSABLE, np.nan, cell.right[twins] >= 1).astype(float)


def curve_table(items: Items, rows: Bools, cells: Sequence[Outcomes]) -> tuple[Floats, np.ndarray] | None:
    """Areas under the curve of the yes margin, as a table of seeds and clusters whose mean is the area.

    A cell of the table is the mean area and what the cluster's own placements add to it (DeLong's components, by
    cluster as Obuchowski 1997). None where a class or a margin is lacking.
    """
    at = np.flatnonzero(rows & ~np.isin(items.premise, (UNMATCHED, 4, 5)))
    if len(at):
        at = at[np.all([np.isfinite(cell.margin[at]) for cell in cells], axis=0)]
    positive = items.yes[at]
    if not len(at) or positive.all() or not positive.any():
        return None
    codes = np.unique(np.array(items.cluster, dtype=object)[at].astype(str), return_inverse=True)[1]
    return np.array([_placed(cell.margin[at].astype(float), positive, codes) for cell in cells]), codes


def _placed(margin: Floats, positive: Bools, codes: np.ndarray) -> Floats:
    yes, no = margin[positive], margin[~positive]
    over = (stats.rankdata(margin)[positive] - stats.rankdata(yes)) / len(no)
    under = 1 - (stats.rankdata(margin)[~positive] - stats.rankdata(no)) / len(yes)
    area, clusters = float(over.mean()), int(codes.max()) + 1
    added = np.bincount(codes[positive], over - area, clusters) / len(yes)
    added += np.bincount(codes[~positive], under - area, clusters) / len(no)
    return np.asarray(area + clusters * added)


def detection_table(items: Items, rows: Bools, cells: Sequence[Outcomes], measure: str) -> Floats | None:
    """d′ or criterion c of premises, pooled over seeds, as a table of seeds and clusters whose mean it is.

    Counts are log-linear (Hautus 1995); what a cluster adds is the first-order change by its own counts. None where a
    class has no item, or an answer is missing.
    """
    at = np.flatnonzero(rows & np.isin(items.premise, (FALSE, TRUE)))
    true = items.premise[at] == TRUE
    if not len(at) or true.all() or not true.any():
        return None
    accepted = np.array([cell.response[at] == ACCEPTED for cell in cells], float)
    kept = ~np.any([cell.response[at] == LOST for cell in cells], axis=0)
    accepted, true = accepted[:, kept], true[kept]
    codes = np.unique(np.array(items.cluster, dtype=object)[at][kept].astype(str), return_inverse=True)[1]
    sizes = len(cells) * true.sum(), len(cells) * (~true).sum()
    if not min(sizes):
        return None
    hits, alarms = (float((accepted[:, of].sum() + 0.5) / (n + 1)) for of, n in zip((true, ~true), sizes, strict=True))
    z = (float(stats.norm.ppf(hits)), float(stats.norm.ppf(alarms)))
    sign, half = (-1.0, 1.0) if measure == "d'" else (1.0, -0.5)
    value = half * (z[0] + sign * z[1])
    clusters = int(codes.max()) + 1
    table = np.full((len(cells), clusters), value)
    for of, n, at_z, weight in ((true, sizes[0], z[0], half), (~true, sizes[1], z[1], half * sign)):
        for seed, row in enumerate(accepted):
            gone = np.bincount(codes[of], row[of] - accepted[:, of].mean(), clusters)
            table[seed] += table.size * weight * gone / n / stats.norm.pdf(at_z)
    return table


def figure(measure: str, items: Items, rows: Bools, cells: Sequence[Outcomes]) -> tuple[float | None, int, int]:
    """A measure of the cells of an arm on a set: value (None where there is none), items that count, and missing."""
    if measure == "AUROC":
        found = curve_table(items, rows, cells)
        return (None, 0, 0) if found is None else (float(found[0].mean()), len(found[1]), 0)
    if measure in DETECTION:
        table = detection_table(items, rows, cells, measure)
        return (None, 0, 0) if table is None else (float(table.mean()), int(table.size), 0)
    one = taken(measure, items, rows, cells)
    kept = ~one.lost & (one.weight > 0)
    return (float(one.value[kept].mean()) if kept.any() else None, int(kept.sum()), int(one.lost.sum()))
