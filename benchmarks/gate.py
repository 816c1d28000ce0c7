"""How often the gate says PASS or FAIL wrongly: simulated runs whose truth lies on the limit, or beyond it.

``python -m benchmarks.gate --replicates 4000`` runs the whole grid and prints its worst cells.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from auscult.analysis.gate.lines import Levels, gap_bounds, in_order, verdict_of
from auscult.analysis.gate.run import SHARE, Part, part
from auscult.analysis.samples import Sample
from auscult.statistics.interval import Floats, proportion
from auscult.statistics.one_sided import lower_limit, upper_limit

Shape = Literal["beta", "whole images"]
CONFIDENCE = 0.95
NOMINAL = 0.05
OVERLAP = 0.6
"""Share of failures that two versions of a model have in common, in simulated updates."""


@dataclass(frozen=True)
class Grid:
    """The cells: all combinations. ``items`` 0: clusters of 1 to about 20 items, 5 on average."""

    shapes: tuple[Shape, ...] = ("beta", "whole images")
    items: tuple[int, ...] = (1, 3, 10, 0)
    rates: tuple[float, ...] = (0.001, 0.005, 0.02, 0.05, 0.2)
    iccs: tuple[float, ...] = (0.0, 0.2, 0.5, 0.8)
    clusters: tuple[int, ...] = (20, 50, 100, 300, 1000)


@dataclass(frozen=True)
class Cell:
    """One combination.

    ``shape``: how failure rates differ between clusters: beta, or ``whole images``: the share ``icc`` of all failures
    lies in images on which everything fails, the rest is spread evenly.
    """

    shape: Shape
    items: int
    rate: float
    icc: float
    clusters: int


@dataclass(frozen=True)
class Found:
    """Shares of data sets with a wrong verdict in one cell.

    Attributes:
        kind: mean, update (paired, against a margin) or gap (two groups).
        false_pass: the truth lies on the limit, and the gate says PASS.
        false_pass_beyond: the truth lies a quarter beyond the limit.
        false_fail: the truth lies on the limit, and the gate says FAIL.
        interval: false PASS if the two-sided 90 % interval of `statistics` were used (mean only).
        error: Monte Carlo standard error at 5 %.
    """

    kind: str
    cell: Cell
    false_pass: float
    false_pass_beyond: float
    false_fail: float
    interval: float | None
    error: float


def cells(grid: Grid) -> Iterator[Cell]:
    """All cells; with one item a cluster there is no correlation, and both shapes are one."""
    for values in product(grid.shapes, grid.items, grid.rates, grid.iccs, grid.clusters):
        cell = Cell(*values)
        if cell.items != 1 or (cell.icc == grid.iccs[0] and cell.shape == grid.shapes[0]):
            yield cell


def sizes_of(rng: np.random.Generator, cell: Cell, replicates: int) -> NDArray[np.int64]:
    """Items of each cluster, shape (replicates, clusters)."""
    shape = (replicates, cell.clusters)
    if cell.items:
        return np.full(shape, cell.items)
    return 1 + rng.negative_binomial(1.2, 1.2 / (1.2 + 4), size=shape)


def rates_of(rng: np.random.Generator, cell: Cell, shape: tuple[int, ...]) -> Floats:
    """True failure rate of each cluster; their mean is the cell's rate."""
    if cell.shape == "whole images":
        whole = cell.rate * cell.icc
        return np.where(rng.random(shape) < whole, 1.0, (cell.rate - whole) / (1 - whole))
    if cell.icc == 0:
        return np.full(shape, cell.rate)
    weight = (1 - cell.icc) / cell.icc
    return rng.beta(cell.rate * weight, (1 - cell.rate) * weight, size=shape)


def _wrong(kind: str, cell: Cell, lows: Floats, highs: Floats, truth: float, interval: float | None = None) -> Found:
    """How often the gate is wrong by these bounds where the truth lies on the limit, and a quarter beyond it."""

    def share(verdict: str, limit: float) -> float:
        verdicts = (verdict_of(low, high, limit) for low, high in zip(lows.tolist(), highs.tolist(), strict=True))
        return sum(v == verdict for v in verdicts) / len(lows)

    return Found(
        kind,
        cell,
        false_pass=share("PASS", truth),
        false_pass_beyond=share("PASS", truth / 1.25),
        false_fail=share("FAIL", truth),
        interval=interval,
        error=float(np.sqrt(NOMINAL * (1 - NOMINAL) / len(lows))),
    )


def mean_cell(rng: np.random.Generator, cell: Cell, replicates: int) -> Found:
    """A share of failures that must be at most its true value."""
    counts = sizes_of(rng, cell, replicates)
    sums = rng.binomial(counts, rates_of(rng, cell, counts.shape)).astype(np.float64)
    sizes = counts.astype(np.float64)
    usual = proportion(sums, sizes, 2 * CONFIDENCE - 1)
    low, high = lower_limit(sums, sizes, CONFIDENCE), upper_limit(sums, sizes, CONFIDENCE)
    return _wrong("mean", cell, low, high, cell.rate, float((usual.high <= cell.rate).mean()))


