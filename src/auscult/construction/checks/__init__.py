"""What made items are checked for before they are trusted: one file a check, with ``CHECK``, a class of ``Check``.

A check sees one case with one item, and what of that case passed before it: it needs no other case and no image, and
says why an item may not stay. Rule-made items and those that a model drafted go through the same checks.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from auscult.records import Case, Item
from auscult.registry import Room

ROOM = Room("auscult.construction.checks", "check", "auscult.checks", needs="CHECK")
USUAL = ("schema", "language", "grounding", "facts", "knowledge", "details", "words", "duplicates")
"""The checks of every build, in order: the first refusal counts."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an item may not stay.

    Attributes:
        check: name of the check that refused it.
        reason: a kind of fault, in words that many items share, so that rejects can be counted by it.
        said: what is wrong with this item: the words in question, and what speaks against them.
    """

    check: str
    reason: str
    said: str = ""


@dataclass(kw_only=True, eq=False)
class Check(ABC):
    """Says why an item may not stay. It holds nothing of the cases that it saw."""

    name: ClassVar[str]
    version: ClassVar[str]
    compares: ClassVar[bool] = False
    """Whether it holds an item against others: it is asked again where others join that it has not seen."""
    doubts: ClassVar[frozenset[str]] = frozenset()
    """Kinds of fault that say only that an item cannot be shown to be right: they refuse where it is asked for."""

    @abstractmethod
    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """Why the item may not stay, or empty.

        Args:
            case: what is known of the image.
            item: what was made of it.
            kept: items of this case that passed so far.

        Returns:
            A kind of fault in a few words; where there is more to say of this item, a colon and what it is.
        """


def checks(names: Sequence[str] = USUAL) -> list[Check]:
    """The checks of these names, ``NAME`` or ``NAME:OPTIONS``.

    Raises:
        UserError: one is unknown, or has other options.
    """
    return [made for named in (ROOM.named(name, Check) for name in names) if (made := named.cls(**named.options))]


def first_refusal(
    checks: Sequence[Check], case: Case, item: Item, kept: Sequence[Item], *, doubting: bool = False
) -> Refusal | None:
    """The refusal of the first check that refuses an item; None where all let it pass.

    Args:
        checks: in their order.
        case: what is known of the image.
        item: what was made of it.
        kept: items of this case that passed so far.
        doubting: whether a doubt refuses too.
    """
    for check in checks:
        if found := check.refuse(case, item, kept):
            reason, _, said = found.partition(": ")
            if doubting or reason not in check.doubts:
                return Refusal(check.name, reason, said)
    return None
