"""Golden tables on disk: a figure a line, its numbers as ``key=value`` after tabs; and what differs from them."""

import math
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

TOLERANCE = 1e-6
"""Relative; files hold eight significant digits, so that their rounding is well below it."""
NONE = "(none)"
Table = Mapping[str, object]


def write_table(path: Path, table: Table) -> None:
    """Writes name → value; what stands before the last part of a name is written once."""
    lines = [
        "\t".join([figure, *(f"{_parted(name)[1]}={said(table[name])}" for name in names)])
        for figure, names in groupby(table, key=lambda name: _parted(name)[0])
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_table(path: Path) -> dict[str, str]:
    """Reads what ``write_table`` wrote."""
    made = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        figure, *pairs = line.split("\t")
        for pair in pairs:
            key, _, value = pair.partition("=")
            made[f"{figure} | {key}"] = value
    return made


def changes(pinned: Mapping[str, str], now: Table) -> Iterator[str]:
    """A line for each name whose value is another one, is gone or is new: name, from → to."""
    for name in dict.fromkeys((*pinned, *now)):
        before, after = pinned.get(name, NONE), said(now[name]) if name in now else NONE
        if not _same(before, after):
            yield f"{name}: {before} → {after}"


def said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def _same(before: str, after: str) -> bool:
    if before == after:
        return True
    try:
        return math.isclose(float(before), float(after), rel_tol=TOLERANCE, abs_tol=1e-9)
    except ValueError:
        return False


def _parted(name: str) -> tuple[str, str]:
    figure, _, key = name.rpartition(" | ")
    return figure, key
