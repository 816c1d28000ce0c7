"""Choices in another order than published, so that the place of the right one is no clue.

In some published sets the right option is always the last (MedVH: 500 of 500 in three of its tasks), so that a model
scores without looking. An order is fixed by the item and a seed; every answer says in which order its options stood.
"""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from auscult.corpora import IN_QUESTION
from auscult.errors import UserError
from auscult.protocols import Change, Example, Question
from auscult.records import Item, digest

_NAMES_LETTERS = re.compile(r"\b[A-J]\b\s*(?:,|/|&|\+|\band\b|\bor\b)\s*\(?[A-J]\b")


def shuffled(item: Item, seed: int) -> Item:
    """The item with its options in the order of a seed; all else, its id too, stays.

    Items that are no choice, and choices that name their own letters ("both A and C", or in the question), stay as
    they are: see ``bound_to_letters``.
    """
    if item.answer_type != "choice" or bound_to_letters(item):
        return item
    order = sorted(range(len(item.options)), key=lambda place: digest("choice", seed, item.id, place))
    return replace(item, options=tuple(item.options[place] for place in order))


def bound_to_letters(item: Item) -> bool:
    """Whether an option or the question refers to options by letter, so that another order would change its meaning."""
    return IN_QUESTION in item.tags or any(_NAMES_LETTERS.search(option) for option in item.options)


@dataclass(eq=False)
class Shuffled(Change):
    """Puts the options of choices, those of examples too, in the order of a seed.

    Attributes:
        seed: of the order.
    """

    version: ClassVar[str] = "1"
    seed: int

    def __post_init__(self) -> None:
        if self.asking.recorded:
            raise UserError(
                "recorded answers were given to the order of options that was shown then; leave 'shuffled' out"
            )

    def put(self, question: Question) -> Question:
        """The question with its options, and those of its examples, in their order."""
        examples = tuple(Example(e.image, shuffled(e.item, self.seed)) for e in question.examples)
        return replace(question, item=shuffled(question.item, self.seed), examples=examples)


PROTOCOL = Shuffled
