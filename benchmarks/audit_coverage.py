"""Whether the interval of a headline that a physician corrected holds: simulated answers, readers and physicians.

Run: python benchmarks/audit_coverage.py [REPLICATES]. Writes a Markdown table, see docs/concepts/agreement.md.
"""

import sys
from itertools import product
from multiprocessing import Pool

import numpy as np

from auscult.statistics import mean
from auscult.statistics.audited import Checked, allocated, audited_mean, audited_ratio

READERS = {
    "calls 20 % of what is wrong right": (0.0, 0.2, 0.1),
    "10 % off, 20 % unread": (0.1, 0.1, 0.2),
}
"""Share of right answers that it calls wrong, of wrong ones that it calls right, and of answers it cannot read."""
SIZES = ((12, 40), (30, 40), (30, 100), (100, 100), (300, 100))
"""Images, and answers that are rated; an image has 4.6 answers on the mean."""
DEVIATIONS = (0.22, 0.3, 0.5)
"""Expected deviations of what a person says in the strata: called right, called wrong, unread."""


def study(rng, images, wrong, icc, reader):
    """What is true of each answer (1: wrong), what the reader says, its stratum, and each answer's image."""
    image = np.repeat(np.arange(images), 1 + rng.negative_binomial(1.2, 1.2 / (1.2 + 3.6), size=images))
    weight = (1 - icc) / icc if icc else 0.0
    own = rng.beta(wrong * weight, (1 - wrong) * weight, images) if icc else np.full(images, wrong)
    true = (rng.random(len(image)) < own[image]).astype(float)
    to_wrong, to_right, unread = reader
    turned = rng.random(len(image)) < np.where(true > 0, to_right, to_wrong)
    said = np.where(turned, 1 - true, true)
    stratum = np.where(rng.random(len(image)) < unread, 2, said.astype(int))
    return true, np.where(stratum == 2, 0.0, said), stratum, image


def drawn_of(rng, stratum, n):
    """A stratified simple random draw: True for the drawn."""
    sizes = [int((stratum == h).sum()) for h in range(3)]
    drawn = np.zeros(len(stratum), bool)
    for h, many in enumerate(allocated(sizes, DEVIATIONS, n)):
        drawn[rng.choice(np.flatnonzero(stratum == h), many, replace=False)] = True
    return drawn


def cell(number, images, n, wrong, icc, about, replicates):
    """A line of the table; a study is a new set of images, answers, readings and draws."""
    rng, rows = np.random.default_rng([3, number]), []
    for _ in range(replicates):
        true, said, stratum, image = study(rng, images, wrong, icc, READERS[about])
        drawn, half = drawn_of(rng, stratum, n), rng.random(len(image)) < 0.5

        def checked(said, true, of=1.0, stratum=stratum, drawn=drawn, image=image):
            found = np.where(drawn, true * of, np.nan)
            return audited_mean(Checked(said=said * of, stratum=stratum, drawn=drawn, found=found), image, name="wrong")

        whole, every = checked(said, true), np.ones_like(said)
        ratio = audited_ratio(checked(said, true, half), checked(every, every, half), name="rate")
        word = mean(said, image, name="wrong")
        held = [e.low is None or e.low <= wrong <= e.high for e in (whole, ratio, word)]
        rows.append((whole.high - whole.low, *held))
    figures = np.mean(np.array(rows, float), axis=0)
    return [f"{images} | {n} | {wrong:.0%} | {icc} | {about}", *(f"{x:.3f}" for x in figures)]


def main(replicates):
    """Every cell of the grid, in as many processes as there are cores."""
    grid = product(SIZES, (0.01, 0.05, 0.3), (0.0, 0.3), READERS)
    cells = [(k, *size, *rest, replicates) for k, (size, *rest) in enumerate(grid) if rest[1] or size[0] == 100]
    print("| images | rated | wrong | correlation | reader | width | coverage | of the ratio | reader at its word |")
    print("|---|---|---|---|---|---|---|---|---|")
    least = 1.0
    with Pool() as pool:
        for line in pool.starmap(cell, cells, chunksize=1):
            print(f"| {' | '.join(line)} |", flush=True)
            least = min(least, *map(float, line[2:4]))
    print(f"\nleast coverage {least:.3f}; Monte Carlo error {np.sqrt(0.05 * 0.95 / replicates):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
