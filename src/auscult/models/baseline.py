"""Blind baselines: what can be had without looking. A model that does not beat them has not shown that it sees.

``baseline:majority`` and ``baseline:question-only`` learn from the training split of item sets,
``baseline:always-last`` from nothing. An item they have no answer to gets an empty text, which counts as unusable.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from pathlib import Path
from typing import Protocol

from auscult.errors import UserError
from auscult.models import Model, ModelOptions
from auscult.records import Call, Item, Reply

FORM = "baseline:majority, baseline:question-only or baseline:always-last"

NAMES = ("always-last", "majority", "question-only")
LARGEST_SAMPLE = 5_000  # training items of one answer type; more would cost minutes and memory, and change little

Training = Mapping[str, Sequence[Item]]


class Rule(Protocol):
    """How a baseline answers."""

    def answer(self, item: Item) -> str:
        """The answer, from everything but the image and the reference; empty where there is none to give."""
        ...


def create(rest: str, options: ModelOptions) -> "Baseline":
    """Makes a baseline and lets it learn.

    Raises:
        UserError: there is no such baseline, or no training split to learn from.
    """
    if rest not in NAMES:
        raise UserError(f"unknown baseline '{rest}'; known: {', '.join(NAMES)}")
    if rest == "always-last":
        return Baseline(f"baseline:{rest}", AlwaysLast())
    training, digest = read_training(rest, options.train)
    if rest == "majority":
        return Baseline(f"baseline:{rest}:{digest}", Majority(training))
    import sklearn

    from auscult.models._question_only import QuestionOnly

    return Baseline(
        f"baseline:{rest}:{digest}:sklearn-{sklearn.__version__}", QuestionOnly(training, Majority(training))
    )


def read_training(name: str, folders: Iterable[Path]) -> tuple[Training, str]:
    """The training items of item sets by answer type, in order of their ids, and a hash of all of them.

    Of each answer type the 5,000 with the smallest ids are kept, which is a random sample, as ids are hashes.

    Raises:
        UserError: there are none.
    """
    from auscult.items.item_set import ItemSet

    kept: dict[str, list[Item]] = {}
    hashed = hashlib.blake2b(digest_size=12)
    for folder in folders:
        for _, items in ItemSet(folder).groups(split="train"):
            for item in items:
                hashed.update(f"{item.id} {item.reference}\n".encode())
                rows = kept.setdefault(item.answer_type, [])
                rows.append(item)
                if len(rows) == 2 * LARGEST_SAMPLE:
                    rows[:] = _sample(rows)
    if not kept:
        where = ", ".join(map(str, folders)) or "no item set"
        raise UserError(
            f"baseline:{name} learns from a training split, and {where} has none; "
            "build it with --resplit, or give --train FOLDER"
        )
    return {answer_type: _sample(rows) for answer_type, rows in kept.items()}, hashed.hexdigest()


def _sample(items: list[Item]) -> list[Item]:
    return nsmallest(LARGEST_SAMPLE, items, key=lambda item: item.id)


class Baseline(Model):
    """A rule as a model. See ``auscult.models.Model``."""

    knows_items = True
    blind = True
    usual_seconds = 0.0005

    def __init__(self, identity: str, rule: Rule) -> None:
        self.identity, self._rule = identity, rule
        self.learns = not isinstance(rule, AlwaysLast)

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Answers each item."""
        return [self._one(call.item) for call in calls]

    def _one(self, item: Item | None) -> Reply:
        if item is None:
            raise UserError(f"{self.identity} answers items only; it cannot judge")
        text = self._rule.answer(item)
        return Reply(text=text, detail="" if text else f"the baseline has no answer of type '{item.answer_type}'")


class AlwaysLast:
    """The last option of a choice; ``no`` to yes/no questions (the second of the two); nothing else."""

    def answer(self, item: Item) -> str:
        """See ``Rule``."""
        if item.answer_type == "yes_no":
            return "no"
        return item.options[-1] if item.options else ""


class Majority:
    """The most frequent training reference of the answer type (numbers: in the same unit).

    Of a choice: the option that was right most often in training; if none ever was, the position that was right most
    often among choices of that length. Ties go to the first in the alphabet, and to the first position.
    """

    def __init__(self, training: Training) -> None:
        self._references: dict[tuple[str, str], Counter[str]] = {}
        self._right: Counter[str] = Counter()
        self._positions: Counter[tuple[int, int]] = Counter()
        for item in (item for items in training.values() for item in items):
            self._references.setdefault((item.answer_type, item.unit), Counter())[item.reference] += 1
            if item.reference in item.options:
                self._right[item.reference.casefold()] += 1
                self._positions[len(item.options), item.options.index(item.reference)] += 1

    def answer(self, item: Item) -> str:
        """See ``Rule``."""
        if item.answer_type == "choice":
            return self._choice(item.options)
        counts = self._references.get((item.answer_type, item.unit), Counter())
        return min(counts, key=lambda reference: (-counts[reference], reference), default="")

    def _choice(self, options: tuple[str, ...]) -> str:
        if not options or not self._right:
            return ""
        best = max(options, key=lambda option: self._right[option.casefold()])
        if self._right[best.casefold()]:
            return best
        return options[max(range(len(options)), key=lambda position: self._positions[len(options), position])]
