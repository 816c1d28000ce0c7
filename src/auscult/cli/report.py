"""``auscult report``: a run in, a page out."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give


def report(
    run: Annotated[Path, typer.Argument(help="Folder of the run.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="File to write; RUN/report.html where not given.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Also write every figure to this CSV file.")] = None,
    gallery: Annotated[int, typer.Option(help="Most answers in the gallery.", min=0)] = 60,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path alone, which is all it says anyway.")] = False,
) -> None:
    """Write one HTML file that works with no network, from a finished run or audit of drawings.

    [bold]Examples[/bold]

    auscult report run

    auscult report run --out report.html --csv figures.csv
    """
    from auscult.reports.page import write_report
    from auscult.reports.tables_csv import write_csv
    from auscult.runs.folder import DRAWING, read_manifest, schema_of
    from auscult.store.files import check_writable

    check_writable(out, csv)
    if schema_of(run) == DRAWING:
        _of_drawings(run, out, csv, gallery)
        return
    if (run / "manifest.json").exists():
        read_manifest(run)  # a damaged one is no run
    page = write_report(run, out, gallery=gallery)
    if csv is not None:
        write_csv(run, csv)
    give(page)


KINDS = 5
"""Kinds of outcomes among which the gallery of an audit is shared out."""


def _of_drawings(folder: Path, out: Path | None, csv: Path | None, shown: int) -> None:
    from auscult.drawing.writing import write_figures
    from auscult.reports.drawing.csv import write_figures_csv
    from auscult.reports.drawing.page import write_drawing_page

    found = write_figures(folder)
    page = write_drawing_page(folder, out, shown=-(-shown // KINDS))
    if csv is not None:
        write_figures_csv(found, csv)
    give(page)
