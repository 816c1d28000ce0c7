"""``drawing.html``: an audit of a generator as one file that needs no network, works without scripts, and prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auscult.drawing.figured import Figures, read_figures
from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.drawing.reading import outcomes_of
from auscult.drawing.writing import read_audit
from auscult.reports import tables as plain_tables
from auscult.reports.drawing.cards import Card, card, chosen
from auscult.reports.drawing.face import about_of, drawing_face
from auscult.reports.drawing.tables import parts
from auscult.reports.face import Face
from auscult.reports.html import page
from auscult.runs.folder import DRAWING, read_manifest
from auscult.store.files import replace_file

PAGE = "drawing.html"
FIRST = 3
"""Drawings of a kind on the first screen."""
EACH = 12
"""Drawings of a kind in the gallery."""
ROWS = 40
"""Lines of a table on the page; the CSV has all."""
GROUPS: Mapping[str, str] = {
    "implausible": "What cannot be",
    "additions": "What nobody asked for",
    "plausible": "What can be",
    "clarified": "Asked back, explained or split",
    "other": "Something else",
    "refused": "Refused",
    "": "No outcome",
}
"""Outcome → heading of its drawings in the gallery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Drawings under one heading; ``many``: how many there are in all."""

    name: str
    title: str
    cards: tuple[Card, ...]
    many: int


def write_drawing_page(folder: Path, out: Path | None = None, *, shown: int = EACH) -> Path:
    """Writes the page of an audit and returns its path.

    Args:
        folder: of the audit, finished.
        out: the file to write; default ``drawing.html`` in the folder.
        shown: most drawings of a kind.

    Raises:
        UserError: the folder is no audit, is not finished, or a table is not whole.
    """
    path = out or folder / PAGE
    replace_file(path, render(folder, shown).encode())
    return path


def face_of(folder: Path) -> Face:
    """The first screen of an audit in its folder. Raises as ``write_drawing_page``."""
    return drawing_face(read_figures(folder), about_of(read_manifest(folder, DRAWING), str(folder)))


def render(folder: Path, shown: int) -> str:
    """The page as text. Raises as ``write_drawing_page``."""
    manifest, found = read_manifest(folder, DRAWING), read_figures(folder)
    prompts, drawn = read_audit(folder)
    groups = _groups(folder, found, prompts, drawn, outcomes_of(folder), max(shown, FIRST))
    return page(
        "drawing.html.j2",
        styles=("report.css", "drawing.css"),
        face=drawing_face(found, about_of(manifest, str(folder))),
        first=_first(groups),
        groups=[replace(g, cards=g.cards[:shown]) for g in groups if g.cards[:shown]],
        parts=[
            part._replace(tables=tuple(replace(t, rows=t.rows[:ROWS]) for t in part.tables)) for part in parts(found)
        ],
        remarks=found.remarks,
        manifest=_manifest(manifest),
    )


def _manifest(manifest: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(key, list(plain_tables.flat(value))) for key, value in manifest.items()]


def _groups(
    folder: Path,
    found: Figures,
    prompts: Sequence[Prompt],
    drawn: Sequence[Drawn],
    outcomes: Mapping[str, Sequence[Outcome]],
    most: int,
) -> list[Group]:
    by_prompt, by_id = {p.id: p for p in prompts}, {d.id: d for d in drawn}
    said = {reader: {o.drawn_id: o for o in rows} for reader, rows in outcomes.items()}
    leads = list(said[found.leads].values())
    every = {name: sum(_is(o, name) for o in leads) for name in GROUPS}

    def shown(name: str) -> Card:
        row = by_id[name]
        of = {reader: rows[name] for reader, rows in said.items() if name in rows}
        return card(folder, by_prompt[row.prompt_id], row, of, found.leads)

    return [
        Group(name=name, title=GROUPS[name], cards=tuple(map(shown, ids)), many=every[name])
        for name, ids in chosen(by_prompt, leads, GROUPS, most)
        if ids
    ]


def _is(outcome: Outcome, name: str) -> bool:
    return bool(outcome.additions) if name == "additions" else outcome.outcome == name


def _first(groups: Sequence[Group]) -> list[Group]:
    """What stands on the first screen: what cannot be, then what nobody asked for; else whatever was drawn."""
    pictured = [replace(g, cards=tuple(c for c in g.cards if c.pictures)[:FIRST]) for g in groups]
    there = [g for g in pictured if g.cards]
    bad = [g for g in there if g.name in ("implausible", "additions")]
    return (bad or there)[:2]
