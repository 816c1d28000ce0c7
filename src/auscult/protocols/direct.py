"""The direct protocol: the image, the question as published, and one sentence on the form of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import ClassVar

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.protocols import Protocol, Question
from auscult.records import Answer, Call, Item, Message, Reply
from auscult.store.files import shipped_table


def prompts(name: str) -> Mapping[str, str]:
    """The texts of a prompt file of this room, with its ``version``."""
    return shipped_table(f"protocols/prompts/{name}.toml")


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


@dataclass(eq=False)
class Direct(Protocol):
    """Puts each question in a conversation of its own, examples first, each in a turn of its own."""

    version: ClassVar[str] = prompts("direct")["version"]

    def call(self, question: Question) -> Call:
        """The call for one question. Images come first, so that a server can share their prefix."""
        turns = []
        for example in question.examples:
            turns.append(Message("user", (example.image, question_text(example.item))))
            turns.append(Message("assistant", (right_answer(example.item),)))
        turns.append(Message("user", (*question.images, question_text(question.item))))
        return self.asking.call(question, turns)

    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """One call an answer."""
        replies = await ask.all([self.call(question) for question in group])
        return [self._answer(question, reply) for question, reply in zip(group, replies, strict=True)]

    def _answer(self, question: Question, reply: Reply) -> Answer:
        """The answer that a reply is; its first token is that of the answer, so that how far it leans is known."""
        answer = self.asking.answer(question, reply)
        return replace(answer, yes_margin=reply.yes_margin) if question.item.asks_yes_no else answer


PROTOCOL = Direct
