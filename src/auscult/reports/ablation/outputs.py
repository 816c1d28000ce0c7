"""What the analysis of a grid leaves for people: a page, a figure, a CSV file and LaTeX tables; and the terminal."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup
from rich.console import Group, RenderableType
from rich.text import Text

from auscult.ablation.contrasts import Contrast
from auscult.ablation.study import Study
from auscult.reports.ablation.csv import write_ablation_csv
from auscult.reports.ablation.face import ablation_face
from auscult.reports.ablation.figure import figure
from auscult.reports.ablation.tables import arms, cures, hypotheses, sheets, variance
from auscult.reports.ablation.words import over
from auscult.reports.html import page
from auscult.reports.latex import PREAMBLE, escaped, tabular
from auscult.reports.screen import Ending
from auscult.reports.table import Table
from auscult.reports.terminal import Drawn, plain
from auscult.statistics.crossed import FEWEST_CLUSTERS
from auscult.store.files import replace_file

PAGE, FIGURE, CSV, LATEX, JSON = (f"ablation.{kind}" for kind in ("html", "svg", "csv", "tex", "json"))
READING = (
    "Differences pair the cells of one seed with each other, and every cell with the one cell of base, item by item. "
    "Acceptance counts among items whose neutral twin was answered rightly, of two arms among those known in both.",
    "Intervals hold for other seeds and for other images: seeds are crossed with images as readers with cases, and "
    "each brings its own variance and its own degrees of freedom. Relative changes have limits from both rates', "
    "and are never surer than the difference; ratios of effects have Fieller's. With one seed the interval holds for "
    "other images alone, and a verdict for this seed.",
    "A primary hypothesis is shown where its one-sided p-value is at most .05 after Holm over all primary ones, those "
    "that are not run or withheld counted in. It is refuted where its 95 % interval lies beyond the limit. "
    f"With fewer than {FEWEST_CLUSTERS} images there is no verdict: how often such intervals hold was not simulated.",
    "Answers that could not be read, or never came, are missing: limits run over the best and the worst of them, and "
    "above 5 % the figure is withheld.",
)


def write_outputs(study: Study, out: Path) -> Ending:
    """Writes page, figure, CSV, LaTeX and JSON into the folder of a grid, and says where they lie."""
    replace_file(out / PAGE, f"{render(study)}\n".encode())
    replace_file(out / FIGURE, figure(study).encode())
    write_ablation_csv(study, out / CSV)
    replace_file(out / LATEX, latex(study).encode())
    replace_file(out / JSON, as_json(study) + b"\n")
    return Ending(path=out, page=out / PAGE, others=(("figures", out / CSV),))


def render(study: Study) -> str:
    """The page as text."""
    return page(
        "ablation.html.j2",
        styles=("report.css", "comparison.css"),
        face=ablation_face(study),
        drawing=Markup(figure(study)),
        over=over(study),
        hypotheses=hypotheses(study),
        sheets=sheets(study),
        cures=cures(study),
        arms=arms(study),
        variance=variance(study),
        reading=READING,
        remarks=remarks(study),
    )


def remarks(study: Study) -> list[str]:
    """What must be read with the figures."""
    lacking = [f"{study.lacking} cells of the plan are not done."] if study.lacking else []
    return [*lacking, *(f"{said}." for said in study.passed_over), *study.remarks]


def _tables(study: Study) -> Iterator[Table]:
    every = (hypotheses(study), *sheets(study), cures(study), arms(study), variance(study))
    return (table for table in every if table.rows)


def latex(study: Study) -> str:
    """All tables as LaTeX."""
    said = "\n".join(rf"\par\noindent{{\footnotesize {escaped(text)}}}" for text in (*remarks(study), *READING))
    return "\n\n".join([PREAMBLE, *map(tabular, _tables(study)), said]) + "\n"


def terminal(study: Study) -> RenderableType:
    """Every table, and how to read them."""
    parts: list[RenderableType] = []
    for table in _tables(study):
        parts += [Text(f"\n{table.caption}", "bold"), Drawn(table)]
    return Group(*parts, *(Text(plain(said), "dim") for said in (*remarks(study), *READING)))


def as_json(study: Study) -> bytes:
    """All that was found, as JSON."""
    found = {
        "schema": "auscult.ablation/1",
        "plan": study.plan.model_dump(mode="json", by_alias=True),
        "cells": {arm: [row.model_dump(mode="json") for row in rows] for arm, rows in study.rows.items()},
        "lines": [
            {
                "set": line.set,
                "arm": line.arm,
                "measure": line.measure,
                "figure": _contrast(line.own),
                "against_base": _contrast(line.against),
                "by_seed": line.by_seed,
            }
            for line in study.lines
        ],
        "hypotheses": [
            {
                "name": one.hypothesis.name,
                "found": _contrast(one.found),
                "bound": one.bound,
                "p_value": one.p_value,
                "p_holm": one.adjusted,
                "standing": one.standing,
            }
            for one in study.tested
        ],
        "cures": [{"set": c.set, "arm": c.arm, **asdict(c.found)} for c in study.cures],
        "lacking": study.lacking,
        "remarks": remarks(study),
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2)


def _contrast(found: Contrast | None) -> dict[str, Any] | None:
    if found is None:
        return None
    components = asdict(found.components) if found.components else None
    return {**asdict(found.estimate), "seeds": found.seeds, "components": components}
