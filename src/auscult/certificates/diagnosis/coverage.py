"""How often the intervals of a diagnosis hold what is true of simulated models, and by how much figures miss it."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import stats

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Row
from auscult.certificates.diagnosis.arrays import PARTNERS, Judge, draw, table
from auscult.certificates.diagnosis.figures import Figure, Simulated, rate_of
from auscult.certificates.diagnosis.settings import Setting
from auscult.certificates.diagnosis.structure import ARMS, Truth, truth
from auscult.diagnosis.effects import GAINS
from auscult.diagnosis.published import deltas, published
from auscult.diagnosis.table import Diagnosed
from auscult.records import STAGES, Estimate
from auscult.statistics.judged_rate import Known

LEAST = 0.945
"""Coverage that no cell may be significantly below."""
LEVEL = 0.05
"""Of all these tests together."""
CONSERVATIVE = 0.97
ROUNDING = 1e-12
TRIED = 150
"""Images that a judge's certificate is made on."""
AT_ONCE = 100
"""Runs that are drawn at a time."""
PUBLISHED_RATES = {"H^V": "eyes", "H^K": "knowledge", "H^R": "reasoning"}
PUBLISHED_GAINS = {"ΔV": "eyes", "ΔK": "knowledge", "ΔVK": "both"}
"""Published figure → what it is read as: an error rate, or the gain of a right stage."""


def simulate(setting: Setting, runs: int, rng: np.random.Generator) -> Iterator[Simulated]:
    """Runs of one simulated model, drawn some at a time."""
    clusters = np.repeat(np.arange(setting.images), setting.items)
    names = tuple(name for name in ARMS if setting.planted or name not in PARTNERS)
    for start in range(0, runs, AT_ONCE):
        drawn = draw(setting.faults, clusters, rng, runs=min(AT_ONCE, runs - start), arms=names)
        for run in range(drawn.runs):
            known = {stage: _tried(setting.judge, rng) for stage in STAGES} if setting.judge != Judge() else {}
            yield Simulated(table(drawn, run, setting.judge), known)


def _tried(judge: Judge, rng: np.random.Generator) -> Known:
    """What a judge said of stages whose truth is known: ``TRIED`` images, on each a right stage and a planted error."""
    truth = np.tile([True, False], TRIED)
    found = np.where(truth, rng.random(2 * TRIED) < judge.planted, rng.random(2 * TRIED) >= judge.specificity)
    return Known.of(truth, found, np.repeat(np.arange(TRIED), 2))


def covered(setting: Setting, figures: Sequence[Figure], runs: int, rng: np.random.Generator, tests: int) -> list[Row]:
    """The rows of one simulated model: how often its intervals hold the truth, and what the published figures are.

    Args:
        setting: what is simulated.
        figures: whose intervals are tested.
        runs: how many.
        rng: where random numbers come from.
        tests: rows of the whole certificate that are tested, for the level of each.
    """
    found: list[list[Estimate | None]] = [[] for _ in figures]
    theirs: dict[str, list[float]] = {}
    for made in simulate(setting, runs, rng):
        for kept, figure in zip(found, figures, strict=True):
            kept.append(figure.made(made))
        for name, value in _published(made.table):
            theirs.setdefault(name, []).append(value)
    true = truth(setting.faults)
    rows = [
        _row(setting, figure, kept, figure.true(setting, true), tests)
        for kept, figure in zip(found, figures, strict=True)
        if any(kept)
    ]
    return [*rows, *(_published_row(setting, name, values, true) for name, values in theirs.items())]


def _published(table: Diagnosed) -> Iterator[tuple[str, float]]:
    """The published figures of a run: three step rates and three differences of accuracies."""
    found = published(table)
    yield from ((name, found[name].events / found[name].of) for name in PUBLISHED_RATES)
    yield from deltas(found).items()


def _published_row(setting: Setting, name: str, values: Sequence[float], true: Truth) -> Row:
    arm, own = (true.accuracy[a] for a in GAINS[PUBLISHED_GAINS.get(name, "both")])
    is_so = rate_of(PUBLISHED_RATES[name], setting, true) if name in PUBLISHED_RATES else arm - own
    return {
        "part": "published",
        "model": setting.name or "grid",
        **setting.described(),
        "figure": name,
        "measure": "bias",
        "truth": is_so,
        "runs": len(values),
        "value": float(np.mean(values)),
        "bias": float(np.mean(values) - is_so),
        "mc_error": float(np.std(values) / np.sqrt(len(values))),
        "label": "shown",
    }


def _row(setting: Setting, figure: Figure, found: Sequence[Estimate | None], true: float, tests: int) -> Row:
    """Coverage of one figure in the runs that show an interval, and what its values are off where they are given."""
    made = [e for e in found if e and e.low is not None and e.high is not None]
    values = [e.value for e in made if e.value is not None and not e.withheld]
    row = {
        "part": "coverage",
        "model": setting.name or "grid",
        **setting.described(),
        "figure": figure.name,
        "truth": true,
        "runs": len(found),
        "intervals": len(made),
        "values": len(values),
        "identified": figure.identified(setting),
        "measure": None if figure.identified(setting) else figure.otherwise,
    }
    if len(made) < ENOUGH:
        return row | dict.fromkeys(("value", "bias", "coverage", "mc_error", "width"), None) | {"label": INSUFFICIENT}
    low, high = (np.array([getattr(e, name) for e in made], float) for name in ("low", "high"))
    mean = float(np.mean(values)) if len(values) >= ENOUGH else None
    hits = int(((low <= true + ROUNDING) & (true - ROUNDING <= high)).sum())
    coverage = hits / len(made)
    below = float(stats.binom.cdf(hits, len(made), LEAST))
    label = "does not hold" if below < LEVEL / tests else "conservative" if coverage > CONSERVATIVE else "holds"
    if not row["identified"]:
        label = figure.otherwise
    return row | {
        "value": mean,
        "bias": None if mean is None else mean - true,
        "coverage": coverage,
        "mc_error": float(np.sqrt(max(coverage * (1 - coverage), 0.05 * 0.95) / len(made))),
        "width": float((high - low).mean()),
        "label": label,
    }
