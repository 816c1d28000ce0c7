from dataclasses import replace
from pathlib import Path

import pytest

import auscult
from auscult.construction.tracing import tracing
from auscult.corpora import ReadOptions
from auscult.corpora.phantoms import read, scenes
from auscult.facts.traces import published_trace
from auscult.items.item_set import ItemSet
from auscult.items.writer import Added
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.gold import gold_trace
from auscult.records import Case, Item, Trace


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    home = tmp_path_factory.mktemp("phantoms")
    for seed in (3, 4):
        write_folder(FolderPlan(n=12, seed=seed, size=0), home / str(seed))
    return [home / "3", home / "4"]


def test_every_question_of_a_built_set_but_reports_has_the_trace_of_its_scene(
    folders: list[Path], tmp_path: Path
) -> None:
    built = auscult.build("phantoms", folders[0], tmp_path / "I", more=[("phantoms", folders[1])])
    known = {scene.key: scene for folder in folders for scene in scenes(folder)}
    traced = untraced = premises = 0
    for case, items in built.groups():
        for item in items:
            assert item.trace == gold_trace(known[case.source_key], item)
            premises += bool(item.premise_form and item.trace.reasoning)
            traced += item.trace != Trace()
            untraced += item.trace == Trace()
            assert item.trace == Trace() or not published_trace(item.trace.text).invalid
    assert untraced == 24 and traced > 300 and premises > 100


class _Adds:
    """Adds the first question of each case once more."""

    def look(self, case: Case, items: object) -> None: ...
    def choose(self, parts: object, alike: object) -> None: ...
    def make(self, number: int, case: Case, items: list[Item], split: str) -> list[Item]:
        return [replace(items[1], trace=Trace())]

    def finish(self) -> Added:
        return Added()

    def close(self) -> None: ...


def test_cases_in_another_order_than_their_files_find_their_scenes(folders: list[Path]) -> None:
    bundles = [bundle for folder in folders for bundle in read(folder, ReadOptions())]
    opened = tracing(folders, lambda _: _Adds())  # type: ignore[arg-type, return-value]
    assert opened is not None
    adding = opened(Path())
    for number in (20, 3, 3, 12, 0):
        (made,) = adding.make(number, bundles[number].case, bundles[number].items, "test")
        assert made.trace == bundles[number].items[1].trace != Trace()


def test_a_set_made_of_a_set_keeps_its_traces(folders: list[Path], tmp_path: Path) -> None:
    auscult.build("phantoms", folders[0], tmp_path / "I")
    again = auscult.build("item-set", tmp_path / "I", tmp_path / "J")
    assert _traces(again) == _traces(ItemSet(tmp_path / "I"))


def _traces(built: ItemSet) -> list[Trace]:
    return [item.trace for _, items in built.groups() for item in items]
