"""A run → one HTML file that needs no network, works without scripts, and prints."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import auscult
from auscult.analysis.summary import Summary, read_summary
from auscult.records import Certificate
from auscult.reports import charts
from auscult.reports import format as say
from auscult.reports import premise as premises
from auscult.reports import quality as qualities
from auscult.reports.cells import Notes, cell, figure_table, pivot, remarks
from auscult.reports.format import Scale
from auscult.reports.gallery import CONDITION_WORDS, OUTCOME_WORDS, gallery
from auscult.reports.selection import CONDITIONS, OUTCOMES
from auscult.reports.text import visible
from auscult.reports.verdict import PLUMBING, alerts, figure_groups, verdict
from auscult.store.files import replace_file

GALLERY = 60


def write_report(run: Path, out: Path | None = None, *, gallery: int = GALLERY) -> Path:
    """Writes the report of a run and returns its path.

    Args:
        run: run folder with ``summary.json`` and the tables of the four nouns.
        out: the file to write; default ``report.html`` in the run folder.
        gallery: most answers to show in the gallery.

    Raises:
        UserError: the summary or a table is missing or not whole.
    """
    path = out or run / "report.html"
    replace_file(path, render(run, gallery).encode())
    return path


def render(run: Path, size: int) -> str:
    """The page as text. Raises as ``write_report``."""
    summary = read_summary(run / "summary.json")
    environment = page_environment()
    script = page_source(environment, "report.js")
    page = environment.get_template("report.html.j2")
    return page.render(
        summary=summary,
        verdict=verdict(summary),
        alerts=alerts(summary),
        plumbing=PLUMBING,
        headline=figure_table(summary.of("headline"), head="Questions", controls=True),
        remarks=remarks([f for _, group in figure_groups(summary) for f in group]),
        headline_charts=_headline_charts(summary),
        tag_tables=[
            (tag, figure_table(figures, head=tag), charts.condition_chart(figures, f"By {tag}"))
            for tag, figures in summary.groups("tag").items()
        ],
        premise=_premise(summary),
        meanings=premises.MEANINGS,
        quality=qualities.section(summary),
        detection=_detection(summary),
        detection_chart=charts.detection_chart(summary.of("detection"), "What was fabricated and what was missed"),
        measurements=figure_table(summary.of("measurement"), head="Measurement"),
        measurement_chart=charts.condition_chart(summary.of("measurement"), "Measurements"),
        annotators=figure_table(summary.of("annotators"), head="Truth"),
        corrected=figure_table(summary.of("corrected"), head="Answers"),
        consistency=figure_table(summary.of("consistency"), head="What was varied"),
        consistency_chart=charts.condition_chart(summary.of("consistency"), "Consistency"),
        published=_published(summary),
        certificates=[(c, _columns(c)) for c in summary.certificates],
        gallery=gallery_of(run, summary, size),
        manifest=[(key, list(_flat(value))) for key, value in summary.manifest.items()],
        conditions=CONDITIONS,
        condition_words=CONDITION_WORDS,
        outcomes=OUTCOMES,
        outcome_words=OUTCOME_WORDS,
        version=auscult.__version__,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        style=page_source(environment, "report.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
    )


def gallery_of(run: Path, summary: Summary, size: int) -> Any:
    """The gallery with the images of the item set that the manifest names."""
    items = summary.manifest.get("items")
    folder = Path(str(items["path"])) if isinstance(items, dict) and items.get("path") else run
    return gallery(run, summary, folder, size)


def _show(value: object) -> object:
    """Every text that a template prints passes here: nothing in it stays hidden. Markup is ours and stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache
def page_environment() -> Environment:
    """Templates in which every text is escaped, and shown whole."""
    environment = Environment(
        loader=PackageLoader("auscult.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = say
    environment.globals["Scale"] = Scale
    return environment


def page_source(environment: Environment, name: str) -> Markup:
    """A file beside the templates, as it is."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])


def _headline_charts(summary: Summary) -> list[charts.Chart]:
    if summary.plumbing_only:
        return []
    both = (
        charts.condition_chart(summary.of("headline"), "What the model gets right, with the image and without"),
        charts.gain_chart(summary.of("headline"), "What the image buys, in points"),
    )
    return [c for c in both if c]


def _premise(summary: Summary) -> premises.PremiseSection | None:
    return premises.section(summary) if summary.premises else None


def _detection(summary: Summary) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    notes, found, rates = Notes(), [], pivot(summary.of("detection"), "label")
    for row in summary.detection:
        of_target = rates.get(row.target, {})
        cells = tuple(cell(of_target.get(name), Scale.SHARE, notes) for name in ("fabrication", "miss"))
        found.append({"of": row, "cells": cells})
    return found, notes.texts


def _published(summary: Summary) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    notes, found = Notes(), []
    for rule in summary.published:
        cells = [
            cell(
                f.with_image, say.difference_of(say.scale_of(f)) if f.metric == "difference" else say.scale_of(f), notes
            )
            for f in summary.of("published", rule.rule)
        ]
        found.append({"of": rule, "cells": cells})
    return found, notes.texts


def _columns(certificate: Certificate) -> list[str]:
    """All names that any row of a certificate's figures has, in order of first use."""
    return list(dict.fromkeys(name for row in certificate.figures for name in row))


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested plain values as (dotted path, text)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        if any(isinstance(v, (dict, list, tuple)) for v in value):
            for k, inner in enumerate(value):
                yield from _flat(inner, f"{path}[{k}]")
        else:
            yield path, ", ".join(str(v) for v in value)
    else:
        yield path, str(value)
