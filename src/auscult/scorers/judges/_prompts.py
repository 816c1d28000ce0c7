"""Prompts: versioned text files, texts fenced so that they cannot leave their section, and what a prompt costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from auscult.records import Call, Case, Item, digest

CHARACTERS = 4
"""A token, roughly."""


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/NAME.txt``; the name ends in its version."""
    return (files("auscult.scorers.judges") / "prompts" / f"{name}.txt").read_text("utf-8").strip("\n")


def fence(name: str, text: str, key: str) -> str:
    """A section of a prompt: the text between two lines with a mark that the text does not hold.

    The mark follows from the text itself, so that the same prompt has the same mark, and whoever wrote the text could
    not have known it.

    Args:
        name: of the section.
        text: of whatever origin.
        key: id of what the text belongs to.
    """
    tries = 0
    while (mark := digest("fence", key, name, text, tries)[:16]) in text:
        tries += 1
    return f"<<{name} {mark}>>\n{text}\n<<end of {name} {mark}>>"


def question_of(item: Item) -> str:
    """The question as it was put, with its options."""
    return "\n".join([item.question, *(f"- {option}" for option in item.options)])


def known(case: Case, item: Item) -> list[str]:
    """The sections on what is known: those of a case before those of an item, so that servers share them."""
    return [
        fence("caption", case.annotation or "(there is none)", case.id),
        fence("question", question_of(item), item.id),
        fence("reference", item.reference, item.id),
    ]


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What prompts hold, at four characters a token.

    Attributes:
        calls: how many.
        common: tokens that open every one of them alike; a server with a prefix cache computes them once.
        own: all further tokens of all calls.
    """

    calls: int = 0
    common: int = 0
    own: int = 0

    @property
    def total(self) -> int:
        """Tokens of all prompts."""
        return self.calls * self.common + self.own


class PromptMeter:
    """Counts common and own tokens over any number of calls, in the memory of one prompt."""

    def __init__(self) -> None:
        self.calls = self._characters = 0
        self._prefix: str | None = None

    def add(self, call: Call) -> None:
        """Takes one more call."""
        text = flat(call)
        self.calls += 1
        self._characters += len(text)
        if self._prefix is None:
            self._prefix = text
        elif not text.startswith(self._prefix):
            self._prefix = self._prefix[: _shared(self._prefix, text)]

    @property
    def tokens(self) -> PromptTokens:
        """What was counted so far."""
        common = len(self._prefix or "")
        own = self._characters - self.calls * common
        return PromptTokens(self.calls, common // CHARACTERS, own // CHARACTERS)


def flat(call: Call) -> str:
    """All texts of a call in the order in which they are sent, roles included."""
    return "".join(f"\n{m.role}\n{m.text}" for m in call.messages)


def _shared(a: str, b: str) -> int:
    """Length of the common start of two texts."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    return low


def prompt_tokens_of(calls: Iterable[Call]) -> PromptTokens:
    """Common and own tokens of calls."""
    meter = PromptMeter()
    for call in calls:
        meter.add(call)
    return meter.tokens
