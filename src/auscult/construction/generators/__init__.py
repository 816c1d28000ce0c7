"""What makes items of cases: one file a generator, with ``GENERATOR``, a class derived from ``Generator``.

A generator is named by one string, ``NAME`` or ``NAME:OPTIONS``. It sees all cases twice, one at a time: what must be
known of all of them before the first item is made is gathered in the first pass, as counts and keys.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from auscult.construction.checks import Refusal
from auscult.records import Case, Item, item_id
from auscult.registry import Room

ROOM = Room(
    "auscult.construction.generators",
    "generator",
    "auscult.generators",
    needs="GENERATOR",
    exclude=frozenset({"drafted"}),  # named by --generator MODEL
)
REPLY = "reply"
"""What refuses a pair that is none as it was answered."""
SAID = 2_000
"""Characters of a reply that a reject keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Something of which no item was made, and why.

    Attributes:
        case_id: the image.
        split: its part.
        reason: why there is no item.
        category: of the item that it would have been.
        statement: presence, side, ...
        finding: what it is about.
        value: the property claimed.
        other: the second finding of a relation.
        truth: true, false, or unmentioned.
        tier: how that is known.
        check: which check refused it; ``reply`` where what a model answered held no item.
        item_id: of an item that was made and refused; empty: none was made.
        question: of the refused item.
        reference: its answer.
        kind: hallucination, non-hallucination, or a plain question.
        premise_form: polar, tag, presupposition or neutral.
        evidence: words of the annotation that it was said to rest on.
        said: the reason that a checker gave, or what the model answered, cut to ``SAID`` characters.
    """

    case_id: str
    split: str
    reason: str
    category: str = ""
    statement: str = ""
    finding: str = ""
    value: str = ""
    other: str = ""
    truth: str = ""
    tier: str = ""
    check: str = ""
    item_id: str = ""
    question: str = ""
    reference: str = ""
    kind: str = ""
    premise_form: str = ""
    evidence: str = ""
    said: str = ""


@dataclass(kw_only=True, eq=False)
class Generator(ABC):
    """Makes items of cases; its options are the fields that a generator adds.

    Attributes:
        seed: another seed makes other items.
    """

    version: ClassVar[str]
    checked: ClassVar[bool] = False
    """Whether its items passed the usual checks already, those of one case against each other too."""
    seed: int = 0

    def begin(self, folder: Path) -> None:  # noqa: B027 - not every generator remembers much
        """Before the first pass.

        Args:
            folder: of the set that is being made, on whose disk is room for what must be remembered of all cases.
        """

    def look(self, case: Case, items: Sequence[Item]) -> None:  # noqa: B027 - not every generator has to look
        """First pass: takes note of the next case and of the data set's own items about it.

        Raises:
            UserError: items cannot be made for this data set.
        """

    def choose(self, parts: Sequence[int]) -> None:  # noqa: B027
        """Between the passes.

        Args:
            parts: part of each case, 1 + its index in ``auscult.items.split.PARTS``.
        """

    @abstractmethod
    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """Second pass: new items of a case, and what was rejected.

        Ids, part and repeats of the data set's own items need not be set.

        Args:
            number: place of the case.
            case: as in the first pass.
            items: as in the first pass.
            split: its part.
        """

    def kept(self, item: Item) -> None:  # noqa: B027
        """Second pass: one of its items passed all checks."""

    def finish(self, folder: Path) -> dict[str, dict[str, int]]:
        """Writes what is to stand beside the items; returns what the manifest counts beside items and rejects."""
        return {}

    def claims(self) -> dict[str, int]:
        """What the data card counts of it beside items and rejects: see ``auscult.construction.card.Card``."""
        return {}

    def about(self) -> dict[str, Any]:
        """What it is, for the manifest: name and version; of a model who it is, what it saw, and its prompt."""
        return {"name": type(self).__module__.rpartition(".")[2], "version": self.version}

    def checkers(self) -> list[dict[str, Any]]:
        """The models that checked its items, for the manifest."""
        return []


def create(spec: str, seed: int = 0) -> Generator:
    """Makes the generator that a spec string names.

    Raises:
        UserError: it is unknown, or has other options.
    """
    named = ROOM.named(spec, Generator)
    generator: Generator = named.cls(**named.options, seed=seed)
    return generator


def sealed(case: Case, item: Item) -> Item:
    """A new item with its id."""
    return replace(item, id=item_id(case.id, item.question, item.options, item.reference, item.source_id))


def rejected(item: Item, split: str, refusal: Refusal) -> Reject:
    """An item that a check refused, as it is kept."""
    return Reject(
        case_id=item.case_id,
        split=split,
        reason=refusal.reason,
        category=item.category,
        statement=item.tags.get("statement", ""),
        finding=item.target,
        value=item.tags.get("value", ""),
        other=item.tags.get("other", ""),
        truth={"hallucination": "false", "non-hallucination": "true"}.get(item.kind, ""),
        tier=item.tags.get("tier", ""),
        check=refusal.check,
        item_id=item.id,
        question=item.question,
        reference=item.reference,
        kind=item.kind,
        premise_form=item.premise_form,
        evidence=item.evidence,
        said=refusal.said[:SAID],
    )
