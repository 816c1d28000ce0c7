"""How an audit of a generator is made."""

from dataclasses import dataclass, field
from typing import Annotated

from auscult.engine.limits import AskOptions, check_bounds
from auscult.records import Bounds

DRAWS = 4
"""Drawings of a prompt where none is said: enough to tell how far drawings of one prompt differ."""


@dataclass(frozen=True, kw_only=True)
class DrawingSettings:
    """How an audit of a generator is made.

    Attributes:
        draws: drawings of each prompt; where not given 4, and of recorded drawings all.
        limit: most contents asked, each in all its wordings and both kinds.
        pixels: whether drawings are read by their pixels, which tells of phantoms and of nothing else; where not
            given only those of a painter.
        asking: concurrency, retries, prices, budgets.
        max_missing: greatest share of drawings without an outcome at which a figure is still given.
    """

    draws: Annotated[int | None, Bounds(1, 1000)] = None
    limit: Annotated[int | None, Bounds(1)] = None
    pixels: bool | None = None
    asking: AskOptions = field(default_factory=AskOptions)
    max_missing: Annotated[float, Bounds(0, 1)] = 0.05

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        self.asking.check()
