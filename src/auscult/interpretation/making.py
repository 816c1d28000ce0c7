"""Cases → the questions of a task: put wherever the case says what is right, and nowhere else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.corpora import AUTO, Bundle, ReadOptions, read
from auscult.errors import UserError
from auscult.interpretation.tasks import Task
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import AnswerType, Case, Fact, Item, item_id

SIZE, SIDE, CONTRAST = "true_value", "true_side", "contrast"
"""Tags: the finding's greatest size in mm, 0 where it is not there; its side; how plainly it shows, as its case."""
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Known:
    """What a case knows of the finding of a task: the name it has there, whether it is there, size in mm, and side."""

    name: str
    present: bool
    size: float | None
    side: str


def write_task(task: Task, items: Path, out: Path, train: float | None) -> ItemSet:
    """Writes the item set of a task; the identical one that is there stays.

    Args:
        task: what is asked.
        items: an item set, phantoms, or another data set that is known by its files; of its cases it is asked.
        out: folder to make.
        train: share of the cases that examples may come from; None: as they are split already.

    Raises:
        UserError: no case says what is right.
    """
    bundles = _asked(task, read(AUTO, items, ReadOptions()), resplit=train is not None)
    first = next(bundles, None)
    if first is None:
        raise UserError(f"{items}: no case says whether there is {_names(task)}; the task '{task.name}' cannot be put")
    plan = SplitPlan(shares={"train": train or 0.0, "test": 1 - (train or 0.0)})
    source = SourceNote(reader=f"task:{task.name}", path=str(items.resolve()))
    write_item_set(_all(first, bundles), out, source=source, split=plan)
    return ItemSet(out)


def _names(task: Task) -> str:
    names = [task.options[o][0] for o in task.options] or [task.findings[0]]
    return " or ".join(names) + ("" if task.options else " (--finding says by which name it knows it)")


def _all(first: Bundle, others: Iterable[Bundle]) -> Iterator[Bundle]:
    yield first
    yield from others


def _asked(task: Task, bundles: Iterable[Bundle], *, resplit: bool) -> Iterator[Bundle]:
    for bundle in bundles:
        split = "" if resplit else next((item.split for item in bundle.items if item.split), bundle.split)
        asked = tuple(replace(item, split=split) for item in questions(task, bundle.case))
        if asked and bundle.case.images:
            yield replace(bundle, items=asked, split="", noted=(), left_out={})


def questions(task: Task, case: Case) -> list[Item]:
    """The questions of a task about a case; none where the case does not say what is right."""
    if task.options:
        there = [option for option, names in task.options.items() if _presence(case, names) == "present"]
        options = tuple(task.options)
        return [_item(task, case, task.question, there[0], "choice", options)] if len(there) == 1 else []
    known = knows(task, case)
    if known is None:
        return []
    if task.answer == "yes_no":
        return [_item(task, case, task.question, "yes" if known.present else "no", "yes_no", known=known)]
    found = []
    if known.size is not None:
        found.append(_item(task, case, task.question, f"{known.size:g}", "number", known=known))
    if task.side_question and known.side:
        found.append(_item(task, case, task.side_question, known.side, "choice", SIDES, known))
    return found


def knows(task: Task, case: Case) -> Known | None:
    """What a case knows of a task's finding; None where it does not say whether it is there."""
    for name in task.findings:
        presence = _presence(case, (name,))
        if presence in ("present", "absent"):
            facts = [f for f in case.facts if f.finding.casefold() == name.casefold() and f.presence == "present"]
            return Known(name, presence == "present", _size(facts, presence == "present"), _side(facts))
    return None


def _presence(case: Case, names: Sequence[str]) -> str:
    plain = {finding.casefold(): presence for finding, presence in case.findings.items()}
    return next((plain[name.casefold()] for name in names if name.casefold() in plain), "")


def _size(facts: Sequence[Fact], present: bool) -> float | None:
    sizes = [fact.size_mm for fact in facts if fact.size_mm is not None]
    return max(sizes, default=None) if present else 0.0


def _side(facts: Sequence[Fact]) -> str:
    sides = {fact.side for fact in facts}
    return sides.pop() if len(sides) == 1 and sides <= set(SIDES) else ""


def _item(
    task: Task,
    case: Case,
    question: str,
    reference: str,
    answer_type: AnswerType,
    options: tuple[str, ...] = (),
    known: Known | None = None,
) -> Item:
    name = f"{case.source_key}:{task.name}{':side' if options == SIDES else ''}"
    size = {} if known is None or known.size is None else {SIZE: f"{known.size:g}"}
    shown = {CONTRAST: case.tags[CONTRAST]} if CONTRAST in case.tags else {}
    number = answer_type == "number"
    kinds = {"yes_no": "presence", "number": "size"}
    return Item(
        id=item_id(case.id, question, options, reference, name),
        case_id=case.id,
        source_id=name,
        question=question,
        reference=reference,
        answer_type=answer_type,
        options=options,
        category=kinds.get(answer_type, "side" if options == SIDES else "kind"),
        target="" if known is None else known.name,
        unit=task.unit if number else "",
        tolerance=task.tolerance if number else 0.0,
        tags={"task": task.name} | size | shown | ({SIDE: known.side} if known and known.side else {}),
    )
