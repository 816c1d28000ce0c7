import pkgutil
import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from auscult import registry
from auscult.corpora import ROOM
from auscult.errors import UserError
from auscult.registry import Room


def test_a_part_is_found_by_the_name_of_its_file() -> None:
    assert "vqa-rad" in ROOM.names() and ROOM.get("vqa-rad").__name__ == "auscult.corpora.vqa_rad"


def test_private_modules_are_no_parts() -> None:
    assert not [n for n in ROOM.names() if n.startswith(("_", "-"))]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"unknown data set format 'nope'; known: blood-cells, .* and \d+ more"):
        ROOM.get("nope")


def test_another_package_adds_a_part_through_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    part = ModuleType("elsewhere")
    monkeypatch.setitem(sys.modules, "elsewhere", part)
    entry = EntryPoint("my-format", "elsewhere", "auscult.corpora")
    monkeypatch.setattr(registry, "_outside", lambda group: {"my-format": entry})
    assert "my-format" in ROOM.names()
    with pytest.raises(UserError, match="has no 'read'"):
        ROOM.get("my-format")
    part.read = print  # type: ignore[attr-defined]
    assert ROOM.get("my-format") is part


def test_a_part_of_another_package_may_not_take_the_name_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("vqa-rad", "elsewhere", "auscult.corpora")
    monkeypatch.setattr(registry, "_outside", lambda group: {"vqa-rad": entry})
    with pytest.raises(UserError, match="comes with auscult; give yours another name"):
        ROOM.get("vqa-rad")


def test_a_part_that_cannot_be_imported_is_one_line_that_names_its_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = EntryPoint("my-format", "nowhere_at_all", "auscult.corpora")
    monkeypatch.setattr(registry, "_outside", lambda group: {"my-format": entry})
    with pytest.raises(UserError, match=r"'my-format = nowhere_at_all' in auscult\.corpora: cannot be imported"):
        ROOM.get("my-format")


def test_the_folders_of_a_room_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    through = pkgutil.iter_modules
    monkeypatch.setattr("auscult.registry.pkgutil.iter_modules", lambda path: looked.append(path) or through(path))
    room = Room("auscult.corpora", "data set format", "auscult.corpora", needs="read", exclude=ROOM.exclude)
    for _ in range(3):
        assert room.get("vqa-rad") and "vqa-rad" in room.names()
    assert len(looked) == 1


def test_every_part_of_every_room_can_be_loaded() -> None:
    from auscult import corpora, models, protocols
    from auscult.construction import generators
    from auscult.scorers import judges, selection

    rooms = (corpora.ROOM, models.ROOM, protocols.ROOM, generators.ROOM, judges.ROOM, selection.SCORERS)
    for room in rooms:
        assert all(room.get(name) for name in room.names())
