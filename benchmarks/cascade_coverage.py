"""What a cascade costs and whether its intervals hold: simulated verdicts, images of unequal size.

Run: python benchmarks/cascade_coverage.py [REPLICATES]. Writes a Markdown table, see docs/concepts/cascade.md.
"""

import sys
from itertools import product

import numpy as np

from auscult.scorers.judges.cascade import audit_share
from auscult.statistics import mean
from auscult.statistics.prediction_powered import Verdicts, powered_mean

RATE, ICC, CERTAIN = 0.6, 0.2, 0.6
"""Share of answers that the judge calls supported; its correlation within an image; share the checker is sure of."""
CHECKERS = {
    "always agrees": (0.0, 0.0),
    "2 % off either way": (0.02, 0.02),
    "calls 10 % of what the judge denies supported": (0.1, 0.0),
    "calls 30 % of what the judge denies supported": (0.3, 0.0),
}


def study(rng, images, too_high, too_low):
    """The judge's verdict on each answer, the checker's, where it is sure, and each answer's image."""
    image = np.repeat(np.arange(images), 1 + rng.negative_binomial(1.2, 1.2 / (1.2 + 4.6), size=images))
    weight = (1 - ICC) / ICC
    own = rng.beta(RATE * weight, (1 - RATE) * weight, images)
    judge = (rng.random(len(image)) < own[image]).astype(float)
    turned = rng.random(len(image)) < np.where(judge > 0, too_low, too_high)
    return judge, np.where(turned, 1 - judge, judge), rng.random(len(image)) < CERTAIN, image


def main(replicates):
    print(
        "| images | audit | fact checker | judge's calls saved | width, judge sees all | width | design effect |",
        end="",
    )
    print(" coverage | coverage, checker taken at its word |\n|---|---|---|---|---|---|---|---|---|")
    for n, (images, (about, errors)) in enumerate(product((24, 100, 396), CHECKERS.items())):
        rng, rows = np.random.default_rng([1, n]), []
        for _ in range(replicates):
            judge, checker, sure, image = study(rng, images, *errors)
            audit = audit_share(len(judge))
            audited = sure & (rng.random(len(judge)) < audit)
            verdicts = Verdicts(cheap=checker, judged=judge, certain=sure, audited=audited)
            found = powered_mean(verdicts, image, name="supported")
            asked, naive = (mean(v, image, name="x") for v in (judge, np.where(sure, checker, judge)))
            whole = found.estimate
            rows.append(
                (
                    audit,
                    found.saved / len(judge),
                    asked.high - asked.low,
                    whole.high - whole.low,
                    found.design_effect,
                    whole.low <= RATE <= whole.high,
                    naive.low <= RATE <= naive.high,
                )
            )
        audit, saved, asked, width, effect, held, naive = np.mean(np.array(rows, dtype=float), axis=0)
        print(
            f"| {images} | {audit:.0%} | {about} | {saved:.0%} | {asked:.3f} | {width:.3f} | {effect:.1f} | {held:.3f} "
            f"| {naive:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
