"""Arms side by side and against each other: figures, differences and ratios with limits over seeds and images.

Everything is made of rows and outcomes by item; neither a model nor an item set is opened.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from auscult.ablation.measures import DETECTION, Taken, curve_table, detection_table, taken
from auscult.ablation.outcomes import LOST, Items, Outcomes
from auscult.analysis.joined import Bools, Floats
from auscult.records import Estimate
from auscult.statistics.crossed import FEWEST_CLUSTERS, Side, crossed, p_value
from auscult.statistics.seeds import Components

Form = Literal["figure", "difference", "relative", "ratio of effects"]
Tables = tuple[Floats, Floats | None, Floats | None]
"""Totals of numerator and denominator, and of items where it is a rate's relative change; shape (seeds, clusters)."""
MAX_MISSING = 0.05
FEW = 50
"""Items of a class below which d′ and criterion are read with care."""


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """What one arm does, or what it does against others.

    Attributes:
        estimate: with limits that hold for other seeds and images, and for whatever is missing.
        seeds: over which it goes.
        components: of its variance; None for one seed.
        completions: its tables, the first of what is known and the others with all that is missing at either end.
    """

    estimate: Estimate
    seeds: int
    components: Components | None
    completions: tuple[Tables, ...]

    def p_value(self, limit: float, side: Side) -> float | None:
        """One-sided p-value of the claim that it lies on one side of a limit; None where it is withheld."""
        if self.estimate.value is None:
            return None
        return max(p_value(part, whole, limit, side, items) for part, whole, items in self.completions)

    def bound(self, side: Side, level: float = 0.95) -> float | None:
        """The one-sided limit on the side where the claim could fail; None where there is none."""
        ends = []
        for tables in self.completions:
            found = crossed(*tables, level=2 * level - 1)
            ends.append(found.low if side == "above" else found.high)
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        return min(known) if side == "above" else max(known)


def contrast(
    measure: str,
    items: Items,
    rows: Bools,
    cells: Sequence[Sequence[Outcomes]],
    *,
    form: Form = "difference",
    max_missing: float = MAX_MISSING,
    level: float = 0.95,
) -> Contrast | None:
    """A measure of an arm, or of two or three arms seed by seed, on a set; None where it is about no item of it.

    Args:
        measure: one of ``MEASURES``.
        items: of the grid.
        rows: mask of the set.
        cells: by seed, of the arm; of what it is held against; and for a ratio of effects of the arm that both are
            held against. An arm with one cell (base) stands beside every seed of the others.
        form: of what is estimated.
        max_missing: share of missing items above which the value is withheld and the limits stand alone.
        level: of the interval.
    """
    if measure in DETECTION:
        return _of_detection(measure, items, rows, cells, level)
    seeds = max(map(len, cells))
    arms = [_broadcast(taken(measure, items, rows, arm), seeds) for arm in cells]
    if not arms[0].value.shape[1]:
        return None
    counted = np.logical_and.reduce([arm.weight != 0 for arm in arms])
    lost = np.logical_or.reduce([arm.lost for arm in arms]) & counted
    values = [np.nan_to_num(arm.value) for arm in arms]
    parts = [_parts(form, values, counted & ~lost)]
    if lost.any():
        parts += [_parts(form, filled, weight) for filled, weight in _completions(form, arms)]
    tables = [_by_cluster(*part, arms[0].cluster) for part in parts]
    n, missing = int((counted & ~lost).sum()), int(lost.sum())
    return _estimated(measure, tables, n, missing, max_missing, level, seeds, share=form == "figure")


def _broadcast(arm: Taken, seeds: int) -> Taken:
    shape = (seeds, arm.value.shape[1])
    return Taken(np.broadcast_to(arm.value, shape), np.broadcast_to(arm.weight, shape), arm.cluster)


def _parts(form: Form, values: Sequence[Floats], weight: Bools) -> tuple[Floats, Floats, Floats | None]:
    """Numerator and denominator by item, and whether it counts where it is a rate that changes."""
    if form == "figure":
        return weight * values[0], weight.astype(np.float64), None
    if form == "difference":
        return weight * (values[0] - values[1]), weight.astype(np.float64), None
    if form == "relative":
        return weight * (values[0] - values[1]), weight * values[1], weight.astype(np.float64)
    return weight * (values[0] - values[2]), weight * (values[1] - values[2]), None


