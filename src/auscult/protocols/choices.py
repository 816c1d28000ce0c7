"""Choices in another order than published, so that the place of the right one is no clue.

In some published sets the right option is always the last (MedVH: 500 of 500 in three of its tasks), so that a model
scores without looking. An order is fixed by the item and a seed; the seed stands in the name of the protocol, so that
every answer says in which order its letters must be read.
"""

import re
from dataclasses import replace

from auscult.corpora._choices import IN_QUESTION
from auscult.records import Item, digest

_SEED = re.compile(r"choices-shuffled-(-?\d+)")
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


def name_part(seed: int | None) -> str:
    """What a protocol's name says of the order; empty for the published one."""
    return "" if seed is None else f"/choices-shuffled-{seed}"


def as_shown(item: Item, protocol: str) -> Item:
    """The item as an answer's protocol put it: score this one, not the published.

    Args:
        item: as in the item set.
        protocol: name of the protocol, as in the answer.
    """
    found = _SEED.search(protocol)
    return shuffled(item, int(found[1])) if found else item
