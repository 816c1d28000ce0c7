"""What is asked: which items of a set, under which image conditions, with whose wrong image."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols import Question
from auscult.records import Case, Condition, ImageFile, Item, digest, rank
from auscult.store.tables import RowWriter

CONTROLS: tuple[Condition, ...] = ("without", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All that is asked about one case: the unit of scheduling, so that an image is read and encoded once.

    ``others`` are the images of another case, for the wrong-image control; empty where it is not asked.
    """

    case: Case
    items: tuple[Item, ...]
    conditions: tuple[Condition, ...]
    others: tuple[ImageFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Key:
    """A case in as few bytes as choosing controls needs: short hashes in place of its group and its pixels."""

    id: bytes
    group: int
    pixels: tuple[int, ...]
    items: int


def _key(case: Case, items: int) -> _Key:
    pixels = tuple(rank(i.pixels or i.sha256) for i in case.images)
    return _Key(bytes.fromhex(case.id), rank(case.group or case.id), pixels, items)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which questions a run puts, in which order.

    Attributes:
        items: the item set.
        split: the part that is asked; empty for all of it.
        limit: most cases asked; None for all.
        controls: items in the control subsample, in whole cases; 0 for none.
        conditions: image conditions that the model can be asked under.
        seed: of the choice of controls and wrong images.
        samples: answers to each question.
        asks: whether an item is asked; cases of which none is are passed over.
        learnt: hashes of the pixels of images whose cases are not asked, as the model was tuned on them.
    """

    items: ItemSet
    split: str
    limit: int | None
    controls: int
    conditions: frozenset[Condition]
    seed: int
    samples: int = 1
    asks: Callable[[Item], bool] = lambda item: True
    learnt: frozenset[str] = frozenset()

    def _source(self) -> Iterator[tuple[Case, list[Item]]]:
        return islice((group for group in self._every() if not self._was_learnt(group[0])), self.limit)

    def _every(self) -> Iterator[tuple[Case, list[Item]]]:
        every = ((case, list(filter(self.asks, items))) for case, items in self.items.groups(split=self.split))
        return (group for group in every if group[1])

    def _was_learnt(self, case: Case) -> bool:
        return any((image.pixels or image.sha256) in self.learnt for image in case.images)

    def left_out(self) -> Iterator[tuple[Case, list[Item]]]:
        """The cases, with their items, that are not asked because the model was tuned on an image of theirs."""
        return (group for group in self._every() if self._was_learnt(group[0])) if self.learnt else iter(())

    @cached_property
    def keys(self) -> list[_Key]:
        """Ids, groups and image names of the cases, in order.

        Raises:
            UserError: nothing is left to ask.
        """
        keys = [_key(case, len(items)) for case, items in self._source()]
        if not keys:
            part = f"its split '{self.split}'" if self.split else "it"
            if next(self.left_out(), None):
                raise UserError(
                    f"{self.items.folder}: the model was tuned on every image of {part}; evaluate it on others, for "
                    "example with --split test"
                )
            raise UserError(f"{self.items.folder}: {part} holds no item")
        return keys

    def groups(self) -> Iterator[Group]:
        """What is asked, case by case, in stored order."""
        chosen = self._chosen
        for case, items in self._source():
            others = chosen.get(case.id)
            conditions: tuple[Condition, ...] = ("with",)
            if others is not None:
                usable = (c for c in CONTROLS if c in self.conditions)
                conditions += tuple(c for c in usable if c == "without" or others)
            yield Group(case=case, items=tuple(items), conditions=conditions, others=others or ())

    def asked(self) -> Iterator[Item]:
        """The items that are asked, each once."""
        return (item for group in self.groups() for item in group.items)

    def answers(self) -> int:
        """How many answers there will be."""
        return self.samples * sum(len(group.items) * len(group.conditions) for group in self.groups())

    def questions(self, group: Group) -> list[Question]:
        """What a protocol is given of a group, its images read: by image condition, item and sample."""
        files = {"with": group.case.images, "wrong": group.others}
        shown = {c: tuple(self.items.load_image(f) for f in files.get(c, ())) for c in group.conditions}
        return [
            Question(item=item, images=shown[condition], condition=condition, repeat=repeat, case=group.case)
            for condition in group.conditions
            for item in group.items
            for repeat in range(self.samples)
        ]

    def write(self, cases: Path, items: Path) -> None:
        """Writes the tables of the cases and items that are asked, so that a run explains itself."""
        with RowWriter(cases, Case) as case_rows, RowWriter(items, Item) as item_rows:
            for group in self.groups():
                case_rows.write(group.case)
                for item in group.items:
                    item_rows.write(item)

    @cached_property
    def _chosen(self) -> dict[str, tuple[ImageFile, ...]]:
        """Case id → the images of another case, for the cases of the control subsample."""
        order = sorted(self.keys, key=lambda k: digest("control", self.seed, k.id.hex()))
        strangers: dict[bytes, bytes] = {}
        items = 0
        for place, key in enumerate(order):
            if items >= self.controls:
                break
            if key.pixels:
                strangers[key.id] = _stranger(order, place)
                items += key.items
        wanted = set(strangers.values())
        images = {bytes.fromhex(c.id): c.images for c, _ in self._source() if bytes.fromhex(c.id) in wanted}
        return {case.hex(): images.get(other, ()) for case, other in strangers.items()}


def _stranger(order: list[_Key], place: int) -> bytes:
    """The next case, round and round, that shares neither patient nor pixels; empty if there is no such case."""
    key = order[place]
    for step in range(1, len(order)):
        other = order[(place + step) % len(order)]
        if other.pixels and other.group != key.group and not set(other.pixels) & set(key.pixels):
            return other.id
    return b""
