"""The diagnosis, put to the test: simulated and damaged models whose faults are known → what it finds of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from auscult.certificates.cells import Row, kept
from auscult.certificates.diagnosis import DiagnosisOptions, causes, damaged, texts
from auscult.certificates.diagnosis.coverage import covered
from auscult.certificates.diagnosis.figures import Figure, corrected_figures, figures
from auscult.certificates.diagnosis.settings import Setting, judged_settings, settings
from auscult.certificates.trial import Trial, Verdict, both
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.records import Certificate, digest
from auscult.version import __version__

Step = Callable[[], Iterable[Row]]
CAUSE_RUNS = 100
"""Most runs of which the causes of single answers are looked at."""


def certify(
    options: DiagnosisOptions,
    show: Show = progress,
    grid: Sequence[Setting] | None = None,
    judged: Sequence[Setting] | None = None,
    told: Sequence[causes.Told] = causes.MODELS,
) -> Certificate:
    """Diagnoses models whose faults are known.

    Args:
        options: how many, of what.
        show: how progress is shown.
        grid: other simulated models than the standard ones.
        judged: other models whose judge errs.
        told: models whose single answers' causes are to be told.

    Returns:
        One row a figure and simulated model: how often its interval holds the truth (``coverage``), or that the model
        does what makes it unknowable (``not identifiable``, ``lower bound``). It passes where no cell that is
        identified is significantly below 94.5 %, causes are told as asked, and damaged stages are named first.
    """
    plain = list(settings()) if grid is None else list(grid)
    erring = list(judged_settings()) if judged is None else list(judged)
    asked = [(setting, list(figures())) for setting in plain]
    asked += [(setting, list(corrected_figures())) for setting in erring]
    tests = sum(figure.identified(setting) for setting, made in asked for figure in made)
    with TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        written = [partial(texts.rows, options.texts, Path(temporary), options.seed)] if options.texts else []
        harmed = [partial(damaged.rows, options.damaged, options.cases, work, options.seed)] if options.damaged else []
        trial = Trial(
            instrument=f"auscult.diagnosis {__version__}",
            subject="simulated models whose stages err as they are told",
            steps=[
                *written,
                *harmed,
                *(
                    partial(_kept, work, (asdict(setting), n, tests), options, _covered, (setting, made, tests, n))
                    for n, (setting, made) in enumerate(asked)
                ),
                *(
                    partial(_kept, work, (asdict(model), n), options, _causes, (model, n))
                    for n, model in enumerate(told)
                ),
            ],
            conclude=conclusion,
        )
        return trial.certificate(show)


def _kept(
    work: Path, key: tuple[Any, ...], options: DiagnosisOptions, make: Callable[..., list[Row]], told: tuple[Any, ...]
) -> list[Row]:
    """The rows of one simulated model: made, or where the same command made them before."""
    file = work / f"{digest(__version__, make.__name__, *key, options.replicates, options.seed)}.json"
    return kept(file, lambda: make(options, *told))


def _covered(options: DiagnosisOptions, setting: Setting, made: Sequence[Figure], tests: int, number: int) -> list[Row]:
    return covered(setting, made, options.replicates, np.random.default_rng([options.seed, 1, number]), tests)


def _causes(options: DiagnosisOptions, model: causes.Told, number: int) -> list[Row]:
    runs = min(options.replicates, CAUSE_RUNS)
    return causes.told(model, runs, np.random.default_rng([options.seed, 2, number]))


def conclusion(rows: Sequence[Row]) -> Verdict:
    """Whether every part passes, and what each comes to in a sentence."""
    parts = [part(found) for name, part in PARTS.items() if (found := [row for row in rows if row["part"] == name])]
    passed: bool | None = True
    for one, _ in parts:
        passed = both(passed, one)
    return passed, " ".join(said for _, said in parts)


def _coverage(rows: Sequence[Row]) -> Verdict:
    tested = [row for row in rows if row["identified"] and row["coverage"] is not None]
    below = [row for row in tested if row["label"] == "does not hold"]
    wide = sum(row["label"] == "conservative" for row in tested)
    runs = max(row["runs"] for row in rows)
    return not below, (
        f"Of {len(tested)} intervals of identified figures in up to {runs} runs each, {len(tested) - len(below)} hold"
        f" the truth ({wide} conservatively), {len(below)} significantly less often than in 94.5 %."
    )


def _told(rows: Sequence[Row]) -> Verdict:
    asked = [row for row in rows if row["identified"]]
    f1 = min(row["value"] for row in asked if row["measure"] == "macro-F1")
    error = max(row["value"] for row in asked if row["measure"] != "macro-F1")
    return all(row["label"] == "holds" for row in asked), (
        f"The cause of one answer: macro-F1 at least {f1:.2f} ({causes.FEW} items), calibration error at most"
        f" {error:.3f} ({causes.MANY} items), where stages err independently and are followed."
    )


def _published(rows: Sequence[Row]) -> Verdict:
    rates, gains = ([row for row in rows if row["figure"].startswith(letter)] for letter in "HΔ")
    worst = [max(found, key=lambda row: abs(row["bias"])) for found in (rates, gains) if found]
    told = "; ".join(f"{row['figure']} by {row['bias']:+.2f} ({row['model']})" for row in worst)
    return True, f"The published figures are off by as much as: {told}."


def _written(rows: Sequence[Row]) -> Verdict:
    runs, equal = sum(row["runs"] for row in rows), all(row["label"] == "equal" for row in rows)
    told = "come to the very tables of" if equal else "do not all come to the tables of"
    return equal, f"{runs} runs written out as traces {told} the array simulator."


PARTS: dict[str, Callable[[Sequence[Row]], Verdict]] = {
    "coverage": _coverage,
    "cause of an item": _told,
    "damaged for real": damaged.conclusion,
    "written out": _written,
    "published": _published,
}
"""Part of the certificate → what it comes to."""
