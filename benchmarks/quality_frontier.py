"""What a fitted score could add to the rules of quality control: wrong pairs refused at a share of right pairs kept.

Run: python benchmarks/quality_frontier.py --data DATA

All pairs written by hand, looked at or not. Each author is left out in turn: a score is fitted to the pairs of all
others and puts his in order. The score is the sum, over all that the checks say against a pair (doubts too, and of
words that the annotation does not say, how many), of the logarithm of how much more often it is said of wrong ones than
of right ones; what is said of right ones more often counts nothing. ``rules`` is what the checks refuse as they are.
Intervals resample reports (95 %).
"""

import argparse
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from auscult.certificates.quality import sets
from auscult.certificates.quality.certificate import Bench
from auscult.certificates.quality.figures import COUNTED, GROUPS, Tried
from auscult.certificates.quality.hand_written import hand_written
from auscult.construction.certified import WRONG
from auscult.construction.checks.words import UNSAID

KEPT = (0.95, 0.90, 0.85, 0.80)
DRAWS, MANY = 1_000, 6
Scored = tuple[float, bool, bool, str]
"""Score, whether the pair is wrong, whether the rules refuse it, and its report."""


def said_against(one: Tried) -> list[str]:
    """What the checks say against a pair, by its kind."""
    kinds = []
    for check, why in one.refused.items():
        kind, _, words = why.partition(": ")
        many = f" {min(words.count(',') + 1, MANY)}" if kind == UNSAID else ""
        kinds.append(f"{check}: {kind}{many}")
    return kinds


def fitted(pairs: Sequence[Tried]) -> Callable[[Tried], float]:
    """The score, fitted to pairs."""
    wrong = Counter(k for t in pairs if t.pair.error for k in said_against(t))
    right = Counter(k for t in pairs if not t.pair.error for k in said_against(t))
    share = sum(not t.pair.error for t in pairs) / sum(bool(t.pair.error) for t in pairs)
    weights = {k: math.log((wrong[k] + 1) / (right[k] + 1) * share) for k in wrong | right}
    return lambda one: sum(max(0.0, weights.get(k, 0.0)) for k in said_against(one))


def left_out(pairs: Sequence[Tried], author: str, draw: random.Random, checks: Sequence[str]) -> list[Scored]:
    """The pairs of an author, scored by what the others' teach; ties are broken by chance."""
    score = fitted([t for t in pairs if t.pair.author != author])
    own = [t for t in pairs if t.pair.author == author]
    hard = [any(name in t.refused for name in checks) for t in own]
    return [(score(t) + draw.random() * 1e-6, bool(t.pair.error), h, t.cluster) for t, h in zip(own, hard, strict=True)]


def figures(scored: Sequence[Scored]) -> list[float]:
    """Wrong pairs refused at each share kept; then wrong ones refused and right ones kept by the rules."""
    right = np.sort([s for s, wrong, _, _ in scored if not wrong])
    wrong = np.array([s for s, wrong, _, _ in scored if wrong])
    at = [right[min(len(right) - 1, int(kept * len(right)))] for kept in KEPT]
    refused = np.mean([hard for _, wrong, hard, _ in scored if wrong])
    lost = np.mean([hard for _, wrong, hard, _ in scored if not wrong])
    return [*(float((wrong >= a).mean()) for a in at), float(refused), float(1 - lost)]


def row(name: str, scored: Sequence[Scored], draw: random.Random) -> str:
    """A line of the table, each figure with its interval."""
    by_report: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        by_report[one[3]].append(one)
    reports = list(by_report)
    draws = [figures([s for r in draw.choices(reports, k=len(reports)) for s in by_report[r]]) for _ in range(DRAWS)]
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    told = [f"{v:.3f} ({a:.3f}-{b:.3f})" for v, a, b in zip(figures(scored), low, high, strict=True)]
    many = sum(wrong for _, wrong, _, _ in scored)
    return f"| {name}, {many} wrong and {len(scored) - many} right | {' | '.join(told)} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds iu-reports")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    cases, draw, bench = sets.cases_in(given.data), random.Random(given.seed), Bench()
    pairs, authors = [], {}
    for half in ("development", "held_out"):
        tried = bench.alone(hand_written(cases, half))
        some = [t for t in tried if not t.pair.error or (t.pair.error in GROUPS[WRONG] and t.pair.degree >= COUNTED)]
        pairs += some
        authors[half] = sorted({t.pair.author for t in some})
    scored = {a: left_out(pairs, a, draw, bench.names) for half in authors.values() for a in half}
    print(f"| left out | {' | '.join(f'{kept:.2f} kept' for kept in KEPT)} | rules refuse | rules keep |")
    print(f"|{'---|' * (len(KEPT) + 3)}")
    for half, names in authors.items():
        print(row(f"{half}: {', '.join(names)}", [s for a in names for s in scored[a]], draw))
    for name in sorted(scored):
        print(row(name, scored[name], draw))


if __name__ == "__main__":
    main()
