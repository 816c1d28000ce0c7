"""The direct protocol: the image, the question as published, and one sentence on the form of the answer."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import ascii_uppercase

from auscult.errors import UserError
from auscult.protocols.choices import name_part, shuffled
from auscult.records import (
    Answer,
    AnswerStatus,
    Call,
    Condition,
    Decoding,
    Image,
    Item,
    Message,
    Reply,
    answer_id,
    digest,
)


@lru_cache
def prompts(name: str) -> Mapping[str, str]:
    """The texts of a prompt file of this room, with its ``version``."""
    return tomllib.loads((files("auscult.protocols") / "prompts" / f"{name}.toml").read_text("utf-8"))


def question_text(item: Item) -> str:
    """What is put to a model for an item: question, options, and the form of the answer."""
    texts = prompts("direct")
    if len(item.options) > len(ascii_uppercase):
        raise UserError(f"question '{item.source_id}' has {len(item.options)} options; at most 26 have a letter")
    options = "\n".join(f"{letter}. {option}" for letter, option in zip(ascii_uppercase, item.options, strict=False))
    unit = f" ({item.unit})" if item.unit else ""
    template = texts.get(item.answer_type, texts["open"])
    return template.replace("{options}", options).replace("{unit}", unit).replace("{question}", item.question)


def right_answer(item: Item) -> str:
    """The reference in the form that the prompt asks for."""
    if item.answer_type == "choice":
        return f"{ascii_uppercase[item.options.index(item.reference)]}. {item.reference}"
    return f"{item.reference} {item.unit}".strip()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of the few-shot variant: an image of the training split, its question and the right answer."""

    image: Image
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Direct:
    """Puts items to a model one by one, each in a conversation of its own, images first.

    Attributes:
        decoding: how answers are decoded.
        examples: worked examples that come first, each in its own turn; empty for zero-shot.
        choices_seed: of the order in which options are put; None for the published order. Score such an answer with
            ``choices.as_shown``.
    """

    decoding: Decoding = Decoding()
    examples: tuple[Example, ...] = ()
    choices_seed: int | None = None

    @property
    def name(self) -> str:
        """Name with version, as it enters the ids of answers."""
        shots = ""
        if self.examples:
            shown = [[e.image.sha256, e.question, e.answer] for e in self.examples]
            shots = f"/{len(self.examples)}-shot-{digest(shown)[:8]}"
        return f"direct{shots}{name_part(self.choices_seed)}@{prompts('direct')['version']}"

    def call(self, item: Item, images: Sequence[Image], condition: Condition, repeat: int = 0) -> Call:
        """The call for one item. Images come first, so that a server can share their prefix."""
        if self.choices_seed is not None:
            item = shuffled(item, self.choices_seed)
        shown = () if condition == "without" else tuple(images)
        turns = []
        for example in self.examples:
            turns.append(Message("user", (example.image, example.question)))
            turns.append(Message("assistant", (example.answer,)))
        turns.append(Message("user", (*shown, question_text(item))))
        return Call(messages=tuple(turns), decoding=self.decoding, repeat=repeat, item=item, condition=condition)

    def answer(self, call: Call, reply: Reply, model: str, cost: float = 0.0) -> Answer:
        """The answer that a reply makes; an empty or withheld one is the model's own outcome, not a failed request."""
        assert call.item is not None
        status: AnswerStatus = "ok"
        detail = reply.detail
        if reply.failure:
            status = "request_failed"
        elif reply.finish == "content_filter":
            status, detail = "unusable", "withheld by a content filter"
        elif not reply.text.strip():
            nothing = "cut short by the limit on tokens before any text" if reply.finish == "length" else "empty"
            status, detail = "unusable", reply.detail or nothing
        decoding = self.decoding.as_dict()
        strangers = [i.sha256 for i in call.messages[-1].images] if call.condition == "wrong" else []
        condition = ":".join([call.condition, *strangers])
        return Answer(
            id=answer_id(call.item.id, model, self.name, condition, decoding, call.repeat),
            item_id=call.item.id,
            case_id=call.item.case_id,
            model=model,
            protocol=self.name,
            condition=call.condition,
            shown=tuple(i.sha256 for i in call.messages[-1].images),
            repeat=call.repeat,
            status=status,
            text=reply.text,
            failure=reply.failure,
            detail=detail,
            finish=reply.finish,
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
            seconds=reply.seconds,
            attempts=reply.attempts,
            cost=cost,
        )
