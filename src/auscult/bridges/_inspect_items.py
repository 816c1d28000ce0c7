"""An item set as an Inspect task: the same images and words that ``auscult evaluate`` puts to a model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai._util.error import PrerequisiteError  # what Inspect's command line shows as one line
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentImage,
    ContentText,
    GenerateConfig,
)

from auscult.bridges._inspect_scorers import RULES, SCORERS
from auscult.engine.session import run_to_end
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols import Asking, Protocol, Question, create
from auscult.records import Call, Case, Decoding, Item, Message, Reply

MAX_MISSING = 0.05
"""Share of failed requests at which the log is marked as failed; above it our own reports withhold a figure."""
_ROLES: dict[str, Callable[..., ChatMessage]] = {
    "system": ChatMessageSystem,
    "user": ChatMessageUser,
    "assistant": ChatMessageAssistant,
}


@task
def items(folder: str, split: str = "", protocol: str = "direct") -> Task:
    """The questions of an item set, put by a protocol and read by every sound scorer that applies.

    Args:
        folder: what ``auscult build`` wrote.
        split: train, validation, test or all; by default test where there is one.
        protocol: direct, few-shot:K, shuffled:SEED, or several, as of ``auscult evaluate``; one call an answer.

    Raises:
        PrerequisiteError: there is no item set, split or protocol of that name, or a table or an image was altered
            since it was built.
    """
    try:
        return _task(ItemSet(Path(folder)), split, protocol)
    except UserError as error:
        raise PrerequisiteError(str(error)) from None


def _task(opened: ItemSet, split: str, spec: str) -> Task:
    part, decoding = opened.part("" if split == "all" else split or None), Decoding()
    protocol = create(spec, Asking(decoding=decoding, items=opened, split=part))
    samples, asked = [], []
    for case, questions in opened.groups(part):
        images = tuple(opened.load_image(image) for image in case.images)
        for call in _calls(protocol, [Question(item=item, images=images, case=case) for item in questions]):
            assert call.item is not None
            samples.append(_sample(case, call.item, [_message(opened, message) for message in call.messages]))
            asked.append(call.item)
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


class _Kept(list[Call]):
    """Keeps what a protocol would ask, and asks nothing."""

    async def __call__(self, call: Call) -> Reply:
        return (await self.all([call]))[0]

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        self.extend(calls)
        return [Reply()] * len(calls)


def _calls(protocol: Protocol, questions: Sequence[Question]) -> Sequence[Call]:
    kept = _Kept()
    run_to_end(protocol.answers(questions, kept))
    if len(kept) != len(questions):
        raise UserError(f"protocol {protocol.name} asks more than once for an answer, which Inspect cannot do for it")
    return kept


def _message(opened: ItemSet, message: Message) -> ChatMessage:
    """A turn; Inspect reads the files of its images itself."""
    parts: list[Content] = [
        ContentText(text=p) if isinstance(p, str) else ContentImage(image=str((opened.folder / p.name).resolve()))
        for p in message.parts
    ]
    return _ROLES[message.role](content=parts)


def _sample(case: Case, item: Item, messages: list[ChatMessage]) -> Sample:
    return Sample(
        id=item.id,
        input=messages,
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
