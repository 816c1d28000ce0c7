"""The staged protocol: visual recognition, knowledge recall, reasoning and an answer in one reply, in our own words.

The image comes first, so that all questions about it share what is computed of it, and decoding is the run's. One try
an answer, ``staged`` (``first-try``), or as many as it takes for a valid trace, ``staged:51`` (``best-of-51``).
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from auscult.errors import UserError
from auscult.facts.traces import ReadTrace, read_trace
from auscult.protocols import Question
from auscult.protocols.direct import prompts
from auscult.protocols.stages import InStages, stages_text
from auscult.records import Call, Message


@dataclass(eq=False)
class Staged(InStages):
    """Puts each question in one turn, and reads traces however their headers are set.

    Attributes:
        tries: most calls an answer; more than one needs a temperature.
    """

    version: ClassVar[str] = prompts("staged")["version"]
    tries: Annotated[int, Field(ge=1, le=999)] = 1

    def __post_init__(self) -> None:
        if self.tries > 1 and self.asking.decoding.temperature == 0:
            raise UserError(
                f"protocol 'staged:{self.tries}' at temperature 0 repeats one trace; add for example --temperature 0.7"
            )

    @property
    def most_tries(self) -> int:
        """As the user says."""
        return self.tries

    def call(self, question: Question) -> Call:
        """Images first, then question and stages."""
        text = stages_text(question.item, question.given)
        return self.asking.call(question, [Message("user", (*question.images, text))])

    def read(self, trace: str) -> ReadTrace:
        """Forgives how headers are set, and says so."""
        return read_trace(trace)


PROTOCOL = Staged
