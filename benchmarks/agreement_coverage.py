"""How often the intervals of agreement hold the true figure: simulated raters, images of unequal size.

Run: python benchmarks/agreement_coverage.py [REPLICATES]. Writes a Markdown table, see docs/concepts/agreement.md.
"""

import sys
from itertools import product

import numpy as np

from auscult.statistics import cohen_kappa, gwet_ac, krippendorff_alpha
from auscult.statistics.agreement import OBSERVED

ICC = 0.2
"""Correlation of errors, and of positives, within an image."""
WHOLE = 30_000
"""Images from which the true figure is computed."""


def ratings(rng, images, categories, prevalence, error, raters):
    """Each rater gives the truth, or with the image's own error rate a category by chance."""
    sizes = 1 + rng.negative_binomial(1.2, 1.2 / (1.2 + 4), size=images)
    image = np.repeat(np.arange(images), sizes)
    weight = (1 - ICC) / ICC
    rate = rng.beta(error * weight, (1 - error) * weight, images)[image]
    if categories == 2:
        share = rng.beta(prevalence * weight, (1 - prevalence) * weight, images)[image]
        truth = (rng.random(len(image)) < share).astype(int)
    else:
        truth = rng.integers(0, categories, len(image))
    given = [
        np.where(rng.random(len(image)) < rate, rng.integers(0, categories, len(image)), truth) for _ in range(raters)
    ]
    return np.array(given).T.tolist(), image


def figure(kind, rows, image, categories):
    """One estimate of agreement."""
    if kind == "kappa":
        return cohen_kappa([r[0] for r in rows], [r[1] for r in rows], image, categories=range(categories))
    return (gwet_ac if kind == "AC1" else krippendorff_alpha)(rows, image, categories=range(categories))


def main(replicates):
    print("| images | categories | positives | raters' error | figure | truth | coverage | width | by few images |")
    print("|---|---|---|---|---|---|---|---|---|")
    kinds = ((2, 0.5), (2, 0.1), (4, 0.25))
    for n, (images, (q, share), error) in enumerate(product((15, 50, 200), kinds, (0.03, 0.15, 0.5))):
        for kind, raters in (("kappa", 2), ("AC1", 2), ("alpha", 3)):
            truth = figure(kind, *ratings(np.random.default_rng([1, n]), WHOLE, q, share, error, raters), q).value
            rng, held, widths, few = np.random.default_rng([2, n]), 0, [], 0
            done = 0
            for _ in range(replicates):
                found = figure(kind, *ratings(rng, images, q, share, error, raters), q)
                if found.low is None:
                    continue
                done += 1
                held += found.low <= truth <= found.high
                widths.append(found.high - found.low)
                few += found.method == OBSERVED
            cells = (f"{truth:.2f}", f"{held / done:.3f}", f"{np.mean(widths):.2f}", f"{few / done:.0%}")
            print(f"| {images} | {q} | {share:.0%} | {error:.0%} | {kind} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
