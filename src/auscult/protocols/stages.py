"""What protocols share that have a model answer in stages, all of them or those that are left; no protocol itself.

The stages and their headers are ClinHallu's (arXiv 2606.14697); the words are our own, one file of ``prompts`` a
protocol.
"""

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import ClassVar

from auscult.engine.ask import Ask
from auscult.engine.replies import TRY
from auscult.facts.traces import ReadTrace
from auscult.protocols import Protocol, Question
from auscult.protocols.direct import prompts
from auscult.records import STAGES, Answer, Call, Item, Reply

HEADERS: Mapping[str, str] = {stage: f"[{stage.replace('_', ' ').title()}]" for stage in STAGES}
"""Stage → its header."""


def stages_text(item: Item, given: Mapping[str, str] | None = None, words: str = "staged") -> str:
    """What is put for an item.

    Args:
        item: what is asked.
        given: stages that are finished: none, the first, or the first two.
        words: file of the prompts.
    """
    given, texts = given or {}, prompts(words)
    options = "\n".join(f"{letter}. {option}" for letter, option in zip(ascii_uppercase, item.options, strict=False))
    unit = f" ({item.unit})" if item.unit else ""
    slots = {
        "question": item.question + (f"\nOptions:\n{options}" if options else ""),
        "given": under_headers(given),
        "answer": texts.get(f"answer_{item.answer_type}", texts["answer_open"]).replace("{unit}", unit),
    }
    template = texts[f"after_{list(given)[-1]}" if given else "whole"].strip()
    return re.sub(r"\{(\w+)\}", lambda slot: slots[slot[1]], template)


def under_headers(stages: Mapping[str, str]) -> str:
    """Stages as blocks under their headers."""
    return "\n".join(f"{HEADERS[stage]}\n{text}" for stage, text in stages.items())


@dataclass(kw_only=True, eq=False)
class InStages(Protocol):
    """A protocol whose answers are traces, asked for until one is valid.

    Attributes:
        fills: whether a stage of the model's own that is missing is put as an empty one, as ClinHallu's program does.
    """

    fills: ClassVar[bool] = False

    @property
    @abstractmethod
    def most_tries(self) -> int:
        """Most calls an answer."""

    @abstractmethod
    def call(self, question: Question) -> Call:
        """The first call for a question, with the stages that it gives as finished."""

    @abstractmethod
    def read(self, trace: str) -> ReadTrace:
        """What a whole trace holds, and whether it is valid."""

    async def answers(self, group: Sequence[Question], ask: Ask) -> Sequence[Answer]:
        """One answer a question: all are asked together, and those without a valid trace again."""
        calls, came = [self.call(question) for question in group], [list[Reply]() for _ in group]
        for attempt in range(self.most_tries):
            again = [n for n, question in enumerate(group) if self._open(question, came[n])]
            if not again:
                break
            put = [replace(calls[n], repeat=calls[n].repeat + TRY * attempt) for n in again]
            for n, reply in zip(again, await ask.all(put), strict=True):
                came[n].append(reply)
        return [self.answer(question, replies) for question, replies in zip(group, came, strict=True)]

    def _open(self, question: Question, replies: Sequence[Reply]) -> bool:
        if not replies or replies[0].failure:
            return not replies
        last = replies[-1]
        return bool(last.failure or self.read(whole_trace(question, last.text)).invalid)

    def answer(self, question: Question, replies: Sequence[Reply]) -> Answer:
        """The answer that the last of some replies is: its text is that of the answer line, ``trace`` is all of it.

        One without a valid trace is unusable, and its detail says why: that is the model's own outcome. A request that
        failed leaves it open unless another one gave a valid trace.

        Args:
            question: as it was put.
            replies: of its tries, in order, at least one.
        """
        replied = [reply for reply in replies if not reply.failure]
        trace = whole_trace(question, replied[-1].text) if replied else ""
        found = self.read(trace)
        if not replied or (found.invalid and not self._final(replies)):
            return self.asking.answer(question, *replies)
        made = self.asking.answer(question, *replied)
        said = found.trace.answer
        return replace(
            made,
            status="unusable" if found.invalid else made.status,
            detail=(found.invalid if replied[-1].text.strip() else "") or made.detail,
            text=said,
            finish=made.finish if not said or trace.rstrip(" .*_").endswith(said.rstrip(" .*_")) else "stop",
            trace=trace,
            attempts=len(replied),
        )

    def _final(self, replies: Sequence[Reply]) -> bool:
        """Whether an invalid trace stands although later requests may have failed."""
        return not any(reply.failure for reply in replies)


def whole_trace(question: Question, text: str) -> str:
    """The stages that were given, under their headers, and what the model wrote after them."""
    given = under_headers({stage: words.strip() for stage, words in question.given.items() if words.strip()})
    return "\n\n".join(filter(None, (given, text.strip())))
