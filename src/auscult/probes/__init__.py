"""What a model does when its question or its image is changed: one file a probe.

A probe takes an item and gives changed twins of it, whose right behaviour is known. Item and twins are asked in one
run, by the run's own protocol, so that every figure is a difference between two answers about the same image. It asks
nobody and makes no figure.

A part holds ``PROBES``, one or more of a kind: three levels of noise are one file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from auscult.errors import UserError, known_names
from auscult.probes.reading import Reading, read_closed
from auscult.records import Answer, Case, Condition, Image, Item, item_id
from auscult.registry import Room

ROOM = Room(
    "auscult.probes",
    "probe",
    "auscult.probes",
    needs="PROBES",
    exclude=frozenset({"asking", "pictures", "reading", "wordings"}),
)
ALL = "all"
"""Stands for every probe."""

Right = Literal["same", "changed", "abstain"]
"""What is right on a twin: the answer of the item, another one that is known, or to say that it cannot be answered."""
Role = Literal["base", "unchanged", "changed"]
"""The item as the run puts it; its own image and question in the form of the changed twin; the changed twin."""
Neighbour = Literal["same", "other"]
"""Another patient's case: of the same modality, or of another one."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a probe changes.

    Attributes:
        item: as the run puts it.
        case: what is known of its image.
        images: of the case.
        another: the images of another patient's case, of the same modality or of another; none where there is none.
    """

    item: Item
    case: Case
    images: tuple[Image, ...] = ()
    another: Callable[[Neighbour], tuple[Image, ...]] = lambda _: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An item, changed.

    Attributes:
        item: as it is put; its reference is what ``correct`` is read by.
        images: that are shown.
        condition: ``without`` where none is, ``wrong`` where another case's are.
        role: the changed twin, or its unchanged counterpart in the same form.
        right: what is right.
        proposed: the answer that somebody who goes along gives; empty where nothing is proposed.
        offer: the option that says that it cannot be answered; empty where none does.
    """

    item: Item
    images: tuple[Image, ...] = ()
    condition: Condition = "with"
    role: Role = "changed"
    right: Right
    proposed: str = ""
    offer: str = ""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One way to change an item.

    Attributes:
        name: on the command line, in tables, and in ``Answer.protocol``.
        version: changes with whatever changes a twin.
        title: what is changed, in a few words for people.
        about: what is right then, in a sentence.
        right: what is right on its changed twins.
        put: the twins of a subject; or why it has none, in a few words.
        against: what changed twins are held against: the item as the run puts it, or its unchanged twin.
        control: whether a high score says that the run's own figures can be had without looking.
        chance: share of right answers that guessing gives on a twin; None where that is not known.
        blamed: whether it is a fault to do something else than what is right.
        conditions: image conditions of its twins.
        read: what an answer says, to the item or to a twin: item, answer, what was proposed, the option that abstains.
    """

    name: str
    version: str
    title: str
    about: str
    right: Right
    put: Callable[[Subject], tuple[Twin, ...] | str]
    against: Role = "base"
    control: bool = False
    blamed: bool = True
    conditions: frozenset[Condition] = frozenset({"with"})
    chance: Callable[[Item], float | None] = field(default=lambda item: guessing(item))
    read: Callable[[Item, Answer, str, str], Reading] = read_closed

    @property
    def id(self) -> str:
        """``name@version``."""
        return f"{self.name}@{self.version}"

    def arm(self, role: Role) -> str:
        """How the answers to its twins name it in ``Answer.protocol``."""
        return f"probe:{self.id}" + ("" if role == "changed" else f":{role}")


def retold(item: Item, **changes: object) -> Item:
    """The item with another question, other options or another reference, and the id that is its own."""
    new = replace(item, **changes)  # type: ignore[arg-type]
    return replace(new, id=item_id(new.case_id, new.question, new.options, new.reference, new.source_id))


def guessing(item: Item) -> float | None:
    """The share of right answers that guessing gives, by the number of options."""
    if item.answer_type == "choice":
        return 1 / len(item.options)
    return 0.5 if item.answer_type == "yes_no" else None


def every() -> tuple[Probe, ...]:
    """All probes, in the order of their names."""
    return tuple(probe for name in ROOM.names() for probe in ROOM.get(name).PROBES)


def chosen(names: Sequence[str]) -> tuple[Probe, ...]:
    """The probes of some names, each once, in the order of all.

    Args:
        names: of probes, of files that hold several (``noise``), or ``all``.

    Raises:
        UserError: a name is unknown.
    """
    parts = {name: tuple(probe.name for probe in ROOM.get(name).PROBES) for name in ROOM.names()}
    probes = every()
    wanted: set[str] = set()
    for name in names:
        if name != ALL and name not in parts and name not in {probe.name for probe in probes}:
            known = dict.fromkeys([ALL, *parts, *(probe.name for probe in probes)])
            raise UserError(f"unknown probe '{name}'; {known_names(name, list(known))}")
        wanted.update({probe.name for probe in probes} if name == ALL else parts.get(name, (name,)))
    return tuple(probe for probe in probes if probe.name in wanted)
