"""What is learnt from: the items of a set as a protocol puts them, with their right answers; which, in which order.

Rows wait in a file without a name, so that memory holds their places and nothing else.
"""

import pickle
import random
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols import Question
from auscult.records import Case, Item, rank
from auscult.tuning.options import Form, TuningOptions
from auscult.tuning.targets import Lesson, Targets

EMPTY, REPEATED = "the right answer is empty", "repeats another one of its image"
NO_TRACE = "no gold trace in three stages"
Learnt = tuple[Item, Form]
"""An item, and in which form it is learnt."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pairs of a case that are learnt in one step: the number of the case, the first and the one after the last."""

    case: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first


class Drawn(Protocol):
    """Some items of a set, perhaps changed, in place of all of them."""

    @property
    def digest(self) -> str:
        """Of what is drawn and how it is changed."""
        ...

    def groups(self, split: str) -> Iterator[tuple[Case, list[Item]]]:
        """Cases with those of their items that are learnt from, in stored order."""
        ...


class Lessons:
    """The items of a set that are learnt from, and those that are held out.

    Args:
        items: the set.
        options: which part, what is held out.
        drawn: what of that part; None: all.

    Attributes:
        split: the part that is learnt from; empty: all.
        learnt: numbers of the cases that are learnt from.
        held: numbers of the cases that are held out.
        pixels: hashes of the pixels of all of them.
        left_out: reason → names of items that nothing can be learnt from.
        traces: pairs that are learnt in stages.

    Raises:
        UserError: nothing is left.
    """

    def __init__(self, items: ItemSet, options: TuningOptions, drawn: Drawn | None = None) -> None:
        self.items, self.split = items, training_part(items, options.split)
        self._targets, self._groups = Targets(options), drawn.groups if drawn else items.groups
        self.left_out: dict[str, list[str]] = {}
        self.traces = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._places, self._counts = array("Q"), array("L")
        pixels: set[str] = set()
        groups: list[str] = []
        self.learnt = self._store(self.split, groups, pixels)
        self.held = array("L")
        if options.held_out and self.split == "train" and "validation" in items.manifest.counts["split"]:
            self.held = self._store("validation", groups, pixels)
        elif options.held_out:
            held = _held_out([groups[n] for n in self.learnt], options)
            self.held = array("L", [n for n in self.learnt if groups[n] in held])
            self.learnt = array("L", [n for n in self.learnt if groups[n] not in held])
        self.pixels = sorted(pixels)
        if not self.learnt:
            raise UserError(f"{items.folder}: nothing to learn from in {self.part}; {self._why()}")

    @property
    def part(self) -> str:
        """The part that is learnt from, in words."""
        return f"its split '{self.split}'" if self.split else "it"

    def _why(self) -> str:
        reasons = Counter({why: len(names) for why, names in self.left_out.items()})
        told = ", ".join(f"{count} items: {why}" for why, count in reasons.items())
        return told or "name another part with --split"

    def _store(self, split: str, groups: list[str], pixels: set[str]) -> "array[int]":
        numbers = array("L")
        for case, items in self._groups(split):
            kept: list[Learnt] = []
            for item in items:
                forms = self._targets.forms(item)
                why = REPEATED if item.duplicate_of else EMPTY if not item.reference.strip() else ""
                if why or not forms:
                    self.left_out.setdefault(why or NO_TRACE, []).append(item.source_id or item.id)
                else:
                    kept += [(item, form) for form in forms]
                    self.traces += forms.count("trace")
            if not kept:
                continue
            numbers.append(len(self._counts))
            self._counts.append(len(kept))
            self._places.append(self._file.tell())
            pickle.dump((case, kept), self._file)
            groups.append(case.group or case.id)
            pixels.update(image.pixels or image.sha256 for image in case.images)
        return numbers

    def held_items(self) -> Iterator[tuple[Case, list[Item]]]:
        """What is held out: each case with its items, once each."""
        for number in self.held:
            case, learnt = self._stored(number)
            yield case, list({item.id: item for item, _ in learnt}.values())

    def pairs(self, numbers: Sequence[int]) -> int:
        """How many pairs some cases have."""
        return sum(self._counts[n] for n in numbers)

    def steps(self, epoch: int, options: TuningOptions) -> list[list[Chunk]]:
        """What is learnt from in each step of an epoch: every pair once, in an order that the seed decides.

        A step takes images until the next one's pairs would be more than ``batch``; an image with more than that is
        learnt from in several. Where the number of ``steps`` is given, images are dealt evenly over them.
        """
        order = list(self.learnt)
        random.Random(f"{options.seed} {epoch}").shuffle(order)
        if options.steps:
            return self._dealt(order, options.steps)
        steps: list[list[Chunk]] = [[]]
        for chunk in self._chunks(order, options.batch):
            if sum(map(len, steps[-1])) + len(chunk) > options.batch and steps[-1]:
                steps.append([])
            steps[-1].append(chunk)
        return steps

    def _dealt(self, order: Sequence[int], count: int) -> list[list[Chunk]]:
        """The pairs of some cases in so many steps, as even as can be: an image lies in two where a step ends in it."""
        pairs = self.pairs(order)
        if count > pairs:
            raise UserError(
                f"{self.items.folder}: {pairs} pairs cannot be dealt over {count} steps; give fewer --steps"
            )
        ends = [pairs * (n + 1) // count for n in range(count)]
        steps: list[list[Chunk]] = [[]]
        at = 0
        for number in order:
            first, size = 0, self._counts[number]
            while first < size:
                last = min(size, first + ends[len(steps) - 1] - at)
                steps[-1].append(Chunk(number, first, last))
                at, first = at + last - first, last
                if at == ends[len(steps) - 1] and len(steps) < count:
                    steps.append([])
        return steps

    def held_chunks(self, options: TuningOptions) -> list[Chunk]:
        """What is held out."""
        return list(self._chunks(self.held, options.batch))

    def _chunks(self, numbers: Sequence[int], most: int) -> Iterator[Chunk]:
        for number in numbers:
            for first in range(0, self._counts[number], most):
                yield Chunk(number, first, min(first + most, self._counts[number]))

    def read(self, chunk: Chunk) -> list[Lesson]:
        """The lessons of a chunk, its images read.

        Raises:
            UserError: an image is gone, or not the one that the set was built with.
        """
        case, learnt = self._stored(chunk.case)
        images = tuple(self.items.load_image(image) for image in case.images)
        return [
            self._targets.lesson(Question(item=item, images=images, case=case), form)
            for item, form in learnt[chunk.first : chunk.last]
        ]

    def _stored(self, number: int) -> tuple[Case, list[Learnt]]:
        self._file.seek(self._places[number])
        found: tuple[Case, list[Learnt]] = pickle.load(self._file)
        return found

    def longest(self, count: int) -> list[Chunk]:
        """Single pairs that may take most tokens: those of the longest texts, and those of the largest images."""
        texts: list[tuple[int, Chunk]] = []
        sizes: list[tuple[int, Chunk]] = []
        for number in (*self.learnt, *self.held):
            case, learnt = self._stored(number)
            size = sum(image.width * image.height for image in case.images)
            lengths = [self._targets.length(item, form) for item, form in learnt]
            at = lengths.index(max(lengths))
            texts.append((lengths[at], Chunk(number, at, at + 1)))
            sizes.append((size, Chunk(number, at, at + 1)))
            for kept in (texts, sizes):
                kept.sort(key=lambda found: -found[0])
                del kept[count:]
        return list(dict.fromkeys(chunk for _, chunk in (*texts, *sizes)))


def training_part(items: ItemSet, split: str | None) -> str:
    """The part that is learnt from, as ``ItemSet.groups`` takes it."""
    if split is not None:
        return items.part(split)
    there = [name for name in items.manifest.counts["split"] if name]
    if there and "train" not in there:
        raise UserError(f"{items.folder}: has no training split (only {', '.join(there)}); name a part with --split")
    return "train" if there else ""


def _held_out(groups: Sequence[str], options: TuningOptions) -> set[str]:
    """The groups (patients, or images) that are held out: whole ones, as many as come to the share."""
    order = sorted(set(groups), key=lambda group: rank("held out", options.seed, group))
    if len(order) < 2:
        return set()
    return set(order[: min(len(order) - 1, ceil(options.held_out * len(order)))])
