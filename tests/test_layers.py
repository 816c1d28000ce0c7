"""Imports point down, never sideways: each room may use only what lies below it."""

import ast
from pathlib import Path

import auscult

SOURCE = Path(auscult.__file__).parent
FLOORS = [
    {"__main__"},
    {"cli"},
    {"api"},
    {"review", "bridges"},
    {"reports"},
    {"certificates"},
    {"diagnosis", "tuning"},
    {"analysis"},
    {"runs"},
    {"construction", "protocols", "scorers"},
    {"engine"},
    {"models"},
    {"corpora"},
    {"items", "phantoms"},
    {"facts", "statistics"},
    {"store", "registry"},
    {"records", "errors", "version", "__init__"},
]
HEIGHT = {room: len(FLOORS) - n for n, floor in enumerate(FLOORS) for room in floor}
ALLOWED: set[tuple[str, str]] = set()


def imports_of(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "auscult":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {a.name if a.name in HEIGHT else "__init__" for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("auscult.")}
    return found


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).with_suffix("").parts[0]


def test_every_module_belongs_to_a_room_of_the_house() -> None:
    rooms = {room_of(f) for f in SOURCE.rglob("*.py")} - {"data"}
    assert rooms <= set(HEIGHT)


def test_imports_point_down() -> None:
    wrong = [
        f"{file.relative_to(SOURCE)} imports {other}"
        for file in SOURCE.rglob("*.py")
        for other in imports_of(file)
        if (room := room_of(file)) not in (other, "__init__")
        and (room, other) not in ALLOWED
        and HEIGHT[other] >= HEIGHT[room]
    ]
    assert not wrong


def test_only_the_engine_schedules() -> None:
    names = [f.relative_to(SOURCE) for f in SOURCE.rglob("*.py") if "import ray" in f.read_text("utf-8")]
    assert not names