def _completions(form: Form, arms: Sequence[Taken]) -> Iterator[tuple[list[Floats], Bools]]:
    """Values and weights with all that is missing at either end.

    A value is least or most, against the others; an item that may not count does where that moves the figure to the
    same side. The ends of a ratio of effects are among those of all its parts.
    """
    several = form == "ratio of effects"
    ends = list(product((0.0, 1.0), repeat=3)) if several else [(0.0, 1.0), (1.0, 0.0)]
    for fill, all_count in product(ends, (True, False) if several else (True,)):
        values = [np.where(np.isnan(arm.value), end, arm.value) for arm, end in zip(arms, fill, strict=False)]
        lean = values[0] - (values[1] if len(arms) > 1 else 0.5)
        unsure = np.full(lean.shape, all_count) if several else lean * (fill[0] - 0.5) > 0
        yield values, np.logical_and.reduce([np.where(np.isnan(arm.weight), unsure, arm.weight != 0) for arm in arms])


def _by_cluster(part: Floats, whole: Floats, items: Floats | None, cluster: NDArray[Any]) -> Tables:
    clusters = int(cluster.max()) + 1
    given = [part, whole] if items is None else [part, whole, items]
    summed = [np.array([np.bincount(cluster, row, clusters) for row in table]) for table in given]
    there = np.any([(table != 0).any(axis=0) for table in summed], axis=0)
    first, second, *third = (table[:, there] for table in summed)
    return first, second, third[0] if third else None


def _estimated(
    measure: str,
    tables: Sequence[Tables],
    n: int,
    missing: int,
    max_missing: float,
    level: float,
    seeds: int,
    share: bool = False,
) -> Contrast:
    every = [crossed(*table, level=level, share=share) if table[0].size else None for table in tables]
    known = every[0]
    lows, highs = [one.low for one in every if one], [one.high for one in every if one]
    withheld = ""
    if known is None or known.value is None:
        withheld = "nothing to divide by: no item counts" if not n else "the denominator is 0"
    elif n + missing and missing / (n + missing) > max_missing:
        withheld = f"{missing / (n + missing):.1%} of the answers are missing"
    values = [one.value for one in every if one and one.value is not None]
    estimate = Estimate(
        name=measure,
        value=None if withheld or known is None else known.value,
        low=None if None in lows or not lows else min(low for low in lows if low is not None),
        high=None if None in highs or not highs else max(high for high in highs if high is not None),
        level=level,
        n=n,
        clusters=known.clusters if known else 0,
        method=known.method if known else "",
        variance=("items", "images", "seeds") if seeds > 1 else ("items", "images"),
        missing=missing,
        unread=missing,
        worst=min(values) if missing and values else None,
        best=max(values) if missing and values else None,
        withheld=withheld,
        note="; ".join(_remarked(seeds, known.clusters if known else 0)),
    )
    return Contrast(
        estimate=estimate,
        seeds=seeds,
        components=known.components if known else None,
        completions=tuple(tables),
    )


def _remarked(seeds: int, clusters: int) -> Iterator[str]:
    """What must be read with a figure of so many seeds and images."""
    if seeds == 1:
        yield "one seed: how much another seed would change is not known"
    if clusters < FEWEST_CLUSTERS:
        yield f"fewer than {FEWEST_CLUSTERS} images: how often such an interval holds was not simulated"


def _of_detection(
    measure: str, items: Items, rows: Bools, cells: Sequence[Sequence[Outcomes]], level: float
) -> Contrast | None:
    """Differences of areas, of d′ or of the criterion, on the items that have a margin, or an answer, in all arms."""
    every = [cell for arm in cells for cell in arm]
    if measure == "AUROC":
        shared = rows & np.all([np.isfinite(cell.margin) for cell in every], axis=0)
        tables = [found[0] if (found := curve_table(items, shared, arm)) else None for arm in cells]
        n, fewest = int(shared.sum()), FEW
    else:
        shared = rows & ~np.any([cell.response == LOST for cell in every], axis=0)
        tables = [detection_table(items, shared, arm, measure) for arm in cells]
        n = int((shared & np.isin(items.premise, (1, 2))).sum())
        fewest = min(int((shared & (items.premise == kind)).sum()) for kind in (1, 2))
    if any(table is None for table in tables):
        return None
    seeds = max(map(len, cells))
    whole = [np.broadcast_to(table, (seeds, table.shape[1])) for table in tables if table is not None]
    difference = whole[0] - whole[1] if len(whole) > 1 else whole[0]
    made = _estimated(measure, [(difference, None, None)], n, 0, 1.0, level, seeds)
    few = f"fewer than {FEW} premises of a kind: rates near 0 or 1 move it much" if fewest < FEW else ""
    note = "; ".join(filter(None, (made.estimate.note, few)))
    return replace(made, estimate=replace(made.estimate, note=note))


def by_seed(measure: str, items: Items, rows: Bools, cells: Mapping[int | None, Outcomes]) -> dict[int | None, float]:
    """A measure of each cell of an arm, for the figure."""
    found = {}
    for seed, cell in cells.items():
        one = contrast(measure, items, rows, [[cell]], form="figure")
        if one and one.estimate.value is not None:
            found[seed] = one.estimate.value
    return found
