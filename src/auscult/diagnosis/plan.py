"""What a diagnosis asks about: the items that have a gold trace, with what the arms need beside it."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from auscult.construction.traces import TRACES
from auscult.diagnosis.arms import Arm, Source
from auscult.diagnosis.irrelevant import irrelevant
from auscult.diagnosis.planting import Stage, planted
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Case, ImageFile, Item
from auscult.runs.plan import Plan

FOREIGN: tuple[Source, ...] = ("other", "irrelevant", "planted")
"""Sources that are neither the model's own nor the item's."""
KEPT = 16
"""Items of one kind that are held as donors at a time."""
NO_GOLD, REPORT = "no gold trace", "asks for a report or a trace, which is neither right nor wrong"
NO_OTHER = "no other item of its kind"
NO_IMAGE = "no other case's image"
NO_PLANTED = "no error that could be planted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All that is asked about one case: the unit of scheduling.

    Attributes:
        case: the case.
        items: with a gold trace each.
        others: images of another case; empty where no arm shows them, or there is none.
        stages: item id, stage and source → the text, of ``FOREIGN`` sources; empty where there is none such.
    """

    case: Case
    items: tuple[Item, ...]
    others: tuple[ImageFile, ...] = ()
    stages: Mapping[tuple[str, str, Source], str] = field(default_factory=dict)


def why_not(item: Item) -> str:
    """Why an item cannot be diagnosed; empty where it can."""
    if item.answer_type in ("report", "trace"):
        return REPORT
    return "" if item.trace.visual_recognition.strip() and item.trace.knowledge_recall.strip() else NO_GOLD


def plan_of(
    items: ItemSet,
    split: str,
    limit: int | None,
    arms: Sequence[Arm],
    seed: int = 0,
    learnt: frozenset[str] = frozenset(),
) -> Plan:
    """The cases and items of a diagnosis, and whose images are shown for whose.

    Args:
        items: the item set.
        split: part of it; empty for all.
        limit: most cases; None for all.
        arms: that are asked.
        seed: of the choice of other images.
        learnt: hashes of the pixels of images that the model was tuned on; their cases are not asked.
    """
    wrong = any(arm.sight == "wrong" for arm in arms)
    return Plan(
        items=items,
        split=split,
        limit=limit,
        controls=len(items) if wrong else 0,
        conditions=frozenset(("with", "wrong")),
        seed=seed,
        asks=lambda item: not why_not(item),
        learnt=learnt,
    )


def left_out(items: ItemSet, split: str) -> dict[str, int]:
    """Why items of the part are not asked → how many.

    Raises:
        UserError: none is left.
    """
    counted = Counter(why_not(item) for item in items.all() if not split or item.split == split)
    if not counted.pop("", 0):
        part = f"no item of its split '{split}'" if split else "none of its items"
        if items.manifest.tracers:
            raise UserError(
                f"{items.folder}: {part} has a gold trace: none that was written for them passed every check; "
                f"{TRACES} there says why; take another model, or --protocol staged:51 (auscult trace --help)"
            )
        raise UserError(
            f"{items.folder}: {part} has a gold trace, which a diagnosis compares with; build it of phantoms, of "
            "ClinHallu's data, or let a model write them (auscult trace --help)"
        )
    return dict(counted)


def groups(plan: Plan, arms: Sequence[Arm]) -> Iterator[Group]:
    """What is asked, case by case, in stored order."""
    foreign = sorted({(stage, source) for arm in arms for stage, source in arm.given.items() if source in FOREIGN})
    donors = Donors(plan) if any(source == "other" for _, source in foreign) else None
    for group in plan.groups():
        stages: dict[tuple[str, str, Source], str] = {}
        for item in group.items:
            for stage, source in foreign:
                if source == "other" and donors:
                    stages[item.id, stage, source] = donors.stage(item, group.case, stage)
                elif source == "irrelevant":
                    stages[item.id, stage, source] = irrelevant(item, stage)
                elif error := planted(item, group.case, cast(Stage, stage)):
                    stages[item.id, stage, source] = error.text
        yield Group(case=group.case, items=group.items, others=group.others, stages=stages)
        if donors:
            donors.add(group.case, group.items)


@dataclass(frozen=True, slots=True)
class _Donor:
    group: str
    reference: str
    stages: dict[str, str]


class Donors:
    """Items before the one that is asked, round and round the set, as givers of another item's stage.

    Args:
        plan: streams the items; the last ones of each kind stand before the first ones.
    """

    def __init__(self, plan: Plan) -> None:
        self._kept: dict[tuple[str, str], deque[_Donor]] = defaultdict(lambda: deque(maxlen=KEPT))
        for group in plan.groups():
            self.add(group.case, group.items)

    def add(self, case: Case, items: Iterable[Item]) -> None:
        """Takes the items of a case that has been asked."""
        for item in items:
            stages = {s: str(getattr(item.trace, s)) for s in ("visual_recognition", "knowledge_recall")}
            self._kept[_kind(item)].append(_Donor(case.group or case.id, item.reference.casefold(), stages))

    def stage(self, item: Item, case: Case, stage: str) -> str:
        """A stage of the nearest item of the kind, of another patient, and with another answer where there is one."""
        own = str(getattr(item.trace, stage))
        found = [
            donor
            for donor in reversed(self._kept[_kind(item)])
            if donor.group != (case.group or case.id) and donor.stages[stage] not in ("", own)
        ]
        found.sort(key=lambda donor: donor.reference == item.reference.casefold())
        return found[0].stages[stage] if found else ""


def _kind(item: Item) -> tuple[str, str]:
    return item.answer_type, item.category
