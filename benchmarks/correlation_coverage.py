"""How often the intervals of correlations hold the truth: items in images, half of each variance shared within one.

Run: python benchmarks/correlation_coverage.py [REPLICATES]. Writes a Markdown table, see docs/concepts/statistics.md.
"""

import sys
from itertools import product

import numpy as np

from auscult.statistics.correlation import correlations


def main(replicates):
    print("| correlation | method | images | items an image | coverage | width |\n|---|---|---|---|---|---|")
    for rho, method, (images, each) in product((0.95, 0.3, 0.0), ("pearson", "spearman"), ((12, 6), (30, 4), (100, 3))):
        rng, held, widths = np.random.default_rng(3), 0, []
        truth = rho if method == "pearson" else 6 / np.pi * np.arcsin(rho / 2)
        spread = np.linalg.cholesky([[1, rho], [rho, 1]])
        image = np.arange(images * each) // each
        for _ in range(replicates):
            shared = np.repeat(rng.normal(size=(images, 2)), each, axis=0)
            a, b = (np.sqrt(0.5) * (shared + rng.normal(size=(len(image), 2))) @ spread.T).T
            found = correlations({"a": a, "b": b}, image, method=method).pairs["a", "b"]
            held += found.low <= truth <= found.high
            widths.append(found.high - found.low)
        print(
            f"| {rho:g} | {method} | {images} | {each} | {held / replicates:.3f} | {np.mean(widths):.3f} |", flush=True
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
