"""A blinded sheet of drawings: people say what came of each; their outcomes stand beside those of other readers.

A rater sees the images and what was asked for in its plainest words: never who drew, in which wording, or what another
reader said. Drawings are drawn by lot from those that came as images.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auscult.drawing.figures import PEOPLE
from auscult.drawing.nouns import ADDITIONS, OUTCOMES, PLAIN, Drawn, Outcome, Prompt
from auscult.drawing.readers import Sheet
from auscult.drawing.reading import keep_outcomes
from auscult.drawing.writing import read_audit
from auscult.errors import UserError
from auscult.records import digest, rank
from auscult.reports.csv import csv_text
from auscult.reports.html import page
from auscult.review.sheet import KEY, Shown, check_new, check_raters, shown
from auscult.store.files import draft_folder, put_in_place, replace_file, write_json
from auscult.store.given import NoSuchFile, read_json
from auscult.store.rows import read_rows

SCHEMA = "auscult.rating.drawings/1"
SIDES = ("left", "right", "both", "none")
TO_FILL = ("outcome", "additions", "side", "comment")
COLUMNS = ("rater", "row", "images", "asked", *TO_FILL)


@dataclass(frozen=True)
class SheetMade:
    """What was written: the folder, how many drawings stand on it, and of how many they were drawn."""

    folder: Path
    rows: int
    found: int


def make_drawing_sheet(run: Path, out: Path, *, n: int, seed: int = 0, raters: Sequence[str] = ("A",)) -> SheetMade:
    """Draws ``n`` drawings of an audit by lot and writes ``OUT/key.json`` and, for each rater, a table and a page.

    Raises:
        UserError: the folder is no audit, holds no image, OUT is there already, or a rater's name is no file name.
    """
    check_raters(raters)
    check_new(out)
    prompts, drawn = read_audit(run)
    pictured = [d for d in drawn if d.status == "ok" and d.images]
    if not pictured:
        raise UserError(f"{run}: holds no drawing with an image, so that people have nothing to look at")
    chosen = sorted(pictured, key=lambda d: rank("sheet", seed, d.id))[:n]
    asked = _plainly(prompts)
    rows = {f"d{digest('drawing', seed, d.id)[:9]}": d for d in chosen}
    with draft_folder(out) as draft:
        for rater in raters:
            order = sorted(rows, key=lambda row, who=rater: rank("order", seed, who, row))  # type: ignore[misc]
            _write_for(rater, draft / rater, [(row, rows[row]) for row in order], asked, run)
        key = {
            "schema": SCHEMA,
            "run": str(run.resolve()),
            "seed": seed,
            "raters": list(raters),
            "rows": {row: d.id for row, d in rows.items()},
        }
        write_json(draft / KEY, key)
        put_in_place(draft, out)
    return SheetMade(out, len(rows), len(pictured))


def is_drawing_sheet(sheet: Path) -> bool:
    """Whether a sheet asks about drawings."""
    try:
        key = read_json(sheet / KEY, "")
    except UserError:
        return False
    return isinstance(key, dict) and key.get("schema") == SCHEMA


def apply_drawing_sheet(sheet: Path, filled: Sequence[Path]) -> Path:
    """Writes what raters said into the audit as a reader of its own, in place of earlier ratings; its folder.

    Where raters of one drawing differ in the outcome it counts as not read.

    Raises:
        UserError: the folder is no sheet, a file is none of its filled sheets, a cell is none of the allowed ones,
            nothing is rated, or the audit is gone.
    """
    key = _key(sheet)
    run = Path(str(key["run"]))
    said: dict[str, dict[str, dict[str, Any]]] = {}
    for path in filled:
        rater, rows = _filled(path, key)
        if rater in said:
            raise UserError(f"{path}: a second sheet of rater {rater}; give one file for each rater")
        said[rater] = rows
    if not any(said.values()):
        raise UserError(f"{filled[0]}: nothing is rated; fill in the column 'outcome'")
    _, drawn = read_audit(run)
    by_id, names = {d.id: d for d in drawn}, sorted(said)
    reader = Sheet(PEOPLE, f"{len(names)} rater{'s' * (len(names) > 1)} of {digest('sheet', key)[:8]}")
    outcomes = [
        _outcome(reader, by_id[str(name)], [rows[row] for rows in said.values() if row in rows])
        for row, name in key["rows"].items()
        if name in by_id and any(row in rows for rows in said.values())
    ]
    keep_outcomes(run, reader, outcomes)
    return run


def _outcome(reader: Sheet, drawn: Drawn, said: Sequence[Mapping[str, Any]]) -> Outcome:
    """What raters said of one drawing, where they agree."""
    names = Counter(str(one["outcome"]) for one in said)
    comments = "; ".join(filter(None, (str(one["comment"]) for one in said)))
    if len(names) > 1:
        differ = " against ".join(sorted(names))
        return reader.outcome(drawn, status="unread", evidence=": ".join(filter(None, (differ, comments))))
    additions = [kind for kind in ADDITIONS if sum(kind in one["additions"] for one in said) * 2 > len(said)]
    sides = {str(one["side"]) for one in said} - {"", "none"}
    side = sides.pop() if len(sides) == 1 else ""
    return reader.outcome(drawn, next(iter(names)), additions=tuple(additions), side=side, evidence=comments)


def _plainly(prompts: Sequence[Prompt]) -> dict[str, str]:
    """Prompt → the same request in its plain wording, which tells a rater nothing of the wording."""
    plain = {(p.content, p.kind): p.text for p in prompts if p.wording == PLAIN}
    return {p.id: plain.get((p.content, p.kind), p.text) for p in prompts}


def _write_for(
    rater: str, folder: Path, order: Sequence[tuple[str, Drawn]], asked: Mapping[str, str], run: Path
) -> None:
    """``sheet-RATER.csv``, ``sheet-RATER.html`` and ``images/`` of one rater."""
    (folder / "images").mkdir(parents=True)
    pictures: dict[str, tuple[Shown, ...]] = {}
    for row, drawn in order:
        pictures[row] = tuple(shown(run, image, f"{row}{k}") for k, image in enumerate(drawn.images))
        for one in pictures[row]:
            if one.name:
                (folder / "images" / one.name).write_bytes(one.data)
    lines = [
        {
            "rater": rater,
            "row": row,
            "images": " ".join(f"images/{one.name}" for one in pictures[row] if one.name),
            "asked": asked[drawn.prompt_id],
        }
        for row, drawn in order
    ]
    replace_file(
        folder / f"sheet-{rater}.csv", csv_text(COLUMNS, lines, quoted=True, newline="\r\n").encode("utf-8-sig")
    )
    shown_page = page(
        "drawings_sheet.html.j2",
        styles=("rating.css", "drawing.css"),
        scripts=(),
        whole=True,
        rater=rater,
        rows=[(row, asked[drawn.prompt_id], pictures[row]) for row, drawn in order],
    )
    replace_file(folder / f"sheet-{rater}.html", shown_page.encode())


def _key(sheet: Path) -> dict[str, Any]:
    try:
        key = read_json(sheet / KEY, "make the sheet again")
    except NoSuchFile:
        raise UserError(f"{sheet}: no rating sheet (it has no key.json); make one with 'auscult rate make'") from None
    if not isinstance(key, dict) or key.get("schema") != SCHEMA or not {"run", "rows", "raters"} <= key.keys():
        raise UserError(f"{sheet / KEY}: not the key of a sheet of drawings ('{SCHEMA}'); make the sheet again")
    return key


def _filled(path: Path, key: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, Any]]]:
    """Who filled a sheet, and row → what they said, of the rows with an outcome."""
    found: dict[str, dict[str, Any]] = {}
    who: set[str] = set()
    for row in read_rows(path, windows=True):
        cells = {str(name).strip().lower(): row.text(name) for name in row.values if name}
        if missing := [name for name in ("rater", "row", *TO_FILL) if name not in cells]:
            raise UserError(f"{path}: no column '{missing[0]}'; give the sheet as it was saved")
        if cells["row"] not in key["rows"]:
            raise UserError(f"{row.where} ({cells['row'] or 'no row id'}): not a row of this sheet; keep the row ids")
        who.add(cells["rater"])
        additions = [part.strip().lower() for part in cells["additions"].replace(",", ";").split(";") if part.strip()]
        _allowed(row.where, "outcome", [cells["outcome"].lower()] if cells["outcome"] else [], OUTCOMES)
        _allowed(row.where, "additions", additions, ADDITIONS)
        _allowed(row.where, "side", [cells["side"].lower()] if cells["side"] else [], SIDES)
        if cells["outcome"]:
            said = {"outcome": cells["outcome"].lower(), "additions": additions, "side": cells["side"].lower()}
            found[cells["row"]] = said | {"comment": cells["comment"]}
        elif additions or cells["side"]:
            raise UserError(f"{row.where}: additions or a side without an outcome; give one of {', '.join(OUTCOMES)}")
    if len(who) != 1 or not who <= set(key["raters"]):
        raise UserError(f"{path}: column 'rater' names {', '.join(sorted(who)) or 'none'}; one sheet is one rater's")
    return who.pop(), found


def _allowed(where: str, column: str, values: Sequence[str], known: Sequence[str]) -> None:
    if odd := [value for value in values if value not in known]:
        raise UserError(f"{where}: {column} '{odd[0][:40]}' is none of {', '.join(known)}; correct it or empty it")
