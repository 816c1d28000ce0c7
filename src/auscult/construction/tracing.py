"""Gold traces of the questions that are made of phantoms: what leads to their references follows from the scene."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from auscult.corpora import phantoms
from auscult.items.writer import Added, Addition
from auscult.phantoms.gold import gold_trace
from auscult.phantoms.scene import Scene
from auscult.records import Case, Item, Trace


def tracing(folders: Sequence[Path], add: Callable[[Path], Addition] | None) -> Callable[[Path], Addition] | None:
    """What ``write_item_set`` is given so that items added to phantoms have gold traces; ``add`` where none are read.

    Args:
        folders: of phantoms, in the order of their cases.
        add: what adds items.
    """
    return (lambda folder: Tracing(add(folder), folders)) if add and folders else add


class Tracing:
    """An ``Addition`` that gives each item that another one adds to a phantom its gold trace.

    Args:
        inner: what adds the items.
        folders: of phantoms.
    """

    def __init__(self, inner: Addition, folders: Sequence[Path]) -> None:
        self._inner, self._scenes = inner, _Scenes(folders)

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass."""
        self._inner.look(case, items)

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None:
        """Between the passes."""
        self._inner.choose(parts, alike)

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterable[Item]:
        """Second pass: the items that are added, with their traces."""
        of_phantoms = case.source.rpartition("/")[2] == phantoms.SOURCE  # several folders of one name are told apart
        scene = self._scenes.of(case.source_key) if of_phantoms else None
        for item in self._inner.make(number, case, items, split):
            trace = gold_trace(scene, item) if scene else Trace()
            yield replace(item, trace=trace) if trace != Trace() else item

    def finish(self) -> Added:
        """What the manifest says of what was added."""
        return self._inner.finish()

    def close(self) -> None:
        """Leaves nothing half-written behind."""
        self._inner.close()


class _Scenes:
    """Scenes by their keys, read in their order: cases come in it, so that none is kept."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._ahead = self._read()

    def _read(self) -> Iterator[Scene]:
        return chain.from_iterable(map(phantoms.scenes, self._folders))

    def of(self, key: str) -> Scene | None:
        """The scene of a case; None where there is none of that key."""
        if found := next((scene for scene in self._ahead if scene.key == key), None):
            return found
        self._ahead = self._read()  # cases in another order than the files
        return next((scene for scene in self._ahead if scene.key == key), None)
