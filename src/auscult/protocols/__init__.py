"""How an item is put and answered: one file a protocol. A protocol maps questions to calls, and replies to answers.

A protocol is named by one string, ``NAME`` or ``NAME:OPTIONS``: ``direct``, ``few-shot:3``. One that only changes what
is put stands before another one, joined by ``+``; changes are made from left to right, and ``direct`` asks where no
other does: ``few-shot:3+shuffled:7``. Each is a module of this room whose ``PROTOCOL`` is a class derived from
``Protocol``, or from ``Change``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

from auscult.engine.ask import Ask
from auscult.engine.limits import Prices
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import (
    Answer,
    AnswerStatus,
    Call,
    Case,
    Condition,
    Decoding,
    Image,
    Item,
    Message,
    Reply,
    answer_id,
)
from auscult.registry import Room

ROOM = Room("auscult.protocols", "protocol", "auscult.protocols", needs="PROTOCOL", exclude=frozenset({"stages"}))


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that is put before a question: an image of the training split and an item about it."""

    image: Image
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item, as it is put once.

    Attributes:
        item: as it is shown: a change of the order of options has been made here.
        images: in order; none under the condition ``without``, another case's under ``wrong``.
        condition: image condition.
        repeat: number of the sample.
        examples: put before it.
        case: what is known of the image; an empty one where nothing is.
        given: stages of a trace that are finished: stage → its text. Only protocols in stages put them.
        arm: name of the intervention that the question is part of; it enters the answer's protocol.
        decoding: another one than the run's.
    """

    item: Item
    images: tuple[Image, ...] = ()
    condition: Condition = "with"
    repeat: int = 0
    examples: tuple[Example, ...] = ()
    case: Case = Case(id="", source="", source_key="")
    given: Mapping[str, str] = field(default_factory=dict)
    arm: str = ""
    decoding: Decoding | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What a protocol works with, the same for all questions of a run.

    Attributes:
        model: identity of the model, for the ids of answers.
        decoding: how answers are decoded.
        prices: for the cost of an answer.
        items: the item set, for protocols that show some of its training split.
        split: the part of it that is asked; empty for all.
        recorded: whether the answers are recorded ones, so that what was put cannot be chosen.
        protocol: name of the whole protocol, with versions; ``create`` sets it.
    """

    model: str = ""
    decoding: Decoding = Decoding()
    prices: Prices = Prices()
    items: ItemSet | None = None
    split: str = ""
    recorded: bool = False
    protocol: str = ""

    def call(self, question: Question, messages: Sequence[Message], repeat: int | None = None) -> Call:
        """A call about a question; ``repeat`` tells it from an equal one that is asked again."""
        return Call(
            messages=tuple(messages),
            decoding=question.decoding or self.decoding,
            repeat=question.repeat if repeat is None else repeat,
            item=question.item,
            condition=question.condition,
        )

    def answer(self, question: Question, *replies: Reply, stages: Mapping[str, str] | None = None) -> Answer:
        """The answer that the last of some replies is, with what all of them took.

        An empty or withheld reply is the model's own outcome; where any request failed, the answer did.

        Args:
            question: as it was put.
            replies: in the order of their calls.
            stages: what was put into the model's mouth: stage of a trace → its text; None: what the question gives.
        """
        reply = replies[0] if len(replies) == 1 else _together(replies)
        status, detail = _outcome(reply)
        shown = tuple(i.sha256 for i in question.images)
        examples = tuple(e.item.id for e in question.examples)
        put = ":".join([question.condition, *(shown if question.condition == "wrong" else ()), *examples])
        protocol = f"{self.protocol}/{question.arm}" if question.arm else self.protocol
        decoded = question.decoding.as_dict() if question.decoding else self._decoded
        return Answer(
            id=answer_id(question.item.id, self.model, protocol, put, decoded, question.repeat),
            item_id=question.item.id,
            case_id=question.item.case_id,
            model=self.model,
            protocol=protocol,
            condition=question.condition,
            shown=shown,
            options=question.item.options,
            examples=examples,
            stages=dict(question.given if stages is None else stages),
            repeat=question.repeat,
            status=status,
            text=reply.text,
            failure=reply.failure,
            detail=detail,
            finish=reply.finish,
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            seconds=reply.seconds,
            attempts=reply.attempts,
            cost=self.prices.cost(reply.tokens_in, reply.tokens_out),
            tokens_cached=reply.tokens_cached,
        )

    @cached_property
    def _decoded(self) -> dict[str, Any]:
        return self.decoding.as_dict()


