"""Few-shot examples: k images a class from the training split, as Das et al. 2025 (arXiv 2508.07031) test detection.

A task is a target with its answer type (``effusion``, yes/no) or a set of options; its classes are the references.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from pydantic import Field

from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols import Change, Example, Question
from auscult.records import Image, ImageFile, Item, digest

NONE, FEWER = "no example", "fewer examples than asked for"


def task_of(item: Item) -> str:
    """What an item's examples must share with it; empty where it has no task of fixed classes."""
    if item.answer_type == "yes_no" and item.target:
        return f"yes_no:{item.target}"
    if item.answer_type == "choice":
        return "choice:" + "|".join(sorted(item.options))
    return ""


@dataclass(eq=False)
class FewShot(Change):
    """Puts examples of the same task before each question, chosen by hash from the training split, which is read once.

    Attributes:
        k: example images a class.
        seed: of the choice.

    Raises:
        UserError: there is no training split, it is asked itself, or none of its items has a task.
    """

    version: ClassVar[str] = "1"
    k: Annotated[int, Field(ge=1)]
    seed: int = 0

    def __post_init__(self) -> None:
        items = self.asking.items
        if items is None:
            raise UserError("few-shot takes its examples from an item set, and none is given")
        if self.asking.split in ("", "train") and "train" in items.manifest.counts["split"]:
            raise UserError(
                f"{items.folder}: examples are taken from its training split, which would be asked too; ask another "
                "--split"
            )
        self._items, self._images = items, dict[str, Image]()
        self._found = self._choose(items)

    def _choose(self, items: ItemSet) -> dict[str, dict[str, list[tuple[str, ImageFile, Item]]]]:
        """Task → class → its k examples."""
        found: dict[str, dict[str, list[tuple[str, ImageFile, Item]]]] = defaultdict(lambda: defaultdict(list))
        for case, group in items.groups(split="train"):
            for item in group:
                if case.images and (task := task_of(item)):
                    kept = found[task][item.reference]
                    kept.append((digest("shot", self.seed, item.id), case.images[0], item))
                    kept.sort(key=lambda row: row[0])
                    del kept[self.k :]
        if not found:
            raise UserError(
                f"{items.folder}: few-shot needs a training split with yes/no items that have a target, or choices; "
                "build with --train-share, or leave few-shot out of --protocol"
            )
        return found

    def _load(self, file: ImageFile) -> Image:
        if file.sha256 not in self._images:
            self._images[file.sha256] = self._items.load_image(file)
        return self._images[file.sha256]

    def check(self, asked: Callable[[], Iterable[Item]]) -> Sequence[str]:
        """How many questions get no example (no task, or one class of it alone), or fewer than were asked for.

        Raises:
            UserError: no question gets any: the run would be zero-shot under another name.
        """
        counts, tasks = Counter[str](), dict[str, None]()
        for item in asked():
            counts[self._short(item)] += 1
            if task := task_of(item):
                tasks[task] = None
        if counts[NONE] == counts.total():
            shown = [f"{task}: {', '.join(sorted(self._found.get(task, {}))) or 'none'}" for task in tasks][:3]
            why = f"the training split shows these classes alone: {'; '.join(shown)}" if shown else "none has a task"
            raise UserError(
                f"{self._items.folder}: no question gets an example: few-shot needs yes/no items with a target, or "
                f"choices, of which the training split shows at least two classes ({why})"
            )
        short = [f"{counts[s]} of {counts.total()} questions got {s}" for s in (NONE, FEWER) if counts[s]]
        fewest = [min(map(len, found.values())) for t in tasks if len(found := self._found.get(t, {})) > 1]
        most = f" (the training split has {min(fewest)} to {max(fewest)} a class)" if counts[FEWER] else ""
        return [*(f"Few-shot: {s}{most * (FEWER in s)}." for s in short), *super().check(asked)]

    def _short(self, item: Item) -> str:
        """What an item lacks, in words; empty where it lacks nothing."""
        classes = self._found.get(task_of(item), {})
        if len(classes) < 2:
            return NONE
        return FEWER if min(len(kept) for kept in classes.values()) < self.k else ""

    def examples(self, item: Item) -> tuple[Example, ...]:
        """The examples of an item's task, classes in alphabetical order, one of each in turn.

        There are none for an item without a task, or where the training split shows one class of it alone.
        """
        classes = self._found.get(task_of(item), {})
        if len(classes) < 2:
            return ()
        rounds = zip(*(classes[name] for name in sorted(classes)), strict=False)
        return tuple(Example(self._load(file), shown) for turn in rounds for _, file, shown in turn)

    def put(self, question: Question) -> Question:
        """The question with the examples of its task before it."""
        return replace(question, examples=(*question.examples, *self.examples(question.item)))


PROTOCOL = FewShot
