"""A comparison → one HTML file that needs no network and no scripts, and prints."""

from datetime import UTC, datetime
from pathlib import Path

import auscult
from auscult.analysis.comparison import LEVEL, Comparison
from auscult.analysis.comparison_published import Published
from auscult.reports import format as say
from auscult.reports.comparison import about_published, difference_lines, failures, reading, sheets, verdict, wins
from auscult.reports.page import page_environment, page_source
from auscult.store.files import replace_file


def write_comparison_page(comparison: Comparison, published: Published | None, out: Path) -> None:
    """Writes the page."""
    replace_file(out, render_comparison(comparison, published).encode())


def render_comparison(comparison: Comparison, published: Published | None) -> str:
    """The page as text."""
    environment = page_environment()
    return environment.get_template("comparison.html.j2").render(
        comparison=comparison,
        verdict=verdict(comparison),
        wins=wins(comparison),
        sheets=sheets(comparison, published),
        differences=difference_lines(comparison),
        reading=reading(comparison),
        published=about_published(published) if published else (),
        failures=failures(comparison),
        baseline="" if comparison.baseline is None else comparison.rows[comparison.baseline].label,
        alone=say.level(LEVEL),
        together=f"{comparison.together_level * 100:.4g}{say.NBSP}%",
        version=auscult.__version__,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        style=page_source(environment, "report.css"),
        more_style=page_source(environment, "comparison.css"),
    )