def update_cell(rng: np.random.Generator, cell: Cell, replicates: int) -> Found:
    """An update that fails more often by the cell's rate and must do so by at most that; new failures are clustered."""
    counts = sizes_of(rng, cell, replicates)
    new = rng.binomial(counts, rates_of(rng, cell, counts.shape))
    # both versions fail elsewhere too, at a rate that adds nothing to the difference
    both = rng.binomial(counts - new, 0.05)
    apart = (rng.binomial(both, 1 - OVERLAP), rng.binomial(both, 1 - OVERLAP))
    sizes = counts.astype(np.float64)
    scaled = (new + apart[0] - apart[1] + sizes) / 2
    low, high = (2 * f(scaled, sizes, CONFIDENCE) - 1 for f in (lower_limit, upper_limit))
    return _wrong("update", cell, low, high, cell.rate)


def gap_cell(rng: np.random.Generator, cell: Cell, replicates: int) -> Found:
    """Two groups on images of their own; one fails at the cell's rate and the other at half of it."""
    better = Cell(cell.shape, cell.items, cell.rate / 2, cell.icc, cell.clusters)
    levels = Levels(CONFIDENCE, 1)
    made = (
        gap_bounds(*in_order(_group(rng, cell, 0), _group(rng, better, cell.clusters)), levels)
        for _ in range(replicates)
    )
    low, high = np.array(list(made)).T
    return _wrong("gap", cell, low, high, cell.rate / 2)


def _group(rng: np.random.Generator, cell: Cell, start: int) -> Part:
    """One group as the gate sees it; its images are numbered from ``start``."""
    counts = sizes_of(rng, cell, 1)[0]
    codes = np.repeat(np.arange(start, start + cell.clusters, dtype=np.int32), counts)
    rates = rates_of(rng, cell, (cell.clusters,))
    failed = (rng.random(len(codes)) < np.repeat(rates, counts)).astype(np.float64)
    none = np.zeros((len(codes), 1), bool)
    taken = Sample(np.arange(len(codes)), failed[:, None], codes, "image", none, none[:, 0], none, none)
    return part(taken, limit=0.0, scale=SHARE)


GAPS = Grid(items=(3, 0), rates=(0.02, 0.2), iccs=(0.0, 0.5), clusters=(20, 100))


def simulate(replicates: int = 2000, seed: int = 0, grid: Grid | None = None, gaps: Grid | None = GAPS) -> list[Found]:
    """Every cell of the grid for shares and for updates, and the smaller grid for gaps.

    Args:
        replicates: data sets a cell; gaps, computed one data set at a time, use at most 500.
        seed: of the random numbers.
        grid: cells of shares and updates.
        gaps: cells of gaps; None: none.
    """
    jobs = [(make, cell, replicates) for cell in cells(grid or Grid()) for make in (mean_cell, update_cell)]
    jobs += [(gap_cell, cell, min(replicates, 500)) for cell in cells(gaps)] if gaps else []
    return [make(np.random.default_rng([seed, n]), cell, times) for n, (make, cell, times) in enumerate(jobs)]


def report(found: list[Found]) -> Iterator[str]:
    """The worst cells in lines of text."""
    for kind in dict.fromkeys(f.kind for f in found):
        of_kind = [f for f in found if f.kind == kind]
        for name in ("false_pass", "false_pass_beyond", "false_fail", "interval"):
            known: list[tuple[float, Found]] = [(v, f) for f in of_kind if (v := getattr(f, name)) is not None]
            if not known:
                continue
            worst, where = max(known, key=lambda pair: pair[0])
            over = sum(v > NOMINAL + 3 * f.error for v, f in known)
            yield (
                f"{kind:<7} {name:<18} worst {worst:.3f} (Monte Carlo error {where.error:.3f}), mean "
                f"{np.mean([v for v, _ in known]):.3f}, over 5 % by more than 3 errors in {over} of {len(known)} "
                f"cells; worst at {_words(where.cell)}"
            )


def _words(cell: Cell) -> str:
    items = f"{cell.items} items an image" if cell.items else "1 to about 20 items an image"
    return f"{cell.shape}, {cell.clusters} images, {items}, rate {cell.rate:g}, correlation {cell.icc:g}"


def main() -> None:
    """Runs the grid and prints what was found."""
    parser = argparse.ArgumentParser(description="Simulates how often the gate is wrong.")
    options: dict[str, Any] = {"type": int}
    parser.add_argument("--replicates", default=2000, help="data sets a cell", **options)
    parser.add_argument("--seed", default=0, **options)
    given = parser.parse_args()
    for line in report(simulate(given.replicates, given.seed)):
        print(line)


if __name__ == "__main__":
    main()
