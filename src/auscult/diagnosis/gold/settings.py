"""How a model is asked for gold traces."""

from dataclasses import dataclass, field
from typing import Annotated

from auscult.engine.limits import AskOptions, check_bounds
from auscult.records import Bounds, Decoding


@dataclass(frozen=True, kw_only=True)
class TracingSettings:
    """How a model is asked for gold traces.

    Attributes:
        protocol: how traces are asked for: staged, one try; staged:51, up to 51 tries until one is valid; clinhallu, as
            published.
        split: part of the item set: train, validation or test; where not given all of it.
        limit: most cases asked.
        again: ask for items that have a gold trace too; a new one replaces it.
        without_failed: make the set although requests failed; their items get no trace.
        decoding: how traces are decoded.
        asking: concurrency, retries, prices, budgets.
    """

    protocol: str = "staged"
    split: str = ""
    limit: Annotated[int | None, Bounds(1)] = None
    again: bool = False
    without_failed: bool = False
    decoding: Decoding = Decoding(max_tokens=1024)
    asking: AskOptions = field(default_factory=AskOptions)

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        self.asking.check()
