"""The house stands as ``docs/architecture.md`` draws it: imports point down, never sideways, and none is left out."""

import ast
import importlib
import re
import sys
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from tests.conftest import REPO

import auscult
from auscult.corpora import vqa_rad

SOURCE = Path(auscult.__file__).parent
PAGE = (REPO / "docs" / "architecture.md").read_text("utf-8")


def block(name: str) -> list[str]:
    """The lines of a fenced block of the page."""
    found = re.search(rf"^```{name}\n(.*?)^```$", PAGE, re.M | re.S)
    assert found, f"docs/architecture.md has no block '{name}'"
    return found[1].splitlines()


FLOORS = [set(line.split()) for line in block("floors")]
HEIGHT = {room: len(FLOORS) - n for n, floor in enumerate(FLOORS) for room in floor}
DRAWN = {line.split()[0]: set(line.partition("→")[2].split()) for line in block("imports")}


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).with_suffix("").parts[0]


@cache
def imports_of(file: Path) -> set[str]:
    """The full names of what a module takes from this package."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "auscult":
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("auscult.")}
    return {name.removeprefix("auscult.") for name in found}


def rooms(names: set[str]) -> set[str]:
    return {n.split(".")[0] if n.split(".")[0] in HEIGHT else "__init__" for n in names}


FILES = sorted(f for f in SOURCE.rglob("*.py") if room_of(f) not in ("data", "__init__", "__main__"))
"""The two front doors (``__init__``, ``__main__``) are no floors: they only open."""
EVERYWHERE = {"records", "errors", "offline", "printing", "registry", "store", "version", "__init__"}
"""Rooms that nearly all others use: not drawn."""


def test_every_module_belongs_to_a_room_of_the_house() -> None:
    assert {room_of(f) for f in FILES} == set(HEIGHT) - {"__init__"}


def test_no_room_bears_a_name_that_tools_pass_over() -> None:
    assert not {p.name for p in SOURCE.rglob("*") if p.is_dir()} & {"build", "dist", "env", "venv", "node_modules"}


def test_imports_point_down() -> None:
    wrong = [
        f"{file.relative_to(SOURCE)} imports {other}"
        for file in FILES
        for other in rooms(imports_of(file)) - {room_of(file)}
        if HEIGHT[other] >= HEIGHT[room_of(file)]
    ]
    assert not wrong


@pytest.mark.parametrize("room", sorted(set(HEIGHT) - EVERYWHERE))
def test_the_drawing_matches_the_imports(room: str) -> None:
    used = set().union(*(rooms(imports_of(f)) for f in FILES if room_of(f) == room))
    assert DRAWN.get(room, set()) == used - {room} - EVERYWHERE


def test_no_private_module_is_imported_across_rooms() -> None:
    wrong = [
        f"{file.relative_to(SOURCE)} imports {name}"
        for file in FILES
        for name in imports_of(file)
        if re.search(r"(?:^|\.)_(?!_)", name) and name.split(".")[0] != room_of(file)
    ]
    assert not wrong


def test_only_the_engine_schedules() -> None:
    assert not [f.relative_to(SOURCE) for f in FILES if "import ray" in f.read_text("utf-8")]


HOPS = [line.split()[0] for line in block("hops")]


def code_of(hop: str) -> CodeType:
    module, _, name = hop.rpartition(".")
    owner: Any = None
    if module.split(".")[-1][0].isupper():
        module, _, owner = module.rpartition(".")
    found = importlib.import_module(f"auscult.{module}")
    function = getattr(getattr(found, owner) if owner else found, name)
    code: CodeType = function.__code__
    return code


def test_a_row_takes_the_hops_that_are_drawn_and_no_more_than_ten(tmp_path: Path) -> None:
    wanted = {code_of(hop): hop for hop in HOPS}
    entered: list[str] = []

    def follow(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (hop := wanted.get(frame.f_code)) and hop not in entered:
            entered.append(hop)

    sys.setprofile(follow)
    try:
        items = auscult.build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=3)
        auscult.evaluate(items, "baseline:always-last", tmp_path / "run", auscult.Settings(split="")).report()
    finally:
        sys.setprofile(None)
    assert entered == HOPS and len(HOPS) <= 10
