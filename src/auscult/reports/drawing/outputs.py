"""What a finished audit leaves for people: its page, its two CSV files, and every table in the terminal."""

from pathlib import Path

from rich.console import RenderableType

from auscult.drawing.figured import Figures, read_figures
from auscult.drawing.reading import outcomes_of
from auscult.drawing.writing import read_audit
from auscult.reports.drawing.csv import write_drawings_csv, write_figures_csv
from auscult.reports.drawing.page import write_drawing_page
from auscult.reports.drawing.tables import parts
from auscult.reports.screen import Ending
from auscult.reports.terminal import sheet

FIGURES_CSV, DRAWINGS_CSV = "drawing.csv", "drawings.csv"


def write_outputs(folder: Path) -> Ending:
    """Writes page and CSV files into the folder of an audit whose figures are made, and says where they lie.

    Raises:
        UserError: the folder is no audit, its figures are not made, or a table is not whole.
    """
    found = read_figures(folder)
    prompts, drawn = read_audit(folder)
    page = write_drawing_page(folder)
    write_figures_csv(found, folder / FIGURES_CSV)
    table = write_drawings_csv({p.id: p for p in prompts}, drawn, outcomes_of(folder), folder / DRAWINGS_CSV)
    return Ending(path=folder, page=page, others=(("drawings", table),))


def terminal(found: Figures) -> RenderableType:
    """Every table, and what must be read with them."""
    return sheet(parts(found), found.remarks)
