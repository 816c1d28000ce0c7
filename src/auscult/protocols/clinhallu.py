"""Answers in stages as ClinHallu asks for them (arXiv 2606.14697, released code), in our own words.

A system message says what a trace is; the user turn holds the question, then the images. Temperature 0.7, top_p 0.9,
4,096 tokens, whatever the run says, and up to 51 calls until the trace is valid by the published rule. The last trace
that came stands, valid or not; a request that fails ends the sample where it is the first, and else only that attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from auscult.facts.traces import ReadTrace, published_trace
from auscult.protocols import Question
from auscult.protocols.direct import prompts
from auscult.protocols.stages import InStages, stages_text
from auscult.records import Call, Message, Reply

NAME = "clinhallu"
TRIES = 51
TEMPERATURE, TOP_P, MAX_TOKENS = 0.7, 0.9, 4_096


@dataclass(eq=False)
class ClinHallu(InStages):
    """The published way of asking, its decoding included."""

    version: ClassVar[str] = prompts(NAME)["version"]
    fills: ClassVar[bool] = True

    def __post_init__(self) -> None:
        own = replace(self.asking.decoding, temperature=TEMPERATURE, top_p=TOP_P, max_tokens=MAX_TOKENS)
        self.asking = replace(self.asking, decoding=own)

    @property
    def most_tries(self) -> int:
        """One, and fifty more."""
        return TRIES

    def call(self, question: Question) -> Call:
        """What a trace is in a system message; question and stages, then images."""
        text = stages_text(question.item, question.given, NAME)
        system = Message("system", (prompts(NAME)["system"].strip(),))
        return self.asking.call(question, [system, Message("user", (text, *question.images))])

    def read(self, trace: str) -> ReadTrace:
        """By the published rule."""
        return published_trace(trace)

    def _final(self, replies: Sequence[Reply]) -> bool:
        """What failed after the first request only costs that attempt."""
        return not replies[0].failure


PROTOCOL = ClinHallu
