"""A diagnosis from its first call to its page, with a model in this process and the fact checker as judge."""

from pathlib import Path

from tests.diagnosis.made import Writer, two_by_two

from auscult.api.diagnosing import finish_diagnosis
from auscult.diagnosis.examination import Examination
from auscult.reports.diagnosis.page import face_of


def test_a_diagnosis_ends_in_its_page_its_figures_and_a_first_screen(tmp_path: Path) -> None:
    items = two_by_two(tmp_path / "items")
    ending = finish_diagnosis(Examination(items.folder, Writer()), tmp_path / "out")
    assert ending.page is not None and "Auscult diagnosis" in ending.page.read_text("utf-8")
    assert {"diagnosis.json", "causes.parquet", "diagnosis.csv", "diagnosis-items.csv"} <= {
        f.name for f in ending.path.iterdir()
    }
    face = face_of(tmp_path / "out")
    assert face.title == "writer on 2 patients, 4 questions" and "are right as it is" in face.line
    assert face.line.startswith("Too few patients to tell which stage costs most.")
    assert face.action == "Ask about more patients: 20 at least."
