"""Whether the upper limit of wrong pairs holds: simulated sets, draws, readers who overlook, and planted errors.

Run: python benchmarks/residual_coverage.py [REPLICATES]. Writes a Markdown table, see docs/concepts/statistics.md.
"""

import sys
from itertools import product

import numpy as np

from auscult.statistics.residual import Accepted, Planted, residual_rate

SETS = ((60, 60), (150, 150), (300, 150), (100, 300), (300, 300))
"""Images, and accepted pairs that are read; an image has 4 pairs on the mean."""
RATES, OVERLOOKED, CORRELATIONS, PLANTED = (0.0, 0.02, 0.06, 0.2), (0.0, 0.2, 0.4), (0.0, 0.2), 48


def study(rng, images, read, wrong, overlooked, icc):
    """A set, its draw in two strata, what readers say, and the audit of it; with the true rate."""
    image = np.repeat(np.arange(images), 1 + rng.poisson(3, images))
    weight = (1 - icc) / icc if icc else 0.0
    own = rng.beta(wrong * weight, (1 - wrong) * weight, images) if icc and wrong else np.full(images, wrong)
    unsure = rng.random(len(image)) < 0.2
    true = rng.random(len(image)) < np.clip(own[image] * np.where(unsure, 2.0, 0.75), 0, 1)
    drawn, read = np.zeros(len(image), bool), min(read, len(image))
    few = min(int(unsure.sum()), round(read * 0.3))
    drawn[rng.choice(np.flatnonzero(unsure), few, replace=False)] = True
    drawn[rng.choice(np.flatnonzero(~unsure), min(read - few, int((~unsure).sum())), replace=False)] = True
    said = true & (rng.random(len(image)) >= overlooked)
    found = (rng.random(PLANTED) >= overlooked).astype(float)
    accepted = Accepted(stratum=unsure.astype(int), drawn=drawn, wrong=said.astype(float), clusters=image)
    planted = Planted(found=found, clusters=rng.choice(images, PLANTED, replace=images < PLANTED))
    return residual_rate(accepted, planted), wrong


def main(replicates):
    """A line for each cell: how often the upper limit holds the rate that sets are drawn from, and its mean."""
    print("| images | read | wrong | overlooked | correlation | upper limit | holds |")
    print("|---|---|---|---|---|---|---|")
    least = 1.0
    for number, (size, *cell) in enumerate(product(SETS, RATES, OVERLOOKED, CORRELATIONS)):
        wrong, overlooked, icc = cell
        if icc and not wrong:
            continue
        rng = np.random.default_rng([7, number])
        made = [study(rng, *size, wrong, overlooked, icc) for _ in range(replicates)]
        high = np.array([found.rate.high for found, _ in made], float)
        holds = float(np.mean([found.rate.high >= rate for found, rate in made]))
        least = min(least, holds)
        print(
            f"| {size[0]} | {size[1]} | {wrong:.0%} | {overlooked:.0%} | {icc} | {high.mean():.3f} | {holds:.3f} |",
            flush=True,
        )
    print(f"\nleast {least:.3f}; Monte Carlo error {np.sqrt(0.05 * 0.95 / replicates):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
