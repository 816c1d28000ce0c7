"""What comes back from raters: the key of a sheet, and filled sheets, as CSV or as spreadsheets save them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.printing import one_line
from auscult.review.sheet import FILLED, KEY, SCHEMA, Form, Rated
from auscult.runs.ratings import HARMS, PROBLEMS, REFERENCES, VERDICTS, Draw, Said
from auscult.store.given import NoSuchFile, read_json
from auscult.store.rows import read_rows

_ALLOWED = {
    "verdict": VERDICTS,
    "problems": PROBLEMS,
    "harm": HARMS,
    "reference_is": REFERENCES,
    "at_first": REFERENCES,
}
Filled = dict[str, Said]
"""Row id → what was filled in; only rows with a verdict."""


@dataclass(frozen=True)
class Key:
    """What a sheet keeps apart from its raters.

    Attributes:
        form: what the sheet asks about.
        raters: their names.
        orders: rater → row ids in the order of that rater's sheet.
        rows: row id → the answer or pair.
        runs: folders whose answers stand on it.
        draws: how they were drawn, run by run.
        item_set: folder whose pairs stand on it.
        digest: of that item set.
        seed: of the draw.
    """

    form: Form
    raters: tuple[str, ...]
    orders: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Rated]
    runs: tuple[Path, ...] = ()
    draws: tuple[Draw, ...] = ()
    item_set: Path | None = None
    digest: str = ""
    seed: int = 0


_KEY = TypeAdapter(Key)


def read_key(sheet: Path) -> Key:
    """The key of a sheet.

    Raises:
        UserError: there is none, or it is damaged.
    """
    path = sheet / KEY
    try:
        key = read_json(path, "make the sheet again")
    except NoSuchFile:
        raise UserError(f"{sheet}: no rating sheet (it has no key.json); make one with 'auscult rate make'") from None
    if not isinstance(key, dict) or key.get("schema") != SCHEMA:
        raise UserError(f"{path}: not the key of a rating sheet of this version ('{SCHEMA}')")
    try:
        return _KEY.validate_python(key)
    except ValidationError as error:
        raise UserError(f"{path}: damaged ({error.errors()[0]['msg']})") from None


def read_all(key: Key, files: Sequence[Path]) -> dict[str, Filled]:
    """Rater → what stands in their sheet.

    Raises:
        UserError: a file is none of the filled sheets, a cell none of the allowed ones, or a rater has two sheets.
    """
    given: dict[str, Filled] = {}
    for path in files:
        rater, filled = read_filled(path, key)
        if rater in given:
            raise UserError(f"{path}: a second sheet of rater {rater}; give one file for each rater")
        given[rater] = filled
    return given


def read_sheet(sheet: Path, files: Sequence[Path]) -> tuple[Key, dict[str, Filled]]:
    """The key of a sheet and what its raters filled in.

    Raises:
        UserError: the folder is no sheet, a file is none of its filled sheets, or nothing is rated.
    """
    key = read_key(sheet)
    given = read_all(key, files)
    if not any(given.values()):
        raise UserError(f"{files[0]}: no answer is rated; fill in the column 'verdict'")
    return key, given


def reached(order: Sequence[str], filled: Filled) -> set[str]:
    """The rows up to the last one that was rated."""
    last = max((place for place, name in enumerate(order) if name in filled), default=-1)
    return set(order[: last + 1])


def read_filled(path: Path, key: Key) -> tuple[str, Filled]:
    """Who filled a sheet, and what stands in it.

    Raises:
        UserError: with file, row and cell.
    """
    found: Filled = {}
    who: set[str] = set()
    seen: set[str] = set()
    for where, line in _lines(path, FILLED[key.form]):
        name = line["row"]
        at = f"{where} ({name or 'no row id'})"
        if name not in key.rows:
            raise UserError(f"{at}: not a row of this sheet; keep the row ids as they were")
        if name in seen:
            raise UserError(f"{at}: stands there twice; remove one of the two")
        seen.add(name)
        who.add(line["rater"])
        said = _said(at, line)
        if said is not None:
            found[name] = said
    if len(who) != 1 or not who <= set(key.raters):
        names = ", ".join(sorted(who)) or "none"
        raise UserError(f"{path}: column 'rater' names {names}; one sheet is filled by one of {', '.join(key.raters)}")
    return who.pop(), found


def _said(at: str, line: Mapping[str, str]) -> Said | None:
    """What a row says; None where it holds no rating."""
    cells = {field: _allowed(at, field, line.get(field, "")) for field in _ALLOWED}
    verdict = " ".join(cells["verdict"])
    if not verdict:
        if given := [field for field, values in cells.items() if values and field != "at_first"]:
            raise UserError(f"{at}: {given[0]} without a verdict; give one of {', '.join(VERDICTS)}")
        return None
    if verdict == "correct" and (cells["problems"] or cells["harm"] not in ((), ("none",))):
        raise UserError(f"{at}: 'correct', and yet something is wrong with it; correct the verdict or empty the others")
    return Said(
        verdict=verdict,
        problems=cells["problems"],
        harm=" ".join(cells["harm"]),
        reference=" ".join(cells["reference_is"]),
        at_first=" ".join(cells["at_first"]),
        comment=line["comment"],
    )


def _lines(path: Path, filled: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each row stands, and its cells by heading in lower case."""
    for row in read_rows(path, windows=True):
        cells = {name.strip().lower(): row.text(name) for name in row.values if name}
        if missing := [c for c in ("rater", "row", *filled) if c not in cells]:
            raise UserError(f"{path}: no column '{missing[0]}'; give the sheet as it was saved")
        yield row.where, cells


def _allowed(at: str, field: str, text: str) -> tuple[str, ...]:
    """The values of a cell: one, or several of them where several may stand there."""
    parts = text.replace(",", ";").split(";") if field == "problems" else [text]
    values = tuple(filter(None, (" ".join(part.lower().split()) for part in parts)))
    if odd := [v for v in values if v not in _ALLOWED[field]]:
        allowed = ", ".join(_ALLOWED[field])
        raise UserError(f"{at}: {field} '{one_line(odd[0], 40)}' is none of {allowed}; correct it or leave it empty")
    return tuple(dict.fromkeys(values))
