"""An item set as an Inspect task: the same images and words that ``auscult evaluate`` puts to a model."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai._util.error import PrerequisiteError  # what Inspect's command line shows as one line
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, Content, ContentImage, ContentText, GenerateConfig

from auscult.bridges._inspect_scorers import RULES, SCORERS
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols import create
from auscult.protocols.direct import question_text
from auscult.protocols.shuffled import shuffled
from auscult.records import Case, Decoding, Item

MAX_MISSING = 0.05
"""Share of failed requests at which the log is marked as failed; above it our own reports withhold a figure."""


@task
def items(folder: str, split: str = "", choices_seed: int | None = None) -> Task:
    """The questions of an item set, put by the direct protocol and read by every sound scorer that applies.

    Args:
        folder: what ``auscult build`` wrote.
        split: train, validation, test or all; by default test where there is one.
        choices_seed: of the order in which options are put; the published order where none is given.

    Raises:
        PrerequisiteError: there is no item set or no such split, or a table or an image was altered since it was built.
    """
    try:
        return _task(ItemSet(Path(folder)), split, choices_seed)
    except UserError as error:
        raise PrerequisiteError(str(error)) from None


def _task(opened: ItemSet, split: str, choices_seed: int | None) -> Task:
    samples, asked = [], []
    for case, questions in opened.groups(opened.part("" if split == "all" else split or None)):
        pictures = _pictures(opened, case)
        for question in questions:
            item = question if choices_seed is None else shuffled(question, choices_seed)
            samples.append(_sample(case, item, pictures))
            asked.append(item)
    decoding = Decoding()
    protocol = create("direct" if choices_seed is None else f"shuffled:{choices_seed}")
    return Task(
        dataset=MemoryDataset(samples, name=opened.manifest.source.get("reader", "items"), location=str(opened.folder)),
        scorer=[SCORERS[name]() for name in _applying(asked)],
        config=GenerateConfig(temperature=decoding.temperature, max_tokens=decoding.max_tokens),
        # A failed request is missing data: it is scored as such, and too many of them fail the log, at its end.
        fail_on_error=MAX_MISSING,
        continue_on_fail=True,
        score_on_error=True,
        version=opened.digest,
        metadata={"protocol": protocol.name, "items": opened.digest},
    )


def _pictures(opened: ItemSet, case: Case) -> list[Content]:
    """The images of a case; Inspect reads the files itself later, so they are checked here."""
    for image in case.images:
        opened.load_image(image)
    return [ContentImage(image=str((opened.folder / image.path).resolve())) for image in case.images]


def _sample(case: Case, item: Item, pictures: list[Content]) -> Sample:
    return Sample(
        id=item.id,
        input=[ChatMessageUser(content=[*pictures, ContentText(text=question_text(item))])],
        target=item.reference,
        metadata={
            "source_id": item.source_id,
            "case_id": case.id,
            "group": case.group or case.id,
            "group_kind": case.group_kind,
            "answer_type": item.answer_type,
            "kind": item.kind,
            "category": item.category,
            "item": asdict(item),
        },
    )


def _applying(asked: list[Item]) -> Iterator[str]:
    """Sound scorers with something to score, those of the headline figures first."""
    for name, rule in sorted(RULES.items(), key=lambda pair: not pair[1].instrument.leads):
        if any(rule.applies(item) for item in asked):
            yield name