def _together(replies: Sequence[Reply]) -> Reply:
    """The last of some replies, or the first that failed, with what all of them took."""
    return replace(
        next((r for r in replies if r.failure), replies[-1]),
        tokens_in=sum(r.tokens_in for r in replies),
        tokens_out=sum(r.tokens_out for r in replies),
        tokens_cached=sum(r.tokens_cached for r in replies),
        seconds=sum(r.seconds for r in replies),
        attempts=sum(r.attempts for r in replies),
    )


def _outcome(reply: Reply) -> tuple[AnswerStatus, str]:
    """Status and detail of the answer that a reply is."""
    if reply.failure:
        return "request_failed", reply.detail
    if reply.finish == "content_filter":
        return "unusable", "withheld by a content filter"
    if not reply.text.strip():
        nothing = "cut short by the limit on tokens before any text" if reply.finish == "length" else "empty"
        return "unusable", reply.detail or nothing
    return "ok", reply.detail


@dataclass(kw_only=True, eq=False)
class Protocol(ABC):
    """How questions are put and answered.

    Its options are the fields that a protocol adds to these, in order, and its ``version`` changes with anything that
    changes what it puts.
    """

    version: ClassVar[str]
    asking: Asking

    @property
    def name(self) -> str:
        """Name with options and versions, of all its parts; it enters the ids of answers."""
        return self.asking.protocol

    @abstractmethod
    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """Answers in the order of the questions, made by one call each or by many.

        Args:
            group: all that is asked about one case; calls that are asked together share its image.
            ask: how to ask; deterministic given its replies, so that an interrupted run goes on from the journal.
        """

    def check(self, asked: Callable[[], Iterable[Item]]) -> Sequence[str]:
        """What must be said of a run before its figures, in whole sentences.

        Args:
            asked: streams the items that the run puts, anew each time.

        Raises:
            UserError: they cannot be put in this way.
        """
        return ()


@dataclass(kw_only=True, eq=False)
class Change(Protocol):
    """A protocol that changes what is put, and leaves the asking to the one within."""

    inner: Protocol

    @abstractmethod
    def put(self, question: Question) -> Question:
        """The question as it is put."""

    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """The answers of the protocol within, to the changed questions."""
        return await self.inner.answers([self.put(question) for question in group], ask)

    def check(self, asked: Callable[[], Iterable[Item]]) -> Sequence[str]:
        """What must be said of the protocol within."""
        return self.inner.check(asked)


def create(spec: str, asking: Asking | None = None) -> Protocol:
    """Makes the protocol that a spec string names.

    Args:
        spec: as in the docstring of this module.
        asking: what it works with.

    Raises:
        UserError: a part is unknown, has other options, or cannot be used on this item set.
    """
    texts = spec.split("+")
    if not all(text.strip() for text in texts):
        known = ", ".join(ROOM.names())
        raise UserError(f"protocol '{spec}': a name is missing; write NAME or NAME+NAME; known: {known}")
    parts = [ROOM.named(text, Protocol) for text in texts]
    named = [part.cls for part in parts]
    if twice := next((part for n, part in enumerate(parts) if part.cls in named[:n]), None):
        raise UserError(f"protocol '{spec}': {twice.name} puts a part a second time; name each part once")
    if issubclass(parts[-1].cls, Change):
        parts.append(ROOM.named("direct", Protocol))
    asking = replace(asking or Asking(), protocol="+".join(part.name for part in parts))
    *changes, last = parts
    protocol: Protocol = last.cls(**last.options, asking=asking)
    for part in reversed(changes):
        if not issubclass(part.cls, Change):
            raise UserError(f"protocol '{spec}': {part.name} asks itself, so that nothing can follow it")
        protocol = part.cls(**part.options, asking=asking, inner=protocol)
    return protocol


def as_shown(item: Item, answer: Answer) -> Item:
    """The item as the answer's protocol put it: score this one, not the published."""
    return replace(item, options=answer.options) if answer.options else item
