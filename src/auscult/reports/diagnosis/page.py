"""``diagnosis.html``: a diagnosis as one file that needs no network, works without scripts, and prints."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.diagnosis.diagnosis import CAUSES, FIGURES, Diagnosis, ItemCause, read_diagnosis
from auscult.diagnosis.reading import read
from auscult.diagnosis.table import Diagnosed
from auscult.records import Case
from auscult.reports import format as say
from auscult.reports import tables as plain_tables
from auscult.reports.diagnosis.cards import Card, Cards, Probabilities, cards, in_turn, right_by_luck
from auscult.reports.diagnosis.drawings import causes_flow, rungs, starts
from auscult.reports.diagnosis.face import About, about_of, diagnosis_face
from auscult.reports.diagnosis.questions import few_images, several
from auscult.reports.diagnosis.tables import parts
from auscult.reports.diagnosis.words import TOO_FEW
from auscult.reports.face import Face
from auscult.reports.html import page
from auscult.reports.table import Table
from auscult.reports.thumbnails import image_folder
from auscult.runs.folder import DIAGNOSIS as FOLDER
from auscult.runs.folder import read_manifest
from auscult.store.files import replace_file
from auscult.store.tables import read_fields, read_rows

PAGE = "diagnosis.html"
SHOWN, FEATURED = 48, 2
"""Questions on a page, and those of them on its first screen."""
LUCKY = 4
"""Questions that are answered rightly although a stage is false."""
ROWS = 40
"""Lines of a table of statistics; the CSV has all."""


def write_diagnosis_page(folder: Path, *, table: Diagnosed | None = None) -> Path:
    """Writes the page of a diagnosis and returns its path.

    Args:
        folder: of the diagnosis, finished.
        table: its arms in arrays, where they are read already.

    Raises:
        UserError: the folder is no diagnosis, is not finished, or a table is not whole.
    """
    path = folder / PAGE
    replace_file(path, render(folder, SHOWN, table).encode())
    return path


def face_of(folder: Path) -> Face:
    """The first screen of a diagnosis in its folder. Raises as ``write_diagnosis_page``."""
    return diagnosis_face(read_diagnosis(folder / FIGURES), about(folder, _manifest(folder)))


def about(folder: Path, manifest: Mapping[str, Any]) -> About:
    """What a diagnosis is of."""
    sources = {str(row[0]) for row in read_fields(folder / "cases.parquet", Case, ("source",))}
    return about_of(manifest, sources)


def causes_of(folder: Path) -> dict[str, Probabilities]:
    """Item → cause → how probable it is, of the items that are wrong; nothing where causes were not inferred."""
    if not (folder / CAUSES).is_file():
        return {}
    return {
        row.item_id: {
            "eyes": row.eyes,
            "knowledge": row.knowledge,
            "both needed": row.both_needed,
            "reasoning": row.reasoning,
            "unstable": row.unstable,
            "form": row.form,
        }
        for row in read_rows(folder / CAUSES, ItemCause)
    }


def render(folder: Path, shown: int, table: Diagnosed | None = None) -> str:
    """The page as text. Raises as ``write_diagnosis_page``."""
    manifest, found = _manifest(folder), read_diagnosis(folder / FIGURES)
    face = diagnosis_face(found, about(folder, manifest))
    told = not face.stop
    few = TOO_FEW.format(several=several(found)) if few_images(found) else ""
    made = _cards(folder, table or read(folder), manifest, shown, few) if told else Cards(cards=(), filters={})
    return page(
        "diagnosis.html.j2",
        styles=("report.css", "diagnosis.css"),
        face=face,
        rungs=rungs(found) if told else (),
        starts=starts(found),
        flow=causes_flow(found) if told else None,
        cards=made.cards,
        filters=made.filters,
        featured=_featured(made.cards),
        wrong=_wrong(found),
        parts=[part._replace(tables=tuple(map(_head, part.tables))) for part in parts(found)] if told else [],
        remarks=found.remarks,
        manifest=[(key, list(plain_tables.flat(value))) for key, value in manifest.items()],
    )


def _manifest(folder: Path) -> dict[str, Any]:
    return read_manifest(folder, FOLDER)


def _cards(folder: Path, table: Diagnosed, manifest: Mapping[str, Any], shown: int, few: str) -> Cards:
    causes = causes_of(folder)
    chosen = [*in_turn(causes, shown), *right_by_luck(table, LUCKY)]
    return cards(folder, table, causes, list(dict.fromkeys(chosen)), image_folder(folder, manifest), few)


def _featured(every: tuple[Card, ...]) -> tuple[Card, ...]:
    """The first ones of which there is an image; they stand without their controls."""
    seen = [c for c in every if c.picture.uri] or list(every)
    return tuple(replace(c, controls=()) for c in seen[:FEATURED])


def _wrong(found: Diagnosis) -> str:
    """What the first screen shows, and of how many."""
    own = next((f.estimate for f in found.of("cause")), None)
    return f"{say.count(own.n, 'wrong answer')}".replace(say.NBSP, " ") if own else "wrong answers"


def _head(table: Table) -> Table:
    return replace(table, rows=table.rows[:ROWS])
