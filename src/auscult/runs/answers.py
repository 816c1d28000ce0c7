"""The answering stage: a group of questions about one case → answers, under each image condition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auscult.engine.ask import Ask
from auscult.engine.limits import Prices
from auscult.items.item_set import ItemSet
from auscult.protocols.direct import Direct
from auscult.records import Answer, Image, ImageFile, Item
from auscult.runs.plan import Group


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Puts every item of a group to the model, ``samples`` times, image conditions one after another.

    Attributes:
        items: where images are read from, each once a group.
        protocol: how an item of a group is put.
        model: identity of the model, for the ids of answers.
        samples: answers to each question.
        prices: for the cost of an answer.
    """

    items: ItemSet
    protocol: Callable[[Group, Item], Direct]
    model: str
    samples: int = 1
    prices: Prices = Prices()

    async def __call__(self, group: Group, ask: Ask) -> Sequence[Answer]:
        """Rows by condition, item and sample."""
        protocols = {item.id: self.protocol(group, item) for item in group.items}
        own = self._load(group.case.images)
        others = self._load(group.others) if "wrong" in group.conditions else ()
        calls = [
            protocols[item.id].call(item, others if condition == "wrong" else own, condition, sample)
            for condition in group.conditions
            for item in group.items
            for sample in range(self.samples)
        ]
        replies = await ask.all(calls)
        return [
            protocols[c.item.id].answer(c, r, self.model, self.prices.cost(r.tokens_in, r.tokens_out))
            for c, r in zip(calls, replies, strict=True)
            if c.item
        ]

    def _load(self, files: Sequence[ImageFile]) -> tuple[Image, ...]:
        return tuple(self.items.load_image(f) for f in files)
