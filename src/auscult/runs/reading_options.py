"""What a user says of how a second reader is asked."""

from dataclasses import dataclass, field
from typing import Annotated

from auscult.engine.limits import AskOptions, check_bounds
from auscult.models import ModelOptions
from auscult.records import Bounds


@dataclass(frozen=True, kw_only=True)
class ReaderOptions:
    """How a second reader is asked.

    Attributes:
        tries: how often a reply that cannot be read is asked for.
        max_tokens: of a reply, reasoning included.
        schema: send the JSON schema; some servers refuse one.
        model: what the model needs beside its name.
        asking: concurrency, timeout, retries, prices; budgets of this reader for this run in all.
    """

    tries: Annotated[int, Bounds(1)] = 2
    max_tokens: Annotated[int, Bounds(16)] = 1_024
    schema: bool = True
    model: ModelOptions = field(default_factory=ModelOptions)
    asking: AskOptions = field(default_factory=AskOptions)

    def check(self) -> None:
        """Refuses options that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        self.asking.check()
