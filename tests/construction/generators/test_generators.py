from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from tests.conftest import REPO

from auscult.construction import generating
from auscult.construction.generators import ROOM, Generator, Reject
from auscult.corpora._bundles import drafted, seal
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, Item
from auscult.store.tables import read_rows


def from_the_docs() -> type[Generator]:
    """The whole example of docs/how-to/add-a-part.md."""
    section = (REPO / "docs" / "how-to" / "add-a-part.md").read_text("utf-8").split("## A generator\n")[1]
    example = ModuleType("example")
    exec(section.split("```python\n")[1].split("```")[0], vars(example))
    part: type[Generator] = example.GENERATOR
    return part


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room with one more part, as another package adds it."""
    real, part = ROOM.get, SimpleNamespace(GENERATOR=from_the_docs())
    monkeypatch.setattr(ROOM, "get", lambda name: part if name == "modality" else real(name))


def written(out: Path, *specs: str) -> ItemSet:
    """Three studies: of a known modality with a question of its own, of one that is asked about, of an unknown one."""
    own = drafted(source_id="own", question="Was this image made by CT?", reference="yes", answer_type="yes_no")
    cases = [Case(id="", source="made", source_key=m, tags={"modality": m} if m else {}) for m in ("CT", "MRI", "")]
    bundles = (seal(case, [own] if case.source_key == "CT" else []) for case in cases)
    write_item_set(bundles, out, source=SourceNote(reader="made", path="-"), add=generating(specs))
    return ItemSet(out)


def test_the_room_knows_its_parts() -> None:
    assert ROOM.names() == ["graded", "premises", "presence"]


def test_made_items_follow_those_of_the_data_set_in_its_part_with_repeats_marked(tmp_path: Path) -> None:
    items = [i for _, group in written(tmp_path / "set", "modality:MRI").groups() for i in group]
    assert [(i.source_id, i.reference) for i in items] == [
        ("own", "yes"),
        ("CT:modality:CT", "yes"),
        ("CT:modality:MRI", "no"),
        ("MRI:modality:MRI", "yes"),
    ]
    assert len({i.id for i in items}) == 4 and all(i.split for i in items)
    assert [bool(i.duplicate_of) for i in items] == [False, True, False, False] and items[1].duplicate_of == items[0].id


def test_what_is_rejected_stands_beside_the_items_and_is_guarded(tmp_path: Path) -> None:
    found = written(tmp_path / "set", "modality")
    (reject,) = read_rows(tmp_path / "set" / "rejects.parquet", Reject)
    assert reject.reason == "the modality is not known" and "rejects.parquet" in found.manifest.tables


def test_several_generators_follow_each_other_and_the_same_one_is_used_once(tmp_path: Path) -> None:
    made = written(tmp_path / "set", "modality:MRI", "modality:MRI", "modality:ultrasound")
    sources = [i.source_id for i in read_rows(tmp_path / "set" / "items.parquet", Item)]
    assert [s for s in sources if s.startswith("CT:")] == [
        "CT:modality:CT",
        "CT:modality:MRI",
        "CT:modality:CT",
        "CT:modality:ultrasound",
    ]
    assert made.manifest.items == len(sources)


def test_without_generators_nothing_stands_beside_the_items(tmp_path: Path) -> None:
    assert set(written(tmp_path / "set").manifest.tables) == {"cases.parquet", "items.parquet"}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("nope", "unknown generator 'nope'; known: graded, premises, presence"),
        ("premises:3", "generator 'premises:3': '3' is one value too many; write premises"),
    ],
)
def test_a_generator_that_is_not_there_is_one_line(spec: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        generating([spec])
