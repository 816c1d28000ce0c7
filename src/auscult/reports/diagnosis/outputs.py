"""What a finished diagnosis leaves for people: its page, its two CSV files, and every table in the terminal."""

from pathlib import Path

from rich.console import RenderableType

from auscult.diagnosis.diagnosis import FIGURES, Diagnosis, read_diagnosis
from auscult.diagnosis.reading import read
from auscult.reports.diagnosis.csv import write_figures_csv
from auscult.reports.diagnosis.items_csv import write_items_csv
from auscult.reports.diagnosis.page import causes_of, write_diagnosis_page
from auscult.reports.diagnosis.tables import parts
from auscult.reports.screen import Ending
from auscult.reports.terminal import sheet

FIGURES_CSV, ITEMS_CSV = "diagnosis.csv", "diagnosis-items.csv"


def write_outputs(folder: Path) -> Ending:
    """Writes page and CSV files into the folder of a diagnosis whose figures are made, and says where they lie.

    Raises:
        UserError: the folder is no diagnosis, its figures are not made, or a table is not whole.
    """
    found, table = read_diagnosis(folder / FIGURES), read(folder)
    page = write_diagnosis_page(folder, table=table)
    write_figures_csv(found, folder / FIGURES_CSV)
    items = write_items_csv(folder, table, causes_of(folder), folder / ITEMS_CSV)
    return Ending(path=folder, page=page, others=(("items", items),))


def terminal(found: Diagnosis) -> RenderableType:
    """Every table, and what must be read with them."""
    return sheet(parts(found), found.remarks)
