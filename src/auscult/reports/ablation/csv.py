"""A grid as one tidy CSV: one row a figure, a difference or a hypothesis; safe to open in a spreadsheet."""

from collections.abc import Iterator
from pathlib import Path

from auscult.ablation.contrasts import Contrast
from auscult.ablation.plan import BASE
from auscult.ablation.study import Study, Tested, limit_of
from auscult.records import Estimate
from auscult.reports.csv import Line, estimate_line, write_lines

_ESTIMATE = ("value", "low", "high", "level", "n", "clusters", "unit", "missing", "worst", "best", "method", "withheld")
COLUMNS = (
    "section", "set", "measure", "arm", "against", "form", "seeds", *_ESTIMATE, "note", "variance_seeds",
    "variance_images", "variance_interaction", "by_seed", "claim", "primary", "limit", "side", "bound", "p_value",
    "p_holm", "stands", "reason",
)  # fmt: skip


def write_ablation_csv(study: Study, out: Path) -> None:
    """Writes every number (UTF-8, unrounded, shares of one).

    Sections: ``figure`` (an arm on a set), ``difference`` (arm minus base), ``hypothesis``, ``cure`` (the distance from
    the base's own curve, with its verdict).
    """
    write_lines(out, COLUMNS, lines(study))


def lines(study: Study) -> Iterator[Line]:
    """One row a number."""
    for line in study.lines:
        about: Line = {"set": line.set, "measure": line.measure, "arm": line.arm}
        each = " ".join(f"{value:.6g}" for value in line.by_seed)
        yield {"section": "figure", **about, **_contrast(line.own), "by_seed": each}
        if line.against is not None:
            yield {"section": "difference", **about, "against": BASE, **_contrast(line.against)}
    yield from map(_tested, study.tested)
    for cure in study.cures:
        about = {"set": cure.set, "arm": cure.arm, "against": BASE, "stands": cure.found.verdict}
        about |= {"reason": cure.found.reason, "seeds": cure.found.seeds}
        question = cure.found.above_question
        measured: dict[str, Estimate | None] = {
            "above its own curve": cure.found.above_global.estimate,
            "above each question's own curve": question.estimate if question else None,
            "change of AUROC": cure.found.area,
            "change of d'": cure.found.d_prime,
            "change of criterion": cure.found.criterion,
        }
        for name, estimate in measured.items():
            if estimate is not None:
                yield {"section": "cure", **about, "measure": name, **_estimate(estimate)}


def _estimate(e: Estimate) -> Line:
    return estimate_line(e, (*_ESTIMATE, "note"))


def _contrast(found: Contrast) -> Line:
    c = found.components
    parts: Line = {}
    if c is not None:
        parts = {"variance_seeds": c.seed, "variance_images": c.cluster, "variance_interaction": c.interaction}
    return {**_estimate(found.estimate), "seeds": found.seeds, **parts}


def _tested(one: Tested) -> Line:
    h = one.hypothesis
    limit, side = limit_of(h)
    return {
        "section": "hypothesis",
        "set": h.set,
        "measure": h.measure,
        "arm": h.arm,
        "against": h.against,
        "form": h.form,
        **(_contrast(one.found) if one.found else {}),
        "claim": h.name,
        "primary": int(h.primary),
        "limit": limit,
        "side": side,
        "bound": one.bound,
        "p_value": one.p_value,
        "p_holm": one.adjusted,
        "stands": one.standing,
        "reason": h.why,
    }
