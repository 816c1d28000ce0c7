"""False PASS and false FAIL over many simulated runs; the whole grid: python -m benchmarks.gate."""

import numpy as np
import pytest
from benchmarks.gate import (
    CONFIDENCE,
    NOMINAL,
    Cell,
    Grid,
    cells,
    gap_cell,
    mean_cell,
    rates_of,
    report,
    simulate,
    sizes_of,
)

from auscult.analysis.gate.criteria import Mean
from auscult.analysis.gate.lines import Levels, line_of, verdict_of
from auscult.analysis.gate.run import SHARE, part
from auscult.analysis.samples import Sample
from auscult.statistics.one_sided import lower_limit, upper_limit

SMALL = Grid(items=(3, 0), rates=(0.001, 0.05, 0.2), iccs=(0.0, 0.8), clusters=(20, 100))


@pytest.fixture(scope="module")
def simulated() -> list:
    return simulate(400, seed=4, grid=SMALL, gaps=Grid(items=(3,), rates=(0.2,), iccs=(0.5,), clusters=(20,)))


@pytest.mark.parametrize("wrong", ["false_pass", "false_pass_beyond", "false_fail"])
def test_a_wrong_verdict_comes_at_most_one_time_in_twenty_in_every_cell(simulated: list, wrong: str) -> None:
    over = [f for f in simulated if getattr(f, wrong) > NOMINAL + 3 * f.error]
    assert not over
    assert {f.kind for f in simulated} == {"mean", "update", "gap"}


def test_rates_at_which_no_event_is_seen_do_not_pass_by_their_zeros() -> None:
    cell = Cell("whole images", 10, 0.001, 0.8, 20)
    assert mean_cell(np.random.default_rng(0), cell, 2000).false_pass == 0


def test_the_usual_interval_would_pass_models_that_fail_on_whole_images() -> None:
    found = mean_cell(np.random.default_rng(0), Cell("whole images", 10, 0.05, 0.5, 50), 1000)
    assert found.interval is not None and found.interval > 0.15 and found.false_pass <= NOMINAL


def test_the_gate_is_not_safe_by_never_passing() -> None:
    rng = np.random.default_rng(0)
    assert mean_cell(rng, Cell("beta", 3, 0.2, 0.2, 300), 1500).false_pass > 0.015
    assert gap_cell(rng, Cell("beta", 3, 0.2, 0.0, 100), 100).false_pass <= NOMINAL + 0.06


def test_the_grid_has_cells_of_every_shape_and_reports_its_worst() -> None:
    assert {c.shape for c in cells(Grid())} == {"beta", "whole images"}
    assert sum(c.items == 1 for c in cells(Grid())) == len(Grid().rates) * len(Grid().clusters)
    lines = list(report(simulate(50, grid=Grid(items=(1,), clusters=(20,)), gaps=None)))
    assert any(line.startswith("mean") and "worst" in line for line in lines)


def test_the_simulated_verdict_is_that_of_the_gate_on_the_same_answers() -> None:
    rng, cell = np.random.default_rng(1), Cell("beta", 3, 0.2, 0.2, 60)
    counts = sizes_of(rng, cell, 40)
    sums = rng.binomial(counts, rates_of(rng, cell, counts.shape))
    criterion = Mean(name="m", why="w", kind="mean", at_most=0.2)
    low, high = (limit(sums.astype(float), counts.astype(float), CONFIDENCE) for limit in (lower_limit, upper_limit))
    verdicts = []
    for n in range(40):
        failed = np.concatenate([np.arange(size) < wrong for size, wrong in zip(counts[n], sums[n], strict=True)])
        codes, none = np.repeat(np.arange(60, dtype=np.int32), counts[n]), np.zeros((len(failed), 1), bool)
        taken = Sample(np.arange(len(failed)), 1.0 * failed[:, None], codes, "image", none, none[:, 0], none, none)
        line = line_of(part(taken, limit=0.2, scale=SHARE), criterion, Levels(CONFIDENCE, 1), "image")
        verdicts.append(line.verdict)
        assert line.verdict == verdict_of(low[n], high[n], 0.2)
    assert len(set(verdicts)) > 1
