"""One line a finished cell: what it was made of, and what came of it. Lines are added and never changed."""

import json
import os
import re
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from auscult.errors import UserError
from auscult.store.given import read_given
from auscult.version import __version__

SCHEMA = "auscult.row/1"
ROWS = "rows.jsonl"
MOST = 256 * 2**20


class Row(BaseModel):
    """A finished cell.

    Attributes:
        format: name and version of the layout.
        arm: its name; ``base`` for the model as it was.
        seed: None for ``base``.
        recipe: hash of what the plan says of this cell.
        inputs: hashes of the base's weights, of the training set and of each set that was asked.
        plan: sha256 of the plan's file as it was.
        code: version of this package, and a hash of its sources.
        tuned: pairs, epochs, steps, tokens and what more is known of the tuning; empty for ``base``.
        figures: set → measure → value (None where there is none), items that count, items missing.
        items: hash of the items that were asked.
        places: what a set of the plan names (items, split, protocol) → the evaluation among these that it lies in.
        outcomes: file of the outcomes by item, relative to the grid's folder, and its sha256.
        seconds: tuning, evaluation.
        machine: what computed it.
        finished: ISO time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    arm: str
    seed: int | None
    recipe: str
    inputs: dict[str, str]
    plan: str
    code: str
    tuned: dict[str, Any]
    figures: dict[str, dict[str, tuple[float | None, int, int]]]
    items: str
    places: dict[str, int]
    outcomes: tuple[str, str]
    seconds: dict[str, float]
    machine: dict[str, Any]
    finished: str


@cache
def code_version() -> str:
    """The version of this package, and a hash of its sources."""
    state = blake2b(digest_size=6)
    root = files("auscult")
    for path in sorted(p for p in Path(str(root)).rglob("*") if p.suffix in (".py", ".toml", ".txt")):
        state.update(path.relative_to(str(root)).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{state.hexdigest()}"


def read_rows_of(folder: Path) -> list[Row]:
    """The rows of a grid, in the order in which they were finished; of a cell that is there twice, the last.

    A last line that a killed program left half-written is passed over.

    Raises:
        UserError: a line is no row.
    """
    path = folder / ROWS
    if not path.exists():
        return []
    lines = read_given(path, MOST).split(b"\n")
    found: dict[tuple[str, int | None], Row] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = Row.model_validate_json(line)
        except ValidationError as error:
            if number == len(lines):
                break
            what = error.errors()[0]
            where = ".".join(map(str, what["loc"])) or "the line"
            raise UserError(
                f"{path}: line {number}: no row of a grid ({where}); bring it back, or take it out"
            ) from None
        found.pop((row.arm, row.seed), None)
        found[row.arm, row.seed] = row
    return list(found.values())


def add_row(folder: Path, row: Row) -> None:
    """Adds a row, in one write that is on disk when this returns."""
    path = folder / ROWS
    line = json.dumps(row.model_dump(mode="json"), ensure_ascii=False, sort_keys=True).encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            os.ftruncate(handle, _whole(handle, size))
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(handle: int, size: int) -> int:
    """How much of a file is whole lines."""
    reach = min(size, MOST)
    return size - reach + os.pread(handle, reach, size - reach).rfind(b"\n") + 1


def file_name(arm: str, seed: int | None) -> str:
    """A cell, as files of it are named."""
    plain = re.sub(r"[^a-z0-9]+", "-", arm.lower()).strip("-") or "arm"
    return plain if seed is None else f"{plain}-{seed}"
