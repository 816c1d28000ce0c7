"""Ways to break a file: bytes, text, the values of JSON and tables, and what is no file at all. Drawn by a seed."""

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

DEEP = 100_000
NASTY_TEXT = (
    "\x00", "\ud800", "9" * 5_000, "[" * DEEP, '{"a":' * 5_000, "NaN", "-Infinity", "1e999", "x" * 300_000, "\u202e",
    "\x1b[31m", "../../etc/passwd", "/etc/passwd", ".", "..", "", " ",
    "\n", "\r\n", "\t", '"', "'", ",", "\\", "\ufeff",
    "-1", "9223372036854775808", "=1+1", "<script>", "a/b",
    "🩻" * 50, "\u0301" * 1_000, "\\ud800", "\\u0000", "{}", "%s",
    "= ", "[[a]]\n", "a.b.c.d = 1\n", "inf", "nan", "1979-05-27", "true", "no x of " * 625, "\x85", "\u2028", "\x7f",
)  # fmt: skip
NASTY_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, -(2**63) - 1, 10**400, 1e308, 1.5, float("nan"), float("inf"),
    [], {}, [[]], [None],
    {"a": 1}, ["a", "b"], *NASTY_TEXT,
)  # fmt: skip


def flipped(raw: bytes, chance: Random) -> bytes:
    """Some bits turned."""
    made = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 4, 20)) if made else 0):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def spliced(raw: bytes, chance: Random) -> bytes:
    """A stretch cut off, taken out, doubled, replaced by zeros or by noise."""
    at, to = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    middle = chance.choice((b"", raw[at:to] * 2, bytes(to - at), chance.randbytes(chance.randrange(64))))
    return raw[:at] + middle + (b"" if chance.random() < 0.3 else raw[to:])


def planted(raw: bytes, chance: Random) -> bytes:
    """A nasty text put somewhere, or in place of a word."""
    nasty = chance.choice(NASTY_TEXT).encode("utf-8", "surrogatepass")
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + nasty + raw[at + chance.choice((0, 0, 1, 5, 20)) :]


def _nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a JSON value: what holds it, and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _nodes(value[key])


def _changed(value: Any, chance: Random) -> Any:
    places = list(_nodes(value))
    if not places:
        return chance.choice(NASTY_VALUES)
    for _ in range(chance.choice((1, 1, 2))):
        holder, key = chance.choice(places)
        if isinstance(holder, dict) and chance.random() < 0.2:
            holder.pop(key, None)
        elif isinstance(holder, dict) and chance.random() < 0.1:
            holder[str(chance.choice(NASTY_VALUES))[:50]] = holder.get(key)
        elif isinstance(holder, list) and key >= len(holder):
            continue
        else:
            holder[key] = chance.choice(NASTY_VALUES)
    return value


def revalued(raw: bytes, chance: Random) -> bytes:
    """JSON, or lines of it, with another value somewhere; other text is planted in."""
    try:
        try:
            return json.dumps(_changed(json.loads(raw), chance)).encode()
        except ValueError:
            lines = raw.splitlines()
            at = chance.randrange(len(lines))
            lines[at] = json.dumps(_changed(json.loads(lines[at]), chance)).encode()
            return b"\n".join(lines) + b"\n"
    except (ValueError, IndexError):
        return planted(raw, chance)


def recelled(raw: bytes, chance: Random) -> bytes:
    """A delimited text with another cell somewhere."""
    lines = raw.decode("utf-8", "replace").split("\n")
    at = chance.randrange(len(lines))
    mark = "\t" if "\t" in lines[0] else ","
    cells = lines[at].split(mark)
    cells[chance.randrange(len(cells))] = chance.choice(NASTY_TEXT)
    lines[at] = mark.join(cells)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def retyped(path: Path, chance: Random) -> None:
    """A Parquet file, rewritten whole, with a column of other values, another type, or none."""
    table = pq.read_table(path)
    name = chance.choice(table.column_names)
    at, rows = table.column_names.index(name), table.num_rows
    kind = table.schema.field(name).type
    broken = pa.Array.from_buffers(pa.string(), rows, pa.array([b"\xff\xfe\xed\xa0\x80"] * rows, pa.binary()).buffers())
    columns: list[Callable[[], Any]] = [
        lambda: broken,
        lambda: pa.nulls(rows),
        lambda: pa.nulls(rows, kind),
        lambda: pa.array([chance.choice((-1, 2**62, 0))] * rows),
        lambda: pa.array([[["x"]]] * rows),
        lambda: pa.array([chance.choice(NASTY_TEXT).encode("utf-8", "ignore").decode()] * rows),
        lambda: pa.array([float("nan")] * rows),
        lambda: pa.array([{"a": 1}] * rows),
    ]
    if chance.random() < 0.15:
        pq.write_table(table.drop_columns([name]), path)
    elif chance.random() < 0.1:
        pq.write_table(table.slice(0, chance.randrange(rows + 1)), path)
    else:
        pq.write_table(table.set_column(at, name, chance.choice(columns)()), path)


def _no_file(path: Path, chance: Random) -> str:
    """What is no regular file, or cannot be read, in place of one."""
    kinds = ("gone", "folder", "fifo", "zero", "loop", "socket", "empty", "full", "terminal")
    kind = chance.choice(kinds)
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind in ("zero", "full", "loop", "terminal"):
        path.symlink_to({"zero": "/dev/zero", "full": "/dev/full", "loop": path.name, "terminal": "/dev/tty"}[kind])
    elif kind == "socket":
        _socket(path)
    elif kind == "empty":
        path.touch()
    return kind


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the address of a socket may take 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def damage(path: Path, chance: Random) -> str:
    """Breaks one file in a drawn way; returns how."""
    if chance.random() < 0.08:
        return _no_file(path, chance)
    ways: list[Callable[[bytes, Random], bytes]] = [flipped, spliced, planted]
    if path.suffix in (".json", ".jsonl", ".ndjson", ".toml"):
        ways += [revalued] * 6
    if path.suffix in (".csv", ".tsv"):
        ways += [recelled] * 4
    if path.suffix == ".parquet" and chance.random() < 0.5:
        retyped(path, chance)
        return "retyped"
    if path.name == "manifest.json" or path.suffix not in (".parquet", ".png"):
        way = chance.choice(ways)
    else:
        way = chance.choice(ways[:2])
    path.write_bytes(way(path.read_bytes(), chance))
    return way.__name__


def broken_copy(folder: Path, names: tuple[str, ...], to: Path, chance: Random) -> str:
    """Copies a folder and breaks one of its files; returns which, and how."""
    shutil.copytree(folder, to)
    there = [to / name for name in names] or sorted(p for p in to.rglob("*") if p.is_file() and p.stat().st_size)
    there = [p for p in there if p.name != ".lock"]
    kinds = sorted({(p.suffix, p.parent) for p in there})
    kind = chance.choice(kinds)  # so that many images do not hide one manifest
    path = chance.choice([p for p in there if (p.suffix, p.parent) == kind])
    return f"{path.relative_to(to)} {damage(path, chance)}"
