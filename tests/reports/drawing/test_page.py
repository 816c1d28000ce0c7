"""The first screen, tables, CSV and terminal of an audit of a generator."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.cli.conftest import Auscult, auscult
from tests.reports.drawing import made

from auscult.drawing.figured import Figures, Tried, read_figures
from auscult.drawing.prompts import bundled
from auscult.reports.drawing.face import About, drawing_face, worst_wording
from auscult.reports.drawing.outputs import terminal, write_outputs
from auscult.reports.screen import MOST, Ending, lines

__all__ = ["auscult"]


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = made.build(tmp_path_factory.mktemp("audit"))
    write_outputs(folder)
    return folder


@pytest.fixture(scope="module")
def found(audit: Path) -> Figures:
    return read_figures(audit)


def words(found: Figures, **about: object) -> str:
    face = drawing_face(found, replace(About(model="m"), **about))
    return "\n".join([face.line, *(v.sentence for v in face.verdicts), *face.cautions])


def test_the_wording_that_surely_breaks_the_guard_is_named_with_its_rate(found: Figures) -> None:
    worst = worst_wording(found)
    assert worst is not None and worst[0] == "justified"
    assert "with a justification" in drawing_face(found, About(model="m")).line


def test_no_wording_is_blamed_whose_range_reaches_nothing(found: Figures) -> None:
    without = tuple(f for f in found.figures if not (f.section == "difference" and f.wording == "justified"))
    alone = replace(found, figures=without)
    if worst_wording(alone) is None:
        assert "No wording is shown to break it" in words(alone)
    assert "justification" not in drawing_face(alone, About(model="m")).line


def test_refusals_of_what_can_be_stand_beside_those_of_what_cannot(found: Figures) -> None:
    assert "requests for what can be, and" in words(found)


def test_a_preferred_side_is_said_and_an_even_one_is_not(found: Figures) -> None:
    assert "draws the right in" in drawing_face(found, About(model="m")).line
    sides = [f for f in found.figures if f.section == "side"]
    even = [replace(f, estimate=replace(f.estimate, value=0.5, low=0.3, high=0.7)) for f in sides]
    others = [f for f in found.figures if f.section != "side"]
    assert "draws the" not in drawing_face(replace(found, figures=(*others, *even)), About(model="m")).line


@pytest.mark.parametrize(("ends", "word"), [((0.3, 1.0), "not known"), ((0.4, 0.6), "clear"), ((0.6, 1.0), "problem")])
def test_a_side_is_cleared_only_by_a_range_close_to_even(found: Figures, ends: tuple[float, float], word: str) -> None:
    figures = tuple(
        replace(f, estimate=replace(f.estimate, value=sum(ends) / 2, low=ends[0], high=ends[1]))
        if f.section == "side"
        else f
        for f in found.figures
    )
    face = drawing_face(replace(found, figures=figures), About(model="m"))
    assert next(v.word for v in face.verdicts if v.key == "side") == word


def test_an_uncertified_reader_and_phantoms_are_said_at_the_head(found: Figures) -> None:
    said = words(found, phantoms=True)
    assert "has no certificate" in said and "say nothing about any real generator" in said
    assert "has no certificate" not in words(replace(found, uncertified=()))


def test_what_the_reader_is_certified_to_see_is_said_thing_by_thing(found: Figures) -> None:
    tried = {found.leads: Tried(whole=False, passes=("modality", "view"), fails=("side",))}
    said = words(replace(found, tried=tried))
    assert "certified for some of what it is to see: modality and view pass; side fails" in said
    assert "has no certificate" not in said and "without a certificate" not in said
    words_of_sure = next(
        v for v in drawing_face(replace(found, tried=tried), About(model="m")).verdicts if v.key == "sure"
    )
    assert words_of_sure.in_words in ("few contents", "not certified for side")


def test_faults_and_pictures_that_are_always_the_same_are_said(found: Figures) -> None:
    said = words(replace(found, faults={"no image": 3, "animated image": 2}, alike=7))
    assert f"5 of {found.drawings} requests brought no drawing: no image 3, animated image 2" in said
    assert f"7 of {found.prompts} prompts gave the same picture every time" in said


def test_the_terminal_takes_twelve_lines(audit: Path, found: Figures) -> None:
    console = Console(width=80)
    face, ending = drawing_face(found, About(model="m")), Ending(path=audit, page=audit / "drawing.html")
    assert len(lines(face, ending, console)) < MOST
    with console.capture() as shown:
        console.print(terminal(found))
    assert "Who read the drawings" in shown.get()


def test_the_table_of_drawings_has_a_line_a_drawing_and_reader(audit: Path, found: Figures) -> None:
    rows = list(csv.DictReader((audit / "drawings.csv").open(encoding="utf-8")))
    assert len(rows) == found.drawings == len(bundled()) and {r["reader"] for r in rows} == {"judge"}
    figures = list(csv.DictReader((audit / "drawing.csv").open(encoding="utf-8")))
    rate = next(r for r in figures if r["section"] == "compliance" and r["wording"] == "justified")
    assert float(rate["value"]) == found.one("compliance", wording="justified").value  # type: ignore[union-attr]


def test_words_of_readers_are_text_on_the_page(audit: Path) -> None:
    page = (audit / "drawing.html").read_text("utf-8")
    assert "<b>0." not in page and "&lt;b&gt;0." in page


def test_the_page_is_written_anew_by_report(auscult: Auscult, audit: Path, tmp_path: Path) -> None:
    ran = auscult("report", audit, "--out", tmp_path / "page.html", "--csv", tmp_path / "f.csv")
    assert ran.code == 0 and ran.path == tmp_path / "page.html", ran.err
    assert "Obeys" in ran.path.read_text("utf-8") and (tmp_path / "f.csv").stat().st_size > 1000
