"""Few-shot examples: k images a class from the training split, as Das et al. 2025 (arXiv 2508.07031) test detection.

A task is a target with its answer type (``effusion``, yes/no) or a set of options; its classes are the references.
"""

from collections import defaultdict

from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols.choices import shuffled
from auscult.protocols.direct import Example, question_text, right_answer
from auscult.records import Image, ImageFile, Item, digest


def task_of(item: Item) -> str:
    """What an item's examples must share with it; empty where it has no task of fixed classes."""
    if item.answer_type == "yes_no" and item.target:
        return f"yes_no:{item.target}"
    if item.answer_type == "choice":
        return "choice:" + "|".join(sorted(item.options))
    return ""


class Shots:
    """Examples of every task, k images a class, chosen by hash from the training split.

    Args:
        items: the item set; its ``train`` split is read once.
        k: example images a class.
        seed: of the choice.
        choices_seed: of the order of the examples' options; None for the published order.

    Raises:
        UserError: there is no training split, or none of its items has a task.
    """

    def __init__(self, items: ItemSet, k: int, seed: int, choices_seed: int | None = None) -> None:
        self._items, self._k, self._choices_seed = items, k, choices_seed
        found: dict[str, dict[str, list[tuple[str, ImageFile, Item]]]] = defaultdict(lambda: defaultdict(list))
        for case, group in items.groups(split="train"):
            for item in group:
                if case.images and (task := task_of(item)):
                    kept = found[task][item.reference]
                    kept.append((digest("shot", seed, item.id), case.images[0], item))
                    kept.sort(key=lambda row: row[0])
                    del kept[k:]
        if not found:
            raise UserError(
                f"{items.folder}: few-shot needs a training split with yes/no items that have a target, or choices; "
                "build with --train-share, or leave --shots out"
            )
        self._found = found
        self._images: dict[str, Image] = {}

    def _load(self, file: ImageFile) -> Image:
        if file.sha256 not in self._images:
            self._images[file.sha256] = self._items.load_image(file)
        return self._images[file.sha256]

    def _example(self, file: ImageFile, item: Item) -> Example:
        shown = item if self._choices_seed is None else shuffled(item, self._choices_seed)
        return Example(self._load(file), question_text(shown), right_answer(shown))

    def short(self, item: Item) -> str:
        """What an item lacks: empty, ``none`` (no task, or one class of it alone), ``fewer`` (a class has not k)."""
        classes = self._found.get(task_of(item), {})
        if len(classes) < 2:
            return "none"
        return "fewer" if min(len(kept) for kept in classes.values()) < self._k else ""

    def examples(self, item: Item) -> tuple[Example, ...]:
        """The examples of an item's task, classes in alphabetical order, one of each in turn.

        There are none for an item without a task, or where the training split shows one class of it alone.
        """
        classes = self._found.get(task_of(item), {})
        if len(classes) < 2:
            return ()
        rounds = zip(*(classes[name] for name in sorted(classes)), strict=False)
        return tuple(self._example(file, shown) for turn in rounds for _, file, shown in turn)
